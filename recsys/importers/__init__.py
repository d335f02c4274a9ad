"""Files to tracks: `any_file` recognises, the other modules read one kind each."""
