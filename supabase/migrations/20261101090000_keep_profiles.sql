-- Who a listener is at Spotify. The server writes it at sign-in; the listener may change how they are shown.

create table public.profiles (
    user_id uuid primary key references auth.users (id) on delete cascade,
    spotify_id text,
    display_name text,
    avatar_url text
);

-- Nobody may claim another listener's Spotify account: `spotify_id` is written with the secret key only.
alter table public.profiles enable row level security;
alter table public.profiles force row level security;
revoke all on public.profiles from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.profiles to service_role;
grant select on public.profiles to authenticated;
grant update (display_name, avatar_url) on public.profiles to authenticated;

create policy "read own" on public.profiles for select to authenticated
using ((select auth.uid()) = user_id);

create policy "change own" on public.profiles for update to authenticated
using ((select auth.uid()) = user_id)
with check ((select auth.uid()) = user_id);
