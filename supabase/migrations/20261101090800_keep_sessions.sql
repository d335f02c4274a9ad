-- Who is signed in, in which browser, and whose turn it is to renew tokens. Only the server reaches either table.
-- Browsers hold the session id; here stands its SHA-256, so reading the table signs nobody in.

create table public.sessions (
    user_id uuid not null references auth.users (id) on delete cascade,
    id_hash text not null,
    kind text not null,
    display_name text,
    avatar_url text,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    primary key (user_id, id_hash),
    constraint id_is_hashed check (id_hash ~ '^[0-9a-f]{64}$'),
    constraint kind_is_known check (kind in ('guest', 'spotify'))
);

create unique index sessions_by_id on public.sessions (id_hash);
create index sessions_by_expiry on public.sessions (expires_at);

create table public.leases (
    name_hash text primary key,
    holder text not null,
    expires_at double precision not null,
    constraint name_is_hashed check (name_hash ~ '^[0-9a-f]{64}$')
);

comment on column public.leases.expires_at is 'Seconds since 1970 by the clock of the app servers.';

alter table public.sessions enable row level security;
alter table public.sessions force row level security;
revoke all on public.sessions from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.sessions to service_role;

alter table public.leases enable row level security;
alter table public.leases force row level security;
revoke all on public.leases from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.leases to service_role;

create function public.begin_session(session jsonb, replaces text, at timestamptz) returns void
language sql volatile security invoker set search_path = '' as $$
    delete from public.sessions where expires_at <= at or id_hash = replaces;
    insert into public.sessions (user_id, id_hash, kind, display_name, avatar_url, created_at, expires_at)
    select user_id, id_hash, kind, display_name, avatar_url, at, expires_at
    from jsonb_populate_record(null::public.sessions, session)
$$;
comment on function public.begin_session is
    'Keep a session, end the one the browser came with, and sweep out what has expired.';

create function public.take_turn(turn text, new_holder text, at double precision, until double precision)
returns boolean language sql volatile security invoker set search_path = '' as $$
    with taken as (
        insert into public.leases as held (name_hash, holder, expires_at)
        values (turn, new_holder, until)
        on conflict (name_hash) do update set holder = excluded.holder, expires_at = excluded.expires_at
        where held.expires_at <= at
        returning 1
    )
    select exists (select from taken)
$$;
comment on function public.take_turn is 'Take a turn that nobody holds, or whose holder died. Says whether it was had.';

revoke execute on function public.begin_session, public.take_turn from public, anon, authenticated;
grant execute on function public.begin_session, public.take_turn to service_role;
