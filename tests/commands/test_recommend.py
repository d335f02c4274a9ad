"""`tonearm recommend`: files in, a ranked and explained list out."""

import csv
import io
import json
import math
import subprocess
import sys
import threading
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from recsys.commands.recommend import command
from recsys.core.engine.catalogue import Catalogue
from recsys.core.export import to_csv
from recsys.core.model.features import FEATURES, NUMBER_FEATURES
from recsys.core.model.identity import song_key
from recsys.errors import BadRecipe, BadTracks, TonearmError, UnknownFeature, UnreadableFile
from recsys.importers.any_file import read_file
from recsys.importers.catalogue_file import read_catalogue
from tests.core.small import random_tracks

SHARED = Path(__file__).parents[2] / "../shared/data"
KEYS = ["rank", "track_id", "title", "artists", "album", "year", "score", "why", "nearest", "url"]
KEYS += ["isrc", "features"]


def ids(table):
    """Ids as Spotify makes them."""
    return table.assign(track_id=[f"{name:0>22}" for name in table["track_id"]])


@pytest.fixture
def library(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_bytes(to_csv(ids(random_tracks(12, seed=2, prefix="l"))))
    return path


@pytest.fixture
def catalogue(tmp_path):
    path = tmp_path / "catalogue.csv"
    path.write_bytes(to_csv(ids(random_tracks(80, seed=1, prefix="c", missing=0.1))))
    return path


def recommend(*arguments):
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def test_a_pool_of_songs_found_around_the_listener_is_recommended_too(library, catalogue, tmp_path):
    pool = tmp_path / "pool_tracks.csv"
    pool.write_bytes(to_csv(ids(random_tracks(40, seed=3, prefix="p")).assign(answered_at="2026-11-01T00:00:00Z")))

    answer = recommend(library, "--catalogue", catalogue, "--pool", pool, "-n", 20, "--format", "json")

    songs = json.loads(answer.stdout)
    around = [song for song in songs if song["pool"] == "found around you"]
    assert {song["track_id"].lstrip("0")[0] for song in around} == {"p"}
    assert {song["track_id"].lstrip("0")[0] for song in songs if song not in around} == {"c"}
    assert f"{len(around)} of these 20 songs are from the pool." in answer.stderr


def test_json_is_a_list_of_songs_with_their_reasons(library, catalogue):
    answer = recommend(library, "--catalogue", catalogue, "-n", 5, "--format", "json")

    songs = json.loads(answer.stdout)
    assert [list(song) for song in songs] == [KEYS] * 5
    assert [song["rank"] for song in songs] == [1, 2, 3, 4, 5]
    assert [song["score"] for song in songs] == sorted((song["score"] for song in songs), reverse=True)
    for song in songs:
        assert list(song["why"]) == [f.name for f in FEATURES]
        assert sum(song["why"].values()) == pytest.approx(song["score"], abs=1e-6)
        assert len(song["nearest"]) == 3
        assert song["url"] == f"https://open.spotify.com/track/{song['track_id']}"
        assert song["album"] is None
        assert song["year"] is None or isinstance(song["year"], int)


def test_a_catalogue_may_live_at_an_address(library, catalogue):
    folder = partial(SimpleHTTPRequestHandler, directory=catalogue.parent)
    with HTTPServer(("127.0.0.1", 0), folder) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        there = recommend(library, "--catalogue", f"http://127.0.0.1:{server.server_port}/{catalogue.name}")
        server.shutdown()

    assert there.stdout == recommend(library, "--catalogue", catalogue).stdout != ""


def test_a_weight_changes_the_list(library, catalogue):
    plain, heavy = (
        json.loads(recommend(library, "--catalogue", catalogue, "--format", "json", *more).stdout)
        for more in ((), ("--weight", "energy=10", "--weight", "genre=0"))
    )

    assert [song["track_id"] for song in plain] != [song["track_id"] for song in heavy]
    assert all(song["why"]["genre"] == 0 for song in heavy)


def test_csv_holds_the_same_rows_and_goes_to_a_file(library, catalogue, tmp_path):
    out = tmp_path / "list.csv"
    answer = recommend(library, "--catalogue", catalogue, "-n", 4, "--format", "csv", "--out", out)
    songs = json.loads(recommend(library, "--catalogue", catalogue, "-n", 4, "--format", "json").stdout)

    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"), newline="")))
    assert answer.stdout == ""
    assert [row["track_id"] for row in rows] == [song["track_id"] for song in songs]
    assert float(rows[0]["why_energy"]) == pytest.approx(songs[0]["why"]["energy"])
    assert rows[0]["nearest"] == "; ".join(songs[0]["nearest"])
    assert "note" not in rows[0]


def test_a_table_names_songs_and_reasons(library, catalogue):
    lines = recommend(library, "--catalogue", catalogue, "-n", 2).stdout.splitlines()

    assert len(lines) == 4
    assert lines[0].startswith("  1  ") and " by Artist c " in lines[0]
    assert "; like Song l " in lines[1]


def test_a_list_of_invented_songs_says_so(library, tmp_path):
    catalogue = tmp_path / "demo.csv"
    table = random_tracks(20, seed=3)
    catalogue.write_bytes(to_csv(table.assign(track_id=[f"demo-{at:06}" for at in range(20)]), note="demo data"))

    assert recommend(library, "--catalogue", catalogue).stdout.startswith("demo data\n")
    rows = csv.DictReader(io.StringIO(recommend(library, "--catalogue", catalogue, "--format", "csv").stdout[1:]))
    assert {row["note"] for row in rows} == {"demo data"}


def test_a_list_that_is_shorter_than_asked_for_says_why(library, catalogue):
    answer = recommend(library, "--catalogue", catalogue, "-n", 500, "--format", "json")

    count = len(json.loads(answer.stdout))
    assert 0 < count < 500
    assert answer.stderr.startswith(f"The list holds {count} songs, not 500: ")
    assert recommend(library, "--catalogue", catalogue, "-n", 2).stderr == ""


def test_a_seed_is_used_instead_of_the_library(library, catalogue):
    song = json.loads(
        recommend(library, "--catalogue", catalogue, "--format", "json", "--seed", f"{'l3':0>22}").stdout
    )[0]

    assert song["nearest"] == ["Song l 3"]


def test_songs_a_file_marks_as_disliked_are_stayed_away_from(catalogue, tmp_path):
    path = tmp_path / "thumbs.csv"
    table = ids(random_tracks(30, seed=1, prefix="c"))
    path.write_bytes(to_csv(table.assign(target=[1] * 20 + [0] * 10)))

    songs = json.loads(recommend(path, "--catalogue", catalogue, "-n", 50, "--format", "json").stdout)

    assert not set(table["track_id"]) & {song["track_id"] for song in songs}
    assert all(set(song["nearest"]) <= set(table["title"].head(20)) for song in songs)


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        (["--weight", "energy=-1"], BadRecipe, "from 0 up"),
        (["--weight", "energy=nan"], BadRecipe, "from 0 up"),
        (["--weight", "energy=loud"], BadRecipe, "must look like energy=2"),
        (["--weight", "energy=1", "--weight", " energy =2"], BadRecipe, "The weight of energy is given twice"),
        (["--weight", "energy"], BadRecipe, "must look like energy=2"),
        (["--weight", "loveliness=1"], UnknownFeature, "no feature called “loveliness”"),
        (["-n", "0"], BadRecipe, "between 1 and 500"),
        (["-n", "501"], BadRecipe, "between 1 and 500"),
        (["--seed", "nobody"], BadTracks, "nobody is neither"),
        (["--out", "/nowhere/list.csv"], UnreadableFile, "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(library, catalogue, arguments, error, sentence):
    answer = recommend(library, "--catalogue", catalogue, *arguments)

    assert isinstance(answer.exception, error)
    assert sentence in str(answer.exception)


@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_list_is_read_back_with_the_features_of_its_songs(library, catalogue, tmp_path, form):
    recommend(library, "--catalogue", catalogue, "--format", form, "--out", tmp_path / "list")

    read = read_file(tmp_path / "list", "list")

    known = read_catalogue(catalogue).set_index("track_id").loc[read.tracks["track_id"]]
    # JSON has whole years and milliseconds, and this catalogue others.
    columns = [f.column for f in NUMBER_FEATURES if f.name not in ("duration", "year")]
    assert len(read.tracks) == 10 and not read.report.problems
    pd.testing.assert_frame_equal(read.tracks.set_index("track_id")[columns], known[columns])
    assert read.tracks["genres"].dropna().isin(known["genres"]).all()


@pytest.mark.parametrize("read", ["library", "--catalogue", "--genres", "--pool", "--not-artists"])
def test_a_list_never_takes_the_place_of_a_file_that_is_read(library, catalogue, tmp_path, read):
    (tmp_path / "artists.txt").write_text("Artist c 3")
    files = {"--catalogue": catalogue, "--genres": catalogue, "--pool": catalogue}
    files["--not-artists"] = tmp_path / "artists.txt"
    (tmp_path / "linked.csv").symlink_to(library if read == "library" else files[read])
    before = (tmp_path / "linked.csv").read_bytes()
    words = ["--catalogue", catalogue, *([] if read in ("library", "--catalogue") else [read, files[read]])]

    answer = recommend(library, *words, "--out", tmp_path / "linked.csv", "--format", "csv")

    assert "which is read here, so nothing was written. Name another file." in str(answer.exception)
    assert (tmp_path / "linked.csv").read_bytes() == before


@pytest.mark.parametrize("missing", ["library", "catalogue"])
def test_a_missing_file_is_a_sentence(library, catalogue, missing, tmp_path):
    files = {"library": library, "catalogue": catalogue} | {missing: tmp_path / "gone.csv"}
    answer = recommend(files["library"], "--catalogue", files["catalogue"])

    assert isinstance(answer.exception, TonearmError)
    assert "There is no file" in str(answer.exception)


def test_from_the_shell_a_mistake_is_one_line_on_stderr_and_status_2(library, catalogue):
    done = subprocess.run(
        [sys.executable, "-m", "recsys", "recommend", library, "--catalogue", catalogue, "--weight", "energy=-1"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1 and done.stderr.startswith("Error: ")


def test_a_seed_may_be_a_spotify_link(library, catalogue):
    song = f"{'c5':0>22}"
    links = (f"https://open.spotify.com/intl-de/track/{song}?si=1", f"spotify:track:{song}", song)

    lists = [songs_of(library, catalogue, "--seed", link)[0] for link in links]

    assert lists[0] == lists[1] == lists[2]
    assert song not in {listed["track_id"] for listed in lists[0]}


def test_a_song_to_stay_away_from_counts_as_turned_down(library, catalogue):
    usual, _ = songs_of(library, catalogue)
    first = usual[0]["track_id"]

    songs, _ = songs_of(library, catalogue, "--minus", f"https://open.spotify.com/track/{first}")
    unknown = recommend(library, "--catalogue", catalogue, "--minus", "nobody")

    assert first not in {song["track_id"] for song in songs}
    assert [song["score"] for song in songs] != [song["score"] for song in usual]
    assert "nobody to stay away from" in str(unknown.exception)


def test_a_link_to_an_album_is_no_seed(library, catalogue):
    answer = recommend(library, "--catalogue", catalogue, "--seed", "https://open.spotify.com/album/" + "0" * 22)

    assert isinstance(answer.exception, BadTracks)
    assert "album" in str(answer.exception)


def test_forgotten_songs_that_cannot_be_ranked_are_named(catalogue, tmp_path):
    mine = ids(random_tracks(3, seed=7, prefix="x")).assign(added_at="2019-05-01T00:00:00Z")
    mine.loc[2, [f.column for f in FEATURES if f.name != "genre"]] = np.nan
    library = tmp_path / "mine.csv"
    library.write_bytes(to_csv(mine))

    songs, said = songs_of(library, catalogue, "--from", "forgotten")

    assert {song["track_id"] for song in songs} == set(mine["track_id"].head(2))
    assert f"1 song of yours cannot be ranked, because too little is known of it: “{mine['title'].iloc[2]}”" in said


def test_forgotten_songs_are_ones_own(catalogue, tmp_path):
    mine = ids(random_tracks(80, seed=1, prefix="c", missing=0.1)).head(10)
    library = tmp_path / "mine.csv"
    library.write_bytes(to_csv(mine.assign(added_at=["2019-05-01T00:00:00Z"] * 6 + ["2999-01-01T00:00:00Z"] * 4)))

    songs, _ = songs_of(library, catalogue, "--from", "forgotten", "--silent-months", 6)
    everything, _ = songs_of(library, catalogue, "--from", "everything", "-n", 80)

    assert {song["track_id"] for song in songs} <= set(mine["track_id"].head(6))
    assert songs and "long silent" in songs[0]["why"]
    assert set(mine["track_id"]) & {song["track_id"] for song in everything}


@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is not here")
def test_a_real_listener_gets_songs_they_do_not_have():
    answer = recommend(
        SHARED / "exportify/listener_a.csv",
        *("--catalogue", SHARED / "catalogue.csv", "-n", 20, "--weight", "energy=2", "--format", "json"),
    )
    songs = json.loads(answer.stdout, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    own = pd.read_csv(SHARED / "exportify/listener_a.csv")
    known = {song_key(row["Track Name"], row["Artist Name(s)"]) for _, row in own.iterrows()}
    keys = [song_key(song["title"], song["artists"]) for song in songs]

    assert len(set(keys)) == 20
    assert not known & set(keys)
    assert not set(own["Track URI"].str[-22:]) & {song["track_id"] for song in songs}
    assert all(math.isclose(sum(song["why"].values()), song["score"], abs_tol=1e-6) for song in songs)
    assert [song["score"] for song in songs] == sorted((song["score"] for song in songs), reverse=True)


def songs_of(library, catalogue, *options):
    answer = recommend(library, "--catalogue", catalogue, "--format", "json", *options)
    assert answer.exit_code == 0, answer.exception
    return json.loads(answer.stdout), answer.stderr


def test_only_songs_within_ranges_are_listed_and_the_rest_is_counted(library, catalogue):
    songs, said = songs_of(library, catalogue, "--only", "energy=0.3..", "--only", "duration=1:00..5:00")

    assert songs
    assert all(song["features"]["energy"] >= 0.3 for song in songs)
    assert all(60_000 <= song["features"]["duration_ms"] <= 300_000 for song in songs)
    assert "outside energy from 0.3" in said
    assert "of unknown duration" in said


def test_an_artist_and_a_list_of_artists_are_ruled_out(library, catalogue, tmp_path):
    blocked = tmp_path / "blocked.txt"
    blocked.write_text("# nobody\nArtist c 1\nartist C 2\nArtist c 3\n", "utf-8")
    allowed = ("--not-artists", blocked, "--allow-artist", "Artist c 3")

    songs, said = songs_of(library, catalogue, "-n", 80, "--not-artist", "Artist c 0", *allowed)

    artists = {song["artists"] for song in songs}
    assert not artists & {"Artist c 0", "Artist c 1", "Artist c 2"}
    assert {"Artist c 3", "Artist c 10"} <= artists
    assert "4 by artists on your block list" in said


@pytest.mark.parametrize(
    ("given", "others", "sentence"),
    [
        (("--silent-months", "3"), ("--from", "forgotten"), "--silent-months was not used: it needs --from forgotten."),
        (("--by", "tempo"), ("--order", "arc"), "--by was not used: it needs --order rise, fall or arc."),
        (("--allow-artist", "A"), ("--not-artists", "names"), "--allow-artist was not used: it needs --not-artists"),
    ],
)
def test_an_option_that_has_no_effect_without_another_is_named(library, catalogue, tmp_path, given, others, sentence):
    (tmp_path / "names.txt").write_text("A\nB\n")
    others = [tmp_path / "names.txt" if each == "names" else each for each in others]

    alone, used, usual = (
        recommend(library, "--catalogue", catalogue, *words).stderr for words in (given, (*given, *others), others)
    )

    assert sentence in alone
    assert "was not used" not in used + usual


def test_genres_are_chosen_and_ruled_out(library, catalogue):
    said = songs_of(library, catalogue, "-n", 80, "--genre", "jazz", "--not-genre", "bebop")[1]

    assert "of other genres" in said
    assert "of genres you ruled out" in said


def test_a_list_plays_as_many_minutes_as_asked_for(library, catalogue):
    songs, said = songs_of(library, catalogue, "--minutes", 30, "--order", "arc", "--by", "tempo")
    durations = [song["features"]["duration_ms"] for song in songs]

    assert abs(sum(durations) - 30 * 60_000) <= min(durations) / 2
    assert f"The list plays {sum(durations) / 60_000:.1f} minutes." in said


def test_an_order_by_energy_rises(library, catalogue):
    songs, said = songs_of(library, catalogue, "-n", 30, "--order", "rise", "--by", "energy")
    energies = [song["features"]["energy"] for song in songs if song["features"]["energy"] is not None]

    assert energies == sorted(energies)
    assert "The order moved" in said


@pytest.mark.parametrize("kind", ["csv", "json", "m3u", "xspf", "jspf"])
def test_every_format_is_written(library, catalogue, kind, tmp_path):
    out = tmp_path / "list"

    assert recommend(library, "--catalogue", catalogue, "--format", kind, "--out", out).exit_code == 0
    assert out.read_bytes().count(b"Song c ") >= 10


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--only", "year"), "must read like year=1990"),
        (("--only", "mood=1..2"), "no feature called"),
        (("--only", "year=1999..1990"), "wrong way round"),
        (("--only", "duration=5:00..3:00"), "5:00 is above 3:00"),
        (("-n", 5, "--minutes", 5), "not both"),
        (("--minutes", 0), "minutes must be between"),
        (("--only", "year=1700..1701"), "Nothing is left after your filters"),
        (("--not-artists", "nowhere.txt"), "There is no file"),
        (("--spacing", 99), "spacing must be between"),
    ],
)
def test_a_wrong_option_is_a_sentence(library, catalogue, options, says):
    answer = recommend(library, "--catalogue", catalogue, *options)

    assert isinstance(answer.exception, TonearmError)
    assert says in str(answer.exception)


@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is not here")
def test_real_libraries_without_ids_and_with_artists_joined_by_commas_lose_at_most_one_song_in_a_hundred():
    catalogue = Catalogue.from_tracks(read_catalogue(SHARED / "catalogue.csv"))
    for name in ("listener_a.csv", "listener_b.csv", "listener_c.csv"):
        library = read_file(SHARED / "exportify" / name, name).tracks
        joined = library["artists"].str.replace("; ", ", ")
        table = pd.DataFrame({"Track name": library["title"], "Artist name": joined, "Playlist name": "Road"})
        by_name = read_file(io.BytesIO(table.to_csv(index=False).encode()), "tunemymusic.csv").tracks
        by_id = catalogue.rows_owned(library)

        lost = np.setdiff1d(by_id, catalogue.rows_owned(by_name))

        assert len(lost) <= 0.01 * len(by_id), catalogue.tracks.iloc[lost]


@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is not here")
@pytest.mark.parametrize(
    ("library", "catalogue", "owned"),
    [
        ("joint_credits_library_comma.csv", "joint_credits_catalogue.csv", 6),
        ("joint_credits_library_ampersand.csv", "joint_credits_catalogue.csv", 6),
        ("title_labels_library.csv", "title_labels_catalogue.csv", 1),
    ],
)
def test_joint_credits_and_labels_in_titles_hide_no_song_of_ones_own(library, catalogue, owned):
    folder = SHARED / "imports"
    tracks = read_catalogue(folder / catalogue)
    songs = Catalogue.from_tracks(tracks)

    rows = songs.rows_owned(read_file(folder / library, library).tracks)

    assert len(rows) == owned
    assert len(songs) == len(tracks) or owned == len(songs)


@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is not here")
def test_an_artist_with_a_guest_in_every_credit_does_not_flood_the_list():
    folder = SHARED / "imports"
    answer = recommend(
        folder / "joint_credits_flood_library.csv", "--catalogue", folder / "joint_credits_flood_catalogue.csv"
    )

    assert answer.stdout.count("Ada Wren") <= 2
