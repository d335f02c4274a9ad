"""Share the list and its recipe: a link, a recipe file, and files for any player; and open what others shared."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, cast
from urllib.parse import quote, urlsplit

import streamlit as st

from recsys.core.engine.link_values import MOST_SEEDS, as_text
from recsys.core.engine.list_changes import changed_since, checksums, remembered_songs
from recsys.core.engine.recipe_link import (
    PARAMETERS,
    RecipeLink,
    from_json,
    from_parameters,
    to_json,
    to_query,
)
from recsys.core.engine.recommender import Recommendations
from recsys.core.formats import FORMATS, ListFile
from recsys.core.insights.wording import counted
from recsys.errors import BadValue
from recsys.services.song_search import SongSearch
from recsys.services.start import Part, Start
from recsys.settings import Settings
from recsys.ui.parts import problems
from recsys.ui.parts.downloads import Download, download_panel
from recsys.ui.parts.text import plain
from recsys.ui.parts.upload import accepted
from recsys.ui.recommend.controls import set_recipe
from recsys.ui.recommend.list_state import list_state
from recsys.ui.session import Brought, ListenerSession

_OPENED: Final = "opened_link"
MOST_FILE_BYTES: Final = 4 << 20
NAMED_SEEDS: Final = "songs of a shared recipe"


@dataclass(frozen=True)
class _Opened:
    """
    What was opened last, and the settings that it left: once others are set nothing more is said of it.

    `link` is None where it could not be opened, which `problem` says; or that says what it names that nobody here has.
    """

    link: RecipeLink | None
    problem: str
    settings: object


def _settings(session: ListenerSession) -> object:
    return session.recipe, session.start, session.demo_listener


def open_link(session: ListenerSession) -> None:
    """
    Use the recipe in the page's address, once: the address is emptied, so that a reload keeps later changes.

    Without one, use the recipe that the listener opened as a guest before they signed in, if any; not in a tab that was
    open before that, in another browser.
    """
    waiting = session.app.opened_links.take(session.listener) if session.expects_link else None
    session.expects_link = False
    given = [(name, text) for name in st.query_params for text in st.query_params.get_all(name)]
    if not any(name in PARAMETERS for name, _ in given):
        if waiting is not None:
            _use(session, waiting)
        return
    st.query_params.clear()
    try:
        _use(session, from_parameters(given))
    except BadValue as problem:
        says = f"This link cannot be opened. {problem}"
        st.session_state[_OPENED] = _Opened(None, says, _settings(session))


def _use(session: ListenerSession, link: RecipeLink) -> None:
    session.start, problem = start_of_link(link, session.search)
    set_recipe(session, link.recipe)
    session.bring(Brought(link.recipe, partial(_use, link=link), link))
    st.session_state[_OPENED] = _Opened(link, problem, _settings(session))


def start_of_link(link: RecipeLink, search: SongSearch) -> tuple[Start, str]:
    """
    What a link starts from and stays away from, and a sentence about songs that nobody here knows; empty where all are
    known.

    Where each song has a name in the link it is a part of its own, under the name that it has here.
    """
    known = search.known([*link.seeds, *link.minus])
    parts, missing = _parts(link.seeds, link.seed_names, known, search)
    minus, missing_minus = _parts(link.minus, link.minus_names, known, search)
    sentences = [
        f"This recipe {does} {songs}, which {'is' if one else 'are'} neither in your library nor in the catalogue."
        for does, (songs, one) in (("starts from", missing), ("stays away from", missing_minus))
        if songs
    ]
    return Start(parts, minus), " ".join(sentences)


def _parts(
    ids: tuple[str, ...], names: tuple[str, ...], known: set[str], search: SongSearch
) -> tuple[tuple[Part, ...], tuple[str, bool]]:
    """The songs that are known as parts of a start; and the others in words, with whether it is one."""
    gone = [one for one in ids if one not in known]
    if len(ids) == len(names):
        here = {song.track_id: song.name for song in search.by_id(ids)}
        named = dict(zip(ids, names, strict=True))
        parts = tuple(Part(here.get(one, named[one]), (one,)) for one in ids if one in known)
        return parts, (", ".join(named[one] for one in gone), len(gone) == 1)
    here_ids = tuple(one for one in ids if one in known)
    called = _called(names)
    of = f" of {called}" if names else ""
    parts = (Part(called, here_ids),) if here_ids else ()
    return parts, (f"{counted(len(gone), 'song')}{of}" if gone else "", len(gone) == 1)


def _called(names: tuple[str, ...]) -> str:
    return ", ".join(names) or NAMED_SEEDS


def link_notice(session: ListenerSession, found: Recommendations | None) -> None:
    """What is different from the list that a link was made of, and what the link could not bring."""
    opened = cast("_Opened | None", st.session_state.get(_OPENED))
    if opened is None or opened.settings != _settings(session):
        return
    if opened.problem:
        st.warning(plain(opened.problem), icon=":material/link:")
    if opened.link is not None and found is not None:
        st.info(plain(_origin(session, opened.link, found)), icon=":material/link:")


def _origin(session: ListenerSession, link: RecipeLink, found: Recommendations) -> str:
    names = ", ".join(f"“{part.name}”" for part in session.start.parts)
    away = ", ".join(f"“{part.name}”" for part in session.start.minus)
    does = [f"{does} {of}" for does, of in (("starts from", names), ("stays away from", away)) if of]
    says = [f"Opened from a shared recipe that {' and '.join(does)}." if does else "Opened from a shared recipe."]
    if remembered_songs(link.checksums):
        change = changed_since(link.checksums, session.recommender, found)
        says.append("The same list." if change is None else f"{change.summary()}.")
        says += [] if change is None else change.reasons
        here = _catalogue_name(session)
        if change is not None and link.catalogue not in ("", here):
            says.append(f"It was made with the catalogue “{link.catalogue}”; here it is “{here}”.")
    if link.seeds_left_out:
        songs = counted(link.seeds_left_out, "song")
        says.append(f"It was made from {_called(link.seed_names)}: these {songs} are not in the link.")
    if link.minus_left_out:
        songs = counted(link.minus_left_out, "song")
        says.append(f"It stays away from {_called(link.minus_names)}: these {songs} are not in the link.")
    if link.blocked:
        says.append(f"Its block list of {counted(link.blocked, 'artist')} is not in the link.")
    return " ".join(says)


def _catalogue_name(session: ListenerSession) -> str:
    """As a link writes it."""
    return "demo" if session.is_demo else as_text(session.passport.name or session.passport.title)


def link_here(session: ListenerSession, found: Recommendations) -> RecipeLink:
    """The link of the list on the screen."""
    return RecipeLink(
        session.recipe,
        session.seeds,
        tuple(part.name for part in session.start.parts),
        session.start.away,
        tuple(part.name for part in session.start.minus),
        _catalogue_name(session),
        checksums(session.recommender, found),
    )


def share_panel(session: ListenerSession) -> None:
    """The link, the recipe as a file, and somebody else's recipe."""
    panel = st.popover("Share", icon=":material/share:", key="share", on_change="rerun")
    found = list_state().found
    if not panel.open or found is None:
        return
    with panel:
        link = link_here(session, found)
        st.caption("This link brings the same settings; on the same data it makes the same list.")
        address = shared_origin(session.app.settings, st.context.url)
        st.code(f"{address}/recommend?{to_query(link)}", language=None, wrap_lines=True)
        for does, ids in (("starts from", session.seeds), ("stays away from", session.start.away)):
            if len(ids) > MOST_SEEDS:
                st.caption(f"It {does} {len(ids):,} songs, too many for a link. The recipe file holds them.")
        if session.recipe.filters.blocked_artists:
            st.caption("Your block list is too long for a link. The recipe file holds it.")
        st.download_button(
            "Download the recipe",
            to_json(link),
            "tonearm-recipe.json",
            "application/json",
            key="recipe_file",
            on_click="ignore",
        )
        file = accepted(st.file_uploader("Open a recipe file", type=["json"], key="recipe_upload"))
        if file is not None and st.button("Use this recipe", key="recipe_use_file"):
            with problems.shown():
                if file.size > MOST_FILE_BYTES:
                    raise BadValue("This file is too large for a recipe.", "recipe")
                st.session_state["shared_recipe"] = from_json(file.getvalue().decode("utf-8", "replace"))
                st.rerun()


def shared_origin(settings: Settings, here: str | None) -> str:
    """
    The beginning of a shared link: `PUBLIC_URL` where the owner set it, else the address the browser came by.

    `here` is the address of the page as the browser reports it; None or anything but http(s) is not used.
    """
    parts = urlsplit(here or "")
    if settings.has_own_address or parts.scheme not in ("http", "https") or not parts.netloc:
        return settings.public_url
    return f"{parts.scheme}://{parts.netloc}"


def take_shared_recipe(session: ListenerSession) -> None:
    """Use the recipe of a file, before the controls that it moves are drawn."""
    if link := st.session_state.pop("shared_recipe", None):
        _use(session, link)


def files_panel(session: ListenerSession, is_primary: bool) -> None:
    """The list on the screen in every format; `is_primary` where nothing else takes it along."""
    found = list_state().found

    def files() -> Iterator[Download]:
        if found is None:
            return
        for name, form in FORMATS.items():
            content = form.write(ListFile(found, note=session.note))
            file_name = f"tonearm-recommendations.{quote(form.extension)}"
            yield Download(form.title, f"file_{name}", content, file_name, form.media_type)

    download_panel("Download", "files", files, is_primary)
