"""Where rows are kept: one contract for every store, and what only SQLite promises."""
