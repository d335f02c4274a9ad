-- Tokens of Spotify and of Supabase Auth, one row per listener. The app encrypts them; the key is not in the database.
-- What the checks ask for is a Fernet token (https://github.com/fernet/spec), which begins with version 0x80 and a time.
-- Only the server reaches them: no grant and no policy for anon or authenticated, so row security refuses both.

create table public.spotify_tokens (
    user_id uuid primary key references auth.users (id) on delete cascade,
    access_token text not null,
    refresh_token text,
    expires_at timestamptz not null,
    scope text,
    authorized_at timestamptz,
    constraint access_token_is_encrypted check (access_token ~ '^enc:v1:gAAAAA[A-Za-z0-9_=-]{94,}$'),
    constraint refresh_token_is_encrypted check (refresh_token ~ '^enc:v1:gAAAAA[A-Za-z0-9_=-]{94,}$')
);

create table public.supabase_tokens (
    user_id uuid primary key references auth.users (id) on delete cascade,
    access_token text not null,
    refresh_token text,
    expires_at timestamptz not null,
    scope text,
    authorized_at timestamptz,
    constraint access_token_is_encrypted check (access_token ~ '^enc:v1:gAAAAA[A-Za-z0-9_=-]{94,}$'),
    constraint refresh_token_is_encrypted check (refresh_token ~ '^enc:v1:gAAAAA[A-Za-z0-9_=-]{94,}$')
);

alter table public.spotify_tokens enable row level security;
alter table public.spotify_tokens force row level security;
revoke all on public.spotify_tokens from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.spotify_tokens to service_role;

alter table public.supabase_tokens enable row level security;
alter table public.supabase_tokens force row level security;
revoke all on public.supabase_tokens from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.supabase_tokens to service_role;
