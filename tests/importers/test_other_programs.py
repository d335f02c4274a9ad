"""What other programs, countries and sites write: every row is counted, and every value is the right one."""

import gzip
import json
import unicodedata

import pytest

from recsys.importers.any_file import read_file
from tests.importers.files import ONE, TWO, as_file


def imported(text):
    return read_file(as_file(text), "odd.csv")


BOTH = {"Blue": "Ann", "Red": "Bob"}
HEADERS = {
    "German": "Titel;Interpret;Album;Dauer;Erscheinungsjahr",
    "German too": "Songtitel;Künstler;Albumtitel;Länge;Jahr",
    "French": "Titre;Artiste;Album;Durée;Année",
    "Spanish": "Título;Artista;Álbum;Duración;Año",
    "Italian": "Titolo;Artista;Album;Durata;Anno",
    "Portuguese": "Nome da música;Nome do artista;Nome do álbum;Duração;Ano",
    "Dutch": "Nummer;Artiest;Album;Duur;Jaar",
    "Polish": "Tytuł;Wykonawca;Album;Czas;Rok",
    "Swedish": "Låt;Artist;Album;Längd;År",
    "Russian": "Название;Исполнитель;Альбом;Длительность;Год",
    "Japanese": "曲名;アーティスト;アルバム;再生時間;年",
    "Korean": "제목;아티스트;앨범;길이;Year",
    "Chinese": "歌曲名称;歌手;专辑;时长;年",
}


@pytest.mark.parametrize("language", HEADERS)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_headers_in_the_listeners_own_language(language, form):
    header = unicodedata.normalize(form, HEADERS[language])
    odd = imported(f"{header}\nBlue;Ann;Sea;3:45;2019\nRed;Bob;Sea;3:20;2020\n")

    columns = ["title", "artists", "album", "duration_ms", "year"]
    assert odd.tracks[columns].to_numpy().tolist() == [
        ["Blue", "Ann", "Sea", 225_000, 2019],
        ["Red", "Bob", "Sea", 200_000, 2020],
    ]
    assert (odd.report.rows, odd.report.problem_count, odd.report.notes) == (2, 0, ())


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Titel;Künstler;Energie\nBlue;Ann;0,75\nRed;Bob;0,5\nMädchen;Größe;0,25\n"),
        ("shift_jis", "曲名,アーティスト,エネルギー\nBlue,Ann,0.75\nRed,Bob,0.5\n夜に駆ける,森山直太朗,0.25\n"),
        ("cp1251", "Название;Исполнитель;Энергия\nBlue;Ann;0,75\nRed;Bob;0,5\nГруппа крови;Кино;0,25\n"),
    ],
)
def test_headers_in_another_language_and_an_old_encoding(encoding, text):
    odd = imported(text.encode(encoding))

    assert odd.tracks["energy"].tolist() == [0.75, 0.5, 0.25]
    assert odd.tracks["title"].tolist()[2] in ("Mädchen", "夜に駆ける", "Группа крови")
    assert odd.report.notes[0].startswith("The text was read as ")


@pytest.mark.parametrize(
    "value",
    [
        {"Title": {"0": "Blue", "1": "Red"}, "Artist": {"0": "Ann", "1": "Bob"}},
        {"columns": ["title", "artist"], "index": [0, 1], "data": [["Blue", "Ann"], ["Red", "Bob"]]},
        {ONE: {"name": "Blue", "artists": ["Ann"]}, TWO: {"name": "Red", "artists": ["Bob"]}},
        [{"name": "Blue", "artist": {"#text": "Ann", "mbid": ""}}, {"name": "Red", "artist": {"#text": "Bob"}}],
        {
            "recenttracks": {
                "track": [{"name": n, "artist": {"#text": a}} for n, a in BOTH.items()],
                "@attr": {"p": "1"},
            }
        },
        [{"track": [{"name": n, "artist": {"#text": a}, "date": {"uts": "1", "#text": "x"}}]} for n, a in BOTH.items()],
        {"recordings": [{"title": n, "artist-credit": [{"name": a, "artist": {"name": a}}]} for n, a in BOTH.items()]},
        {"library": {"songs": [{"title": n, "primary_artist": {"name": a}} for n, a in BOTH.items()]}},
        {
            "data": [
                {"id": 1, "title": n, "artist": {"id": 5, "name": a}, "album": {"title": "S"}} for n, a in BOTH.items()
            ]
        },
        {"items": [{"item": {"title": n, "artists": [{"name": a}], "album": {"title": "S"}}} for n, a in BOTH.items()]},
        [{"Content Type": "Song", "Title": n, "Artist": a, "Track Year": 2019} for n, a in BOTH.items()],
        {"playlist": {"title": "x", "track": [{"title": n, "creator": a} for n, a in BOTH.items()]}},
    ],
)
def test_json_as_other_programs_write_it(value):
    odd = imported(json.dumps(value))

    assert dict(zip(odd.tracks["title"], odd.tracks["artists"], strict=True)) == BOTH
    assert (odd.report.rows, odd.report.skipped) == (2, {})


def test_json_of_links_alone():
    odd = imported(json.dumps([f"spotify:track:{ONE}", f"https://open.spotify.com/track/{TWO}?si=x", "no link"]))

    assert odd.tracks["track_id"].tolist() == [ONE, TWO]
    assert odd.report.skipped == {"no Spotify id, and no title with an artist": 1}


def test_a_track_that_leads_to_another_is_one_track():
    track = {"name": "Blue", "artists": [{"name": "Ann"}], "id": ONE, "linked_from": {"uri": f"spotify:track:{TWO}"}}
    odd = imported(json.dumps({"items": [{"track": track}]}))

    assert odd.tracks[["track_id", "title", "artists"]].to_numpy().tolist() == [[ONE, "Blue", "Ann"]]


@pytest.mark.parametrize(
    "text",
    [
        '#EXTM3U\n#EXTINF:225 tvg-name="a,b",Ann - Blue\nx.mp3\n#EXTINF:200,Bob - Red\ny.mp3\n',
        "/music/Ann - Blue.mp3\nC:\\Music\\Bob - Red.flac\n",
        "#EXTM3U\n/music/Ann - Blue.mp3\n/music/Bob - Red.m4a\n",
        "1. Ann - Blue\n2. Bob - Red\n",
        "File name,BPM\nAnn - Blue.mp3,120\nBob - Red.mp3,98\n",
        "| Title | Artist |\n|---|---|\n| Blue | Ann |\n| Red | Bob |\n",
        gzip.compress(b"Title\tArtist\nBlue\tAnn\nRed\tBob\n", mtime=0),
    ],
)
def test_lists_of_files_and_of_lines(text):
    odd = imported(text)

    assert dict(zip(odd.tracks["title"], odd.tracks["artists"], strict=True)) == BOTH


@pytest.mark.parametrize(
    ("cell", "key", "mode"),
    [("h-Moll", 11, 0), ("Fis-Dur", 6, 1), ("b-Moll", 10, 0), ("Es-Dur", 3, 1), ("01A", 8, 0), ("11d", 10, 1)],
)
def test_keys_by_german_names_and_with_a_zero(cell, key, mode):
    odd = imported(f"Title,Artist,Key Text\nBlue,Ann,{cell}\n")

    assert odd.tracks[["key", "mode"]].to_numpy().tolist() == [[key, mode]]
    assert odd.report.problem_count == 0


@pytest.mark.parametrize("cell", ["3m45s", "3 min 45 s", "PT3M45S", "0:03:45", "3:45"])
def test_lengths_that_are_spelled_out(cell):
    assert imported(f"Title,Artist,Length\nBlue,Ann,{cell}\n").tracks["duration_ms"].tolist() == [225_000]


@pytest.mark.parametrize(
    ("cells", "dates"),
    [
        (["13.01.23", "02.01.2023 03:04"], ["2023-01-13T00:00:00Z", "2023-01-02T03:04:00Z"]),
        (["1/2/23 3:04 AM", "1/13/2023"], ["2023-01-02T03:04:00Z", "2023-01-13T00:00:00Z"]),
        (["1672628645", "1672628645000"], ["2023-01-02T03:04:05Z", "2023-01-02T03:04:05Z"]),
    ],
)
def test_times_as_spreadsheets_and_programs_write_them(cells, dates):
    odd = imported("Title,Artist,Date Added\n" + "".join(f"Song {at},Ann,{cell}\n" for at, cell in enumerate(cells)))

    assert (odd.tracks["added_at"].tolist(), odd.report.problem_count) == (dates, 0)


@pytest.mark.parametrize(
    ("cell", "explicit"),
    [("Explicit", 1), ("Clean", 0), ("ja", 1), ("FALSCH", 0), ("да", 1), ("FALSO", 0), ("Vero", 1)],
)
def test_explicit_in_other_words(cell, explicit):
    assert imported(f"Title,Artist,Explicit\nBlue,Ann,{cell}\n").tracks["explicit"].tolist() == [explicit]
