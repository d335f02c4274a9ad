-- How many rows one listener may have in each table, so that nobody can fill the project. The numbers are those of
-- `recsys/storage/quotas.py`. Rows are counted once for each statement that adds some.

create function public.check_quota() returns trigger
language plpgsql volatile security invoker set search_path = '' as $$
declare
    listener uuid;
    rows bigint;
begin
    for listener in select distinct user_id from added loop
        execute format('select count(*) from public.%I where user_id = $1', tg_table_name) into rows using listener;
        if rows > tg_argv[0]::bigint then
            raise exception 'at most % rows of % for each listener', tg_argv[0], tg_table_name using errcode = '54023';
        end if;
    end loop;
    return null;
end
$$;
comment on function public.check_quota is 'Refuse a statement after which a listener has more rows than allowed.';
revoke execute on function public.check_quota from public, anon, authenticated, service_role;

create trigger quota after insert on public.user_tracks
referencing new table as added for each statement execute function public.check_quota(250000);

create trigger quota after insert on public.track_origins
referencing new table as added for each statement execute function public.check_quota(500000);

create trigger quota after insert on public.plays
referencing new table as added for each statement execute function public.check_quota(2000000);

create trigger quota after insert on public.recommendations
referencing new table as added for each statement execute function public.check_quota(10000);

create trigger quota after insert on public.recipes
referencing new table as added for each statement execute function public.check_quota(1000);

create trigger quota after insert on public.feedback
referencing new table as added for each statement execute function public.check_quota(100000);

create trigger quota after insert on public.feature_misses
referencing new table as added for each statement execute function public.check_quota(500000);

create trigger quota after insert on public.sync_state
referencing new table as added for each statement execute function public.check_quota(1000);

create trigger quota after insert on public.sent_log
referencing new table as added for each statement execute function public.check_quota(100000);

create trigger quota after insert on public.pool_tracks
referencing new table as added for each statement execute function public.check_quota(100000);
