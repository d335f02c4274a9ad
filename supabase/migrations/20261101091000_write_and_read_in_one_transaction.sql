-- What needs several statements, or more than 1,000 rows, in one transaction. All of it runs as the caller (security
-- invoker), behind the caller's row security, and only for rows of the caller, `auth.uid()`.
-- Writers of one listener wait for each other: two tabs with the same rows in another order would deadlock.
-- PostgREST applies a function's own statement_timeout to its whole transaction; a listener's is otherwise 8 s.

create function public.save_tracks(rows jsonb) returns json
language sql volatile security invoker set search_path = '' set statement_timeout = '60s' as $$
    select pg_advisory_xact_lock(hashtextextended((select auth.uid())::text, 0));
    with written as (
        insert into public.user_tracks as kept (
            user_id, spotify_track_id, name, artist, album, isrc, genres, added_at, source,
            danceability, energy, loudness, speechiness, acousticness, instrumentalness, liveness, valence, tempo,
            duration_ms, year, key, mode, time_signature, popularity, explicit
        )
        select
            (select auth.uid()), spotify_track_id, name, artist, album, isrc, genres, added_at, source,
            danceability, energy, loudness, speechiness, acousticness, instrumentalness, liveness, valence, tempo,
            duration_ms, year, key, mode, time_signature, popularity, explicit
        from jsonb_populate_recordset(null::public.user_tracks, rows) with ordinality
        order by ordinality
        on conflict (user_id, spotify_track_id) do update set
            name = excluded.name,
            artist = excluded.artist,
            album = coalesce(excluded.album, kept.album),
            isrc = coalesce(excluded.isrc, kept.isrc),
            genres = coalesce(excluded.genres, kept.genres),
            added_at = coalesce(excluded.added_at, kept.added_at),
            source = coalesce(excluded.source, kept.source),
            danceability = coalesce(excluded.danceability, kept.danceability),
            energy = coalesce(excluded.energy, kept.energy),
            loudness = coalesce(excluded.loudness, kept.loudness),
            speechiness = coalesce(excluded.speechiness, kept.speechiness),
            acousticness = coalesce(excluded.acousticness, kept.acousticness),
            instrumentalness = coalesce(excluded.instrumentalness, kept.instrumentalness),
            liveness = coalesce(excluded.liveness, kept.liveness),
            valence = coalesce(excluded.valence, kept.valence),
            tempo = coalesce(excluded.tempo, kept.tempo),
            duration_ms = coalesce(excluded.duration_ms, kept.duration_ms),
            year = coalesce(excluded.year, kept.year),
            key = coalesce(excluded.key, kept.key),
            mode = coalesce(excluded.mode, kept.mode),
            time_signature = coalesce(excluded.time_signature, kept.time_signature),
            popularity = coalesce(excluded.popularity, kept.popularity),
            explicit = coalesce(excluded.explicit, kept.explicit)
        -- Only where something given is not there yet.
        where not to_jsonb(kept) @> jsonb_strip_nulls(to_jsonb(excluded) - 'saved_order')
        returning xmax = 0 as is_new
    )
    select json_build_object(
        'added', count(*) filter (where is_new),
        'updated', count(*) filter (where not is_new),
        'unchanged', jsonb_array_length(rows) - count(*)
    )
    from written
$$;
comment on function public.save_tracks is
    'Add or update the caller''s tracks. A missing value never overwrites a known one. Says what it did.';

create function public.library(after text, at_most integer) returns json
language sql stable security invoker set search_path = '' set statement_timeout = '60s' as $$
    select json_build_object(
        'saved_order', json_agg(saved_order),
        'spotify_track_id', json_agg(spotify_track_id),
        'name', json_agg(name),
        'artist', json_agg(artist),
        'album', json_agg(album),
        'isrc', json_agg(isrc),
        'genres', json_agg(genres),
        'added_at', json_agg(added_at),
        'source', json_agg(source),
        'danceability', json_agg(danceability),
        'energy', json_agg(energy),
        'loudness', json_agg(loudness),
        'speechiness', json_agg(speechiness),
        'acousticness', json_agg(acousticness),
        'instrumentalness', json_agg(instrumentalness),
        'liveness', json_agg(liveness),
        'valence', json_agg(valence),
        'tempo', json_agg(tempo),
        'duration_ms', json_agg(duration_ms),
        'year', json_agg(year),
        'key', json_agg(key),
        'mode', json_agg(mode),
        'time_signature', json_agg(time_signature),
        'popularity', json_agg(popularity),
        'explicit', json_agg(explicit)
    )
    from (
        select *
        from public.user_tracks
        where user_id = (select auth.uid()) and spotify_track_id > after
        order by spotify_track_id
        limit at_most
    ) as page
$$;
comment on function public.library is
    'A page of the caller''s tracks by column, from the id after `after`. Null columns: there are no more.';

create function public.remove_tracks(track_ids text[]) returns bigint
language sql volatile security invoker set search_path = '' as $$
    select pg_advisory_xact_lock(hashtextextended((select auth.uid())::text, 0));
    delete from public.track_origins where user_id = (select auth.uid()) and spotify_track_id = any (track_ids);
    delete from public.feature_misses where user_id = (select auth.uid()) and spotify_track_id = any (track_ids);
    with removed as (
        delete from public.user_tracks
        where user_id = (select auth.uid()) and spotify_track_id = any (track_ids)
        returning 1
    )
    select count(*) from removed
$$;
comment on function public.remove_tracks is 'Remove tracks of the caller with their origins and misses. Says how many.';

create function public.save_origins(rows jsonb) returns void
language sql volatile security invoker set search_path = '' set statement_timeout = '60s' as $$
    select pg_advisory_xact_lock(hashtextextended((select auth.uid())::text, 0));
    insert into public.track_origins as kept (user_id, spotify_track_id, origin, seen_at, rank)
    select (select auth.uid()), spotify_track_id, origin, seen_at, rank
    from jsonb_populate_recordset(null::public.track_origins, rows)
    on conflict (user_id, spotify_track_id, origin) do update
    set seen_at = excluded.seen_at, rank = coalesce(excluded.rank, kept.rank)
$$;
comment on function public.save_origins is
    'Add where tracks of the caller came from, or when they were seen there again.';

create function public.remove_origins(place text, track_ids text[]) returns bigint
language sql volatile security invoker set search_path = '' as $$
    select pg_advisory_xact_lock(hashtextextended((select auth.uid())::text, 0));
    with removed as (
        delete from public.track_origins
        where user_id = (select auth.uid()) and spotify_track_id = any (track_ids) and origin = place
        returning 1
    )
    select count(*) from removed
$$;
comment on function public.remove_origins is 'Forget that tracks of the caller came from there. Says how many.';

create function public.save_plays(rows jsonb) returns bigint
language sql volatile security invoker set search_path = '' set statement_timeout = '60s' as $$
    select pg_advisory_xact_lock(hashtextextended((select auth.uid())::text, 0));
    with written as (
        insert into public.plays as kept (user_id, played_at, spotify_track_id, ms_played)
        select (select auth.uid()), played_at, spotify_track_id, max(ms_played)
        from jsonb_populate_recordset(null::public.plays, rows)
        group by played_at, spotify_track_id
        on conflict (user_id, played_at, spotify_track_id) do update set ms_played = excluded.ms_played
        where excluded.ms_played is distinct from kept.ms_played and excluded.ms_played is not null
        returning xmax = 0 as is_new
    )
    select count(*) from written where is_new
$$;
comment on function public.save_plays is
    'Add listening history of the caller; the same play twice is one. Says how many are new.';

create function public.replace_recommendations(rows jsonb) returns void
language sql volatile security invoker set search_path = '' as $$
    select pg_advisory_xact_lock(hashtextextended((select auth.uid())::text, 0));
    delete from public.recommendations where user_id = (select auth.uid());
    insert into public.recommendations (user_id, spotify_track_id, score, created_at)
    select (select auth.uid()), spotify_track_id, score, created_at
    from jsonb_populate_recordset(null::public.recommendations, rows)
$$;
comment on function public.replace_recommendations is 'Forget the caller''s last list and keep this one.';

revoke execute on function
    public.save_tracks, public.library, public.remove_tracks, public.save_origins, public.remove_origins,
    public.save_plays, public.replace_recommendations
from public, anon, authenticated, service_role;
grant execute on function
    public.save_tracks, public.library, public.remove_tracks, public.save_origins, public.remove_origins,
    public.save_plays, public.replace_recommendations
to authenticated;
