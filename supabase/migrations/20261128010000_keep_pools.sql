-- Candidates that a source named around a listener's songs: theirs alone, and only the newest answers.

create table public.pool_tracks (
    user_id uuid not null references auth.users (id) on delete cascade,
    spotify_track_id text collate "C" not null,
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
    answered_at timestamptz not null,
    primary key (user_id, spotify_track_id)
);

alter table public.pool_tracks enable row level security;
alter table public.pool_tracks force row level security;
revoke all on public.pool_tracks from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.pool_tracks to service_role;
grant select, insert, update, delete on public.pool_tracks to authenticated;

create policy "read own" on public.pool_tracks for select to authenticated
using ((select auth.uid()) = user_id);

create policy "add own" on public.pool_tracks for insert to authenticated
with check ((select auth.uid()) = user_id);

create policy "change own" on public.pool_tracks for update to authenticated
using ((select auth.uid()) = user_id)
with check ((select auth.uid()) = user_id);

create policy "remove own" on public.pool_tracks for delete to authenticated
using ((select auth.uid()) = user_id);

create function public.save_pool(rows jsonb, at_most integer) returns bigint
language sql volatile security invoker set search_path = '' set statement_timeout = '60s' as $$
    select pg_advisory_xact_lock(hashtextextended((select auth.uid())::text, 0));
    delete from public.pool_tracks
    where user_id = (select auth.uid())
    and spotify_track_id in (select one ->> 'spotify_track_id' from jsonb_array_elements(rows) as one);
    insert into public.pool_tracks (
        user_id,
        spotify_track_id, name, artist, album, isrc, genres, added_at, source, danceability, energy,
        loudness, speechiness, acousticness, instrumentalness, liveness, valence, tempo,
        duration_ms, year, key, mode, time_signature, popularity, explicit, answered_at
    )
    select
        (select auth.uid()),
        spotify_track_id, name, artist, album, isrc, genres, added_at, source, danceability, energy,
        loudness, speechiness, acousticness, instrumentalness, liveness, valence, tempo,
        duration_ms, year, key, mode, time_signature, popularity, explicit, answered_at
    from jsonb_populate_recordset(null::public.pool_tracks, rows);
    delete from public.pool_tracks
    where user_id = (select auth.uid()) and spotify_track_id in (
        select spotify_track_id
        from public.pool_tracks
        where user_id = (select auth.uid())
        order by answered_at desc, spotify_track_id
        offset at_most
    );
    select count(*) from public.pool_tracks where user_id = (select auth.uid())
$$;
comment on function public.save_pool is
    'Add or replace candidates of the caller and drop the oldest answers beyond `at_most`. Says how many there are.';

revoke execute on function public.save_pool from public, anon, authenticated, service_role;
grant execute on function public.save_pool to authenticated;

create or replace function public.export_rows() returns json
language sql stable security invoker set search_path = '' set statement_timeout = '60s' as $$
    select json_build_object(
        'profiles', (select json_agg(t) from public.profiles as t where user_id = (select auth.uid())),
        'user_tracks',
        (select json_agg(t order by t.saved_order) from public.user_tracks as t where user_id = (select auth.uid())),
        'track_origins', (select json_agg(t) from public.track_origins as t where user_id = (select auth.uid())),
        'plays', (select json_agg(t) from public.plays as t where user_id = (select auth.uid())),
        'recommendations', (select json_agg(t) from public.recommendations as t where user_id = (select auth.uid())),
        'recipes', (select json_agg(t) from public.recipes as t where user_id = (select auth.uid())),
        'feedback', (select json_agg(t) from public.feedback as t where user_id = (select auth.uid())),
        'feature_misses', (select json_agg(t) from public.feature_misses as t where user_id = (select auth.uid())),
        'pool_tracks', (select json_agg(t) from public.pool_tracks as t where user_id = (select auth.uid())),
        'sync_state', (select json_agg(t) from public.sync_state as t where user_id = (select auth.uid())),
        'sent_log', (select json_agg(t) from public.sent_log as t where user_id = (select auth.uid()))
    )
$$;
comment on function public.export_rows is 'Everything of the caller''s by table, as of one moment. Null: no rows.';

create or replace function public.count_rows(listener uuid) returns json
language sql stable security invoker set search_path = '' as $$
    select json_build_object(
        'profiles', (select count(*) from public.profiles where user_id = listener),
        'user_tracks', (select count(*) from public.user_tracks where user_id = listener),
        'track_origins', (select count(*) from public.track_origins where user_id = listener),
        'plays', (select count(*) from public.plays where user_id = listener),
        'recommendations', (select count(*) from public.recommendations where user_id = listener),
        'recipes', (select count(*) from public.recipes where user_id = listener),
        'feedback', (select count(*) from public.feedback where user_id = listener),
        'feature_misses', (select count(*) from public.feature_misses where user_id = listener),
        'pool_tracks', (select count(*) from public.pool_tracks where user_id = listener),
        'sync_state', (select count(*) from public.sync_state where user_id = listener),
        'sent_log', (select count(*) from public.sent_log where user_id = listener),
        'spotify_tokens', (select count(*) from public.spotify_tokens where user_id = listener),
        'supabase_tokens', (select count(*) from public.supabase_tokens where user_id = listener),
        'sessions', (select count(*) from public.sessions where user_id = listener)
    )
$$;
comment on function public.count_rows is 'How many rows each table holds of a listener; for the server only.';
