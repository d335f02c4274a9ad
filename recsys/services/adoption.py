"""What a guest brought in becomes the listener's when the guest signs in."""

from recsys.storage.store import Store


def adopt(guests: Store, guest: str, store: Store, listener: str) -> int:
    """
    Give a guest's rows to the listener the guest turned out to be, then erase the guest.

    What the listener has already is kept: tracks are merged as on any import, a recipe of the same name stays.

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
        A write was refused. Nothing of the guest's was erased, and adopting again goes on.
    """
    tracks = guests.tracks(guest)
    added = store.save_tracks(listener, tracks).added if len(tracks) else 0
    if len(origins := guests.origins(guest)):
        store.save_origins(listener, origins)
    if len(plays := guests.plays(guest)):
        store.save_plays(listener, plays)
    own = store.recipes(listener)
    for name, recipe in guests.recipes(guest).items():
        if name not in own:
            store.save_recipe(listener, name, recipe)
    _adopt_feedback(guests, guest, store, listener)
    guests.erase(guest)
    return added


def _adopt_feedback(guests: Store, guest: str, store: Store, listener: str) -> None:
    thumbs, own = guests.feedback(guest), set(store.feedback(listener)["track_id"])
    for position, (track_id, liked, at) in enumerate(
        zip(thumbs["track_id"], thumbs["liked"], thumbs["at"], strict=True)
    ):
        if track_id not in own:
            track = thumbs.iloc[[position]].drop(columns=["liked", "at"])
            store.save_feedback(listener, track, bool(liked), at)
