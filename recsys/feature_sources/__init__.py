"""Who still gives audio features: one file per provider behind one small protocol, asked in turn."""
