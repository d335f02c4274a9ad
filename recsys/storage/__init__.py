"""Where a listener's rows are kept: one `Store` protocol, SQLite as the embedded default, Supabase when configured."""
