-- Listening history, to the second. A play is never taken back; how long it lasted may become known later.

create table public.plays (
    user_id uuid not null references auth.users (id) on delete cascade,
    played_at timestamptz not null,
    spotify_track_id text collate "C" not null,
    ms_played double precision,
    primary key (user_id, played_at, spotify_track_id)
);

alter table public.plays enable row level security;
alter table public.plays force row level security;
revoke all on public.plays from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.plays to service_role;
grant select, insert, update on public.plays to authenticated;

create policy "read own" on public.plays for select to authenticated
using ((select auth.uid()) = user_id);

create policy "add own" on public.plays for insert to authenticated
with check ((select auth.uid()) = user_id);

create policy "change own" on public.plays for update to authenticated
using ((select auth.uid()) = user_id)
with check ((select auth.uid()) = user_id);
