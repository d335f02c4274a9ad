"""The hosted backend: a Supabase project."""
