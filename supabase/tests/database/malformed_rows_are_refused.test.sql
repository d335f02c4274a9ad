-- Proves that JSON is kept as objects, which is all the app can read back, and that sessions are of a known kind.
begin;
select plan(24);

insert into auth.users (id) values ('00000000-0000-4000-8000-00000000000a');

select throws_ok(
    case t
        when 'app_state' then format('insert into public.app_state values (''x'', %L)', wrong)
        when 'weekly_lists'
        then format('insert into public.weekly_lists values (''00000000-0000-4000-8000-00000000000a'', %L, 0, 30)', wrong)
        else format('insert into public.%I values (''00000000-0000-4000-8000-00000000000a'', ''x'', %L)', t, wrong)
    end,
    '23514', null, format('%s refuses %s', t, wrong)
)
from
    unnest('{recipes, sync_state, weekly_lists, app_state}'::name[]) as t,
    unnest(array['[1, 2]', '"text"', '1', 'true', 'null']) as wrong;

select lives_ok(
    'insert into public.recipes values (''00000000-0000-4000-8000-00000000000a'', ''x'', ''{"length": 10}'')',
    'an object is kept'
);
select throws_ok(
    format(
        'insert into public.sessions values (
            ''00000000-0000-4000-8000-00000000000a'', repeat(''0'', 64), %L, null, null, now(), now()
        )', kind
    ),
    '23514', null, format('a session is a guest''s or a listener''s, not %L', kind)
)
from unnest('{owner, "", Guest}'::text[]) as kind;

select * from finish();
rollback;
