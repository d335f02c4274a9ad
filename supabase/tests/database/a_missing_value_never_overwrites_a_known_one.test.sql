-- Proves what the writing functions do with rows that are there already, and that they write for the caller only.
begin;
select plan(23);

insert into auth.users (id) values
    ('00000000-0000-4000-8000-00000000000a'), ('00000000-0000-4000-8000-00000000000b');
set local role authenticated;
set local request.jwt.claims to '{"role": "authenticated", "sub": "00000000-0000-4000-8000-00000000000b"}';
select lives_ok(
    'select public.save_tracks(''[{"spotify_track_id": "t1", "name": "Hers", "artist": "Y", "energy": 1}]'')',
    'Grace has a track of the same id'
);
set local request.jwt.claims to '{"role": "authenticated", "sub": "00000000-0000-4000-8000-00000000000a"}';

-- Tracks
select is(
    public.save_tracks('[
        {"spotify_track_id": "t2", "name": "Two", "artist": "X"},
        {"spotify_track_id": "t1", "name": "One", "artist": "X", "album": "First", "energy": 0.5, "key": 0}
    ]')::jsonb,
    '{"added": 2, "updated": 0, "unchanged": 0}', 'new tracks are added'
);
select is(
    public.save_tracks('[
        {"spotify_track_id": "t1", "name": "One", "artist": "X", "album": null, "valence": 0.25},
        {"spotify_track_id": "t2", "name": "Two", "artist": "X"},
        {"spotify_track_id": "t0", "name": "Nought", "artist": "X"}
    ]')::jsonb,
    '{"added": 1, "updated": 1, "unchanged": 1}', 'known tracks are updated or unchanged'
);
select results_eq(
    'select name, album, energy, valence, key from public.user_tracks where spotify_track_id = ''t1''',
    'values (''One'', ''First'', 0.5::float8, 0.25::float8, 0::float8)',
    'what was missing in the second saving is still known'
);
select is(
    public.save_tracks('[{"spotify_track_id": "t1", "name": "One", "artist": "X", "energy": 0}]')::jsonb,
    '{"added": 0, "updated": 1, "unchanged": 0}', 'a value is replaced by another, zero too'
);
select results_eq(
    'select spotify_track_id from public.user_tracks order by saved_order',
    'values (''t2'' collate "C"), (''t1''), (''t0'')',
    'the order of the first saving stays'
);
select throws_ok(
    'select public.save_tracks(''[
        {"spotify_track_id": "t8", "name": "a", "artist": "b"}, {"spotify_track_id": "t9"}
    ]'')',
    '23502', null, 'a track without a name is refused'
);
select is((select count(*) from public.user_tracks), 3::bigint, 'and nothing of that saving is kept');
select is(
    public.save_tracks(
        '[{"user_id": "00000000-0000-4000-8000-00000000000b", "spotify_track_id": "t7", "name": "Mine", "artist": "X"}]'
    )::jsonb,
    '{"added": 1, "updated": 0, "unchanged": 0}', 'a row that claims to be another listener''s is written'
);
select is((select count(*) from public.user_tracks), 4::bigint, 'as the caller''s own');

-- Every column of a track survives a saving without it.
select is(
    public.save_tracks(jsonb_build_array((
        select jsonb_object_agg(attname, case atttypid::regtype::text
            when 'text' then '"known"' when 'double precision' then '0.5' else '"2026-01-01T00:00:00Z"'
        end::jsonb)
        from pg_attribute
        where attrelid = 'public.user_tracks'::regclass and attnum > 0 and attname not in ('user_id', 'saved_order')
    )))::jsonb,
    '{"added": 1, "updated": 0, "unchanged": 0}', 'a track with every column is added'
);
create temp table before as
select to_jsonb(t) as track from public.user_tracks as t where spotify_track_id = 'known';
select is(
    public.save_tracks('[{"spotify_track_id": "known", "name": "known", "artist": "known"}]')::jsonb,
    '{"added": 0, "updated": 0, "unchanged": 1}', 'saving it without any of them changes nothing'
);
select is(
    public.save_tracks('[{"spotify_track_id": "known", "name": "other", "artist": "known"}]')::jsonb,
    '{"added": 0, "updated": 1, "unchanged": 0}', 'saving it with another name changes it'
);
select results_eq(
    'select to_jsonb(t) from public.user_tracks as t where spotify_track_id = ''known''',
    'select track || ''{"name": "other"}'' from before',
    'and nothing but the name'
);
select is(
    (select count(*) from before, jsonb_each(track) where value = 'null'), 0::bigint, 'there was no column left unknown'
);

-- Origins and plays
select lives_ok(
    'select public.save_origins(''[
        {"spotify_track_id": "t1", "origin": "top", "seen_at": "2026-01-01T00:00:00Z", "rank": 3}
    ]'')',
    'an origin is kept'
);
select lives_ok(
    'select public.save_origins(''[{"spotify_track_id": "t1", "origin": "top", "seen_at": "2026-02-01T00:00:00Z"}]'')',
    'and seen again'
);
select results_eq(
    'select seen_at, rank from public.track_origins',
    'values (''2026-02-01T00:00:00Z''::timestamptz, 3::float8)',
    'later, with the rank that was known'
);
select is(
    public.save_plays('[
        {"spotify_track_id": "t1", "played_at": "2026-01-01T12:00:00Z"},
        {"spotify_track_id": "t1", "played_at": "2026-01-01T13:00:00+01:00", "ms_played": 1000},
        {"spotify_track_id": "t1", "played_at": "2026-01-01T14:00:00Z"}
    ]'),
    2::bigint, 'the same play twice is one'
);
select is(
    public.save_plays('[{"spotify_track_id": "t1", "played_at": "2026-01-01T12:00:00Z"}]'), 0::bigint,
    'also when it comes later'
);
select is(
    public.save_plays('[{"spotify_track_id": "t1", "played_at": "2026-01-01T14:00:00Z", "ms_played": 2000}]'),
    0::bigint, 'and with a length'
);
select results_eq(
    'select ms_played from public.plays order by played_at', 'values (1000::float8), (2000)',
    'which stays known, or becomes so'
);

-- The other listener
set local request.jwt.claims to '{"role": "authenticated", "sub": "00000000-0000-4000-8000-00000000000b"}';
select results_eq(
    'select name, energy from public.user_tracks', 'values (''Hers'', 1::float8)',
    'nothing of all this touched Grace''s track of the same id'
);

select * from finish();
rollback;
