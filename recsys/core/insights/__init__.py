"""What a library says about taste: summary and modes."""
