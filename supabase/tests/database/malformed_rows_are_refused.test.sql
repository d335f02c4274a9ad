-- Proves that JSON is kept as objects, which is all the app can read back, and that sessions are of a known kind.
begin;
select plan(5);

insert into auth.users (id) values ('00000000-0000-4000-8000-00000000000a');

select throws_ok(
    format('insert into public.%I values (''00000000-0000-4000-8000-00000000000a'', ''x'', %L)', t, '[1, 2]'),
    '23514', null, t || ' refuses a list'
)
from unnest('{recipes, sync_state}'::name[]) as t;

select lives_ok(
    'insert into public.recipes values (''00000000-0000-4000-8000-00000000000a'', ''x'', ''{"length": 10}'')',
    'an object is kept'
);
select throws_ok('insert into public.app_state values (''x'', ''"text"'')', '23514', null, 'app_state refuses text');
select throws_ok(
    'insert into public.sessions values (
        ''00000000-0000-4000-8000-00000000000a'', repeat(''0'', 64), ''owner'', null, null, now(), now()
    )',
    '23514', null, 'a session is a guest''s or a listener''s'
);

select * from finish();
rollback;
