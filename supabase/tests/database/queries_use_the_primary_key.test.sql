-- Proves that reading one listener's rows, behind row security, does not read everybody else's.
begin;
select plan(16);

insert into auth.users (id)
select ('00000000-0000-4000-8000-00000000000' || letter)::uuid from unnest('{0,1,2,3,4,5,6,7,8,9}'::text[]) as letter;

insert into public.user_tracks (user_id, spotify_track_id, name, artist)
select id, 'track' || n, 'A song', 'Somebody' from auth.users, generate_series(1, 1000) as n;
insert into public.track_origins select user_id, spotify_track_id, 'saved', now() from public.user_tracks;
insert into public.feature_misses select user_id, spotify_track_id, 'reccobeats', now() from public.user_tracks;
insert into public.plays
select id, now() - n * interval '1 hour', 'track', 1 from auth.users, generate_series(1, 1000) as n;
insert into public.recommendations select user_id, spotify_track_id, 0.5, now() from public.user_tracks;
insert into public.feedback (user_id, spotify_track_id, name, artist, liked, at)
select user_id, spotify_track_id, name, artist, true, now() from public.user_tracks;
insert into public.recipes select user_id, spotify_track_id, '{}' from public.user_tracks;
insert into public.sync_state select user_id, spotify_track_id, '{}' from public.user_tracks;
insert into public.sent_log (user_id, at, recipient, what, rows)
select user_id, now(), 'ReccoBeats', 'track ids', 1 from public.user_tracks;
insert into public.pool_tracks (user_id, spotify_track_id, name, artist, answered_at)
select user_id, spotify_track_id, name, artist, now() from public.user_tracks;
insert into public.weekly_songs
select user_id, '2026-11-23', spotify_track_id, name, artist, 1, 0.5 from public.user_tracks;
insert into public.sessions
select user_id, encode(sha256((user_id || spotify_track_id)::bytea), 'hex'), 'spotify', null, null, now(),
    now() + interval '30 days'
from public.user_tracks;
analyze public.user_tracks, public.track_origins, public.feature_misses, public.plays, public.recommendations;
analyze public.weekly_songs, public.pool_tracks, public.feedback, public.recipes, public.sync_state, public.sent_log, public.sessions;

create function pg_temp.plan_of(query text) returns text language plpgsql as $$
declare
    line text;
    lines text := '';
begin
    for line in execute 'explain ' || query loop
        lines := lines || line || e'\n';
    end loop;
    return lines;
end $$;

create function pg_temp.uses(index name, query text, about text) returns text language sql as $$
    select matches(pg_temp.plan_of(query), '^((?!Seq Scan on).)*' || index || '((?!Seq Scan on).)*$', about)
$$;

grant execute on all functions in schema pg_temp to public;

set local role authenticated;
set local request.jwt.claims to '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000003"}';

-- As the functions read and write
select pg_temp.uses(
    'user_tracks_pkey',
    'select * from public.user_tracks where user_id = (select auth.uid()) and spotify_track_id > ''track5''
    order by spotify_track_id limit 100', 'a page of the library'
);
select pg_temp.uses(
    'user_tracks_pkey',
    'delete from public.user_tracks
    where user_id = (select auth.uid()) and spotify_track_id = any (''{track1, track2}'')',
    'removing tracks'
);
select pg_temp.uses(
    'track_origins_pkey',
    'delete from public.track_origins where user_id = (select auth.uid()) and spotify_track_id = any (''{track1}'')',
    'removing origins'
);

-- As the REST API pages
select pg_temp.uses(
    table_name || '_pkey',
    format(
        'select * from public.%I where user_id = ''00000000-0000-4000-8000-000000000003'' and %2$I >= %3$L
        and (%2$I > %3$L or (%2$I = %3$L and %4$I > %5$L)) order by %2$I, %4$I limit 100',
        table_name, first_key, first_value, second_key, second_value
    ), 'a page of ' || table_name
)
from (values
    ('track_origins', 'spotify_track_id', 'track1', 'origin', 'saved'),
    ('feature_misses', 'spotify_track_id', 'track1', 'source', 'reccobeats'),
    ('plays', 'played_at', '2026-01-01T00:00:00Z', 'spotify_track_id', 'track'),
    ('weekly_songs', 'week', '2026-11-23', 'spotify_track_id', 'track1')
) as q (table_name, first_key, first_value, second_key, second_value);
select pg_temp.uses(
    table_name || '_pkey',
    format(
        'select * from public.%I where user_id = ''00000000-0000-4000-8000-000000000003'' and %I > %L
        order by 2 limit 100',
        table_name, key, after
    ), 'a page of ' || table_name
)
from (values
    ('recommendations', 'spotify_track_id', 'track'), ('feedback', 'spotify_track_id', 'track'),
    ('pool_tracks', 'spotify_track_id', 'track'),
    ('recipes', 'name', 'track'), ('sync_state', 'key', 'track'), ('sent_log', 'id', '0')
) as q (table_name, key, after);

-- As the server looks
set local role service_role;
select pg_temp.uses(
    'sessions_by_id', format('select * from public.sessions where id_hash = %L', repeat('0', 64)),
    'the session of a browser'
);
select pg_temp.uses(
    'sessions_by_expiry',
    format('delete from public.sessions where expires_at <= now() or id_hash = %L', repeat('0', 64)),
    'sweeping out what has expired'
);
select pg_temp.uses(
    'sessions_pkey',
    'select count(*) from public.sessions where user_id = ''00000000-0000-4000-8000-000000000003''', 'counting sessions'
);

select * from finish();
rollback;
