"""Reading a library page by page: everything arrives once, from any cursor, also while the list changes."""

import pandas as pd
import pytest

from recsys.errors import SpotifyRefused, SpotifyUnreachable
from recsys.spotify.library import ORIGINS, SpotifyLibrary
from recsys.spotify.parsing import EPISODE, GONE, LOCAL, REPEATED
from tests.fakes.spotify import Fault, music
from tests.fakes.spotify.music import spotify_id

MIXED = f"playlist:{spotify_id('playlist', 'ada', 'mixed')}"


def read(library, origin, cursor=None):
    """All pages from a cursor on."""
    pages = [library.page(origin, cursor)]
    while pages[-1].next_cursor:
        pages.append(library.page(origin, pages[-1].next_cursor))
    return pages


def ids(pages):
    return pd.concat([page.tracks for page in pages])["track_id"].tolist()


class Canned:
    """An `Api` that answers from a list."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def send(self, request):
        self.asked.append(request)
        return self.answers.pop(0)


def test_saved_tracks_come_in_pages_of_fifty_newest_first(spotify, dial):
    pages = read(dial().library, "saved")

    assert [page.found for page in pages] == [50, 50, 20]
    assert ids(pages) == [track.id for _, track in spotify.listeners["ada"].saved]
    assert {page.total for page in pages} == {120}
    assert pages[0].tracks["added_at"].is_monotonic_decreasing
    assert pages[1].ranks == tuple(range(51, 101))


def test_a_page_can_be_asked_for_in_another_run(dial):
    first = dial().library.saved()

    rest = read(dial().library, "saved", first.next_cursor)

    assert len(set(ids([first, *rest]))) == 120


def test_nothing_is_missed_when_tracks_are_removed_meanwhile(spotify, dial):
    library = dial().library
    first = library.saved()
    del spotify.listeners["ada"].saved[10:13]

    pages = [first, *read(library, "saved", first.next_cursor)]

    assert set(ids(pages)) >= {track.id for _, track in spotify.listeners["ada"].saved}


def test_nothing_is_missed_when_the_tail_is_removed_meanwhile(spotify, dial):
    library = dial().library
    second = library.saved(library.saved().next_cursor)
    del spotify.listeners["ada"].saved[:30]

    assert ids(read(library, "saved", second.next_cursor))[-1] == spotify.listeners["ada"].saved[-1][1].id


def test_a_track_saved_meanwhile_only_repeats_another(spotify, dial):
    library = dial().library
    first = library.saved()
    spotify.like("ada", music.track(9_000))

    pages = [first, *read(library, "saved", first.next_cursor)]

    assert len(ids(pages)) == len(set(ids(pages))) + 1


@pytest.mark.parametrize(("origin", "rows"), [("top_short", 50), ("top_medium", 50), ("top_long", 40)])
def test_top_tracks_of_three_spans_carry_their_rank(dial, origin, rows):
    (page,) = read(dial().library, origin)

    assert page.ranks == tuple(range(1, rows + 1))
    assert page.tracks["added_at"].isna().all()


def test_recent_plays_are_one_row_a_track_and_one_play_each_time(dial):
    (page,) = read(dial().library, "recent")

    assert len(page.tracks) == 30
    assert page.skipped == {REPEATED: 20}
    assert len(page.plays) == 50
    assert set(page.plays["track_id"]) == set(page.tracks["track_id"])


def test_recent_plays_go_on_where_the_cursor_says(spotify, dial):
    spotify.listeners["ada"].recent *= 2
    older = [(at.replace(year=2025), track) for at, track in spotify.listeners["ada"].recent[:20]]
    spotify.listeners["ada"].recent = spotify.listeners["ada"].recent[:50] + older

    assert [page.found for page in read(dial().library, "recent")] == [50, 20]


def test_playlists_say_who_may_read_them(dial):
    page = dial().library.playlists()

    assert {p.name: p.is_readable_by("ada") for p in page.playlists} == {
        "Everything at once": True,
        "Not yet": True,
        "Ours": True,
        "Not mine": False,
    }
    assert page.total == 4 and page.next_cursor is None
    assert all(p.snapshot_id for p in page.playlists)
    assert [p.total for p in page.playlists] == [59, 0, 3, None], "of others' contents Spotify says nothing"
    assert page.playlists[0].link == f"https://open.spotify.com/playlist/{page.playlists[0].playlist_id}"


@pytest.mark.parametrize("legacy", [False, True])
def test_what_is_no_track_in_a_playlist_is_counted_with_its_reason(spotify, dial, legacy):
    spotify.legacy = legacy

    pages = read(dial().library, MIXED)

    assert sum(page.found for page in pages) == 59 == pages[0].total
    assert pages[0].skipped == {GONE: 1, LOCAL: 1, EPISODE: 1, REPEATED: 1}
    assert pages[0].ranks[:6] == (1, 2, 3, 4, 5, 10)


def test_a_playlist_of_somebody_else_is_refused(dial):
    with pytest.raises(SpotifyRefused) as caught:
        dial().library.playlist_items(spotify_id("playlist", "followed"))

    assert caught.value.reason == "forbidden"


@pytest.mark.parametrize("origin", [*ORIGINS, MIXED.replace("mixed", "empty")])
def test_an_empty_library_is_empty_pages(spotify, dial, origin):
    if origin.startswith("playlist:"):
        origin = f"playlist:{spotify_id('playlist', 'nell', 'empty')}"

    (page,) = read(dial("nell").library, origin)

    assert page.found == 0 and page.next_cursor is None and page.plays.empty


def test_the_listener_is_known_by_what_does_not_change(dial):
    me = dial().library.me()

    assert (me.spotify_id, me.display_name, me.avatar_url) == ("ada", "Ada", None)
    assert me.listener_key == spotify_id("account", "ada")[:10]


def test_a_listener_without_a_display_name_is_called_by_their_user_name(dial):
    assert dial("nell").library.me().display_name == "nell"


def test_an_older_answer_is_keyed_by_the_user_name():
    images = [{"url": "http://plain"}, {"url": "https://i.example/me"}]

    me = SpotifyLibrary(Canned({"id": "ada", "display_name": None, "images": images})).me()

    assert me.listener_key == "ada"
    assert me.avatar_url == "https://i.example/me"


@pytest.mark.parametrize("images", [None, [], {}, 5, "https://i.example/me", [None], [{"url": None}], [{}]])
def test_whatever_is_sent_as_a_picture_does_not_keep_a_listener_out(images):
    about = {"id": "ada", "account_id": ["odd"], "display_name": "A\ud800", "images": images}

    me = SpotifyLibrary(Canned(about)).me()

    assert (me.listener_key, me.display_name, me.avatar_url) == ("ada", "A?", None)


def test_the_next_address_is_never_followed():
    api = Canned(
        {"items": [None], "next": "https://evil.example/v1/me/tracks?offset=50", "total": 60},
        {"items": [None], "next": None, "total": 60},
    )

    read(SpotifyLibrary(api), "saved")

    assert [(r.path, r.params["offset"]) for r in api.asked] == [("me/tracks", 0), ("me/tracks", 50)]


@pytest.mark.parametrize(
    ("answer", "cursor"),
    [
        ({"items": [None], "total": 51}, "50/51"),
        ({"items": [None], "total": 50}, None),
        ({"items": [None]}, None),
        ({"items": [None], "next": "x"}, "50/"),
        ({"items": [], "next": "x", "total": 100}, None),
    ],
)
def test_the_end_is_found_also_when_spotify_says_less(answer, cursor):
    assert SpotifyLibrary(Canned(answer)).saved().next_cursor == cursor


def test_a_cursor_without_a_total_works():
    assert SpotifyLibrary(Canned({"items": [], "total": 3})).saved("50/").next_cursor is None


@pytest.mark.parametrize("answer", [[], "text", {}, {"items": None}, {"items": {"a": 1}}])
@pytest.mark.parametrize("origin", ["saved", "recent", "top_long"])
def test_an_answer_of_another_shape_is_a_broken_answer_and_no_empty_library(origin, answer):
    with pytest.raises(SpotifyUnreachable):
        SpotifyLibrary(Canned(answer)).page(origin)


@pytest.mark.parametrize("answer", [{}, {"id": None}, {"id": 7}, []])
def test_nobody_in_particular_cannot_sign_in(answer):
    with pytest.raises(SpotifyUnreachable):
        SpotifyLibrary(Canned(answer)).me()


def test_holes_in_the_list_of_playlists_are_passed_over():
    page = SpotifyLibrary(Canned({"items": [None, {"id": "p1"}], "total": 2, "next": None})).playlists()

    (playlist,) = page.playlists
    assert (playlist.name, playlist.owner_id, playlist.total) == ("Unnamed playlist", "", None)


def test_without_the_scope_a_part_is_refused_and_the_others_are_not(dial):
    library = dial(scopes=["user-top-read"]).library

    assert library.top("top_short").found == 50
    with pytest.raises(SpotifyRefused) as caught:
        library.saved()
    assert caught.value.reason == "scope"


def test_a_lost_page_is_asked_for_again_from_the_same_cursor(spotify, dial):
    spotify.fail_when("GET /v1/me/tracks", Fault.server_error(), when=lambda seen: seen.params["offset"] == "50")
    line = dial()
    first = line.library.saved()
    with pytest.raises(SpotifyUnreachable):
        line.library.saved(first.next_cursor)

    spotify.clear_faults()

    assert len(set(ids([first, *read(line.library, "saved", first.next_cursor)]))) == 120
