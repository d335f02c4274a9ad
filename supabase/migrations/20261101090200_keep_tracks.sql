-- A listener's library. Numbers are those of the app's track table: unknown is null, `explicit` is 0 or 1.
-- `spotify_track_id` is Spotify's id, or `name:…` for a track known by title and artist only.

create table public.user_tracks (
    user_id uuid not null references auth.users (id) on delete cascade,
    spotify_track_id text collate "C" not null,
    saved_order bigint generated always as identity,
    name text not null,
    artist text not null,
    album text,
    isrc text,
    genres text,
    added_at timestamptz,
    source text,
    danceability double precision,
    energy double precision,
    loudness double precision,
    speechiness double precision,
    acousticness double precision,
    instrumentalness double precision,
    liveness double precision,
    valence double precision,
    tempo double precision,
    duration_ms double precision,
    year double precision,
    key double precision,
    mode double precision,
    time_signature double precision,
    popularity double precision,
    explicit double precision,
    primary key (user_id, spotify_track_id)
);

comment on column public.user_tracks.source is 'Who gave the audio features.';
comment on column public.user_tracks.saved_order is 'Libraries are read in the order tracks were first saved.';

alter table public.user_tracks enable row level security;
alter table public.user_tracks force row level security;
revoke all on public.user_tracks from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.user_tracks to service_role;
grant select, insert, update, delete on public.user_tracks to authenticated;

create policy "read own" on public.user_tracks for select to authenticated
using ((select auth.uid()) = user_id);

create policy "add own" on public.user_tracks for insert to authenticated
with check ((select auth.uid()) = user_id);

create policy "change own" on public.user_tracks for update to authenticated
using ((select auth.uid()) = user_id)
with check ((select auth.uid()) = user_id);

create policy "remove own" on public.user_tracks for delete to authenticated
using ((select auth.uid()) = user_id);
