"""
A test double of Supabase's API over a real Postgres: just enough PostgREST and Auth for supabase-py to talk to.

Every REST request runs as one transaction of the role in the caller's token, with the claims where `auth.uid()` looks
for them, as one statement built like PostgREST's. So grants, row security, constraints and functions are Postgres's
own. Auth knows one provider, Spotify, and sends browsers to a fake one. What neither half knows is answered 501,
never guessed. Modelled on PostgREST 16 and Auth 2.197.
"""
