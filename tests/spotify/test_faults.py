"""Everything that can go wrong, in every call: what is mended, what becomes a sentence, and that nothing doubles."""

from dataclasses import dataclass

import pytest

from recsys.errors import ReconnectSpotify, SpotifyBusy, SpotifyProblem, SpotifyRefused, SpotifyUnreachable
from recsys.spotify.quota import DAY
from tests.fakes.spotify import Fault, music
from tests.fakes.spotify.music import spotify_id

OWN = spotify_id("playlist", "ada", "mixed")
ALBUM = spotify_id("album", music.track(0).album)
SONGS = [spotify_id("song", n) for n in range(3)]
ELSEWHERE = "http://127.0.0.1:9/v1/me"

CALLS = {
    "me": ("GET /v1/me", lambda line: line.library.me()),
    "saved": ("GET /v1/me/tracks", lambda line: line.library.saved()),
    "saved, third page": ("GET /v1/me/tracks", lambda line: line.library.saved("100/120")),
    "top": ("GET /v1/me/top/tracks", lambda line: line.library.top("top_short")),
    "recent": ("GET /v1/me/player/recently-played", lambda line: line.library.recent()),
    "playlists": ("GET /v1/me/playlists", lambda line: line.library.playlists()),
    "playlist items": (f"GET /v1/playlists/{OWN}/items", lambda line: line.library.playlist_items(OWN)),
    "album": (f"GET /v1/albums/{ALBUM}/tracks", lambda line: line.library.album_tracks(ALBUM)),
    "audio features": ("GET /v1/audio-features", lambda line: line.library.audio_features(SONGS)),
    "create": ("POST /v1/me/playlists", lambda line: line.playlists.create("Mine", "mark77")),
    "add": (f"POST /v1/playlists/{OWN}/items", lambda line: line.playlists.add(OWN, SONGS)),
    "replace": (f"PUT /v1/playlists/{OWN}/items", lambda line: line.playlists.replace(OWN, SONGS)),
}


@dataclass(frozen=True)
class Ends:
    """How a fault that happens once (or, with `always`, each time) ends: in an answer, or in an error."""

    fault: Fault
    read: type | str = "answered"
    write: type | str = "answered"
    asked: tuple[int, int] = (2, 2)
    slept: tuple[float, ...] = ()
    always: bool = False
    reason: str = ""
    shut_for: float = 0.0


BROKEN = {"write": SpotifyUnreachable, "asked": (2, 1), "slept": (1.0,)}
ONCE = {"asked": (1, 1)}
REFUSED = ONCE | {"read": SpotifyRefused, "write": SpotifyRefused}
BUSY = ONCE | {"read": SpotifyBusy, "write": SpotifyBusy}
HOPELESS = {"read": SpotifyUnreachable, "write": SpotifyUnreachable, "asked": (3, 1), "slept": (1.0, 4.0)}
LOST = {"read": ReconnectSpotify, "write": ReconnectSpotify}
STILL = {"read": SpotifyBusy, "write": SpotifyBusy}

FAULTS = {
    "429, two seconds": Ends(Fault.too_many_requests(2), slept=(2.0,)),
    "429, a minute": Ends(Fault.too_many_requests(60), slept=(60.0,)),
    "429, without a time": Ends(Fault.too_many_requests(), slept=(30.0,)),
    "429, with an odd time": Ends(Fault.too_many_requests("soon"), slept=(30.0,)),
    "429, again and again": Ends(Fault.too_many_requests(2), **STILL, slept=(2.0,), always=True, shut_for=300.0),
    "429, seventeen hours": Ends(Fault.too_many_requests(61_389), **BUSY, shut_for=61_389.0),
    "quota, with a time": Ends(Fault.quota_exceeded(20_000), **BUSY, shut_for=20_000.0),
    "quota, a short time": Ends(Fault.quota_exceeded(5), **BUSY, shut_for=5.0),
    "quota, without a time": Ends(Fault.quota_exceeded(), **BUSY, shut_for=DAY),
    "500": Ends(Fault.server_error(500, is_html=False), **BROKEN),
    "502 in HTML": Ends(Fault.server_error(502), **BROKEN),
    "502 for good": Ends(Fault.server_error(502), **HOPELESS, always=True),
    "cut before the answer": Ends(Fault.cut_before(), **BROKEN),
    "cut in the middle": Ends(Fault.cut_midway(), **BROKEN),
    "cut after acting": Ends(Fault.answer_lost(), **BROKEN),
    "cut for good": Ends(Fault.cut_before(), **HOPELESS, always=True),
    "too slow": Ends(Fault.slow(1.5), **BROKEN),
    "a page where JSON belongs": Ends(Fault.html(), **BROKEN),
    "JSON that is nested too deeply": Ends(Fault(200, "[" * 100_000), **BROKEN),
    "sent elsewhere": Ends(Fault.redirect(ELSEWHERE), **BROKEN),
    "401 once": Ends(Fault.unauthorized()),
    "401 for good": Ends(Fault.unauthorized(), **LOST, always=True),
    "scope": Ends(Fault.scope(), **REFUSED, reason="scope"),
    "not registered": Ends(Fault.not_registered(), **REFUSED, reason="not_registered"),
    "owner without Premium": Ends(Fault.premium_required(), **REFUSED, reason="premium_required"),
    "forbidden": Ends(Fault.forbidden(), **REFUSED, reason="forbidden"),
    "not found": Ends(Fault.not_found(), **REFUSED, reason="not_found"),
    "an error that is a text": Ends(Fault.error_as_text(), **REFUSED, reason="not_understood"),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("call", CALLS)
def test_a_fault_ends_in_the_answer_or_in_a_sentence(spotify, dial, call, fault):
    spotify.serves_audio_features = True
    asked, ask = CALLS[call]
    ends = FAULTS[fault]
    is_read = asked.startswith("GET")
    line = dial(timeout=1.0 if fault == "too slow" else 10.0)
    spotify.fail_next(asked, ends.fault, times=99 if ends.always else 1)

    expected = ends.read if is_read else ends.write
    if expected == "answered":
        assert ask(line) is not None
    else:
        with pytest.raises(expected) as caught:
            ask(line)
        check_sentence(caught.value, line.tokens)
        check_reason(caught.value, ends.reason, call)

    assert spotify.count(asked) == ends.asked[not is_read]
    assert tuple(line.clock.slept) == (ends.slept if is_read or not in_steps(ends) else ())
    check_shut(line, ends.shut_for)


def in_steps(ends):
    """True for faults that only reads are tried again after."""
    return ends.write is SpotifyUnreachable


def check_sentence(problem, tokens):
    """What the listener reads is a sentence, without a token, an address or Spotify's own words."""
    said = str(problem)
    assert isinstance(problem, SpotifyProblem)
    assert said[0].isupper() and said.endswith(".")
    assert not any(token in said or token in repr(problem) for token in tokens)
    assert "http" not in said and "<" not in said and "dashboard, the user" not in said


def check_reason(problem, reason, call):
    if reason:
        closed = call == "audio features" and reason in ("forbidden", "not_found")
        assert problem.reason == ("closed_to_new_apps" if closed else reason)


def check_shut(line, seconds):
    """A long wait is remembered for one bucket; a short one is over by now."""
    left = [until - line.clock.now for until in line.quota.blocked.values()]
    assert left == ([pytest.approx(seconds)] if seconds else [0.0] * len(left))


@pytest.mark.parametrize("call", ["saved", "create"])
def test_while_a_bucket_is_shut_nothing_is_asked(spotify, dial, call):
    asked, ask = CALLS[call]
    line = dial()
    spotify.fail_next(asked, Fault.quota_exceeded(7200))
    with pytest.raises(SpotifyBusy):
        ask(line)

    line.clock.now += 3600
    with pytest.raises(SpotifyBusy) as caught:
        ask(line)

    assert spotify.count(asked) == 1
    assert caught.value.retry_after == 3600
    assert line.library.playlists().total == 4, "the other buckets stay open"

    line.clock.now += 3601
    assert ask(line) is not None


@pytest.mark.parametrize(
    ("read", "is_about_playlists"),
    [
        (lambda library: library.saved(), False),
        (lambda library: library.top("top_short"), False),
        (lambda library: library.recent(), False),
        (lambda library: library.album_tracks("x"), False),
        (lambda library: library.playlists(), True),
        (lambda library: library.playlist_items("x"), True),
    ],
)
def test_a_refused_list_is_not_explained_with_playlists_unless_it_is_one(dial, spotify, read, is_about_playlists):
    spotify.fail_when("*", Fault.forbidden())

    with pytest.raises(SpotifyRefused) as caught:
        read(dial().library)

    assert ("playlist" in str(caught.value)) == is_about_playlists


def test_a_closed_endpoint_is_distinguished_from_a_forbidden_one(dial):
    with pytest.raises(SpotifyRefused) as caught:
        dial().library.audio_features(SONGS)

    assert caught.value.reason == "closed_to_new_apps"


def test_the_right_answer_follows_a_broken_one(spotify, dial):
    spotify.fail_next("GET /v1/me/tracks", Fault.cut_midway())

    page = dial().library.saved("50/120")

    assert page.found == 50
    assert page.ranks == tuple(range(51, 101))
