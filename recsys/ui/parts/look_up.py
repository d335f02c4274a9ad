"""Looking up missing audio features in the background."""

from recsys.core.model.tracks import has_audio
from recsys.ui.session import ListenerSession


def features_key(session: ListenerSession) -> str:
    """The name of the listener's look-up among the background jobs."""
    return f"features:{session.listener}"


def look_up(session: ListenerSession) -> None:
    """Start looking up what is missing, or join the look-up that runs."""
    app, listener, sync = session.app, session.listener, session.app.sync
    app.jobs.start(
        features_key(session),
        lambda job: sync.look_up(listener, job) if sync else app.features.fill(listener, job.report),
    )


def look_up_new(session: ListenerSession) -> None:
    """
    The same after songs have come, or a catalogue, where any song lacks audio features.

    It needs no consent: what is installed here learns nothing, and others are asked only if the listener agreed to it.
    """
    if not has_audio(session.own_library).all():
        look_up(session)
