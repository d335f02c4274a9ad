-- Proves, for every table, verb and role, filtered and unfiltered: a listener reaches their own rows and nobody else's,
-- a visitor reaches nothing, a token without a listener reaches nothing, the server reaches everything.
begin;

-- All tables, or the one that `set proofs.only_table` names.
create temp view proved as
select tablename from pg_tables
where schemaname = 'public' and coalesce(current_setting('proofs.only_table', true), '') in ('', tablename);

select plan(1 + 5 * (select count(*) from proved)::integer);

-- What a listener may do, and an assignment that changes a row. Everything else must be refused.
create temp table may (table_name name primary key, verbs text[], change text);
insert into may values
    ('profiles', '{select, update}', 'display_name = null'),
    ('user_tracks', '{select, insert, update, delete}', 'energy = 0'),
    ('track_origins', '{select, insert, update, delete}', 'rank = 0'),
    ('feature_misses', '{select, insert, update, delete}', 'asked_at = now()'),
    ('plays', '{select, insert, update}', 'ms_played = 0'),
    ('recommendations', '{select, insert, delete}', 'score = 0'),
    ('recipes', '{select, insert, update, delete}', 'recipe = ''{}'''),
    ('feedback', '{select, insert, update, delete}', 'liked = false'),
    ('pool_tracks', '{select, insert, update, delete}', 'energy = 0'),
    ('sync_state', '{select, insert, update, delete}', 'value = ''{}'''),
    ('sent_log', '{select, insert}', 'rows = 0'),
    ('weekly_lists', '{select, insert, update, delete}', 'songs = 10'),
    ('weekly_songs', '{select, insert, delete}', 'score = 0'),
    ('spotify_tokens', '{}', 'scope = null'),
    ('supabase_tokens', '{}', 'scope = null'),
    ('sessions', '{}', 'display_name = null'),
    ('leases', '{}', 'expires_at = 0'),
    ('app_state', '{}', 'value = ''{}''');

select set_eq(
    'select tablename from pg_tables where schemaname = ''public''',
    'select table_name from may',
    'every table is listed here with what a listener may do'
);

-- Three people; Ada and Grace have rows.
create temp table people (name text primary key, id uuid default gen_random_uuid(), marks text[]);
insert into people (name, marks) values ('ada', '{a, b}'), ('grace', '{a, b, c}'), ('newcomer', '{}');
insert into auth.users (id) select id from people;

-- A row of any table for somebody, told apart from their others by a mark.
create function pg_temp.adding(t name, listener uuid, mark text) returns text language sql as $$
    select format(
        'insert into public.%1$I (%2$s) select %2$s from jsonb_populate_record(null::public.%1$I, %3$L)',
        t, string_agg(quote_ident(attname), ', '), jsonb_object_agg(attname, case
            when attname = 'user_id' then to_jsonb(listener)
            when attname like '%\_token' then to_jsonb('enc:v1:gAAAAA' || repeat(mark, 100))
            when attname like '%\_hash' then to_jsonb(encode(sha256((listener || mark)::bytea), 'hex'))
            when attname = 'kind' then '"spotify"'
            else case atttypid::regtype::text
                when 'text' then to_jsonb(mark)
                when 'boolean' then 'true'
                when 'jsonb' then '{"kept": true}'
                when 'timestamp with time zone' then '"2026-01-01T00:00:00Z"'
                else '1'
            end
        end)
    )
    from pg_attribute
    where attrelid = format('public.%I', t)::regclass and attnum > 0 and attidentity = ''
$$;

-- Adding a row that is there already, as it is in tables with one row for each listener.
do $$
declare statement text;
begin
    for statement in
        select pg_temp.adding(table_name, people.id, mark) || ' on conflict do nothing'
        from may join proved on tablename = table_name, people, unnest(people.marks) as mark
    loop
        execute statement;
    end loop;
end $$;

-- What comes of a statement when somebody runs it. It is undone.
create function pg_temp.attempt(who text, statement text) returns text language plpgsql as $$
declare
    role text := case who when 'anon' then 'anon' when 'server' then 'service_role' else 'authenticated' end;
    listener uuid := (select id from people where name = who);
    touched bigint;
begin
    perform set_config(
        'request.jwt.claims', jsonb_strip_nulls(jsonb_build_object('role', role, 'sub', listener))::text, true
    );
    perform set_config('role', role, true);
    execute statement;
    get diagnostics touched = row_count;
    raise exception using errcode = 'UNDO0', message = touched || ' rows';
exception
    when sqlstate 'UNDO0' then return sqlerrm;
    when insufficient_privilege then
        return case when sqlerrm like 'new row violates row-level%' then 'no policy' else 'no grant' end;
    when others then return sqlerrm;
end $$;

-- Every statement worth trying on a table: unfiltered ones must stop at one's own rows, filtered ones find no others.
-- `told` is what comes of it where the verb is granted.
create function pg_temp.statements(who text, t name)
returns table (what text, verb text, statement text, told text) language plpgsql as $$
declare
    me uuid := (select id from people where name = who);
    other uuid := (select id from people where name = case who when 'grace' then 'ada' else 'grace' end);
    newcomer uuid := (select id from people where name = 'newcomer');
    change text := (select may.change from may where table_name = t);
    is_server boolean := who = 'server';
    everybody_s text;
    others text;
    reached text;
begin
    execute format('select count(*) || '' rows'' from public.%I', t) into everybody_s;
    if not exists (
        select from pg_attribute where attrelid = format('public.%I', t)::regclass and attname = 'user_id'
    ) then
        return query values
            ('select', 'select', format('select from public.%I', t), everybody_s),
            ('insert', 'insert', pg_temp.adding(t, newcomer, 'new'), '1 rows'),
            ('update', 'update', format('update public.%I set %s', t, change), everybody_s),
            ('delete', 'delete', format('delete from public.%I', t), everybody_s),
            ('truncate', 'truncate', format('truncate public.%I', t), null);
        return;
    end if;
    execute format('select count(*) || '' rows'' from public.%I where user_id = %L', t, other) into others;
    execute format('select count(*) || '' rows'' from public.%I where user_id = %L', t, me) into reached;
    if is_server then reached := everybody_s; else others := '0 rows'; end if;
    return query values
        ('select', 'select', format('select from public.%I', t), reached),
        ('select another''s', 'select', format('select from public.%I where user_id = %L', t, other), others),
        ('insert', 'insert', pg_temp.adding(t, coalesce(me, newcomer), 'new'),
            case
                when me is not null and t = 'weekly_lists' then  -- each has one, which the policy let in before the key
                    'duplicate key value violates unique constraint "weekly_lists_pkey"'
                when is_server or me is not null then '1 rows'
                else 'no policy'
            end),
        ('insert for another', 'insert', pg_temp.adding(t, newcomer, 'new'),
            case when is_server then '1 rows' else 'no policy' end),
        ('update', 'update', format('update public.%I set %s', t, change), reached),
        ('update another''s', 'update', format('update public.%I set %s where user_id = %L', t, change, other), others),
        ('delete', 'delete', format('delete from public.%I', t), reached),
        ('delete another''s', 'delete', format('delete from public.%I where user_id = %L', t, other), others),
        ('truncate', 'truncate', format('truncate public.%I', t), null);
    if not is_server then
        return query values
            ('give away', case t when 'profiles' then 'update of the owner' else 'update' end,
                format('update public.%I set user_id = %L', t, newcomer),
                case when me is null then '0 rows' else 'no policy' end);
    end if;
end $$;

create function pg_temp.proves(who text, t name) returns text language sql as $$
    select is(
        jsonb_object_agg(what, pg_temp.attempt(who, statement)),
        jsonb_object_agg(what, case when verb = any (granted) then told else 'no grant' end),
        format('%s on %s', who, t)
    )
    from pg_temp.statements(who, t), (
        select case who
            when 'anon' then '{}' when 'server' then '{select, insert, update, delete}' else verbs
        end as granted
        from may where table_name = t
    ) as known
$$;

select pg_temp.proves(who, table_name)
from unnest('{anon, ada, grace, nobody, server}'::text[]) as who, may join proved on tablename = table_name
order by table_name, who;

select * from finish();
rollback;
