-- Proves that beyond reading and writing rows nobody was given anything, neither on tables, columns, numbers nor the
-- schema, and that nothing is given by itself to what later migrations make.
begin;
select plan(10);

create temp view reaching as
select oid as grantee, rolname::text as role from pg_roles where rolname in ('anon', 'authenticated', 'service_role')
union all select 0, 'public';

create temp view relations as select oid, relname::text, relkind, relacl from pg_class
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'f', 'v', 'm', 'S');

select is_empty(
    'select relname, role, privilege_type from relations, aclexplode(relacl) join reaching using (grantee)
    where role in (''public'', ''anon'')',
    'visitors hold nothing'
);
select is_empty(
    'select relname, role, privilege_type from relations, aclexplode(relacl) join reaching using (grantee)
    where privilege_type not in (''SELECT'', ''INSERT'', ''UPDATE'', ''DELETE'')',
    'nobody empties, references, maintains or puts triggers on a table'
);
select is_empty(
    'select relname, role from relations, aclexplode(relacl) join reaching using (grantee)
    where relkind = ''S''',
    'nobody draws numbers from the counters'
);
select is_empty(
    'select relname, role from relations, aclexplode(relacl) join reaching using (grantee) where is_grantable',
    'nobody passes on what they hold'
);
select set_eq(
    'select relname, attname::text, role, privilege_type, is_grantable
    from relations join pg_attribute on attrelid = relations.oid, aclexplode(attacl) join reaching using (grantee)',
    $$values
        ('profiles', 'display_name', 'authenticated', 'UPDATE', false),
        ('profiles', 'avatar_url', 'authenticated', 'UPDATE', false)$$,
    'only a profile has columns that are granted one by one'
);
select is_empty(
    'select role from reaching where has_schema_privilege(role, ''public'', ''create'')',
    'nobody makes tables or functions'
);
select is_empty(
    'select defaclobjtype, role from pg_default_acl, aclexplode(defaclacl) join reaching using (grantee)
    where defaclnamespace = ''public''::regnamespace and defaclrole = ''postgres''::regrole',
    'nothing is granted by itself'
);
select is_empty(
    'select role, roleid::regrole from pg_auth_members join reaching on member = grantee
    where role <> ''service_role''',
    'neither visitors nor listeners may become somebody else'
);
select set_eq(
    'select proname::text from pg_proc where pronamespace = ''public''::regnamespace',
    '{save_tracks, library, remove_tracks, save_origins, remove_origins, save_plays, replace_recommendations,
    save_pool, save_weekly_songs, export_rows, count_rows, begin_session, take_turn, check_quota}'::text[],
    'there is no other function'
);
create function public.made_later() returns integer language sql as 'select 1';
select is_empty(
    'select role from reaching where role <> ''public'' and has_function_privilege(role, ''public.made_later()'', ''execute'')',
    'a function of a later migration is called by nobody until that migration says who may'
);

select * from finish();
rollback;
