-- A list that a listener asks for every week, and the songs they were given, so that none comes twice.

create table public.weekly_lists (
    user_id uuid primary key references auth.users (id) on delete cascade,
    recipe jsonb not null constraint weekly_recipe_is_an_object check (jsonb_typeof(recipe) = 'object'),
    weekday integer not null,
    songs integer not null,
    playlist text,
    renewed_week text collate "C",
    saved_week text collate "C",
    problem text
);

create table public.weekly_songs (
    user_id uuid not null references auth.users (id) on delete cascade,
    week text collate "C" not null,
    spotify_track_id text collate "C" not null,
    name text not null,
    artist text not null,
    rank double precision not null,
    score double precision not null,
    primary key (user_id, week, spotify_track_id)
);

alter table public.weekly_lists enable row level security;
alter table public.weekly_lists force row level security;
revoke all on public.weekly_lists from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.weekly_lists to service_role;
grant select, insert, update, delete on public.weekly_lists to authenticated;

create policy "read own" on public.weekly_lists for select to authenticated
using ((select auth.uid()) = user_id);

create policy "add own" on public.weekly_lists for insert to authenticated
with check ((select auth.uid()) = user_id);

create policy "change own" on public.weekly_lists for update to authenticated
using ((select auth.uid()) = user_id)
with check ((select auth.uid()) = user_id);

create policy "remove own" on public.weekly_lists for delete to authenticated
using ((select auth.uid()) = user_id);

alter table public.weekly_songs enable row level security;
alter table public.weekly_songs force row level security;
revoke all on public.weekly_songs from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.weekly_songs to service_role;
grant select, insert, delete on public.weekly_songs to authenticated;

create policy "read own" on public.weekly_songs for select to authenticated
using ((select auth.uid()) = user_id);

create policy "add own" on public.weekly_songs for insert to authenticated
with check ((select auth.uid()) = user_id);

create policy "remove own" on public.weekly_songs for delete to authenticated
using ((select auth.uid()) = user_id);

create trigger quota after insert on public.weekly_songs
referencing new table as added for each statement execute function public.check_quota(100000);

create function public.save_weekly_songs(renewed text, rows jsonb, at timestamptz) returns boolean
language plpgsql volatile security invoker set search_path = '' as $$
begin
    update public.weekly_lists set renewed_week = renewed, problem = null
    where user_id = (select auth.uid()) and (renewed_week is null or renewed_week < renewed);
    if not found then
        return false;
    end if;
    insert into public.weekly_songs (user_id, week, spotify_track_id, name, artist, rank, score)
    select (select auth.uid()), week, spotify_track_id, name, artist, rank, score
    from jsonb_populate_recordset(null::public.weekly_songs, rows);
    perform pg_advisory_xact_lock(hashtextextended((select auth.uid())::text, 0));
    delete from public.recommendations where user_id = (select auth.uid());
    insert into public.recommendations (user_id, spotify_track_id, score, created_at)
    select (select auth.uid()), spotify_track_id, score, at
    from jsonb_populate_recordset(null::public.weekly_songs, rows);
    return true;
end
$$;
comment on function public.save_weekly_songs is
    'Store the caller''s list of a week, once. False: they ask for none, or have one of this week or a later one.';

revoke execute on function public.save_weekly_songs from public, anon, authenticated, service_role;
grant execute on function public.save_weekly_songs to authenticated;

create or replace function public.export_rows() returns json
language sql stable security invoker set search_path = '' set statement_timeout = '60s' as $$
    select json_build_object(
        'profiles', (select json_agg(t) from public.profiles as t where user_id = (select auth.uid())),
        'user_tracks',
        (select json_agg(t order by t.saved_order) from public.user_tracks as t where user_id = (select auth.uid())),
        'track_origins', (select json_agg(t) from public.track_origins as t where user_id = (select auth.uid())),
        'plays', (select json_agg(t) from public.plays as t where user_id = (select auth.uid())),
        'recommendations', (select json_agg(t) from public.recommendations as t where user_id = (select auth.uid())),
        'recipes', (select json_agg(t) from public.recipes as t where user_id = (select auth.uid())),
        'feedback', (select json_agg(t) from public.feedback as t where user_id = (select auth.uid())),
        'feature_misses', (select json_agg(t) from public.feature_misses as t where user_id = (select auth.uid())),
        'pool_tracks', (select json_agg(t) from public.pool_tracks as t where user_id = (select auth.uid())),
        'sync_state', (select json_agg(t) from public.sync_state as t where user_id = (select auth.uid())),
        'sent_log', (select json_agg(t) from public.sent_log as t where user_id = (select auth.uid())),
        'weekly_lists', (select json_agg(t) from public.weekly_lists as t where user_id = (select auth.uid())),
        'weekly_songs', (select json_agg(t) from public.weekly_songs as t where user_id = (select auth.uid()))
    )
$$;
comment on function public.export_rows is 'Everything of the caller''s by table, as of one moment. Null: no rows.';

create or replace function public.count_rows(listener uuid) returns json
language sql stable security invoker set search_path = '' as $$
    select json_build_object(
        'profiles', (select count(*) from public.profiles where user_id = listener),
        'user_tracks', (select count(*) from public.user_tracks where user_id = listener),
        'track_origins', (select count(*) from public.track_origins where user_id = listener),
        'plays', (select count(*) from public.plays where user_id = listener),
        'recommendations', (select count(*) from public.recommendations where user_id = listener),
        'recipes', (select count(*) from public.recipes where user_id = listener),
        'feedback', (select count(*) from public.feedback where user_id = listener),
        'feature_misses', (select count(*) from public.feature_misses where user_id = listener),
        'pool_tracks', (select count(*) from public.pool_tracks where user_id = listener),
        'sync_state', (select count(*) from public.sync_state where user_id = listener),
        'sent_log', (select count(*) from public.sent_log where user_id = listener),
        'weekly_lists', (select count(*) from public.weekly_lists where user_id = listener),
        'weekly_songs', (select count(*) from public.weekly_songs where user_id = listener),
        'spotify_tokens', (select count(*) from public.spotify_tokens where user_id = listener),
        'supabase_tokens', (select count(*) from public.supabase_tokens where user_id = listener),
        'sessions', (select count(*) from public.sessions where user_id = listener)
    )
$$;
comment on function public.count_rows is 'How many rows each table holds of a listener; for the server only.';
