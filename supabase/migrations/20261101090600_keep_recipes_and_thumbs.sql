-- Saved weights and filters, and thumbs up or down with the track they were given to.

create table public.recipes (
    user_id uuid not null references auth.users (id) on delete cascade,
    name text collate "C" not null,
    recipe jsonb not null constraint recipe_is_an_object check (jsonb_typeof(recipe) = 'object'),
    primary key (user_id, name)
);

create table public.feedback (
    user_id uuid not null references auth.users (id) on delete cascade,
    spotify_track_id text collate "C" not null,
    name text not null,
    artist text not null,
    album text,
    isrc text,
    genres text,
    added_at timestamptz,
    source text,
    danceability double precision,
    energy double precision,
    loudness double precision,
    speechiness double precision,
    acousticness double precision,
    instrumentalness double precision,
    liveness double precision,
    valence double precision,
    tempo double precision,
    duration_ms double precision,
    year double precision,
    key double precision,
    mode double precision,
    time_signature double precision,
    popularity double precision,
    explicit double precision,
    liked boolean not null,
    at timestamptz not null,
    primary key (user_id, spotify_track_id)
);

alter table public.recipes enable row level security;
alter table public.recipes force row level security;
revoke all on public.recipes from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.recipes to service_role;
grant select, insert, update, delete on public.recipes to authenticated;

create policy "read own" on public.recipes for select to authenticated
using ((select auth.uid()) = user_id);

create policy "add own" on public.recipes for insert to authenticated
with check ((select auth.uid()) = user_id);

create policy "change own" on public.recipes for update to authenticated
using ((select auth.uid()) = user_id)
with check ((select auth.uid()) = user_id);

create policy "remove own" on public.recipes for delete to authenticated
using ((select auth.uid()) = user_id);

alter table public.feedback enable row level security;
alter table public.feedback force row level security;
revoke all on public.feedback from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.feedback to service_role;
grant select, insert, update, delete on public.feedback to authenticated;

create policy "read own" on public.feedback for select to authenticated
using ((select auth.uid()) = user_id);

create policy "add own" on public.feedback for insert to authenticated
with check ((select auth.uid()) = user_id);

create policy "change own" on public.feedback for update to authenticated
using ((select auth.uid()) = user_id)
with check ((select auth.uid()) = user_id);

create policy "remove own" on public.feedback for delete to authenticated
using ((select auth.uid()) = user_id);
