-- A lease that seems to last longer than leases do, by more than clocks differ, was made by a clock that was ahead.
-- It counts as ended, or a lock would block for as long as that clock was wrong.

create or replace function public.take_turn(turn text, new_holder text, at double precision, until double precision)
returns boolean language sql volatile security invoker set search_path = '' as $$
    with taken as (
        insert into public.leases as held (name_hash, holder, expires_at)
        values (turn, new_holder, until)
        on conflict (name_hash) do update set holder = excluded.holder, expires_at = excluded.expires_at
        where held.expires_at <= at or held.expires_at > until + 60
        returning 1
    )
    select exists (select from taken)
$$;
comment on function public.take_turn is
    'Take a lock that nobody holds, whose holder died, or whose lease is further ahead than any can be.';
