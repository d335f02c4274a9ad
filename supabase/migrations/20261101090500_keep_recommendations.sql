-- The list a listener was last given. It is replaced as a whole, never edited.

create table public.recommendations (
    user_id uuid not null references auth.users (id) on delete cascade,
    spotify_track_id text collate "C" not null,
    score double precision not null,
    created_at timestamptz not null default now(),
    primary key (user_id, spotify_track_id)
);

alter table public.recommendations enable row level security;
alter table public.recommendations force row level security;
revoke all on public.recommendations from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.recommendations to service_role;
grant select, insert, delete on public.recommendations to authenticated;

create policy "read own" on public.recommendations for select to authenticated
using ((select auth.uid()) = user_id);

create policy "add own" on public.recommendations for insert to authenticated
with check ((select auth.uid()) = user_id);

create policy "remove own" on public.recommendations for delete to authenticated
using ((select auth.uid()) = user_id);
