-- Where a track came from (saved, a top list, a playlist, a file), and which feature sources do not know it.
-- Neither needs the track to be saved yet.

create table public.track_origins (
    user_id uuid not null references auth.users (id) on delete cascade,
    spotify_track_id text collate "C" not null,
    origin text collate "C" not null,
    seen_at timestamptz not null,
    rank double precision,
    primary key (user_id, spotify_track_id, origin)
);

create table public.feature_misses (
    user_id uuid not null references auth.users (id) on delete cascade,
    spotify_track_id text collate "C" not null,
    source text collate "C" not null,
    asked_at timestamptz not null,
    primary key (user_id, spotify_track_id, source)
);

alter table public.track_origins enable row level security;
alter table public.track_origins force row level security;
revoke all on public.track_origins from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.track_origins to service_role;
grant select, insert, update, delete on public.track_origins to authenticated;

create policy "read own" on public.track_origins for select to authenticated
using ((select auth.uid()) = user_id);

create policy "add own" on public.track_origins for insert to authenticated
with check ((select auth.uid()) = user_id);

create policy "change own" on public.track_origins for update to authenticated
using ((select auth.uid()) = user_id)
with check ((select auth.uid()) = user_id);

create policy "remove own" on public.track_origins for delete to authenticated
using ((select auth.uid()) = user_id);

alter table public.feature_misses enable row level security;
alter table public.feature_misses force row level security;
revoke all on public.feature_misses from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.feature_misses to service_role;
grant select, insert, update, delete on public.feature_misses to authenticated;

create policy "read own" on public.feature_misses for select to authenticated
using ((select auth.uid()) = user_id);

create policy "add own" on public.feature_misses for insert to authenticated
with check ((select auth.uid()) = user_id);

create policy "change own" on public.feature_misses for update to authenticated
using ((select auth.uid()) = user_id)
with check ((select auth.uid()) = user_id);

create policy "remove own" on public.feature_misses for delete to authenticated
using ((select auth.uid()) = user_id);
