-- State of the whole app, such as until when Spotify asks us to wait. Nothing of a listener's, and for the server only.

create table public.app_state (
    key text collate "C" primary key,
    value jsonb not null,
    constraint value_is_an_object check (jsonb_typeof(value) = 'object')
);

alter table public.app_state enable row level security;
alter table public.app_state force row level security;
revoke all on public.app_state from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.app_state to service_role;
