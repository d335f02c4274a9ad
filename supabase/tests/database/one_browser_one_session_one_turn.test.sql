-- Proves what the server's functions do with sessions and with turns to renew tokens.
begin;
select plan(17);

insert into auth.users (id) values
    ('00000000-0000-4000-8000-00000000000a'), ('00000000-0000-4000-8000-00000000000b');
set local role service_role;

create function pg_temp.beginning(letter text, mark text, replaces text, at text) returns text language sql as $$
    select format(
        'select public.begin_session(%L, %L, %L)',
        json_build_object(
            'user_id', '00000000-0000-4000-8000-00000000000' || letter, 'id_hash', repeat(mark, 64), 'kind', 'spotify',
            'expires_at', at::timestamptz + interval '30 days'
        ),
        repeat(replaces, 64), at
    )
$$;

select lives_ok(pg_temp.beginning('a', '1', null, '2026-01-01T00:00:00Z'), 'Ada signs in');
select lives_ok(pg_temp.beginning('b', '2', null, '2026-01-20T00:00:00Z'), 'Grace signs in');
select results_eq(
    'select left(id_hash, 1), created_at from public.sessions order by 1',
    'values (''1'', ''2026-01-01T00:00:00Z''::timestamptz), (''2'', ''2026-01-20T00:00:00Z'')',
    'there are two sessions'
);
select lives_ok(pg_temp.beginning('a', '3', '1', '2026-01-21T00:00:00Z'), 'Ada signs in again in the same browser');
select set_eq('select left(id_hash, 1) from public.sessions', '{2,3}'::text[], 'her former session there has ended');
select lives_ok(pg_temp.beginning('a', '4', null, '2026-02-19T00:00:00Z'), 'Ada signs in a month later');
select set_eq('select left(id_hash, 1) from public.sessions', '{3,4}'::text[], 'what has expired is swept out');
select throws_ok(
    pg_temp.beginning('b', '4', null, '2026-02-19T00:00:00Z'), '23505', null, 'no two sessions have the same id'
);

create function pg_temp.take(mark text, holder text, at integer) returns boolean language sql as $$
    select public.take_turn(repeat(mark, 64), holder, at, at + 30)
$$;
select ok(pg_temp.take('0', 'tab one', 100), 'a turn nobody holds is had');
select ok(not pg_temp.take('0', 'tab two', 129), 'a turn somebody holds is not');
select ok(pg_temp.take('1', 'tab two', 129), 'another turn is');
select ok(pg_temp.take('0', 'tab two', 130), 'a turn whose holder died is had after half a minute');
select ok(not pg_temp.take('0', 'tab one', 140), 'and is then held');
select ok(not pg_temp.take('0', 'tab three', 110), 'also for one whose clock is some seconds behind');
select ok(pg_temp.take('2', 'tab whose clock is ahead', 3700), 'a clock that is an hour ahead takes a turn');
select ok(pg_temp.take('2', 'tab three', 100), 'which nobody waits an hour for');
select is((select count(*) from public.leases), 3::bigint, 'there is one row for each turn');

select * from finish();
rollback;
