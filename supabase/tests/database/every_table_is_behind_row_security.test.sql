-- Proves how the schema is built: what row security, keys and functions look like, for tables still to come as well.
begin;
select plan(15);

create temp view tables as select oid, relname, relrowsecurity, relforcerowsecurity from pg_class
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'f');

create temp view policies as select *, '( SELECT auth.uid() AS uid) = user_id' as own from pg_policies
where schemaname = 'public';

select is_empty('select relname from tables where not relrowsecurity', 'row security is on for every table');
select is_empty('select relname from tables where not relforcerowsecurity', 'and forced for their owner');
select is_empty(
    'select policyname from policies where roles <> ''{authenticated}''', 'policies are for listeners only'
);
select is_empty('select policyname from policies where permissive <> ''PERMISSIVE''', 'none is restrictive');
select is_empty('select policyname from policies where cmd = ''ALL''', 'there is one policy for each verb');
select is_empty(
    'select tablename, cmd from policies group by 1, 2 having count(*) > 1',
    'and never two, which would be joined by or'
);
select is_empty(
    'select tablename, cmd from policies
    where qual is distinct from case when cmd <> ''INSERT'' then ''('' || own || '')'' end
    or with_check is distinct from case when cmd in (''INSERT'', ''UPDATE'') then ''('' || own || '')'' end',
    'every policy says: the row is the caller''s, who is looked up once for each statement'
);
select set_eq(
    'select table_name::text, column_name::text from information_schema.columns
    where table_schema = ''public'' and exists (
        select from pg_attribute where attrelid = table_name::regclass and attname = column_name and attacl is not null
    )',
    $$values ('profiles', 'display_name'), ('profiles', 'avatar_url')$$,
    'only a profile has columns that are granted one by one'
);
select is_empty(
    'select relname from tables where not exists (select from pg_index where indrelid = tables.oid and indisprimary)',
    'every table has a primary key'
);
select is_empty(
    'select relname from tables join pg_attribute on attrelid = tables.oid and attname = ''user_id''
    where not exists (select from pg_index where indrelid = tables.oid and indisprimary and indkey[0] = attnum)',
    'primary keys lead with the listener, so that row security has an index'
);
select is_empty(
    'select relname from tables join pg_attribute on attrelid = tables.oid and attname = ''user_id''
    where not exists (
        select from pg_constraint
        where conrelid = tables.oid and conkey = array[attnum]
        and confrelid = ''auth.users''::regclass and confdeltype = ''c''
    )',
    'rows go with the listener they belong to'
);
select is_empty(
    'select relname from pg_class where relnamespace = ''public''::regnamespace and relkind in (''v'', ''m'')',
    'no view looks around row security'
);
select is_empty(
    'select proname from pg_proc where pronamespace = ''public''::regnamespace and prosecdef',
    'no function runs as its owner'
);
select is_empty(
    'select proname from pg_proc where pronamespace = ''public''::regnamespace
    and not coalesce(proconfig, ''{}'') @> array[''search_path=""'']',
    'no function looks for names where a caller says'
);
select is_empty(
    'select tgname from pg_trigger join tables on tgrelid = tables.oid where not tgisinternal
    union all select tgname from pg_trigger where tgrelid = ''auth.users''::regclass and not tgisinternal',
    'no trigger can keep somebody from signing in'
);

select * from finish();
rollback;
