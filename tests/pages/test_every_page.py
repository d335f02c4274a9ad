"""Every page opens for every kind of visitor and shows a sentence rather than a stack trace."""

import json

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from recsys.catalogues.passport import passport_of
from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.recipe import Recipe
from recsys.core.export import to_csv
from recsys.core.model.features import AUDIO_FEATURES, FEATURES
from recsys.core.model.tracks import as_tracks, empty_tracks
from recsys.errors import StorageProblem
from recsys.importers.any_file import read_files
from recsys.importers.catalogue_file import write_catalogue
from recsys.services.import_queue import ImportQueue
from recsys.storage.sqlite.store import SqliteStore
from recsys.ui.parts import upload
from recsys.ui.parts.text import plain
from recsys.ui.recommend.ranked_list import SOUND_UNKNOWN
from recsys.ui.recommend.song_modes import find_modes
from recsys.web.upload_room import REFUSED

PAGES = ["welcome", "library", "taste", "recommend", "proof", "account"]

OWN = as_tracks(
    pd.DataFrame(
        {
            "track_id": [f"own{n:019d}" for n in range(30)],
            "title": [f"Song {n}" for n in range(30)],
            "artists": [f"Band {n % 10}" for n in range(30)],
            "danceability": [0.1 + n / 50 for n in range(30)],
            "energy": [0.9 - n / 50 for n in range(30)],
            "tempo": [80.0 + n for n in range(30)],
            "valence": [0.5] * 30,
        }
    )
)
OTHERS = OWN.assign(track_id=[f"cat{n:019d}" for n in range(30)], title=[f"Other song {n}" for n in range(30)])
UNKNOWN = OWN.assign(danceability=float("nan"), energy=float("nan"), tempo=float("nan"), valence=float("nan"))
LIBRARIES = {"nothing": empty_tracks(), "one track": OWN.head(1), "no features": UNKNOWN, "thirty tracks": OWN}


def opened(page, prepare):
    """A page, after something was done to its session."""
    app = AppTest.from_file("../../recsys/ui/main.py", default_timeout=60).run()
    prepare(app.session_state["tonearm"])
    return app.switch_page(f"../../pages/{page}.py").run()


def expander(app, label):
    return next(one for one in app.expander if one.label == label)


def with_settings(app):
    """Recommend with "More settings" unfolded."""
    app.session_state["more_settings"] = True
    return app.run()


def in_more(app, tab="Recipes"):
    """Recommend with a tab of "More" open."""
    app.session_state["more"], app.session_state["more_tab"] = True, tab
    return app.run()


def bringing(tracks, catalogue=None):
    """What brings a library of one's own into a session, and a catalogue that it may be compared with."""

    def bring(session):
        if catalogue is not None:
            session.use_catalogue(Catalogue.from_tracks(catalogue), passport_of(catalogue, title="Real songs"))
        session.store.save_tracks(session.listener, tracks)
        session.show_own()

    return bring


def shows_no_trace(app):
    assert [error.message for error in app.exception] == []


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("listener", [0, 1, 2])
def test_a_page_opens_on_the_demo_and_says_so(page, listener):
    app = opened(page, lambda session: session.show_demo(listener))

    shows_no_trace(app)
    assert any("demo data" in str(text.value) for text in app.markdown)


@pytest.mark.parametrize("page", [page for page in PAGES if page != "welcome"])
def test_a_page_of_the_demo_says_so_beside_its_title_as_a_phone_folds_the_menu_away(page, container):
    app = opened(page, lambda session: session.show_demo(1))

    name = container.demo_listeners[1].name
    assert any(f"demo data: {name}’s invented music" in str(text.value) for text in app.main.markdown)


@pytest.mark.parametrize("listener", [0, 1, 2])
def test_an_invented_listener_is_compared_with_the_two_others(container, listener):
    offered = opened("taste", lambda session: session.show_demo(listener)).selectbox(key="compare_with").options

    others = [other.name for number, other in enumerate(container.demo_listeners) if number != listener]
    assert offered == [*(f"{name} (demo data)" for name in others), "Somebody’s file"]


def component(app, key):
    """The data that a component of ours was given."""
    drawn = next(one for one in app.get("bidi_component") if one.proto.id.endswith(f"-{key}"))
    return json.loads(drawn.proto.mixed.json or drawn.proto.json)


def seen(app):
    """Taste with all of its pieces drawn, as after scrolling to its end."""
    app.session_state["seen"] = {"genres", "tastes", "odd_ones", "card", "timeline"}
    return app.run()


@pytest.mark.parametrize("listener", [0, 1, 2])
def test_every_piece_of_taste_is_drawn_on_the_demo(listener):
    app = seen(opened("taste", lambda session: session.show_demo(listener)))
    app.session_state["card_files"] = True
    app.run()

    shows_no_trace(app)
    assert len(app.get("plotly_chart")) == 4  # genres, the map, plays and how a feature changed
    assert [table.key for table in app.dataframe] == ["outliers"]
    assert len(app.get("download_button")) == 3


def test_an_odd_one_out_stands_out_to_one_side():
    app = seen(opened("taste", lambda session: session.show_demo(0)))

    said = app.dataframe[0].value["why"]
    assert len(said) == 5
    assert set(said) <= {side for f in AUDIO_FEATURES for side in (f.less, f.more)}


def test_the_radar_leaves_a_gap_where_a_feature_is_unknown():
    drawn = component(opened("taste", bringing(OWN, OTHERS)), "taste_radar")

    assert drawn["outlines"][0]["name"] == "You"
    places = dict(zip(drawn["axes"], drawn["outlines"][0]["values"], strict=True))
    assert places["Energy"] is not None
    assert places["Acoustic"] is None


def test_the_tastes_are_found_once_the_radar_asks_and_open_the_headlines():
    app = opened("taste", lambda session: session.show_demo(0))
    find_modes(app.session_state["tonearm"])  # what the radar asks for
    app.run()

    assert component(app, "taste_headlines")["lines"][0].startswith("You have 3 tastes, around “")
    assert [outline["kind"] for outline in component(app, "taste_radar")["outlines"]] == [
        "you",
        "mode-0",
        "mode-1",
        "mode-2",
    ]


@pytest.mark.parametrize("songs", [1_000, 1_001])
def test_a_library_of_more_than_a_thousand_songs_is_told_that_a_thousand_are_used(songs):
    numbers = [*range(songs)]
    many = pd.concat([OWN] * 34, ignore_index=True).head(songs)
    many = many.assign(track_id=[f"own{n:019d}" for n in numbers], title=[f"Song {n}" for n in numbers])

    taste, list_ = seen(opened("taste", bringing(many, OTHERS))), opened("recommend", bringing(many, OTHERS))
    said = [*(caption.value for caption in taste.caption), *component(list_, "list")["below"]]

    assert ("For speed we use a random 1,000 of your 1,001 songs." in said) == (songs > 1_000)
    assert said.count("For speed we use a random 1,000 of your 1,001 songs.") == (2 if songs > 1_000 else 0)


def test_tastes_that_hold_fewer_tracks_than_the_library_say_why():
    app = seen(opened("taste", lambda session: session.show_demo(0)))
    used = len(app.session_state["tonearm"].modes.members)

    assert 200 < used < 320
    said = [caption.value for caption in app.caption]
    assert f"We used {used} of your 320 songs: each once, where enough is known." in said


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("kind", LIBRARIES)
def test_a_page_opens_on_any_library(page, kind):
    def bring(session):
        if len(LIBRARIES[kind]):
            session.store.save_tracks(session.listener, LIBRARIES[kind])
        session.show_own()

    app = opened(page, bring)

    shows_no_trace(app)
    assert [error.value for error in app.error] == []


def test_an_empty_library_is_told_what_to_do_next():
    app = opened("recommend", lambda session: session.show_own())

    assert any("Bring a file" in info.value for info in app.info)


def test_an_imported_file_is_on_the_whole_screen_at_once():
    app = AppTest.from_file("../../recsys/ui/main.py", default_timeout=60).run()
    assert any("demo data" in badge.value for badge in app.sidebar.markdown)

    app.file_uploader[0].set_value([("mine.csv", to_csv(OWN), "text/csv")])
    app.run()

    assert not app.sidebar.markdown
    assert any("Your library · 30 songs" in caption.value for caption in app.sidebar.caption)
    assert any("30 tracks from 30 rows" in said.value for said in app.success)


def test_a_file_waits_for_its_turn_and_can_be_tried_again(container, monkeypatch):
    monkeypatch.setattr(container, "imports", ImportQueue(most_bytes=100, seconds=0.1))
    app = AppTest.from_file("../../recsys/ui/main.py", default_timeout=60).run()
    app.file_uploader[0].set_value([("mine.csv", to_csv(OWN), "text/csv")])

    with container.imports.turn(100, lambda sentence: None):
        app.run()
    assert [error.value for error in app.error] == ["Others’ files are still being read\\. Try again in a minute\\."]
    assert not app.success

    next(button for button in app.button if button.label == "Try again").click().run()
    assert not app.error
    assert any("30 tracks from 30 rows" in said.value for said in app.success)


def erased_elsewhere(container, app):
    """As the Account page of another tab does it."""
    listener = app.session_state["tonearm"].listener
    with container.last_recipes.forgotten(listener):
        container.account.erase(listener)
        container.erasures.add(listener)
    return listener


@pytest.mark.parametrize("when", ["read", "stored"])
def test_what_is_erased_in_another_tab_while_a_file_is_imported_stays_erased(container, monkeypatch, when):
    app = opened("library", bringing(OWN.head(20)))
    assert any("Your library · 20 songs" in caption.value for caption in app.sidebar.caption)
    erased = []

    def before(work):
        def done(*arguments):
            if not erased:
                erased.append(erased_elsewhere(container, app))
            return work(*arguments)

        return done

    where, name = (upload, "read_files") if when == "read" else (SqliteStore, "save_origins")
    monkeypatch.setattr(where, name, before(getattr(where, name)))
    app.file_uploader(key="library_files_0").set_value([("mine.csv", to_csv(OWN), "text/csv")]).run()

    shows_no_trace(app)
    assert not any(container.embedded_store.counts(erased[0]).values())
    assert not any("Your library" in caption.value for caption in app.sidebar.caption)
    assert [info.value for info in app.info if "everything was erased" in info.value] == [upload.RESTARTED]
    assert not app.error and not app.success


def test_what_was_imported_after_an_erasure_outlives_a_file_that_was_being_read_before_it(container, monkeypatch):
    app = opened("library", bringing(OWN.head(20)))
    again, reads = OWN.tail(5).reset_index(drop=True), upload.read_files

    def read(files):
        container.embedded_store.save_tracks(erased_elsewhere(container, app), again)
        return reads(files)

    monkeypatch.setattr(upload, "read_files", read)
    app.file_uploader(key="library_files_0").set_value([("mine.csv", to_csv(OWN), "text/csv")]).run()

    shows_no_trace(app)
    session = app.session_state["tonearm"]
    assert container.embedded_store.tracks(session.listener)["track_id"].tolist() == again["track_id"].tolist()
    assert any("Your library · 5 songs" in caption.value for caption in app.sidebar.caption)


def test_a_file_of_which_nothing_was_stored_is_no_success():
    app = AppTest.from_file("../../recsys/ui/main.py", default_timeout=60).run()

    app.file_uploader[0].set_value([("mine.csv", b"Track URI,Track Name\nspotify:episode:1,A podcast\n", "text/csv")])
    app.run()

    assert not app.success
    assert any("0 tracks from 1 row" in said.value for said in app.warning)


def test_a_file_that_cannot_be_read_is_read_once_and_says_why_on_every_run(monkeypatch):
    read = []
    monkeypatch.setattr(upload, "read_files", lambda files: (read.append(files), read_files(files))[1])
    app = AppTest.from_file("../../recsys/ui/main.py", default_timeout=60).run()
    app.file_uploader[0].set_value([("mine.csv", b"%PDF-1.7 nothing", "text/csv")])

    for _ in range(3):
        app.run()
        assert ["is a PDF" in error.value for error in app.error] == [True]
    assert len(read) == 1


def test_a_file_without_room_is_not_read_and_its_sentence_is_no_markup():
    app = AppTest.from_file("../../recsys/ui/main.py", default_timeout=60).run()
    app.file_uploader[0].set_value([("big.csv", b"There is no room. **x**", REFUSED)])
    app.run()

    assert [error.value for error in app.error] == ["“big\\.csv” was not read. There is no room\\. \\*\\*x\\*\\*"]
    shows_no_trace(app)


def test_a_library_without_audio_features_is_told_where_they_come_from():
    app = opened("taste", bringing(UNKNOWN.assign(year=1999.0)))

    assert any("We don’t know yet how **30 songs** of yours sound." in said.value for said in app.markdown)
    assert app.button(key="sound_taste").label == "Find out how my songs sound"
    assert any("Sends the Spotify ids of these songs to ReccoBeats" in said.value for said in app.caption)
    assert app.button_group(key="detail").options == ["Release year"]


def test_a_library_without_real_songs_to_compare_with_has_a_radar_of_its_own_numbers_and_its_genres():
    app = opened("taste", bringing(OWN.assign(energy=0.25, genres="folk")))

    radar = next(one for one in app.get("bidi_component") if "radar" in one.proto.id)
    data = json.loads(radar.proto.mixed.json or radar.proto.json)
    (outline,) = data["outlines"]
    assert (outline["name"], outline["values"][1], outline["values"][2]) == ("You", 0.25, None)
    assert "energy 0.25" in data["words"]
    assert any(plain("Most of your 30 songs by genre: folk (30)") in caption.value for caption in app.caption)
    assert app.button(key="get_real_taste").label.startswith("Get ")


@pytest.mark.parametrize(
    ("library", "catalogue", "label"),
    [(OWN, OTHERS, "Get recommendations"), (UNKNOWN, OTHERS, "Find out how my songs sound")],
)
def test_after_an_upload_the_next_step_is_the_one_primary_button(library, catalogue, label):
    app = opened("welcome", bringing(library, catalogue))

    assert [button.label for button in app.button if button.proto.type == "primary"] == [label]


def test_a_song_of_unknown_sound_has_no_match_and_says_why():
    known = {"year": 1999.0, "duration_ms": 200_000.0, "genres": "folk"}
    catalogue = OTHERS.assign(**known)
    silent = list(f.column for f in AUDIO_FEATURES)
    catalogue.loc[0, silent] = float("nan")
    app = opened("recommend", bringing(OWN.assign(**known), catalogue))

    rows = {row["id"]: row for row in component(app, "list")["rows"]}
    assert [row["match"] is None for row in rows.values()] == [id_ == catalogue["track_id"][0] for id_ in rows]
    assert catalogue["track_id"][0] in rows
    send(app, kind="explain", track=catalogue["track_id"][0])
    assert component(app, "list")["explained"][catalogue["track_id"][0]][0] == SOUND_UNKNOWN


def send(app, **event):
    """What a component of the recommend page sends, as if it had been pressed; then the page is drawn again."""
    app.session_state["list_state"].events.append(event)
    return app.run()


def test_a_thumb_is_stored_says_so_and_can_be_undone():
    app = opened("recommend", bringing(OWN))
    state, session = app.session_state["list_state"], app.session_state["tonearm"]
    track, title = next(iter(state.titles.items()))

    send(app, kind="dislike", track=track)
    shows_no_trace(app)
    assert state.notice == f"Got it: fewer songs like “{title}”."
    assert track not in state.titles
    assert session.store.feedback(session.listener)["liked"].tolist() == [False]

    send(app, kind="undo", track="")
    shows_no_trace(app)
    assert track in state.titles
    assert session.store.feedback(session.listener).empty


def test_a_thumb_for_a_song_that_is_not_on_the_list_is_not_stored():
    app = opened("recommend", bringing(OWN))

    send(app, kind="like", track="own0000000000000000001")

    session = app.session_state["tonearm"]
    shows_no_trace(app)
    assert session.store.feedback(session.listener).empty


def test_the_colours_that_the_list_asks_for_do_not_wipe_what_it_says():
    app = opened("recommend", bringing(OWN))
    state = app.session_state["list_state"]
    send(app, kind="dislike", track=next(iter(state.titles)))
    before = component(app, "list")

    send(app, kind="modes", track="")

    after = component(app, "list")
    assert before["notice"].startswith("Got it: fewer songs")
    # A list with the same serial and notice leaves what the browser alone says, such as why the demo has no ratings.
    assert (after["serial"], after["notice"], after["undo"]) == (before["serial"], before["notice"], before["undo"])


def test_a_saved_recipe_comes_back_and_is_forgotten():
    app = in_more(opened("recommend", lambda session: session.show_demo(0)))
    app.text_input(key="recipe_name").set_value("Sunday").run()
    app.button(key="recipe_save").click().run()
    assert list(app.session_state["tonearm"].recipes) == ["Sunday"]

    app.button(key="recipe_forget_0").click().run()

    shows_no_trace(app)
    assert not app.session_state["tonearm"].recipes


def test_the_name_of_a_recipe_outlasts_its_closed_panel_until_the_recipe_is_saved():
    app = in_more(opened("recommend", lambda session: session.show_demo(0)))
    app.text_input(key="recipe_name").set_value("Sunday").run()
    app.session_state["more"] = False
    app.run()
    assert "recipe_name" not in {box.key for box in app.text_input}
    app.switch_page("../../pages/proof.py").run()

    in_more(app.switch_page("../../pages/recommend.py").run())
    assert app.text_input(key="recipe_name").value == "Sunday"

    app.button(key="recipe_save").click().run()
    shows_no_trace(app)
    assert app.text_input(key="recipe_name").value == ""


def test_a_catalogue_is_brought_for_a_session_and_put_away_again():
    app = opened("library", bringing(OWN))
    uploader = next(one for one in app.file_uploader if "catalogue" in one.label)
    uploader.set_value(("mine.csv", to_csv(OWN.assign(track_id=[f"cat{n:019d}" for n in range(30)])), "text/csv"))
    app.run()
    assert any(said.value == "In use: 30 songs, all with audio features." for said in app.markdown)

    next(button for button in app.button if "server’s catalogue" in button.label).click().run()

    shows_no_trace(app)
    assert any("all invented" in said.value for said in app.markdown)


def test_an_invented_listener_is_not_offered_a_catalogue_that_would_not_be_used():
    app = opened("library", lambda session: session.show_demo(0))

    assert not [one for one in app.file_uploader if "catalogue" in one.label]
    assert any("only use the invented catalogue" in caption.value for caption in app.caption)


def test_filters_and_aims_reach_the_recipe():
    app = with_settings(opened("recommend", lambda session: session.show_demo(0)))

    app.select_slider(key="dial_familiarity").set_value(-0.5)
    app.slider(key="dial_variety").set_value(0.3)
    recipe = send(app, aims={"energy": 1.0}).session_state["tonearm"].recipe

    shows_no_trace(app)
    assert (dict(recipe.shifts), recipe.familiarity, recipe.variety) == ({"energy": 1.0}, -0.5, 0.3)


def test_every_feature_off_says_what_to_do_and_the_list_stays():
    app = opened("recommend", lambda session: session.show_demo(0))
    before = list(app.session_state["list_state"].titles)

    send(app, weights={f.name: 0 for f in FEATURES})

    shows_no_trace(app)
    state = app.session_state["list_state"]
    assert state.notice == "Every feature is off, so nothing tells one song from another. Turn at least one up."
    assert list(state.titles) == before


def test_a_song_started_from_and_its_chip_removed_give_the_first_list_again():
    app = opened("recommend", lambda session: session.show_demo(0))
    state, session = app.session_state["list_state"], app.session_state["tonearm"]
    before = list(state.titles)

    send(app, kind="seed", track=before[3])
    assert session.seeds == (before[3],)
    assert list(state.titles) != before

    send(app, kind="unset", track="from:0")
    shows_no_trace(app)
    assert (session.seeds, list(state.titles)) == ((), before)


def test_clearing_everything_puts_every_setting_back():
    app = with_settings(opened("recommend", lambda session: session.show_demo(0)))
    app.toggle(key="dial_new").set_value(True)
    send(app, preset="Mood", aims={})
    send(app, aims={"energy": -1.0})

    send(app, kind="unset", track="all")

    shows_no_trace(app)
    assert app.session_state["tonearm"].recipe == Recipe()
    assert app.toggle(key="dial_new").value is False


def test_a_look_up_that_found_nothing_says_that_it_has_ended(container):
    def says_so(app):
        return any("We asked every source you allowed" in said.value for said in app.caption)

    app = opened("library", bringing(UNKNOWN))
    texts = [said.value for said in app.markdown]
    assert "30 tracks: 0 with audio features, 30 not asked about." in texts
    assert "**30 songs**, 0 with audio features. None can be compared by sound." in texts
    assert not says_so(app)

    app.button(key="look_up").click().run()
    container.jobs.wait(f"features:{app.session_state['tonearm'].listener}", 10)
    assert says_so(app.run())

    app.toggle(key="reccobeats").set_value(True).run()
    assert not says_so(app)


def test_an_import_that_was_interrupted_is_mentioned_and_finished_by_choosing_the_file_again():
    def interrupt(session):
        bringing(OWN)(session)
        session.store.save_state(session.listener, "import file:mine.csv", {"stored": 10, "of": 30})

    app = opened("library", interrupt)
    said = [warning.value for warning in app.warning if "mine" in warning.value]
    assert len(said) == 1
    assert "was not imported to its end: 10 of 30 tracks are stored." in said[0]
    assert "choose the file again" in said[0]

    app.file_uploader(key="library_files_0").set_value([("mine.csv", to_csv(OWN), "text/csv")]).run()
    shows_no_trace(app)
    assert not [warning for warning in app.warning if "mine" in warning.value]


def test_the_panel_of_an_import_stays_open_with_its_report():
    app = opened("library", lambda session: session.show_demo(0))
    assert not expander(app, "Import files").proto.expanded

    app.file_uploader(key="library_files_0").set_value([("mine.csv", to_csv(OWN), "text/csv")]).run()

    panel = expander(app, "Import files")
    assert panel.proto.expanded
    assert "30 tracks from 30 rows" in panel.success[0].value


@pytest.mark.parametrize("damaged", ["", "checksums=7ee2b72f~e61"])
def test_a_link_that_remembers_no_list_is_not_said_to_make_the_same(damaged):
    app = AppTest.from_file("../../recsys/ui/main.py", default_timeout=60).run()
    app.switch_page("../../pages/recommend.py")
    app.query_params.update(dict(part.split("=") for part in f"variety=0.5&{damaged}".split("&") if part))
    app.run()

    said = [one.value for one in app.info if "shared recipe" in one.value]
    assert said == [plain("Opened from a shared recipe.")]


@pytest.mark.parametrize("prepare", [lambda session: session.show_demo(0), bringing(OWN)], ids=["demo", "own"])
def test_where_the_audio_data_comes_from_can_be_opened(prepare):
    app = opened("library", prepare)
    app.session_state["known"] = True
    app.run()

    shows_no_trace(app)
    assert app.get("plotly_chart")


def test_a_unfinished_import_can_be_left_as_it_is():
    def interrupt(session):
        session.store.save_state(session.listener, "import file:mine.csv", {"stored": 10, "of": 30})

    app = opened("library", interrupt)
    app.button(key="unfinished_import_0").click().run()

    shows_no_trace(app)
    assert not [warning for warning in app.warning if "mine" in warning.value]


def test_a_zip_that_cannot_be_made_says_why_in_its_panel_and_is_made_at_the_next_try(container, monkeypatch):
    sentence = "The store does not answer. Please try again."

    def fail(listener, now):
        raise StorageProblem(sentence)

    app = opened("account", bringing(OWN))
    with monkeypatch.context() as failing:
        failing.setattr(container.account, "export", fail)
        app.session_state["export"] = True
        app.run()
        assert [error.value for error in app.error] == [plain(sentence)]
        assert not app.get("download_button")

    app.button(key="again_export").click().run()

    shows_no_trace(app)
    assert not app.error
    assert app.download_button(key="export_zip").label == "ZIP of all tables"


def test_the_way_back_from_the_demo_says_when_the_store_does_not_answer(container, monkeypatch):
    def prepare(session):
        bringing(OWN)(session)
        session.show_demo(0)

    def fail(listener):
        raise StorageProblem("The store does not answer.")

    app = opened("taste", prepare)
    way_back = next(button for button in app.sidebar.button if button.label == "Back to my library")
    with monkeypatch.context() as failing:
        failing.setattr(container.embedded_store, "tracks", fail)
        way_back.click().run()

    shows_no_trace(app)
    assert [error.value for error in app.error] == ["The store does not answer\\."]
    app.run()
    assert not app.session_state["tonearm"].is_demo


def test_a_zip_is_packed_once_while_its_panel_is_open_and_again_when_it_is_opened_again(container, monkeypatch):
    packed = []
    export = container.account.export
    monkeypatch.setattr(container.account, "export", lambda *given: packed.append(given) or export(*given))
    app = opened("account", bringing(OWN))
    assert packed == []

    for is_open, times in ((True, 1), (True, 1), (False, 1), (True, 2)):
        app.session_state["export"] = is_open
        app.run()
        assert (len(packed), len(app.get("download_button"))) == (times, is_open)


def test_a_library_is_written_when_its_panel_opens():
    app = opened("library", bringing(OWN))
    assert not app.get("download_button")

    app.session_state["library_file"] = True
    app.run()

    shows_no_trace(app)
    assert app.download_button(key="library_csv").label == "CSV for a spreadsheet"


def test_the_catalogue_that_the_command_line_writes_can_be_brought_for_a_session(tmp_path):
    written = tmp_path / "catalogue.parquet"
    write_catalogue(OWN, written)
    app = opened("library", bringing(OWN))
    app.file_uploader(key="catalogue_file").set_value([("catalogue.parquet", written.read_bytes(), "")]).run()

    shows_no_trace(app)
    assert len(app.session_state["tonearm"].own_catalogue) == 30


def test_somebodys_file_may_be_of_any_kind_that_can_be_imported():
    app = opened("taste", lambda session: session.show_demo(0))
    app.selectbox(key="compare_with").set_value("Somebody’s file").run()
    lines = OWN.to_json(orient="records", lines=True).encode()
    app.file_uploader(key="compare_file").set_value([("theirs.jsonl", lines, "")]).run()

    shows_no_trace(app)
    assert any(said.value.startswith("You and Somebody’s file are furthest apart in") for said in app.caption)
