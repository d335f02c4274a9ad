"""Real songs at one press: installed for everybody or loaded for a session, and no proof against invented ones."""

import pytest

from recsys.app.container import Container, start
from recsys.core.export import to_csv
from recsys.core.model.tracks import has_audio
from recsys.settings import Settings
from recsys.ui.parts import real_songs
from tests.fakes.catalogue_host import CALL, FakeCatalogueHost
from tests.fakes.faults import Fault
from tests.pages.test_every_page import OTHERS, OWN, bringing, opened, shows_no_trace

PAGES_WITH_THE_BUTTON = ["welcome", "library", "taste", "recommend", "proof"]


@pytest.fixture
def host():
    with FakeCatalogueHost(to_csv(OTHERS)) as host:
        yield host


@pytest.fixture
def build(host, tmp_path, monkeypatch):
    """A function: the container of a server where these visitors may install."""
    built = []
    monkeypatch.setattr(real_songs, "is_on_this_host", lambda session: True)  # these pages have no connection

    def build(installers="loopback"):
        registry = str(host.registry(tmp_path, songs=30, rows=30, title="Songs for tests"))
        settings = Settings(tmp_path, str(tmp_path / "catalogue.parquet"), registry, installers)
        built.append(Container(settings))
        start(built[-1])
        return built[-1]

    yield build
    for container in built:
        container.close()


def pressed(container, app, page):
    """The page after the button was pressed and the songs have arrived."""
    app.button(key=f"get_real_{page}").click().run()
    container.jobs.wait(f"catalogue:{app.session_state['tonearm'].listener}", 30)
    return app.run()


def said(app):
    kinds = (app.markdown, app.caption, app.info, app.success, app.warning, app.error)
    return " ".join(str(element.value) for kind in kinds for element in kind)


@pytest.mark.parametrize("page", PAGES_WITH_THE_BUTTON)
def test_every_page_that_needs_real_songs_has_the_button(build, page):
    build()

    app = opened(page, bringing(OWN))

    shows_no_trace(app)
    assert app.button(key=f"get_real_{page}").label == "Get 30 real songs (3 kB)"
    assert "Songs for tests, invented. Licence as stated: CC0. Loaded for everybody" in said(app)


@pytest.mark.parametrize("page", PAGES_WITH_THE_BUTTON)
def test_one_press_puts_real_songs_on_the_page_without_a_restart(build, page):
    container = build()
    app = pressed(container, opened(page, bringing(OWN)), page)

    shows_no_trace(app)
    assert [success.value for success in app.success] == ["30 real songs ready."]
    assert "The file had 30 rows: 30 tracks, 0 repeats, 0 skipped." in said(app)
    assert not [button for button in app.button if "real songs" in button.label]
    assert len(container.catalogue) == 30
    assert app.session_state["tonearm"].note is None


def known_by_sound(container, app):
    """How many songs are known by sound, once a look-up that runs has ended."""
    session = app.session_state["tonearm"]
    container.jobs.wait(f"features:{session.listener}", 30)
    app.run()
    shows_no_trace(app)
    return int(has_audio(app.session_state["tonearm"].own_library).sum())


NAMES = to_csv(OTHERS[["title", "artists"]].head(20).assign(track_id=""))
"""A playlist as most programs write it: what the songs are called, and nothing of their sound."""


@pytest.mark.parametrize(("label", "goes_to"), [("See your taste", "Taste"), ("See a sample list", "Recommend")])
def test_after_an_upload_without_real_songs_taste_and_a_list_are_one_press_away(build, label, goes_to):
    build()
    app = opened("welcome", lambda session: None)
    app.file_uploader(key="welcome_files_0").set_value([("mine.csv", to_csv(OWN), "text/csv")]).run()
    assert [one.label for one in app.button if one.proto.type == "primary"] == ["Get 30 real songs (3 kB)"]

    next(one for one in app.button if one.label == label).click().run()

    shows_no_trace(app)
    assert [title.value for title in app.title] == [goes_to]


def test_names_of_songs_are_known_by_sound_at_once_where_real_songs_are_installed(build):
    container = build()
    app = pressed(container, opened("welcome", lambda session: None), "welcome")

    app.file_uploader(key="welcome_files_0").set_value([("names.csv", NAMES, "text/csv")]).run()

    assert known_by_sound(container, app) == 20
    assert [button.label for button in app.button if button.proto.type == "primary"] == ["Get recommendations"]


def test_names_of_songs_are_known_by_sound_once_real_songs_arrive(build):
    container = build()
    app = opened("welcome", lambda session: None)
    app.file_uploader(key="welcome_files_0").set_value([("names.csv", NAMES, "text/csv")]).run()
    assert known_by_sound(container, app) == 0
    assert not [button for button in app.button if button.label == "Find out how my songs sound"]  # nobody could tell
    assert not [button for button in app.button if button.label == "See your taste"]

    pressed(container, app, "welcome")

    assert known_by_sound(container, app) == 20


def test_names_that_nobody_knows_are_said_to_be_unknown_and_lead_nowhere_else(build):
    container = build()
    app = pressed(container, opened("welcome", lambda session: None), "welcome")
    unknown = to_csv(OWN[["title", "artists"]].head(20).assign(track_id=""))

    app.file_uploader(key="welcome_files_0").set_value([("names.csv", unknown, "text/csv")]).run()

    assert known_by_sound(container, app) == 0
    assert "We don’t know how your 20 songs sound: no source knows them by name." in said(app)
    assert not [button for button in app.button if button.label == "Get recommendations"]


def test_who_may_not_install_loads_them_for_their_session_only(build):
    container = build("nobody")
    app = opened("recommend", bringing(OWN))
    assert "Loaded for this session only." in said(app)

    app = pressed(container, app, "recommend")

    shows_no_trace(app)
    assert len(app.session_state["tonearm"].catalogue) == 30
    assert container.catalogue is container.demo_catalogue
    assert "Compared with Songs for tests: 30 songs" in said(app).replace("\\", "")


def test_a_file_that_is_gone_says_what_to_do_by_hand_and_leaves_the_button(build, host):
    container = build()
    host.fail_when(CALL, Fault.not_found())

    app = pressed(container, opened("library", bringing(OWN)), "library")

    assert "There is no file at" in said(app)
    assert "tonearm catalogue add FILE" in said(app).replace("\\", "")
    assert app.button(key="get_real_library").label.startswith("Get 30")


def test_a_real_library_is_never_measured_against_invented_songs(build):
    build()
    taste, proof = opened("taste", bringing(OWN)), opened("proof", bringing(OWN))

    assert "of the catalogue" not in said(taste)
    assert "The catalogue’s median" not in said(taste)
    assert not [box for box in taste.selectbox if box.key == "compare_with"]
    drawn = [one.proto.id for one in taste.get("bidi_component")]
    assert not [one for one in drawn if "taste_radar" not in one and "_place" not in one], (
        "the radar has the listener's own numbers only"
    )
    assert not [button for button in proof.button if button.key in ("proof_start", "tuning_start")]
    assert "This test needs real songs" in said(proof)


def test_against_real_songs_both_are_there_with_the_catalogues_passport(build):
    container = build()
    pressed(container, opened("library", bringing(OWN)), "library")
    taste, proof = opened("taste", bringing(OWN)), opened("proof", bringing(OWN))

    drawn = [one.proto.id for one in taste.get("bidi_component")]
    assert any("taste_radar" in one for one in drawn)
    assert any("taste_strip" in one for one in drawn)
    assert [button.key for button in proof.button if button.key == "proof_start"]
    for app in (taste, proof):
        assert "Compared with Songs for tests: 30 songs" in said(app).replace("\\", "")
        assert "Licence as stated: CC0" in said(app).replace("\\", "")
