"""Grow around me on the Library page: consent, progress, and a list that says where its songs come from."""

import pytest

from recsys.app.container import Container, start
from recsys.core.engine.pool import AROUND_YOU, FROM_CATALOGUE, POOL
from recsys.services.growing import NAMES_CONSENT
from recsys.settings import Settings
from tests.fakes.reccobeats import FakeReccoBeats, too_many
from tests.fakes.spotify import music
from tests.pages.test_every_page import OTHERS, OWN, bringing, component, opened, shows_no_trace

AROUND = [music.track(number, "around") for number in range(60)]
KNOWN = {track.id: track for track in AROUND} | dict.fromkeys(OWN["track_id"], AROUND[0])
NEIGHBOURS = "GET /v1/track/recommendation"


@pytest.fixture
def reccobeats():
    with FakeReccoBeats(KNOWN.get) as fake:
        fake.around = AROUND
        yield fake


@pytest.fixture
def app(reccobeats, tmp_path):
    settings = Settings(tmp_path, str(tmp_path / "catalogue.parquet"), reccobeats_url=reccobeats.url)
    container = Container(settings, sleep=lambda seconds: None)
    start(container)
    yield container
    container.close()


def grown(container, page):
    """The library page after consent and a whole run."""
    page.toggle(key="grow_consent").set_value(True).run()
    page.button(key="grow_start").click().run()
    container.jobs.wait(f"growing:{page.session_state['tonearm'].listener}", 60)
    return page.run()


def said(page):
    kinds = (page.markdown, page.caption, page.info, page.warning, page.error)
    return " ".join(str(element.value) for kind in kinds for element in kind)


def test_nothing_is_sent_before_the_listener_agrees(app, reccobeats):
    page = opened("library", bringing(OWN, OTHERS))

    assert page.button(key="grow_start").disabled
    assert "Nothing is sent before you agree" in said(page)
    assert reccobeats.requests == []


def test_songs_are_found_and_recommended_beside_the_catalogue(app, reccobeats):
    page = grown(app, opened("library", bringing(OWN, OTHERS)))
    shows_no_trace(page)
    assert "60 songs** found around yours" in said(page)

    page = page.switch_page("../../pages/recommend.py").run()
    session = page.session_state["tonearm"]
    table = session.recommender.recommend(session.recipe).table

    shows_no_trace(page)
    around = (table[POOL] == AROUND_YOU).sum()
    assert f"{around} of these {len(table)} songs were found around yours." in component(page, "list")["below"]
    assert page.toggle(key="uses_pool").label == "Include the 60 songs found around yours"
    assert set(table[POOL]) <= {FROM_CATALOGUE, AROUND_YOU} and AROUND_YOU in set(table[POOL])
    page.toggle(key="uses_pool").set_value(False).run()
    assert POOL not in session.recommender.recommend(session.recipe).table


def test_without_a_real_catalogue_found_songs_are_never_mixed_with_invented_ones(app):
    page = grown(app, opened("library", bringing(OWN)))

    session = page.session_state["tonearm"]
    assert session.catalogue is not app.demo_catalogue
    assert len(session.catalogue) <= 60 and set(session.catalogue.tracks[POOL]) == {AROUND_YOU}
    assert session.note is None, "these songs exist"
    assert session.has_no_yardstick, "songs found around somebody are no yardstick for them"
    shows_no_trace(page.switch_page("../../pages/recommend.py").run())
    shows_no_trace(page.switch_page("../../pages/taste.py").run())
    shows_no_trace(page.switch_page("../../pages/proof.py").run())


def test_a_long_wait_is_said_with_a_time_and_can_be_continued(app, reccobeats):
    reccobeats.fail_when(NEIGHBOURS, too_many(retry_after=3_600))

    page = grown(app, opened("library", bringing(OWN, OTHERS)))

    assert "ReccoBeats asks us to slow down" in said(page) and "Try again after" in said(page)


def test_found_songs_can_be_forgotten(app):
    page = grown(app, opened("library", bringing(OWN, OTHERS)))

    page.button(key="grow_forget").click().run()

    shows_no_trace(page)
    assert "found around yours**" not in said(page)
    assert page.session_state["tonearm"].pool.empty


def test_an_invented_listener_is_not_asked(app):
    page = opened("library", lambda session: session.show_demo(0))

    assert "grow_consent" not in [toggle.key for toggle in page.toggle]


def test_songs_known_by_name_only_have_a_consent_of_their_own(app):
    named = OWN.assign(track_id=[f"name:{n:016x}" for n in range(len(OWN))])

    page = opened("library", bringing(named, OTHERS))
    page.toggle(key="names_consent").set_value(True).run()

    shows_no_trace(page)
    session = page.session_state["tonearm"]
    assert app.growing.has_agreed(session.listener, NAMES_CONSENT) and not app.growing.has_agreed(session.listener)
    assert "names_consent" not in [toggle.key for toggle in opened("library", bringing(OWN, OTHERS)).toggle]
