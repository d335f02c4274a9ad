"""Which of the listener's taste modes each song of a list is nearest to, for the colour of its sleeve."""

import numpy as np

from recsys.core.engine.profile import profile
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommendations, Recommender
from recsys.core.engine.similarity import Metric, Weighted, cosines
from recsys.core.insights.modes import Modes
from recsys.errors import TonearmError
from recsys.ui.session import ListenerSession


def song_modes(session: ListenerSession, found: Recommendations) -> dict[str, int]:
    """The number of the nearest mode by track id; none before the modes are known, and where there is one."""
    modes = session.modes_if_known
    if modes is None or modes.is_one or session.seeds:
        return {}
    engine = session.recommender
    # Looked up once: a move changes neither.
    name = f"medoids of {id(modes)} of {session.demo_listener} in {engine.catalogue.number}"
    stands = session.known(name, lambda: _medoids(engine, modes))
    if stands is None:
        return {}
    metric, medoids = stands
    likeness = cosines(Weighted.of(engine.catalogue.vectors(found.rows), metric), medoids)
    return dict(zip(found.table["track_id"], likeness.argmax(axis=1).tolist(), strict=True))


def _medoids(engine: Recommender, modes: Modes) -> tuple[Metric, Weighted] | None:
    """The metric of the whole library and the songs that its tastes are around; None where one is not used."""
    places = {track: place for place, track in enumerate(engine.own["track_id"])}
    medoids = [places[track] for track in modes.table["track_id"] if track in places]
    if len(medoids) != len(modes.table):
        return None
    metric = profile(engine.own_vectors, Recipe().weights, engine.catalogue.known_features).metric
    return metric, Weighted.of(engine.own_vectors.take(np.array(medoids)), metric)


def needs_modes(session: ListenerSession) -> bool:
    """Whether the modes were not looked for yet."""
    return session.modes_if_known is None and not session.seeds and not session.has_no_modes


def find_modes(session: ListenerSession) -> None:
    """Look for the modes, which takes a second or two: the list is on the screen before, and asks for it once."""
    try:
        _ = session.modes
    except TonearmError:
        session.has_no_modes = True
