"""Where a listener's rows are stored: the protocol `Store`, SQLite embedded by default, Supabase when configured."""
