-- Proves that no token and no session id can be stored readably, not even by the server.
begin;
select plan(49);

insert into auth.users (id) values ('00000000-0000-4000-8000-00000000000a');

create function pg_temp.keeping(t name, access_token text, refresh_token text) returns text language sql as $$
    select format(
        'insert into public.%I (user_id, access_token, refresh_token, expires_at) '
        'values (''00000000-0000-4000-8000-00000000000a'', %L, %L, now())', t, access_token, refresh_token
    )
$$;

grant execute on all functions in schema pg_temp to public;

create temp table sealed as select 'enc:v1:gAAAAA' || repeat('b-_1', 30) || '==' as token;
grant select on sealed to service_role;

set local role service_role;

select throws_ok(
    case which
        when 'access' then pg_temp.keeping(t, wrong, token)
        when 'refresh' then pg_temp.keeping(t, token, wrong)
    end,
    '23514', null, format('%s refuses %s… as %s token', t, left(wrong, 20), which)
)
from
    sealed,
    unnest('{spotify_tokens, supabase_tokens}'::name[]) as t,
    unnest('{access, refresh}'::text[]) as which,
    unnest(array[
        'BQDreadable' || repeat('x', 200),
        'enc:v1:',
        'enc:v1:BQDreadable' || repeat('x', 200),
        'enc:v1:gAAAAAreadable',
        'enc:v1:gAAAAA' || repeat('not sealed ', 20),
        'enc:v2:gAAAAA' || repeat('x', 200),
        ' enc:v1:gAAAAA' || repeat('x', 200),
        'enc:v1:gAAAAA' || repeat('x', 200) || ' BQDreadable',
        'enc:v1:gAAAAA' || repeat('x', 200) || e'\nBQDreadable'
    ]) as wrong;

select lives_ok(pg_temp.keeping('spotify_tokens', token, null), 'ciphertext is kept, alone too') from sealed;
select lives_ok(pg_temp.keeping('supabase_tokens', token, token), 'ciphertext is kept') from sealed;

create function pg_temp.beginning(id_hash text) returns text language sql as $$
    select format(
        'insert into public.sessions (user_id, id_hash, kind, created_at, expires_at) '
        'values (''00000000-0000-4000-8000-00000000000a'', %L, ''spotify'', now(), now())', id_hash
    )
$$;
create temp table readable as
select unnest(array[repeat('x', 43), repeat('x', 64), 'id ' || repeat('0a', 32), repeat('0a', 32) || ' id', '0a']) as text;
grant select on readable to service_role;

select throws_ok(pg_temp.beginning(text), '23514', null, 'a session id itself is refused: ' || text) from readable;
select lives_ok(pg_temp.beginning(repeat('0a', 32)), 'its hash is kept');

select throws_ok(
    format('insert into public.leases values (%L, ''a'', 0)', text),
    '23514', null, 'a turn does not tell whose it is: ' || text
)
from readable;

select * from finish();
rollback;
