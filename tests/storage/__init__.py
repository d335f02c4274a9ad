"""Where rows are stored: one contract for every store, and what only SQLite promises."""
