"""Save to Spotify: once, private, in place, and shown before it is done."""

import threading
from dataclasses import replace

import pytest

from recsys.errors import BadValue, ReconnectSpotify, SpotifyBusy, SpotifyProblem, SpotifyRefused, SpotifyUnreachable
from tests.fakes.faults import Fault
from tests.fakes.spotify.music import EPISODE, LOCAL_FILE, spotify_id

NAME = "Quiet evenings"


def songs(*numbers):
    return [spotify_id("song", number) for number in numbers]


def made(spotify, name=NAME):
    return [one for one in spotify.listeners["ada"].playlists if one.name == name]


def contents(spotify, name=NAME):
    (playlist,) = made(spotify, name)
    return [track.id for _, track in playlist.entries]


def writes(spotify):
    return [seen.call for seen in spotify.requests if not seen.call.startswith("GET")]


def test_a_list_becomes_one_private_playlist_in_its_order(world, spotify):
    change = world.playlists.save("ada", NAME, songs(3, 1, 2))

    assert contents(spotify) == songs(3, 1, 2)
    assert not made(spotify)[0].is_public
    assert change.is_new
    assert change.added == tuple(songs(3, 1, 2))
    assert change.link == f"https://open.spotify.com/playlist/{made(spotify)[0].id}"
    assert world.playlists.saved("ada") == {NAME: change.link}


def test_the_dry_run_says_the_same_and_sends_nothing(world, spotify):
    plan = world.playlists.plan("ada", NAME, songs(1, 2))
    assert (plan.is_new, plan.added, plan.link) == (True, tuple(songs(1, 2)), None)
    assert spotify.requests == []


def test_a_later_run_updates_the_same_playlist_and_shows_the_difference(world, spotify):
    world.playlists.save("ada", NAME, songs(1, 2, 3))
    plan = world.playlists.plan("ada", NAME, songs(3, 4))
    change = world.playlists.save("ada", NAME, songs(3, 4))

    assert (change.added, change.removed, change.unchanged) == (tuple(songs(4)), tuple(songs(1, 2)), tuple(songs(3)))
    assert plan == change
    assert not change.is_new
    assert contents(spotify) == songs(3, 4)


def test_a_list_that_did_not_change_is_not_written_again(world, spotify):
    world.playlists.save("ada", NAME, songs(1, 2))
    before = writes(spotify)
    change = world.playlists.save("ada", NAME, songs(1, 2))
    assert writes(spotify) == before
    assert (change.added, change.removed) == ((), ())


def test_another_order_is_a_change(world, spotify):
    world.playlists.save("ada", NAME, songs(1, 2))
    world.playlists.save("ada", NAME, songs(2, 1))
    assert contents(spotify) == songs(2, 1)


def test_long_lists_go_in_hundreds(world, spotify):
    world.playlists.save("ada", NAME, songs(*range(250)))
    assert contents(spotify) == songs(*range(250))
    sizes = [len(seen.body["uris"]) for seen in spotify.requests if seen.call.endswith("/items") and seen.body]
    assert sizes == [100, 100, 50]


def test_another_name_is_another_playlist(world, spotify):
    world.playlists.save("ada", NAME, songs(1))
    world.playlists.save("ada", "Loud mornings", songs(2))
    assert contents(spotify) == songs(1)
    assert contents(spotify, "Loud mornings") == songs(2)


def put_by_hand(spotify):
    """What the listener adds at Spotify: a podcast on top, a file of their own in the middle."""
    (playlist,) = made(spotify)
    playlist.entries.insert(0, (None, EPISODE))
    playlist.entries.insert(2, (None, LOCAL_FILE))
    return [EPISODE, LOCAL_FILE]


def entries_of(spotify):
    return [entry for _, entry in made(spotify)[0].entries]


def test_podcasts_and_files_put_into_our_playlist_by_hand_stay_there(world, spotify):
    world.playlists.save("ada", NAME, songs(1, 2, 3))
    others = put_by_hand(spotify)

    plan = world.playlists.plan("ada", NAME, songs(3, 4))
    change = world.playlists.save("ada", NAME, songs(3, 4))

    assert plan == change
    assert (change.added, change.removed, change.others) == (tuple(songs(4)), tuple(songs(1, 2)), 2)
    assert entries_of(spotify) == [*map(spotify.track, songs(3, 4)), *others]


def test_a_list_that_did_not_change_leaves_what_was_put_by_hand_where_it_is(world, spotify):
    world.playlists.save("ada", NAME, songs(1, 2, 3))
    put_by_hand(spotify)
    before = entries_of(spotify)
    assert world.playlists.save("ada", NAME, songs(1, 2, 3)).others == 2
    assert entries_of(spotify) == before


@pytest.mark.parametrize("fault", [Fault.answer_lost(), Fault.cut_before(), Fault.server_error()])
@pytest.mark.parametrize("call", ["DELETE /v1/playlists/*", "POST /v1/playlists/*"])
def test_whatever_breaks_beside_a_podcast_the_next_try_has_each_track_once_and_keeps_it(world, spotify, call, fault):
    world.playlists.save("ada", NAME, songs(*range(120)))
    others = put_by_hand(spotify)
    wanted = songs(*range(100, 250))
    spotify.fail_next(call, fault)
    with pytest.raises(SpotifyUnreachable):
        world.playlists.save("ada", NAME, wanted)

    world.playlists.save("ada", NAME, wanted)

    assert entries_of(spotify) == [*map(spotify.track, wanted), *others]


def test_a_playlist_whose_description_was_written_over_is_still_brought_up_to_date(world, spotify):
    world.playlists.save("ada", NAME, songs(1))
    made(spotify)[0].description = "my own words"
    assert not world.playlists.save("ada", NAME, songs(2)).is_new
    assert contents(spotify) == songs(2)


def test_an_answer_lost_while_creating_never_makes_a_second_playlist(world, spotify):
    spotify.fail_next("POST /v1/me/playlists", Fault.answer_lost())
    with pytest.raises(SpotifyUnreachable):
        world.playlists.save("ada", NAME, songs(1, 2))
    assert len(made(spotify)) == 1

    world.playlists.save("ada", NAME, songs(1, 2))

    assert contents(spotify) == songs(1, 2)
    assert spotify.count("POST /v1/me/playlists") == 1


def test_a_creation_that_never_arrived_is_made_by_the_next_try(world, spotify):
    spotify.fail_next("POST /v1/me/playlists", Fault.cut_before())
    with pytest.raises(SpotifyUnreachable):
        world.playlists.save("ada", NAME, songs(1))
    world.playlists.save("ada", NAME, songs(1))
    assert contents(spotify) == songs(1)


@pytest.mark.parametrize("after", ["the first pause", "two failures", "a day"])
def test_a_creation_that_was_lost_and_arrives_late_is_found_and_leaves_no_empty_twin(world, spotify, after):
    spotify.fail_next("POST /v1/me/playlists", Fault.answer_lost())
    with pytest.raises(SpotifyUnreachable):
        world.playlists.save("ada", NAME, songs(1))
    account = spotify.listeners["ada"]
    late = account.playlists.pop(0)

    if after == "the first pause":
        sleep = world.playlists._sleep
        world.playlists._sleep = lambda seconds: (sleep(seconds), account.playlists.insert(0, late))
    elif after == "two failures":
        spotify.fail_next("POST /v1/me/playlists", Fault.cut_before())
        with pytest.raises(SpotifyUnreachable):
            world.playlists.save("ada", NAME, songs(1))
        account.playlists.insert(0, late)
    else:
        world.clock.now += 86_400
        world.connect()
        account.playlists.insert(0, late)
    world.playlists.save("ada", NAME, songs(1, 2))

    assert contents(spotify) == songs(1, 2)
    assert len(made(spotify)) == 1


def test_a_crash_after_creating_goes_on_with_the_same_playlist(world, spotify, monkeypatch):
    spotify.fail_next("PUT /v1/playlists/*/items", Fault.cut_before())
    with pytest.raises(SpotifyUnreachable):
        world.playlists.save("ada", NAME, songs(1, 2))

    after = world.restarted()
    after.playlists.save("ada", NAME, songs(1, 2))
    after.close()

    assert contents(spotify) == songs(1, 2)
    assert spotify.count("POST /v1/me/playlists") == 1


@pytest.mark.parametrize(
    "fault",
    [Fault.answer_lost(), Fault.cut_before(), Fault.server_error(), Fault.server_error(500, is_html=False)],
    ids=["lost", "cut", "502", "500"],
)
@pytest.mark.parametrize("call", ["POST /v1/me/playlists", "PUT /v1/playlists/*", "POST /v1/playlists/*"])
def test_whatever_breaks_the_next_try_ends_with_one_playlist_and_each_track_once(world, spotify, call, fault):
    spotify.fail_next(call, fault)
    with pytest.raises(SpotifyUnreachable, match=r"\.$"):
        world.playlists.save("ada", NAME, songs(*range(150)))
    world.playlists.save("ada", NAME, songs(*range(150)))
    assert contents(spotify) == songs(*range(150))


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (Fault.scope(), SpotifyRefused),
        (Fault.quota_exceeded(), SpotifyBusy),
        (Fault.too_many_requests(retry_after=900), SpotifyBusy),
        (Fault.unauthorized(), ReconnectSpotify),
        (Fault.premium_required(), SpotifyRefused),
    ],
)
def test_a_refusal_is_a_sentence_and_makes_nothing(world, spotify, fault, problem):
    spotify.fail_when("POST /v1/me/playlists", fault)
    with pytest.raises(problem, match=r"^[A-Z].*\.$"):
        world.playlists.save("ada", NAME, songs(1))
    assert made(spotify) == []


def test_two_clicks_at_once_make_one_playlist(world, spotify):
    problems = []

    def click():
        try:
            world.playlists.save("ada", NAME, songs(1, 2))
        except SpotifyProblem as problem:
            problems.append(problem)

    clicks = [threading.Thread(target=click) for _ in range(4)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join(30)

    assert problems == []
    assert contents(spotify) == songs(1, 2)


def test_a_playlist_the_listener_threw_away_is_made_again(world, spotify):
    world.playlists.save("ada", NAME, songs(1))
    spotify.listeners["ada"].playlists.remove(made(spotify)[0])
    change = world.playlists.save("ada", NAME, songs(1))
    assert change.is_new
    assert contents(spotify) == songs(1)


@pytest.mark.parametrize("is_deleted", [False, True], ids=["beside ours", "ours was deleted"])
def test_a_copy_that_the_listener_made_of_our_playlist_is_never_written(world, spotify, is_deleted):
    """Its description came along, and with it our mark; and it is the newer one."""
    world.playlists.save("ada", NAME, songs(1, 2))
    (ours,) = made(spotify)
    mine = spotify.listeners["ada"].playlists
    copy = replace(ours, id=spotify_id("a copy", 1), name="Kept", entries=list(ours.entries))
    mine.insert(mine.index(ours), copy)
    if is_deleted:
        mine.remove(ours)

    world.playlists.save("ada", NAME, songs(3))

    assert contents(spotify, "Kept") == songs(1, 2)
    assert contents(spotify) == songs(3)


def test_tracks_spotify_does_not_know_are_left_out_and_named(world, spotify):
    change = world.playlists.save("ada", NAME, ["demo-000001", *songs(1), "name:0123456789abcdef", *songs(1)])
    assert contents(spotify) == songs(1)
    assert change.left_out == ("demo-000001", "name:0123456789abcdef")


def test_a_list_of_nothing_spotify_knows_is_refused_before_anything_is_sent(world, spotify):
    with pytest.raises(BadValue, match="nothing to save"):
        world.playlists.save("ada", NAME, ["demo-000001"])
    assert spotify.requests == []


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a_playlist_needs_a_name(world, name):
    with pytest.raises(BadValue, match="name"):
        world.playlists.save("ada", name, songs(1))


def test_what_was_sent_is_written_down(world):
    world.playlists.save("ada", NAME, songs(1, 2, 3))
    sent = world.account.sent("ada")
    assert sent[["recipient", "what", "rows"]].to_numpy().tolist() == [["spotify", "tracks of a playlist", 3]]
