-- Proves how the schema is built: what row security, keys and functions look like, for tables still to come as well.
begin;
select plan(20);

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
    'select tablename::text, lower(cmd) from policies',
    'select relname::text, verb from tables, unnest(''{select, insert, update, delete}''::text[]) as verb
    where case verb
        when ''delete'' then has_table_privilege(''authenticated'', oid, verb)
        else has_any_column_privilege(''authenticated'', oid, verb)
    end',
    'where a listener holds a verb there is a policy, and nowhere else'
);

-- How each table is built: its primary key, and the other columns that are never unknown. Keys of listeners' rows lead
-- with the listener, so that row security has an index.
create temp table built (table_name text, key text[], known text[]);
insert into built values
    ('profiles', '{user_id}', '{}'),
    ('spotify_tokens', '{user_id}', '{access_token, expires_at}'),
    ('supabase_tokens', '{user_id}', '{access_token, expires_at}'),
    ('user_tracks', '{user_id, spotify_track_id}', '{saved_order, name, artist}'),
    ('track_origins', '{user_id, spotify_track_id, origin}', '{seen_at}'),
    ('feature_misses', '{user_id, spotify_track_id, source}', '{asked_at}'),
    ('plays', '{user_id, played_at, spotify_track_id}', '{}'),
    ('recommendations', '{user_id, spotify_track_id}', '{score, created_at}'),
    ('recipes', '{user_id, name}', '{recipe}'),
    ('feedback', '{user_id, spotify_track_id}', '{name, artist, liked, at}'),
    ('pool_tracks', '{user_id, spotify_track_id}', '{name, artist, answered_at}'),
    ('sync_state', '{user_id, key}', '{value}'),
    ('sent_log', '{user_id, id}', '{at, recipient, what, rows}'),
    ('weekly_lists', '{user_id}', '{recipe, weekday, songs}'),
    ('weekly_songs', '{user_id, week, spotify_track_id}', '{name, artist, rank, score}'),
    ('sessions', '{user_id, id_hash}', '{kind, created_at, expires_at}'),
    ('leases', '{name_hash}', '{holder, expires_at}'),
    ('app_state', '{key}', '{value}');

create temp view columns as
select relname::text as table_name, attname::text, attnum, attnotnull, attidentity, attcollation, atttypid, conkey
from tables
join pg_attribute on attrelid = tables.oid and attnum > 0 and not attisdropped
left join pg_constraint on conrelid = tables.oid and contype = 'p';

select set_eq(
    'select table_name, array_agg(attname order by array_position(conkey, attnum)) from columns
    where attnum = any (conkey) group by 1',
    'select table_name, key from built',
    'every table has its primary key'
);
select set_eq(
    'select table_name, attname from columns where attnotnull and attnum <> all (conkey)',
    'select table_name, unnest(known) from built',
    'what must be known must be known'
);
select is_empty(
    'select table_name, attname from columns
    where attnum = any (conkey) and atttypid = ''text''::regtype and attcollation <> ''"C"''::regcollation
    and attname not like ''%\_hash''',
    'keys are compared letter by letter, whatever the language of the server: pages are read in their order'
);
select is_empty(
    'select table_name, attname from columns where attidentity = ''d''',
    'numbers the database counts are not chosen by a caller'
);
select is_empty(
    'select relname from tables join pg_attribute on attrelid = tables.oid and attname = ''user_id''
    where not exists (
        select from pg_constraint
        where conrelid = tables.oid and conkey = array[attnum]
        and confrelid = ''auth.users''::regclass and confdeltype = ''c'' and convalidated
    )',
    'rows go with the listener they belong to'
);
select results_eq(
    'select column_default from information_schema.columns
    where table_schema = ''public'' and column_default is not null',
    array['now()'::information_schema.character_data],
    'one column fills itself: a list that does not say so is of now'
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
select set_eq(
    'select proname::text from pg_proc
    where pronamespace = ''public''::regnamespace and cardinality(proconfig) > 1',
    '{save_tracks, library, save_origins, save_plays, save_pool, export_rows}'::text[],
    'what moves a whole library has one setting more'
);
select is_empty(
    'select proname from pg_proc where pronamespace = ''public''::regnamespace
    and not proconfig <@ array[''search_path=""'', ''statement_timeout=60s'']',
    'which is that it may take a minute; no other is changed, such as the role'
);
select is_empty(
    'select tgname from pg_trigger join tables on tgrelid = tables.oid
    where not tgisinternal and tgfoid <> ''public.check_quota''::regproc
    union all select tgname from pg_trigger where tgrelid = ''auth.users''::regclass and not tgisinternal',
    'no trigger can keep somebody from signing in; those there are count rows'
);

select * from finish();
rollback;
