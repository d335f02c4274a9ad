-- Proves who may call which function, and that what a listener calls reads and changes their own rows only.
begin;
select plan(34);

insert into auth.users (id) values
    ('00000000-0000-4000-8000-00000000000a'), ('00000000-0000-4000-8000-00000000000b');

select set_eq(
    'select role::text, proname::text from unnest(''{anon, authenticated, service_role}''::name[]) as role, pg_proc
    where pronamespace = ''public''::regnamespace and has_function_privilege(role, oid, ''execute'')',
    $$values
        ('authenticated', 'save_tracks'), ('authenticated', 'library'), ('authenticated', 'remove_tracks'),
        ('authenticated', 'save_origins'), ('authenticated', 'remove_origins'), ('authenticated', 'save_plays'),
        ('authenticated', 'replace_recommendations'), ('authenticated', 'export_rows'), ('authenticated', 'save_pool'),
        ('authenticated', 'save_weekly_songs'),
        ('service_role', 'count_rows'), ('service_role', 'begin_session'), ('service_role', 'take_turn')$$,
    'each function may be called by one role'
);

-- The same rows for both listeners
create function pg_temp.become(letter text) returns void language sql as $$
    select set_config('role', 'authenticated', true), set_config(
        'request.jwt.claims',
        json_build_object('role', 'authenticated', 'sub', '00000000-0000-4000-8000-00000000000' || letter)::text, true
    )
$$;
grant execute on all functions in schema pg_temp to public;
do $$
declare letter text;
begin
    foreach letter in array '{a, b}'::text[] loop
        perform pg_temp.become(letter);
        perform public.save_tracks('[
            {"spotify_track_id": "t2", "name": "Two", "artist": "X"},
            {"spotify_track_id": "t1", "name": "One", "artist": "X"}
        ]');
        perform public.save_origins('[
            {"spotify_track_id": "t1", "origin": "saved", "seen_at": "2026-01-01T00:00:00Z"},
            {"spotify_track_id": "t2", "origin": "saved", "seen_at": "2026-01-01T00:00:00Z"},
            {"spotify_track_id": "t3", "origin": "saved", "seen_at": "2026-01-01T00:00:00Z"}
        ]');
        perform public.save_plays('[{"spotify_track_id": "t1", "played_at": "2026-01-01T00:00:00Z"}]');
        perform public.replace_recommendations(
            '[{"spotify_track_id": "r1", "score": 0.5, "created_at": "2026-01-01T00:00:00Z"}]'
        );
        insert into public.feature_misses
        values (auth.uid(), 't1', 'reccobeats', now()), (auth.uid(), 't2', 'reccobeats', now());
        perform public.save_pool('[
            {"spotify_track_id": "p1", "name": "One", "artist": "X", "answered_at": "2026-01-01T00:00:00Z"},
            {"spotify_track_id": "p2", "name": "Two", "artist": "X", "answered_at": "2026-01-02T00:00:00Z"}
        ]', 2);
        insert into public.weekly_lists (user_id, recipe, weekday, songs) values (auth.uid(), '{}', 0, 1);
    end loop;
end $$;

-- Without an index no order comes by luck.
set local enable_indexscan to off;
set local enable_bitmapscan to off;

select pg_temp.become('a');
select is(
    public.library('', 10)::jsonb -> 'spotify_track_id', '["t1", "t2"]', 'a library holds the caller''s tracks only'
);
select is(public.library('', 1)::jsonb -> 'name', '["One"]', 'it comes in pages');
select is(public.library('t1', 10)::jsonb -> 'name', '["Two"]', 'each from the id after the last');
select is(public.library('t2', 10)::jsonb -> 'name', 'null', 'until there are no more');
-- Two rows may lie in order by luck, on two pages of the table. Nine that come in descending order do not.
do $$ begin
    perform public.save_tracks(jsonb_agg(
        jsonb_build_object('spotify_track_id', 'u' || number, 'name', 'U', 'artist', 'X') order by number desc
    )) from generate_series(1, 9) as number;
end $$;
select is(
    public.library('t2', 5)::jsonb -> 'spotify_track_id', '["u1", "u2", "u3", "u4", "u5"]', 'a page is in order of id'
);
do $$ begin
    perform public.remove_tracks(array_agg('u' || number)) from generate_series(1, 9) as number;
end $$;
select is(public.export_rows()::jsonb #>> '{user_tracks, 0, user_id}', auth.uid()::text, 'an export is the caller''s');
select is(jsonb_array_length(public.export_rows()::jsonb -> 'user_tracks'), 2, 'and nobody else''s');
select is(public.remove_origins('top', '{t1}'), 0::bigint, 'an origin a track does not have is not removed');
select is(public.remove_origins('saved', '{t3, t9}'), 1::bigint, 'an origin is removed');
select set_eq('select spotify_track_id from public.track_origins', '{t1, t2}'::text[], 'from the tracks named');
select is(public.remove_tracks('{t2, t9}'), 1::bigint, 'a track is removed');
select set_eq('select spotify_track_id from public.user_tracks', '{t1}'::text[], 'and no other');
select set_eq('select spotify_track_id from public.track_origins', '{t1}'::text[], 'with its origins');
select set_eq('select spotify_track_id from public.feature_misses', '{t1}'::text[], 'and misses');
select lives_ok(
    'select public.replace_recommendations(''[
        {"spotify_track_id": "r2", "score": 1, "created_at": "2026-01-01T00:00:00Z"}
    ]'')',
    'a list is replaced'
);
select set_eq('select spotify_track_id from public.recommendations', '{r2}'::text[], 'as a whole');

select is(
    public.save_pool('[
        {"spotify_track_id": "p2", "name": "New", "artist": "Y", "answered_at": "2026-01-03T00:00:00Z"}
    ]', 2), 2::bigint, 'a candidate that is there is replaced'
);
select set_eq('select name from public.pool_tracks', '{One, New}'::text[], 'with what was answered last');
select is(
    public.save_pool('[
        {"spotify_track_id": "p3", "name": "Three", "artist": "X", "answered_at": "2026-01-04T00:00:00Z"}
    ]', 2), 2::bigint, 'no more candidates stay than wished'
);
select set_eq('select spotify_track_id from public.pool_tracks', '{p2, p3}'::text[], 'and the oldest answer goes');

create function pg_temp.given(week text, track text) returns boolean language sql as $$
    select public.save_weekly_songs(week, jsonb_build_array(jsonb_build_object(
        'week', week, 'spotify_track_id', track, 'name', 'N', 'artist', 'A', 'rank', 1, 'score', 1
    )), '2026-11-23T08:00:00Z')
$$;
select ok(pg_temp.given('2026-11-23', 'w1'), 'the first list of a week is stored');
select set_eq('select spotify_track_id from public.recommendations', '{w1}'::text[], 'and is the last list');
select is(
    array[pg_temp.given('2026-11-23', 'w2'), pg_temp.given('2026-11-16', 'w2')], '{false, false}',
    'a second of that week, or one of an earlier week, is not'
);
select ok(pg_temp.given('2026-11-30', 'w2'), 'that of the next week is');
select set_eq(
    'select week, spotify_track_id from public.weekly_songs', $$values ('2026-11-23', 'w1'), ('2026-11-30', 'w2')$$,
    'the songs of both weeks stay'
);

select pg_temp.become('b');
select is_empty('select from public.weekly_songs', 'the other listener was given none');
select set_eq('select name from public.pool_tracks', '{One, Two}'::text[], 'the other listener has their candidates');
select is((select count(*) from public.user_tracks), 2::bigint, 'the other listener still has both tracks');
select is((select count(*) from public.track_origins), 3::bigint, 'all origins');
select is((select count(*) from public.feature_misses), 2::bigint, 'both misses');
select set_eq('select spotify_track_id from public.recommendations', '{r1}'::text[], 'and their own list');

set local role service_role;
select is(
    public.count_rows('00000000-0000-4000-8000-00000000000a')::jsonb,
    '{"profiles": 0, "user_tracks": 1, "track_origins": 1, "plays": 1, "recommendations": 1, "recipes": 0,
      "feedback": 0, "feature_misses": 1, "pool_tracks": 2, "sync_state": 0, "sent_log": 0, "weekly_lists": 1, "weekly_songs": 2,
      "spotify_tokens": 0, "supabase_tokens": 0, "sessions": 0}',
    'the server counts the rows of one listener'
);
reset role;
select set_eq(
    'select json_object_keys(public.count_rows(null))',
    'select table_name::text from information_schema.columns
    where table_schema = ''public'' and column_name = ''user_id''',
    'in every table that holds rows of listeners'
);

select * from finish();
rollback;
