-- Proves that a listener's rows are limited in every table of theirs, and that one listener's do not count for another.
begin;
select plan(6);

insert into auth.users (id) values
    ('00000000-0000-4000-8000-00000000000a'), ('00000000-0000-4000-8000-00000000000b');

create function pg_temp.become(letter text) returns void language sql as $$
    select set_config('role', 'authenticated', true), set_config(
        'request.jwt.claims',
        json_build_object('role', 'authenticated', 'sub', '00000000-0000-4000-8000-00000000000' || letter)::text, true
    )
$$;
grant execute on all functions in schema pg_temp to public;

select set_eq(
    'select tgrelid::regclass::text, encode(tgargs, ''escape'') from pg_trigger
    where tgfoid = ''public.check_quota''::regproc and tgenabled = ''O'' and tgtype = 4',
    $$values
        ('user_tracks', '250000\000'), ('track_origins', '500000\000'), ('plays', '2000000\000'),
        ('recommendations', '10000\000'), ('recipes', '1000\000'), ('feedback', '100000\000'),
        ('feature_misses', '500000\000'), ('sync_state', '1000\000'), ('sent_log', '100000\000'), ('pool_tracks', '100000\000'),
        ('weekly_songs', '100000\000')$$,
    'every table a listener writes has a limit, counted for every statement'
);

select pg_temp.become('a');
select lives_ok(
    $$insert into public.recipes select '00000000-0000-4000-8000-00000000000a', n::text, '{}'
    from generate_series(1, 1000) as n$$,
    'as many rows as allowed'
);
select throws_ok(
    $$insert into public.recipes values ('00000000-0000-4000-8000-00000000000a', 'one more', '{}')$$,
    '54023', null, 'and not one more'
);
select lives_ok(
    $$insert into public.recipes values ('00000000-0000-4000-8000-00000000000a', '1', '{"a": 1}')
    on conflict (user_id, name) do update set recipe = excluded.recipe$$,
    'a row that is there can be replaced'
);
select pg_temp.become('b');
select lives_ok(
    $$insert into public.recipes values ('00000000-0000-4000-8000-00000000000b', 'own', '{}')$$,
    'another listener has a limit of their own'
);
select throws_ok(
    $$insert into public.recipes select '00000000-0000-4000-8000-00000000000b', n::text, '{}'
    from generate_series(1, 1000) as n$$,
    '54023', null, 'a statement that goes too far stores nothing'
);

select * from finish();
rollback;
