"""The hosted store: every listener's rows in a Supabase project, behind row security, over its REST API."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd
from postgrest import ReturnMethod
from supabase import Client
from supabase_auth.errors import AuthApiError

from recsys.core.model.tracks import as_tracks
from recsys.storage import table_specs as rows
from recsys.storage.hosted.project import AccessToken, SupabaseProject, answer, sentences
from recsys.storage.hosted.rows import PAGE, from_json, known, objects, once_each, read_all, tracks_of
from recsys.storage.quotas import check_name
from recsys.storage.store import MAX_POOL, Saved, Store, WeeklyList
from recsys.storage.table_specs import SENT, TableSpec, sent_row

LIBRARY_PAGE: Final = 25_000
"""Tracks read at once; they come by column in one value, so the cap on rows does not count."""

AT_ONCE: Final = 50_000
"""Rows a function writes in one transaction, some 40 MB of JSON. Only a larger table is written in several."""

UPSERT: Final = 500
"""Rows sent to a table at once."""

LAST_CHARACTER: Final = "\U0010ffff"
"""The character that sorts last in UTF-8."""


class SupabaseStore(Store):
    """
    A `Store` in a Supabase project.

    What is a listener's own is read and written as that listener, so row security holds even if this code were wrong.
    With the secret key only what no listener may touch: their Spotify id, counts that include tokens and sessions,
    state of the whole app, and the deletion of their user.

    Parameters
    ----------
    project : SupabaseProject
    access_token : function
        Gives a listener's access token; listeners are named by the id of their Supabase user (a uuid).
    """

    def __init__(self, project: SupabaseProject, access_token: AccessToken) -> None:
        self._project, self._access_token = project, access_token

    def save_tracks(self, listener: str, tracks: pd.DataFrame) -> Saved:
        """All rows or none of every 50,000."""
        saved = [
            self._call(listener, "save_tracks", rows=part)
            for part in _parts(once_each(rows.TRACKS, as_tracks(tracks)), AT_ONCE)
        ]
        return Saved(**{count: sum(one[count] for one in saved) for count in ("added", "updated", "unchanged")})

    def tracks(self, listener: str) -> pd.DataFrame:
        pages: list[dict[str, Any]] = []
        after, count = "", LIBRARY_PAGE
        while count == LIBRARY_PAGE:
            page = self._call(listener, "library", after=after, at_most=LIBRARY_PAGE)
            if not (ids := page["spotify_track_id"]):  # null where there is no row
                break
            pages.append(page)
            after, count = ids[-1], len(ids)
        return tracks_of(pages)

    def remove_tracks(self, listener: str, track_ids: Sequence[str]) -> int:
        return int(self._call(listener, "remove_tracks", track_ids=list(map(rows.clean, track_ids))))

    def save_origins(self, listener: str, origins: pd.DataFrame) -> None:
        for part in _parts(once_each(rows.ORIGINS, origins), AT_ONCE):
            self._call(listener, "save_origins", rows=part)

    def origins(self, listener: str) -> pd.DataFrame:
        return self._table(rows.ORIGINS, listener)

    def remove_origins(self, listener: str, origin: str, track_ids: Sequence[str]) -> int:
        wanted = {"place": rows.clean(origin), "track_ids": list(map(rows.clean, track_ids))}
        return int(self._call(listener, "remove_origins", **wanted))

    def save_plays(self, listener: str, plays: pd.DataFrame) -> int:
        parts = _parts(once_each(rows.PLAYS, rows.to_second(plays)), AT_ONCE)
        return sum(self._call(listener, "save_plays", rows=part) for part in parts)

    def plays(self, listener: str) -> pd.DataFrame:
        return self._table(rows.PLAYS, listener)

    def save_profile(self, listener: str, profile: Mapping[str, str | None]) -> None:
        """Written by the server: nobody may claim another's Spotify account."""
        shown = {column.stored: rows.clean(profile.get(column.name)) for column in rows.PROFILE.columns}
        self._upsert(self._project.server, "profiles", [{"user_id": listener, **shown}])

    def profile(self, listener: str) -> dict[str, str | None] | None:
        found = read_all(self._as(listener), rows.PROFILE, listener)
        return dict(found[0]) if found else None

    def save_recommendations(self, listener: str, recommendations: pd.DataFrame) -> None:
        self._call(listener, "replace_recommendations", rows=objects(rows.RECOMMENDATIONS, recommendations))

    def recommendations(self, listener: str) -> pd.DataFrame:
        return self._table(rows.RECOMMENDATIONS, listener)

    def save_recipe(self, listener: str, name: str, recipe: Mapping[str, Any]) -> None:
        check_name(name)
        row = {"user_id": listener, "name": rows.clean(name), "recipe": rows.plain(recipe)}
        self._upsert(self._as(listener), "recipes", [row])

    def recipes(self, listener: str) -> dict[str, dict[str, Any]]:
        return {one["name"]: one["recipe"] for one in read_all(self._as(listener), rows.RECIPES, listener)}

    def remove_recipe(self, listener: str, name: str) -> None:
        self._remove(listener, "recipes", "name", name)

    def save_feedback(self, listener: str, track: pd.DataFrame, liked: bool, at: str) -> None:
        (thumb,) = once_each(rows.FEEDBACK, as_tracks(track).assign(liked=liked, at=at))
        self._upsert(self._as(listener), "feedback", [{"user_id": listener, **known(thumb)}])

    def feedback(self, listener: str) -> pd.DataFrame:
        return self._table(rows.FEEDBACK, listener)

    def remove_feedback(self, listener: str, track_id: str) -> None:
        self._remove(listener, "feedback", "spotify_track_id", track_id)

    def save_state(self, listener: str, key: str, value: Mapping[str, Any]) -> None:
        row = {"user_id": listener, "key": rows.clean(key), "value": rows.plain(value)}
        self._upsert(self._as(listener), "sync_state", [row])

    def state(self, listener: str, key: str) -> dict[str, Any] | None:
        query = self._as(listener).table("sync_state").select("value").eq("user_id", listener)
        return _value(answer(query.eq("key", rows.clean(key))))

    def states(self, listener: str, prefix: str) -> dict[str, dict[str, Any]]:
        begin = rows.clean(prefix)
        query = self._as(listener).table("sync_state").select("key, value").eq("user_id", listener)
        # A range, since a pattern gives some characters a special meaning; keys are sorted by their bytes.
        found = answer(query.gte("key", begin).lt("key", begin + LAST_CHARACTER).order("key"))
        return {row["key"]: row["value"] for row in found}

    def remove_state(self, listener: str, key: str) -> None:
        self._remove(listener, "sync_state", "key", key)

    def save_misses(self, listener: str, misses: pd.DataFrame) -> None:
        asked = [{"user_id": listener, **one} for one in once_each(rows.MISSES, misses)]
        self._upsert(self._as(listener), "feature_misses", asked)

    def misses(self, listener: str, since: str = "") -> pd.DataFrame:
        known = self._table(rows.MISSES, listener)
        return known[known["asked_at"] >= since].reset_index(drop=True)

    def save_pool(self, listener: str, tracks: pd.DataFrame, answered_at: str, at_most: int = MAX_POOL) -> int:
        found = objects(rows.POOL, as_tracks(tracks).assign(answered_at=answered_at))
        return int(self._call(listener, "save_pool", rows=found, at_most=at_most))

    def pool(self, listener: str) -> pd.DataFrame:
        return self._table(rows.POOL, listener)

    def remove_pool(self, listener: str) -> None:
        query = self._as(listener).table("pool_tracks").delete(returning=ReturnMethod.minimal)
        answer(query.eq("user_id", listener))

    def save_weekly(self, listener: str, wanted: WeeklyList) -> None:
        asked = {"weekday": wanted.weekday, "songs": wanted.songs, "playlist": rows.clean(wanted.playlist)}
        row = {"user_id": listener, "recipe": rows.plain(wanted.recipe), **asked}
        self._upsert(self._as(listener), "weekly_lists", [row])

    def weekly(self, listener: str) -> WeeklyList | None:
        query = self._as(listener).table("weekly_lists").select(", ".join(rows.WEEKLY.stored))
        found = answer(query.eq("user_id", listener))
        return rows.weekly_list(found[0]) if found else None

    def remove_weekly(self, listener: str) -> None:
        """The row that asks for lists first: without it no song is added."""
        for table in ("weekly_lists", "weekly_songs"):
            answer(self._as(listener).table(table).delete(returning=ReturnMethod.minimal).eq("user_id", listener))

    def save_weekly_songs(self, listener: str, week: str, songs: pd.DataFrame, at: str) -> bool:
        listed = objects(rows.WEEKLY_SONGS, songs.assign(week=week))
        return bool(self._call(listener, "save_weekly_songs", renewed=week, rows=listed, at=at))

    def note_weekly(self, listener: str, saved_week: str | None, problem: str | None) -> None:
        noted = {"saved_week": saved_week, "problem": rows.clean(problem)}
        query = self._as(listener).table("weekly_lists").update(noted, returning=ReturnMethod.minimal)
        answer(query.eq("user_id", listener))

    def weekly_songs(self, listener: str) -> pd.DataFrame:
        return self._table(rows.WEEKLY_SONGS, listener)

    def weekly_listeners(self) -> list[str]:
        """Read by the server: nobody else may see who asks for what."""
        found: list[str] = []
        while True:
            query = self._project.server.table("weekly_lists").select("user_id").order("user_id").limit(PAGE)
            page = answer(query.gt("user_id", found[-1]) if found else query)
            if not page:
                return found
            found += [one["user_id"] for one in page]

    def log_sent(self, listener: str, to: str, what: str, rows: int, at: str) -> None:
        (sent,) = objects(SENT, sent_row(to, what, rows, at))
        row = {"user_id": listener, **sent}
        answer(self._as(listener).table("sent_log").insert(row, returning=ReturnMethod.minimal))

    def sent(self, listener: str) -> pd.DataFrame:
        return self._table(rows.SENT, listener)

    def counts(self, listener: str) -> dict[str, int]:
        return dict(answer(self._project.server.rpc("count_rows", {"listener": listener})))

    def export(self, listener: str) -> dict[str, pd.DataFrame]:
        found = self._call(listener, "export_rows")
        return {spec.table: from_json(spec, found[spec.table] or []) for spec in rows.EXPORTED}

    def erase(self, listener: str) -> dict[str, int]:
        """Deletes the listener's user at Supabase too; with it go all rows that belong to it."""
        with sentences():
            try:
                self._project.server.auth.admin.delete_user(listener)
            except AuthApiError as problem:
                if problem.code != "user_not_found":  # gone already
                    raise
        return self.counts(listener)

    def save_app_state(self, key: str, value: Mapping[str, Any]) -> None:
        self._upsert(self._project.server, "app_state", [{"key": rows.clean(key), "value": rows.plain(value)}])

    def app_state(self, key: str) -> dict[str, Any] | None:
        return _value(answer(self._project.server.table("app_state").select("value").eq("key", rows.clean(key))))

    def replace_app_state(self, key: str, expected: Mapping[str, Any] | None, value: Mapping[str, Any]) -> bool:
        """One statement either way, so that Postgres decides who was first."""
        table, named, replaced = self._project.server.table("app_state"), rows.clean(key), rows.plain(value)
        if expected is None:
            return bool(answer(table.upsert({"key": named, "value": replaced}, ignore_duplicates=True)))
        return bool(answer(table.update({"value": replaced}).eq("key", named).eq("value", rows.plain(expected))))

    def check(self) -> None:
        answer(self._project.server.table("app_state").select("key").limit(1))

    def _as(self, listener: str) -> Client:
        return self._project.as_listener(self._access_token(listener))

    def _call(self, listener: str, function: str, **arguments: Any) -> Any:
        return answer(self._as(listener).rpc(function, arguments))

    def _table(self, spec: TableSpec, listener: str) -> pd.DataFrame:
        return from_json(spec, read_all(self._as(listener), spec, listener))

    def _upsert(self, client: Client, table: str, objects: list[dict[str, Any]]) -> None:
        for part in _parts(objects, UPSERT):
            answer(client.table(table).upsert(part, returning=ReturnMethod.minimal))

    def _remove(self, listener: str, table: str, column: str, value: str) -> None:
        query = self._as(listener).table(table).delete(returning=ReturnMethod.minimal)
        answer(query.eq("user_id", listener).eq(column, rows.clean(value)))


def _parts(objects: list[dict[str, Any]], size: int) -> list[list[dict[str, Any]]]:
    return [objects[start : start + size] for start in range(0, len(objects), size)]


def _value(found: list[dict[str, Any]]) -> dict[str, Any] | None:
    return found[0]["value"] if found else None
