"""Visitors: who is behind a session cookie, and what becomes of a guest's rows when the guest signs in."""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from itertools import chain, count
from typing import Any

import pandas as pd

from recsys.auth.models import GUEST, Visitor, hash_id, is_guest_id, is_session_id
from recsys.storage.sessions import SessionStore
from recsys.storage.store import Store


def guest_listener(session_id: str) -> str:
    """The listener id of a guest. A hash, so that a row in the store does not give away the cookie."""
    return f"{GUEST}{hash_id(session_id)[:32]}"


def visitor(session_id: object, sessions: SessionStore, now: datetime) -> Visitor | None:
    """
    The visitor behind the value of a session cookie.

    Parameters
    ----------
    session_id : object
        The value the browser sent; one that this app could not have issued belongs to nobody.
    sessions : SessionStore
        Queried on every call, so that a session ended elsewhere ends here too; not for the ids of guests, who are
        served even while the store does not answer.
    now : datetime
        The time, with time zone.

    Returns
    -------
    Visitor or None
        The signed-in listener; else a guest, whose rows survive reloads for as long as the cookie does.

    Raises
    ------
    StorageProblem
        The sessions cannot be read.
    """
    if not is_session_id(session_id):
        return None
    session = None if is_guest_id(session_id) else sessions.get(session_id, now)
    if session is None:
        return Visitor(guest_listener(session_id), is_guest=True)
    return Visitor(session.listener, False, session.display_name, session.avatar_url)


def merge_guest(guests: Store, guest: str, store: Store, listener: str) -> int:
    """
    Give a guest's rows to the listener the guest turned out to be, then erase the guest's.

    What the listener has already stays: tracks are merged as on any import, a thumb stays, and a guest's recipe of
    a name that is taken comes along under another, such as "Evening (2)". Of two misses the later one counts.

    Consents are not taken over: an attacker who planted the session cookie may have given them, and asking again is
    cheap. A weekly list is, unless the listener has one, but goes into no playlist.

    Parameters
    ----------
    guests, store : Store
        Where the guest's rows are and where the listener's go; the same store or two.

    Returns
    -------
    int
        Tracks that are new in the listener's library.

    Raises
    ------
    StorageProblem
        A write was refused. Nothing of the guest's was erased. Merging again completes it, and nothing comes twice.
    """
    tracks = guests.tracks(guest)
    added = store.save_tracks(listener, tracks).added if len(tracks) else 0
    if len(origins := guests.origins(guest)):
        store.save_origins(listener, origins)
    if len(plays := guests.plays(guest)):
        store.save_plays(listener, plays)
    recipes = guests.recipes(guest)
    own = store.recipes(listener)
    for name, recipe in recipes.items():
        # The name, or the first of "name (2)", "name (3)", ... that no other recipe of theirs has.
        names = chain([name], (f"{name} ({number})" for number in count(2)))
        free = next(one for one in names if own.get(one, recipe) == recipe)
        if free not in own:
            store.save_recipe(listener, free, recipe)
    thumbs, rated = guests.feedback(guest), set(store.feedback(listener)["track_id"])
    marks = zip(thumbs["track_id"], thumbs["liked"], thumbs["at"], strict=True)
    for position, (track_id, liked, at) in enumerate(marks):
        if track_id not in rated:
            track = thumbs.iloc[[position]].drop(columns=["liked", "at"])
            store.save_feedback(listener, track, bool(liked), at)
    misses = guests.misses(guest)
    if len(misses):
        both = pd.concat([store.misses(listener), misses], ignore_index=True)
        in_time = both.sort_values("asked_at", key=_moments)
        latest = in_time.drop_duplicates(["track_id", "source"], keep="last")
        store.save_misses(listener, latest.reset_index(drop=True))
    for answered_at, tracks in guests.pool(guest).groupby("answered_at"):
        store.save_pool(listener, tracks.drop(columns="answered_at"), str(answered_at))
    _merge_sent(guests.sent(guest), store, listener)
    _merge_weekly(guests, guest, store, listener)
    guests.erase(guest)
    return added


def _merge_sent(sent: pd.DataFrame, store: Store, listener: str) -> None:
    """A log has no keys, so what is there already is counted: a merge that was interrupted wrote a part of it."""
    there = Counter(_log(store.sent(listener)))
    for at, entry in zip(sent["at"], _log(sent), strict=True):
        there[entry] -= 1
        if there[entry] < 0:
            _, recipient, what, rows = entry
            store.log_sent(listener, recipient, what, rows, at)


def _merge_weekly(guests: Store, guest: str, store: Store, listener: str) -> None:
    """Weeks in order, so that a merge that was interrupted continues with the first that is missing."""
    wanted, own = guests.weekly(guest), store.weekly(listener)
    if wanted is None or (own is not None and own.recipe != wanted.recipe):
        return
    if own is None:
        store.save_weekly(listener, replace(wanted, playlist=None))
    for week, given in guests.weekly_songs(guest).groupby("week", sort=True):
        store.save_weekly_songs(listener, str(week), given, f"{week}T00:00:00Z")


def _log(sent: pd.DataFrame) -> list[tuple[Any, ...]]:
    return list(sent.assign(at=_moments(sent["at"])).itertuples(index=False, name=None))


def _moments(times: pd.Series) -> pd.Series:
    """Times that compare, however a store writes them."""
    return pd.to_datetime(times, utc=True, format="ISO8601")
