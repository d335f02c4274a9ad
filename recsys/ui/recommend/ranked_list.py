"""The ranked list: what its component is given, and what a press in it does."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from recsys.core.engine.explanation import explain
from recsys.core.engine.recommender import Recommendations
from recsys.core.insights.wording import artists_in_words
from recsys.core.model.credits import artist_names
from recsys.core.model.features import FEATURES
from recsys.errors import TonearmError
from recsys.ui.components import mount
from recsys.ui.recommend.chips import chips, remove
from recsys.ui.recommend.comparison import compared_in_words, compared_radar
from recsys.ui.recommend.controls import set_recipe
from recsys.ui.recommend.explanation import total, without
from recsys.ui.recommend.history import go, history_words
from recsys.ui.recommend.list_facts import facts, shares_by_title, size
from recsys.ui.recommend.list_rows import ListedSongs, list_rows, shared_in_words
from recsys.ui.recommend.list_state import ListState, list_state, received
from recsys.ui.recommend.listener_view import ListenerView
from recsys.ui.recommend.order_curve import order_of_list
from recsys.ui.recommend.ratings import RATING_REMOVED
from recsys.ui.recommend.song_modes import find_modes, needs_modes, song_modes
from recsys.ui.recommend.start_from import more_like
from recsys.ui.session import ListenerSession

KEY: Final = "list"
NO_RATINGS: Final = "Ratings and playback work with real music. This is demo data."
SOUND_UNKNOWN: Final = "We don’t know how this song sounds, so it has no match: only the reasons here speak for it."
_NAMES: Final = {f.title: f.name for f in FEATURES}


def ranked_list(data: dict[str, Any]) -> None:
    """Draw the list."""
    mount("list", key=KEY, data=data, on_action_change=partial(received, KEY, "action"))


def list_data(
    session: ListenerSession,
    view: ListenerView,
    found: Recommendations,
    songs: ListedSongs,
    of_list: Mapping[str, float | None],
) -> dict[str, Any]:
    """What the list shows; `songs` are those on it, and `of_list` is its median position in each feature."""
    state = list_state()
    sentence = compared_in_words(view.you, of_list, bool(session.seeds), list(shares_by_title(found)))
    rows = list_rows(found, songs, state.last, song_modes(session, found), session.recipe.locked)
    shown = chips(session, len(found.unlisted))
    was_moved = bool(state.last.moved or state.last.entered or state.last.left)
    return {
        "serial": state.serial,
        "chips": [{"id": chip.id, "name": chip.name, "value": chip.value} for chip in shown],
        "who": "start" if session.seeds else "you",
        "radar": compared_radar(view.you, of_list, sentence, session.start.name),
        "sentence": sentence,
        "entered": [state.all_titles[track] for track in state.last.entered],
        "left": [state.all_titles[track] for track in state.last.left],
        "was_moved": was_moved,
        "facts": size(len(rows), found.counts["catalogue"]),
        "order": order_of_list(session.recipe, found, songs),
        "before": state.before,
        "history": history_words(session),
        "notice": state.notice,
        "undo": bool(state.rated or state.blocked),
        "said": f"{state.notice} {state.last.words if was_moved else ''}".strip(),
        "needs_modes": needs_modes(session),
        "rows": rows,
        "shared": shared_in_words(rows),
        "explained": _explained(session, state, rows),
        "below": facts(session, found),
        "cannot_rate": NO_RATINGS if session.is_demo else None,
    }


def take_action(session: ListenerSession, action: Mapping[str, Any]) -> None:
    """Do what was pressed in the list; a song that is not on it, or a press that there is none of, does nothing."""
    state, kind, track = list_state(), str(action.get("kind")), str(action.get("track"))
    if kind == "modes":
        find_modes(session)
    elif kind == "unset":
        remove(session, track)
    elif kind in ("back", "forward"):
        go(session, kind)
    elif kind == "undo" and state.blocked:
        filters = session.recipe.filters
        names = tuple(name for name in filters.not_artists if name != state.blocked)
        set_recipe(session, replace(session.recipe, filters=replace(filters, not_artists=names)))
        state.say(f"Songs by {state.blocked} may come again.")
    elif kind == "undo" and state.rated:
        session.remove_rating(state.rated)
        state.say(RATING_REMOVED)
    elif track in state.titles:
        _take_song(session, state, kind, track)


def _take_song(session: ListenerSession, state: ListState, kind: str, track: str) -> None:
    if kind in ("explain", "close"):
        state.opened = track if kind == "explain" else None
    elif kind == "block":
        # No more songs by the first artist of the song; the chip above the list, or "Undo", takes it back.
        tracks, filters = session.recommender.catalogue.tracks, session.recipe.filters
        artist = artist_names(str(tracks.loc[tracks["track_id"] == track, "artists"].iloc[0]))[0]
        names = tuple(dict.fromkeys((*filters.not_artists, artist)))
        try:
            set_recipe(session, replace(session.recipe, filters=replace(filters, not_artists=names)))
            state.say(f"No more songs by {artist}.", blocked=artist)
        except TonearmError as problem:
            state.say(str(problem))
    elif kind == "seed":
        more_like(session, track)
    elif kind == "lock":
        # The song keeps the place it has, whatever is moved; pressed again it may move.
        place = list(state.titles).index(track) + 1
        # A song that was locked here and is not on the list makes room.
        rest = {name: at for name, at in session.recipe.locked.items() if name != track and at != place}
        is_free = track in session.recipe.locked
        set_recipe(session, replace(session.recipe, locked=rest if is_free else {**rest, track: place}))
        said = "may move again" if is_free else f"stays at number {place}"
        state.say(f"“{state.titles[track]}” {said}.")
    elif kind in ("like", "dislike") and not session.is_demo:
        rows = session.recommender.catalogue.tracks
        session.rate(rows[rows["track_id"] == track], kind == "like")
        which = "more" if kind == "like" else "fewer"
        state.say(f"Got it: {which} songs like “{state.titles[track]}”.", rated=track)


def _explained(session: ListenerSession, state: ListState, rows: list[dict[str, Any]]) -> dict[str, list[str]]:
    """The sentences under the row that is open, by track id."""
    row = next((row for row in rows if row["id"] == state.opened), None)
    if row is None:
        return {}
    strongest = next((_NAMES[title] for title, value, _ in row["why"] if value > 0 and title in _NAMES), None)
    try:
        found = explain(session.recommender, session.recipe, row["id"], without=strongest)
    except TonearmError as problem:
        return {row["id"]: [str(problem)]}
    near = [f"{song.title} by {artists_in_words(song.artists)}" for song in found.nearest.itertuples()]
    closest = [f"Closest of your own: {' · '.join(near)}."] if near else []
    sound = [SOUND_UNKNOWN] if row["match"] is None else []
    return {row["id"]: [*sound, *closest, without(found, row["rank"]), total(found.score)]}
