"""Sync my Spotify: complete, countable, resumable, and never a word that is not true."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from recsys.errors import SpotifyBusy, SpotifyUnreachable
from recsys.services.list_reader import REPEATED
from recsys.services.sync import CONSENTED, FRESH, LISTS, Sync
from recsys.services.sync_progress import Stage, SyncProgress
from tests.fakes.faults import Fault
from tests.fakes.spotify.music import Playlist, spotify_id, track
from tests.services.spotify_world import SpotifyWorld, entries, ids, on_list

MIXED, EMPTY, SHARED = 0, 1, 2


def playlist_id(spotify, number, listener="ada"):
    return spotify.listeners[listener].playlists[number].id


def choose(world, *numbers, listener="ada"):
    world.sync.choose_playlists(listener, [playlist_id(world.fake, number) for number in numbers])


def stage(progress, name):
    found = progress.stage(name)
    assert found is not None, name
    return found


def calls_since(spotify, mark):
    return [f"{seen.call}?{seen.params.get('offset', '')}" for seen in spotify.requests[mark:]]


def test_every_list_arrives_as_a_whole_and_says_where_each_track_came_from(world, spotify):
    choose(world, MIXED, SHARED)
    progress = world.synced()

    for name in (*LISTS, f"playlist:{playlist_id(spotify, MIXED)}", f"playlist:{playlist_id(spotify, SHARED)}"):
        assert on_list(world, name) == ids(entries(spotify, name)), name
        assert stage(progress, name).state == "done"
    everywhere = [entry for name in LISTS for entry in entries(spotify, name)]
    assert set(world.store.tracks("ada")["track_id"]) == ids([*everywhere, *entries(spotify, "saved")])
    assert progress.finished_at is not None


def test_found_is_stored_and_skipped_and_nothing_is_pending_at_the_end(world, spotify):
    choose(world, MIXED)
    progress = world.synced()

    mixed = stage(progress, f"playlist:{playlist_id(spotify, MIXED)}")
    assert mixed.found == len(entries(spotify, mixed.name)) == 59
    assert (mixed.stored, mixed.pending) == (55, 0)
    assert sorted(mixed.skipped.values()) == [1, 1, 1, 1]
    assert progress.found == progress.stored + progress.skipped
    assert progress.pending == 0


def test_the_numbers_add_up_and_match_the_store_after_every_page(world, spotify):
    seen = []

    class Watched:
        def report(self, progress):
            saved = stage(progress, "saved")
            listed = len(on_list(world, "saved"))
            seen.append((saved.found, saved.stored, saved.pending, listed))

        def sleep(self, seconds):
            raise AssertionError("nothing asked to wait")

    world.sync.run("ada", Watched())

    pages = list(dict.fromkeys(row for row in seen if row[0]))
    assert pages == [(120, 50, 70, 50), (120, 100, 20, 100), (120, 120, 0, 120)]


def test_ranks_and_dates_are_stored(world, spotify):
    world.synced()
    origins = world.store.origins("ada")
    top = origins[origins["origin"] == "top_short"].set_index("track_id")["rank"]
    assert [top[one.id] for one in spotify.listeners["ada"].top["short_term"][:3]] == [1, 2, 3]
    tracks = world.store.tracks("ada").set_index("track_id")["added_at"]
    newest = spotify.listeners["ada"].saved[0]
    assert tracks[newest[1].id] == newest[0]


def test_a_playlist_does_not_change_the_day_a_track_was_liked(world, spotify):
    choose(world, MIXED)
    world.synced()
    liked_at, liked = spotify.listeners["ada"].saved[0]
    assert liked.id in on_list(world, f"playlist:{playlist_id(spotify, MIXED)}")
    assert world.store.tracks("ada").set_index("track_id")["added_at"][liked.id] == liked_at


def test_plays_are_history_and_the_same_play_twice_is_one(world, spotify):
    world.synced()
    world.synced()
    assert len(world.store.plays("ada")) == len(spotify.listeners["ada"].recent) == 50


def test_a_track_played_at_the_same_place_of_two_pages_is_counted_twice(world, spotify):
    newer = spotify.listeners["ada"].recent
    spotify.listeners["ada"].recent = newer + [(at - timedelta(days=1), one) for at, one in newer]

    recent = stage(world.synced(), "recent")

    assert (recent.found, recent.stored, recent.skipped) == (100, 30, {REPEATED: 70})


def test_a_second_sync_reads_one_page_of_saved_tracks_and_no_unchanged_playlist(world, spotify):
    choose(world, MIXED, SHARED)
    world.synced()
    mark = len(spotify.requests)

    progress = world.synced()

    calls = [call.partition("?")[0] for call in calls_since(spotify, mark)]
    assert calls.count("GET /v1/me/tracks") == 1
    assert not [call for call in calls if call.endswith("/items")]
    assert (stage(progress, "saved").found, stage(progress, "saved").stored) == (120, 120)
    assert stage(progress, "saved").added == 0


def test_what_was_liked_since_arrives_with_one_request(world, spotify):
    world.synced()
    for number in range(3):
        spotify.like("ada", track(number, "new"))
    mark = len(spotify.requests)

    progress = world.synced()

    assert spotify.requests[mark:] != []
    assert [c for c in calls_since(spotify, mark) if "me/tracks" in c] == ["GET /v1/me/tracks?0"]
    assert (stage(progress, "saved").added, stage(progress, "saved").stored) == (3, 123)
    assert on_list(world, "saved") == ids(entries(spotify, "saved"))


def test_a_track_no_longer_liked_leaves_the_list_after_a_complete_pass_and_stays_in_the_library(world, spotify):
    world.synced()
    _, gone = spotify.listeners["ada"].saved.pop(100)

    progress = world.synced()

    assert stage(progress, "saved").removed == 1
    assert on_list(world, "saved") == ids(entries(spotify, "saved"))
    assert gone.id in set(world.store.tracks("ada")["track_id"])


def test_one_liked_and_one_unliked_are_both_noticed(world, spotify):
    world.synced()
    spotify.listeners["ada"].saved.pop(100)
    spotify.like("ada", track(1, "new"))
    progress = world.synced()
    assert (stage(progress, "saved").added, stage(progress, "saved").removed) == (1, 1)
    assert on_list(world, "saved") == ids(entries(spotify, "saved"))


def test_a_changed_playlist_is_read_again(world, spotify):
    choose(world, SHARED)
    world.synced()
    playlist = spotify.listeners["ada"].playlists[SHARED]
    _, gone = playlist.entries.pop(0)
    playlist.version += 1

    progress = world.synced()

    name = f"playlist:{playlist.id}"
    assert stage(progress, name).removed == 1
    assert gone.id not in on_list(world, name)


@pytest.mark.parametrize("page", ["0", "50"])
def test_a_changed_playlist_whose_reading_broke_off_is_read_to_its_end(world, spotify, page):
    choose(world, MIXED)
    world.synced()
    playlist = spotify.listeners["ada"].playlists[MIXED]
    new = track(9999, "new")
    playlist.entries.append(("2026-01-01T00:00:00Z", new))
    playlist.version += 1
    name = f"playlist:{playlist.id}"
    spotify.fail_when(
        f"GET /v1/playlists/{playlist.id}/items", Fault.server_error(), lambda s: s.params["offset"] == page
    )
    assert stage(world.synced(), name).state == "failed"
    spotify.clear_faults()

    read = stage(world.synced(), name)

    assert (read.state, read.pending, read.found) == ("done", 0, len(playlist.entries))
    assert new.id in on_list(world, name)


def test_a_playlist_that_is_as_it_was_is_not_read_again_after_a_block_and_is_blocked_no_more(world, spotify):
    choose(world, MIXED)
    before = stage(world.synced(), f"playlist:{playlist_id(spotify, MIXED)}")
    spotify.fail_next("GET /v1/me/playlists", Fault.quota_exceeded(retry_after=7200))
    assert stage(world.synced(), before.name).state == "blocked"
    world.clock.now += 7201
    asked = spotify.count("GET /v1/playlists/*/items")

    progress = world.synced()

    after = stage(progress, before.name)
    assert spotify.count("GET /v1/playlists/*/items") == asked
    assert (after.state, after.stored, after.skipped) == ("done", before.stored, before.skipped)
    assert progress.blocked_until is None

    spotify.listeners["ada"].playlists[MIXED].version += 1
    spotify.fail_next("GET /v1/me/playlists", Fault.quota_exceeded(retry_after=7200))
    world.synced()
    world.clock.now += 7201
    assert stage(world.synced(), before.name).skipped == before.skipped


def playlist_of(spotify, *numbers):
    """A chosen playlist with these songs in it."""
    playlist = Playlist(spotify_id("playlist", *numbers), "Again and again", "ada")
    playlist.entries = [("2026-01-01T00:00:00Z", track(number, "again")) for number in numbers]
    spotify.listeners["ada"].playlists.append(playlist)
    return playlist


def chosen(world, playlist):
    world.sync.choose_playlists("ada", [playlist.id])
    return f"playlist:{playlist.id}"


def test_a_song_that_is_on_two_pages_of_a_playlist_is_stored_once_and_skipped_once(world, spotify):
    name = chosen(world, playlist_of(spotify, *range(60), 0))

    read = stage(world.synced(), name)

    assert (read.found, read.stored, read.skipped, read.pending) == (61, 60, {REPEATED: 1}, 0)
    assert (read.is_complete, read.message) == (True, "")
    assert spotify.count("GET /v1/playlists/*/items") == 2
    origins = world.store.origins("ada")
    assert list(origins.loc[origins["track_id"] == track(0, "again").id, "rank"]) == [1]


def test_such_a_playlist_is_not_read_again_while_it_stays_as_it_is(world, spotify):
    name = chosen(world, playlist_of(spotify, *range(60), 0, 59, 0))
    world.synced()
    read = stage(world.synced(), name)
    assert spotify.count("GET /v1/playlists/*/items") == 2
    assert (read.found, read.stored, read.skipped_in_all) == (63, 60, 3)


def test_repeats_on_one_page_and_across_pages_have_one_reason(world, spotify):
    name = chosen(world, playlist_of(spotify, 0, 0, *range(1, 60), 0))
    assert stage(world.synced(), name).skipped == {REPEATED: 2}


def test_a_page_that_was_stored_before_a_crash_is_not_taken_for_repeats(world, spotify):
    name = chosen(world, playlist_of(spotify, *range(60), 0))

    class Killed(BaseException):
        pass

    class DiesBeforeKeeping:
        """A process that is killed after the second page is stored and before it is noted as read."""

        def report(self, progress):
            if len(on_list(world, name)) == 60:
                raise Killed

        def sleep(self, seconds):
            raise AssertionError("nothing asked to wait")

    class ForgetsThePlace:
        """The same store, which the last word of the killed process never reached."""

        def until_erased(self, listener, key):
            return self

        def __getattr__(self, attribute):
            return getattr(world.store, attribute)

        def save_state(self, listener, key, value):
            if len(on_list(world, name)) < 60:
                world.store.save_state(listener, key, value)

    dying = Sync(
        lambda listener: ForgetsThePlace(), world.library_for, world.features, world.jobs, world.leases, world.now
    )
    with pytest.raises(Killed):
        dying.run("ada", DiesBeforeKeeping())
    assert stage(world.sync.progress("ada"), name).stored == 50

    read = stage(world.synced(), name)

    assert (read.found, read.stored, read.skipped, read.pending) == (61, 60, {REPEATED: 1}, 0)
    assert read.is_complete


def test_what_moved_because_a_playlist_grew_at_the_top_is_no_repeat(world, spotify):
    playlist = playlist_of(spotify, *range(60))
    name = chosen(world, playlist)

    def insert(seen):
        if seen.params["offset"] == "50" and len(playlist.entries) == 60:
            playlist.entries.insert(0, ("2026-01-02T00:00:00Z", track(99, "again")))
        return False

    spotify.fail_when("GET /v1/playlists/*/items", Fault(), insert)
    read = stage(world.synced(), name)

    assert (read.found, read.stored, read.skipped, read.pending) == (61, 61, {}, 0)
    assert on_list(world, name) == ids(entries(spotify, name))


def test_a_reading_that_missed_something_says_so_and_counts_it_as_pending(world, spotify):
    playlist = playlist_of(spotify, *range(60), 0)
    name = chosen(world, playlist)

    def grow(seen):
        if seen.params["offset"] == "50" and len(playlist.entries) == 61:
            playlist.entries.append(("2026-01-02T00:00:00Z", track(99, "again")))
        return False

    spotify.fail_when("GET /v1/playlists/*/items", Fault(), grow)
    read = stage(world.synced(), name)
    assert (read.found, read.stored, read.pending, read.is_complete) == (62, 61, 1, False)
    assert "reads it as a whole again" in read.message

    playlist.version += 1
    read = stage(world.synced(), name)
    assert (read.found, read.stored, read.skipped, read.pending) == (62, 61, {REPEATED: 1}, 0)
    assert (read.is_complete, read.message) == (True, "")


def test_nothing_is_taken_off_a_list_because_a_page_failed(world, spotify):
    world.synced()
    spotify.listeners["ada"].saved.pop(100)
    before = on_list(world, "saved")
    spotify.fail_when("GET /v1/me/tracks", Fault.server_error(), lambda seen: seen.params["offset"] != "0")

    progress = world.synced()

    assert stage(progress, "saved").state == "failed"
    assert stage(progress, "saved").removed == 0
    assert on_list(world, "saved") == before


def test_likes_that_arrive_while_the_list_is_read_are_found_by_a_second_look(world, spotify):
    arrived = []

    def like_one(seen):
        if seen.params["offset"] == "50" and not arrived:
            arrived.append(spotify.like("ada", track(9, "new")))
        return False

    spotify.fail_when("GET /v1/me/tracks", Fault(), like_one)
    progress = world.synced()
    assert on_list(world, "saved") == ids(entries(spotify, "saved"))
    assert (stage(progress, "saved").found, stage(progress, "saved").stored) == (121, 121)


def test_unliking_while_the_list_is_read_loses_nothing_and_is_fixed_by_the_next_sync(world, spotify):
    gone = []

    def unlike_one(seen):
        if seen.params["offset"] == "50" and not gone:
            gone.append(spotify.listeners["ada"].saved.pop(10)[1].id)
        return False

    spotify.fail_when("GET /v1/me/tracks", Fault(), unlike_one)
    world.synced()
    assert on_list(world, "saved") >= ids(entries(spotify, "saved"))
    world.synced()
    assert on_list(world, "saved") == ids(entries(spotify, "saved"))


def test_an_empty_account_is_a_finished_sync_of_nothing(world, spotify):
    world.connect("nell")
    progress = world.synced("nell")
    assert progress.finished_at is not None
    assert (progress.found, progress.stored) == (0, 0)


def test_two_listeners_keep_their_tracks_apart(world, spotify):
    world.connect("grace")
    world.sync.start("ada")
    world.sync.start("grace")
    world.sync.wait("ada", 30)
    world.sync.wait("grace", 30)
    assert on_list(world, "saved", "ada") == ids(entries(spotify, "saved", "ada"))
    assert on_list(world, "saved", "grace") == ids(entries(spotify, "saved", "grace"))


def test_one_request_at_a_time_reaches_spotify(world, spotify):
    world.connect("grace")
    world.sync.start("ada")
    world.sync.start("grace")
    world.sync.wait("ada", 30)
    world.sync.wait("grace", 30)
    assert spotify.faults.most_at_once == 1


def test_a_second_click_joins_the_running_sync(world, spotify):
    arrived, go = threading.Event(), threading.Event()

    def hold(seen):
        arrived.set()
        return not go.wait(10)

    spotify.fail_when("GET /v1/me/tracks", Fault(), hold)
    world.sync.start("ada")
    assert arrived.wait(10)
    joined = world.sync.start("ada")
    go.set()

    assert joined.is_running
    world.sync.wait("ada", 30)
    assert spotify.count("GET /v1/me/top/tracks") == 3


def test_a_cancelled_sync_goes_on_from_the_page_after_the_last_stored_one(world, spotify):
    def cancel(seen):
        world.sync.cancel("ada")
        return False

    spotify.fail_when("GET /v1/me/tracks", Fault(), cancel)
    stopped = world.synced()
    assert (stage(stopped, "saved").state, stage(stopped, "saved").stored) == ("paused", 50)
    assert stopped.is_interrupted
    spotify.clear_faults()
    mark = len(spotify.requests)

    progress = world.synced()

    assert calls_since(spotify, mark)[:2] == ["GET /v1/me/tracks?50", "GET /v1/me/tracks?100"]
    assert spotify.count("GET /v1/me/top/tracks") == 3
    assert progress.finished_at is not None
    assert stage(progress, "saved").stored == 120


def test_a_restarted_server_shows_where_it_stopped_and_goes_on_from_there(world, spotify):
    spotify.fail_when("GET /v1/me/tracks", Fault.quota_exceeded(), lambda seen: seen.params["offset"] == "100")
    world.synced()
    spotify.clear_faults()

    after = world.restarted()
    seen = after.sync.progress("ada")
    assert (stage(seen, "saved").state, stage(seen, "saved").stored, stage(seen, "saved").pending) == (
        "blocked",
        100,
        20,
    )
    after.clock.now += 2 * 86_400
    mark = len(spotify.requests)
    progress = after.synced()
    after.close()

    assert "GET /v1/me/tracks?100" in calls_since(spotify, mark)
    assert "GET /v1/me/tracks?50" not in calls_since(spotify, mark)
    assert stage(progress, "saved").stored == 120


def test_a_daily_limit_on_one_list_is_a_time_and_the_other_lists_go_on(world, spotify):
    spotify.fail_when("GET /v1/me/tracks", Fault.quota_exceeded(retry_after=61_389))

    progress = world.synced()

    saved = stage(progress, "saved")
    assert saved.state == "blocked"
    assert saved.blocked_until == progress.blocked_until
    assert "17 hours" in saved.message
    assert progress.message == ""
    for name in ("top_short", "top_medium", "top_long", "recent"):
        assert stage(progress, name).state == "done"


def test_while_a_list_is_blocked_starting_again_asks_spotify_nothing_about_it(world, spotify):
    spotify.fail_when("GET /v1/me/tracks", Fault.quota_exceeded(retry_after=61_389))
    world.synced()
    asked = spotify.count("GET /v1/me/tracks")
    progress = world.synced()
    assert spotify.count("GET /v1/me/tracks") == asked
    assert stage(progress, "saved").state == "blocked"


def test_a_block_is_shared_by_all_listeners_of_the_app(world, spotify):
    world.connect("grace")
    spotify.fail_when("GET /v1/me/tracks", Fault.quota_exceeded(retry_after=61_389))
    world.synced("ada")
    asked = spotify.count("GET /v1/me/tracks")
    assert stage(world.synced("grace"), "saved").state == "blocked"
    assert spotify.count("GET /v1/me/tracks") == asked


def test_a_short_wait_is_waited_out(world, spotify):
    spotify.fail_next("GET /v1/me/tracks", Fault.too_many_requests(retry_after=7))
    progress = world.synced()
    assert progress.finished_at is not None
    assert 7 in world.clock.slept


def test_cancelling_ends_a_wait_at_once_and_lets_others_ask(world, spotify):
    world.sync = Sync(world.store_for, world.spotify.library, world.features, world.jobs, world.leases, world.now)
    asked = threading.Event()

    def first_ask(seen):
        asked.set()
        return True

    spotify.fail_when("GET /v1/me/tracks", Fault.too_many_requests(retry_after=50), first_ask)
    world.sync.start("ada")
    assert asked.wait(10)
    world.sync.cancel("ada")
    stopped = world.sync.wait("ada", 10)

    assert not stopped.is_running
    assert stage(stopped, "saved").state == "paused"
    assert world.spotify.library("ada").me().display_name == "Ada"


def test_a_screen_is_not_kept_waiting_where_a_sync_would_wait(world, spotify):
    spotify.fail_next("GET /v1/me/playlists", Fault.too_many_requests(retry_after=20))
    with pytest.raises(SpotifyBusy, match="20 seconds"):
        world.sync.playlists("ada")
    assert world.clock.slept == []


def test_choosing_the_same_playlists_again_writes_nothing(world, spotify):
    choose(world, MIXED)

    class ReadOnly:
        def __getattr__(self, name):
            assert not name.startswith("save")
            return getattr(world.store, name)

    again = Sync(lambda listener: ReadOnly(), world.library_for, world.features, world.jobs, world.leases, world.now)
    again.choose_playlists("ada", [playlist_id(spotify, MIXED)])


def test_a_withdrawn_consent_ends_the_sync_with_the_reason_and_keeps_what_is_stored(world, spotify):
    def withdraw(seen):
        spotify.revoke("ada")
        return False

    spotify.fail_when("GET /v1/me/player/recently-played", Fault(), withdraw)
    progress = world.synced()

    assert "withdrawn" in progress.message
    assert "withdrawn" in stage(progress, "recent").message
    assert on_list(world, "saved") == ids(entries(spotify, "saved"))
    assert world.sessions.tokens("ada") is None


def test_a_listener_who_never_connected_is_told_to_connect(world, spotify):
    progress = world.synced("guest-1")
    assert progress.message == "Connect Spotify first."
    assert len(spotify.requests) == 0


def test_before_the_first_sync_there_is_nothing_to_show(world):
    assert world.sync.progress("ada") == SyncProgress()


def test_playlists_to_choose_from_are_those_that_can_be_read(world, spotify):
    choices = world.sync.playlists("ada")
    assert [(one.name, one.total, one.is_chosen) for one in choices] == [
        ("Everything at once", 59, False),
        ("Not yet", 0, False),
        ("Ours", 3, False),
    ]
    choose(world, SHARED)
    assert [one.is_chosen for one in world.sync.known_playlists("ada")] == [False, False, True]


def test_a_list_of_playlists_that_cannot_be_had_leaves_the_last_one(world, spotify):
    world.sync.playlists("ada")
    spotify.fail_when("GET /v1/me/playlists", Fault.server_error())
    with pytest.raises(SpotifyUnreachable):
        world.sync.playlists("ada")
    assert len(world.sync.known_playlists("ada")) == 3


def test_a_playlist_that_was_deleted_says_so_and_keeps_its_tracks(world, spotify):
    choose(world, SHARED)
    world.synced()
    name = f"playlist:{playlist_id(spotify, SHARED)}"
    listed = on_list(world, name)
    del spotify.listeners["ada"].playlists[SHARED]

    progress = world.synced()

    assert "no longer among yours" in stage(progress, name).message
    assert on_list(world, name) == listed
    assert progress.finished_at is not None


def test_a_playlist_that_was_deleted_is_chosen_no_more_so_that_it_is_reported_once(world, spotify):
    world.sync.playlists("ada")
    choose(world, SHARED, EMPTY)
    world.synced()
    gone = spotify.listeners["ada"].playlists.pop(SHARED)
    spotify.listeners["ada"].playlists[MIXED].name = "Everything"
    world.synced()

    shown = [(one.name, one.is_chosen) for one in world.sync.known_playlists("ada")]
    assert shown == [("Everything", False), ("Not yet", True)]
    assert world.synced().stage(f"playlist:{gone.id}") is None


def test_a_playlist_that_was_deleted_is_chosen_no_more_once_the_playlists_are_listed(world, spotify):
    choose(world, SHARED)
    name = f"playlist:{playlist_id(spotify, SHARED)}"
    del spotify.listeners["ada"].playlists[SHARED]
    world.sync.playlists("ada")
    assert world.synced().stage(name) is None


def test_a_playlist_no_longer_chosen_is_no_longer_read(world, spotify):
    choose(world, SHARED)
    world.synced()
    world.sync.choose_playlists("ada", [])
    assert world.synced().stage(f"playlist:{playlist_id(spotify, SHARED)}") is None


def test_an_interrupted_sync_of_yesterday_reads_finished_lists_again_and_keeps_the_place_in_others(world, spotify):
    spotify.fail_when("GET /v1/me/tracks", Fault.server_error(), lambda seen: seen.params["offset"] == "50")
    world.synced()
    spotify.clear_faults()
    world.clock.now += FRESH / timedelta(seconds=1) + 1
    mark = len(spotify.requests)
    world.synced()
    calls = calls_since(spotify, mark)
    assert sum("top" in call for call in calls) == 3
    assert [call for call in calls if "me/tracks" in call] == ["GET /v1/me/tracks?50", "GET /v1/me/tracks?100"]


def test_a_list_that_is_refused_for_good_does_not_keep_new_likes_from_arriving(world, spotify):
    """A listener who does not allow one list is not punished on the others."""
    spotify.fail_when("GET /v1/me/top/tracks", Fault.scope())
    progress = world.synced()
    assert {one.state for one in progress.stages if one.name.startswith("top")} == {"failed"}
    assert progress.finished_at is not None
    assert not progress.is_interrupted

    new = track(9999, "new")
    spotify.like("ada", new)
    world.synced()
    assert new.id in on_list(world, "saved")

    spotify.clear_faults()
    assert stage(world.synced(), "top_short").state == "done", "it is asked again every time"


def test_what_arrives_after_a_block_gets_its_features_in_the_same_sync(world, spotify):
    spotify.serves_audio_features = True
    spotify.fail_next("GET /v1/me/tracks", Fault.quota_exceeded(retry_after=20_000))
    assert stage(world.synced(), "saved").state == "blocked"
    world.clock.now += 20_001

    progress = world.synced()

    assert progress.finished_at is not None
    coverage = world.features.coverage("ada")
    assert (coverage.known, coverage.waiting) == (coverage.total, 0)


def test_while_features_wait_the_lists_are_read_as_ever(spotify, reccobeats, tmp_path, http):
    world = SpotifyWorld(spotify, tmp_path, http, reccobeats.url)
    world.connect()
    world.features.agree("ada", "reccobeats", True)
    reccobeats.fail_when("GET /v1/audio-features", Fault.server_error())
    assert world.synced().is_interrupted

    new = track(9999, "new")
    spotify.like("ada", new)
    world.synced()
    world.close()

    assert new.id in on_list(world, "saved")


def test_progress_survives_being_stored(world, spotify):
    choose(world, MIXED)
    progress = world.synced()
    assert SyncProgress.from_json(progress.as_json()) == progress


def test_a_stage_stored_by_a_later_version_can_be_read():
    stored = {**Stage("saved", "Saved tracks").as_json(), "of_the_future": 1}
    assert Stage.from_json(stored) == Stage("saved", "Saved tracks")


def test_what_ran_when_the_server_died_is_shown_as_paused():
    progress = SyncProgress((replace(Stage("saved", "Saved tracks"), state="running"),), started_at="2026-11-23")
    assert [one.state for one in progress.at_rest().stages] == ["paused"]
    assert progress.at_rest().is_interrupted


def test_a_consent_is_taken_once(world):
    world.store.save_state("ada", CONSENTED, {"at": "2026-11-01T00:00:00Z"})

    assert [world.sync.take_consent(listener) for listener in ("grace", "ada", "ada")] == [False, True, False]
