-- How far a sync has come, and a record of what was sent to whom that a listener can read but not rewrite.

create table public.sync_state (
    user_id uuid not null references auth.users (id) on delete cascade,
    key text collate "C" not null,
    value jsonb not null constraint value_is_an_object check (jsonb_typeof(value) = 'object'),
    primary key (user_id, key)
);

create table public.sent_log (
    user_id uuid not null references auth.users (id) on delete cascade,
    id bigint generated always as identity,
    at timestamptz not null,
    recipient text not null,
    what text not null,
    rows bigint not null,
    primary key (user_id, id)
);

alter table public.sync_state enable row level security;
alter table public.sync_state force row level security;
revoke all on public.sync_state from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.sync_state to service_role;
grant select, insert, update, delete on public.sync_state to authenticated;

create policy "read own" on public.sync_state for select to authenticated
using ((select auth.uid()) = user_id);

create policy "add own" on public.sync_state for insert to authenticated
with check ((select auth.uid()) = user_id);

create policy "change own" on public.sync_state for update to authenticated
using ((select auth.uid()) = user_id)
with check ((select auth.uid()) = user_id);

create policy "remove own" on public.sync_state for delete to authenticated
using ((select auth.uid()) = user_id);

alter table public.sent_log enable row level security;
alter table public.sent_log force row level security;
revoke all on public.sent_log from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.sent_log to service_role;
grant select, insert on public.sent_log to authenticated;

create policy "read own" on public.sent_log for select to authenticated
using ((select auth.uid()) = user_id);

create policy "add own" on public.sent_log for insert to authenticated
with check ((select auth.uid()) = user_id);
