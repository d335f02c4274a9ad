-- What is kept of a listener: all of it for themselves, and how many rows, tokens and sessions included.

create function public.export_rows() returns json
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
        'sync_state', (select json_agg(t) from public.sync_state as t where user_id = (select auth.uid())),
        'sent_log', (select json_agg(t) from public.sent_log as t where user_id = (select auth.uid()))
    )
$$;
comment on function public.export_rows is 'Everything of the caller''s by table, as of one moment. Null: no rows.';

create function public.count_rows(listener uuid) returns json
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
        'sync_state', (select count(*) from public.sync_state where user_id = listener),
        'sent_log', (select count(*) from public.sent_log where user_id = listener),
        'spotify_tokens', (select count(*) from public.spotify_tokens where user_id = listener),
        'supabase_tokens', (select count(*) from public.supabase_tokens where user_id = listener),
        'sessions', (select count(*) from public.sessions where user_id = listener)
    )
$$;
comment on function public.count_rows is 'How many rows each table holds of a listener; for the server only.';

revoke execute on function public.export_rows, public.count_rows from public, anon, authenticated, service_role;
grant execute on function public.export_rows to authenticated;
grant execute on function public.count_rows to service_role;
