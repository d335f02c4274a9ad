"""What a library says about taste: summary, placement, modes, drift, wording, proposals."""
