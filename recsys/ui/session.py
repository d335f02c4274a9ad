"""What one browser session holds: who is here, whose tracks are on the screen, and the recipe being tried."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import inf
from typing import Any, Final, TypeVar, cast

import pandas as pd

from recsys.app.container import Container
from recsys.auth.models import Visitor
from recsys.auth.tokens import Connection
from recsys.catalogues.models import Passport
from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.pool import around
from recsys.core.engine.recipe import ChoiceName, Recipe
from recsys.core.engine.recipe_link import RecipeLink
from recsys.core.engine.recommender import Recommender
from recsys.core.insights.modes import Modes, modes
from recsys.core.model.tracks import as_tracks
from recsys.demo import DEMO_NOTE
from recsys.services.catalogues import ReadyCatalogue
from recsys.services.jobs import Job
from recsys.services.library import plays, songs
from recsys.services.recommend import recommender
from recsys.services.song_search import SongSearch
from recsys.services.start import Part, Start
from recsys.services.weekly import START
from recsys.storage.store import Store

_A_MINUTE: Final = 60.0
T = TypeVar("T")


@dataclass(frozen=True)
class Brought:
    """A recipe that was saved, or opened from a link or a file (`link`); `use` puts all that belongs to it back."""

    recipe: Recipe
    use: Callable[["ListenerSession"], None]
    link: RecipeLink | None = None


@dataclass
class ListenerSession:
    """
    One browser session. Two tabs are two of them; nothing in here is shared.

    `demo_listener` is the invented listener on the screen, or None when the listener's own library is. What was read
    from the store is remembered until it changes, because the store may be far away and every slider runs the script.
    `own_catalogue` was brought for this session alone, `loaded` is the fetched one that it came from, if any.
    `uses_pool` is whether songs found around the listener's own are recommended too.
    `brought` is the recipe that was saved or opened last; it is used again when the demo is left. `own_recipe` is the
    listener's own while an invented listener is on the screen, and None where the session began with it.
    `left` is the recipe of a demo that was left, until the next list is drawn without it.
    `erasures` is how often everything of this listener's had been erased when it began, `edits` how often their library
    or ratings were changed, in any tab, when they were read last. `restarts` is how often its tab started again,
    because everything was erased in another one or somebody else had signed in.
    `expects_link` is whether a recipe that was opened before a sign-in waited when it began, and is for this tab.
    """

    app: Container
    visitor: Visitor
    demo_listener: int | None = None
    recipe: Recipe = field(default_factory=Recipe)
    start: Start = field(default_factory=Start)
    own_catalogue: Catalogue | None = None
    own_passport: Passport | None = None
    loaded: ReadyCatalogue | None = None
    has_no_modes: bool = False
    uses_pool: bool = True
    brought: Brought | None = None
    own_recipe: Recipe | None = None
    left: Recipe | None = None
    erasures: int = 0
    edits: int = 0
    restarts: int = 0
    expects_link: bool = False
    _ended: frozenset[Job] = field(default=frozenset(), repr=False)
    _known: dict[str, tuple[float, Any]] = field(default_factory=dict, repr=False)
    _around: tuple[Catalogue, pd.DataFrame, Catalogue] | None = field(default=None, repr=False)
    _modes: tuple[object, Modes] | None = None
    _search: SongSearch | None = field(default=None, repr=False)
    _recommender: tuple[object, Recommender] | None = None

    @property
    def store(self) -> Store:
        """The store with this listener's rows."""
        return self.app.store_for(self.visitor.listener)

    @property
    def listener(self) -> str:
        """Whose rows may be touched."""
        return self.visitor.listener

    @property
    def is_demo(self) -> bool:
        """True when everything on the screen is invented."""
        return self.demo_listener is not None

    @property
    def library_note(self) -> str | None:
        """What a file of the library says when it is invented; one of the listener's own is not, whatever the lists."""
        return DEMO_NOTE if self.is_demo else None

    @property
    def note(self) -> str | None:
        """What every page and file made from invented data says."""
        return DEMO_NOTE if self.is_demo or self.catalogue is self.app.demo_catalogue else None

    def known(self, name: str, read: Callable[[], T], seconds: float = inf) -> T:
        """What `read` gives, remembered by a name until that is forgotten, or for this many seconds."""
        read_at, value = self._known.get(name, (-inf, None))
        if time.monotonic() - read_at >= seconds or name not in self._known:
            value = read()
            self._known[name] = (time.monotonic(), value)
        return cast("T", value)

    def forget(self, *names: str) -> None:
        """Read these again when they are needed next."""
        for name in names:
            self._known.pop(name, None)

    @property
    def own_library(self) -> pd.DataFrame:
        """The listener's own track table, whatever is on the screen."""
        return self.known("library", lambda: songs(self.store, self.listener))

    @property
    def library(self) -> pd.DataFrame:
        """The track table on the screen."""
        if self.demo_listener is None:
            return self.own_library
        return self.app.demo_listeners[self.demo_listener].library

    @property
    def plays(self) -> pd.DataFrame:
        """The listening history on the screen: `track_id, played_at, ms_played`."""
        if self.demo_listener is None:
            return self.known("plays", lambda: plays(self.store, self.listener))
        return self.app.demo_listeners[self.demo_listener].plays

    @property
    def recipes(self) -> dict[str, dict[str, Any]]:
        """The listener's saved recipes, as of a minute ago at most: another tab may save some."""
        return self.known("recipes", lambda: self.store.recipes(self.listener), _A_MINUTE)

    @property
    def settings_to_store(self) -> dict[str, Any]:
        """The recipe and what the list starts from, as recipes and weekly lists are stored."""
        return self.recipe.as_json() | {START: self.start.as_json()}

    @property
    def connection(self) -> Connection | None:
        """How Spotify is connected, as of a minute ago at most; None for guests and where no Spotify app is set up."""
        spotify = self.app.spotify
        if spotify is None or self.visitor.is_guest:
            return None
        return self.known("connection", lambda: spotify.connections.state(self.listener), _A_MINUTE)

    @property
    def catalogue(self) -> Catalogue:
        """
        The songs to choose from: this session's, the server's, or the invented ones for the demo.

        For a listener with songs found around theirs, those too; invented songs are never mixed with them.
        """
        if self.is_demo:
            return self.app.demo_catalogue
        shared = self.own_catalogue or self.app.catalogue
        if not self.uses_pool or self.pool.empty:
            return shared
        pool = self.pool
        if self._around is None or self._around[0] is not shared or self._around[1] is not pool:
            real = None if shared is self.app.demo_catalogue else shared
            self._around = (shared, pool, around(real, pool, self.app.growing.anchors()))
        return self._around[2]

    @property
    def pool(self) -> pd.DataFrame:
        """The songs found around the listener's own: the track table and `answered_at`."""
        return self.known("pool", lambda: self.store.pool(self.listener))

    @property
    def has_real_catalogue(self) -> bool:
        """True when the listener's own library is compared with real songs."""
        return self.own_catalogue is not None or self.app.catalogue is not self.app.demo_catalogue

    @property
    def has_no_yardstick(self) -> bool:
        """True when a library of real songs would be compared with invented ones, or with those found around it."""
        return not self.is_demo and (self.own_catalogue or self.app.catalogue) is self.app.demo_catalogue

    @property
    def passport(self) -> Passport:
        """Where the songs of `catalogue` come from, and what is known of them."""
        if self.is_demo:
            return self.app.demo_passport
        return self.own_passport or self.app.passport

    def use_catalogue(self, catalogue: Catalogue | None, passport: Passport | None) -> None:
        """Compare with another catalogue for as long as this session lasts; None goes back to the server's."""
        self.own_catalogue, self.own_passport = catalogue, passport
        self.start_from((), "")

    @property
    def recommender(self) -> Recommender:
        """The engine for this library, cached between slider moves so that only what changed is recomputed."""
        state = (self.catalogue.number, self.demo_listener, self.start, self.recipe.choose_from == "forgotten")
        if self._recommender is None or self._recommender[0] != state:
            self._recommender = (state, self.recommender_for(self.start, self.recipe.choose_from))
        return self._recommender[1]

    def recommender_for(self, start: Start, choose_from: ChoiceName = "new") -> Recommender:
        """The engine for this library, another start and what a recipe chooses from."""
        thumbs = self.feedback.head(0 if self.is_demo else None)
        is_forgotten = choose_from == "forgotten"
        heard, now = (self.plays, pd.Timestamp(self.app.now())) if is_forgotten else (None, None)
        mine = (self.library, thumbs, start.seeds, heard, now)
        return recommender(self.catalogue, *mine, minus=start.away, choose_from=choose_from)

    @property
    def modes(self) -> Modes:
        """The tastes of the whole library, looked for once. Raises as `recsys.core.insights.modes.modes`."""
        state = (self.catalogue.number, self.demo_listener)
        if self._modes is None or self._modes[0] != state:
            self._modes = (state, modes(Recommender(self.catalogue, self.library), Recipe().weights))
        return self._modes[1]

    @property
    def modes_if_known(self) -> Modes | None:
        """The tastes if they were looked for already; None otherwise."""
        is_current = self._modes is not None and self._modes[0] == (self.catalogue.number, self.demo_listener)
        return self._modes[1] if is_current and self._modes else None

    @property
    def seeds(self) -> tuple[str, ...]:
        """The tracks that a list starts from; none is the whole library."""
        return self.start.seeds

    @property
    def search(self) -> SongSearch:
        """Finds songs in the library on the screen and in the catalogue."""
        library, catalogue = self.library, self.catalogue
        search = self._search
        if search is None or search.library is not library or search.catalogue is not catalogue:
            self._search = search = SongSearch(library, catalogue)
        return search

    def start_from(self, track_ids: Iterable[str], what: str) -> None:
        """Recommend from some tracks alone; `what` says which, for the screen. None at all is the whole library."""
        ids = tuple(track_ids)
        self.start = Start((Part(what, ids),)) if ids else Start()

    def now(self) -> str:
        """The time, ISO 8601 in UTC ending in Z, as services expect it."""
        return self.app.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def feedback(self) -> pd.DataFrame:
        """The listener's ratings, oldest first: a track table with `liked`."""
        return self.known("feedback", lambda: self.store.feedback(self.listener))

    def rate(self, track: pd.DataFrame, liked: bool) -> None:
        """Store a thumb for one track; what was computed from the thumbs is computed again."""
        self.store.save_feedback(self.listener, as_tracks(track), liked, self.now())
        self._edited()
        self.forget("feedback")
        self._recommender = None

    def remove_rating(self, track_id: str) -> None:
        """Remove the thumb for a track."""
        self.store.remove_feedback(self.listener, track_id)
        self._edited()
        self.forget("feedback")
        self._recommender = None

    def bring(self, brought: Brought | None) -> None:
        """Remember what was saved or opened last; what a guest opened is remembered until they have signed in."""
        self.brought = brought
        if self.visitor.is_guest:
            self.app.opened_links.save(self.listener, brought.link if brought else None)

    def show_demo(self, number: int) -> None:
        """Put an invented listener on the screen."""
        if not self.is_demo:
            self.own_recipe, self.brought = self.recipe, None
        self.demo_listener = number
        self.start_from((), "")

    def show_own(self) -> None:
        """Put the listener's own library on the screen, read from the store again."""
        was_demo = self.is_demo
        self._leave_demo()
        self.start_from((), "")
        self._edited()
        self._read_again()
        if was_demo:
            self.remember_recipe()

    def _leave_demo(self) -> None:
        """Leave the demo, and with it what was set for the invented listener; no change where none is on the screen."""
        if not self.is_demo:
            return
        self.demo_listener, self.left = None, self.recipe
        self.recipe = self.brought.recipe if self.brought else self.own_recipe or Recipe()
        self.own_recipe = None

    def remember_recipe(self) -> None:
        """
        Store the recipe for the next visit; in the demo only for a guest without a library, who sees it again.

        Not once everything of the listener's was erased in another tab: this one starts again at its next run.
        """
        if self.erasures != self.app.erasures.of(self.listener):
            return
        has_library = not self.own_library.empty
        if not self.is_demo or (self.visitor.is_guest and not has_library):
            self.app.last_recipes.save(self.listener, self.recipe, is_stored=has_library)

    def notice(self, ended: frozenset[Job]) -> None:
        """Read the store again when more of the listener's background jobs have ended, on whatever page that was."""
        if ended != self._ended:
            self._read_again()
        self._ended = ended

    def notice_edits(self) -> None:
        """Read again what another tab of the listener's has changed; its first import replaces the demo."""
        edits = self.app.edits.of(self.listener)
        if edits == self.edits:
            return
        had_library = not self.own_library.empty
        self.edits = edits
        self._read_again()
        if self.is_demo and not had_library and not self.own_library.empty:
            self._leave_demo()
            self.start_from((), "")

    def _edited(self) -> None:
        self.app.edits.add(self.listener)
        self.edits = self.app.edits.of(self.listener)

    def _read_again(self) -> None:
        self._known, self._modes, self._recommender, self.has_no_modes = {}, None, None, False
