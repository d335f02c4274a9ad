-- Proves that nothing of a listener is left when their user is deleted, and that everything of the others is.
begin;
select plan(4);

insert into auth.users (id) values
    ('00000000-0000-4000-8000-00000000000a'), ('00000000-0000-4000-8000-00000000000b');

-- One row for each of them in every table that holds rows of listeners.
do $$
declare statement text;
begin
    for statement in
        select format(
            'insert into public.%1$I (%2$s) select %2$s from jsonb_populate_record(null::public.%1$I, %3$L)',
            relname, string_agg(quote_ident(attname), ', '), jsonb_object_agg(attname, case
                when attname = 'user_id' then to_jsonb(id)
                when attname like '%\_token' then to_jsonb('enc:v1:gAAAAA' || repeat('x', 100))
                when attname like '%\_hash' then to_jsonb(encode(sha256(id::text::bytea), 'hex'))
                when attname = 'kind' then '"spotify"'
                else case atttypid::regtype::text
                    when 'text' then '"x"'::jsonb when 'boolean' then 'true' when 'jsonb' then '{}'
                    when 'timestamp with time zone' then '"2026-01-01T00:00:00Z"' else '1'
                end
            end)
        )
        from auth.users, pg_class join pg_attribute on attrelid = pg_class.oid
        where relnamespace = 'public'::regnamespace and relkind = 'r' and attnum > 0 and attidentity = ''
        and exists (select from pg_attribute where attrelid = pg_class.oid and attname = 'user_id')
        group by relname, id
    loop
        execute statement;
    end loop;
end $$;

create temp view counted as
select key as table_name, value::integer as rows
from json_each_text(public.count_rows('00000000-0000-4000-8000-00000000000a'));
create temp view counted_of_the_other as
select key as table_name, value::integer as rows
from json_each_text(public.count_rows('00000000-0000-4000-8000-00000000000b'));

select is((select count(*) from counted where rows = 1), (select count(*) from counted), 'a row stands in every table');
select lives_ok(
    'delete from auth.users where id = ''00000000-0000-4000-8000-00000000000a''', 'a listener can be deleted'
);
select is_empty('select * from counted where rows > 0', 'no table holds a row of theirs');
select is_empty('select * from counted_of_the_other where rows <> 1', 'every table holds the row of the other one');

select * from finish();
rollback;
