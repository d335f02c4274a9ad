"""While Supabase does not answer, guests and the demo go on: pages open, files come in, and rows can be erased."""

import pytest
from streamlit.testing.v1 import AppTest

from recsys.app.container import Container, start
from recsys.core.export import to_csv
from recsys.settings import Settings
from tests.browser.server import free_port
from tests.pages.test_every_page import OWN, PAGES, opened, shows_no_trace


@pytest.fixture(scope="module", autouse=True)
def container(tmp_path_factory):
    """An app whose Supabase project and Spotify are at ports where nobody listens."""
    folder = tmp_path_factory.mktemp("without-supabase")
    nowhere = f"http://127.0.0.1:{free_port()}"
    container = Container(
        Settings(
            folder,
            str(folder / "catalogue.parquet"),
            app_secret_key="only for tests, thirty-two characters",
            supabase_url=nowhere,
            supabase_publishable_key="publishable",
            supabase_secret_key="secret",
            spotify_client_id="client",
            spotify_accounts_url=nowhere,
            spotify_api_url=nowhere,
        )
    )
    start(container)
    yield container
    container.close()


@pytest.mark.parametrize("page", PAGES)
def test_the_demo_goes_on(page):
    app = opened(page, lambda session: session.show_demo(1))

    shows_no_trace(app)
    assert [error.value for error in app.error] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_guests_library_goes_on(page):
    app = AppTest.from_file("../../recsys/ui/main.py", default_timeout=60).run()
    app.file_uploader[0].set_value([("mine.csv", to_csv(OWN), "text/csv")])
    app.run()
    app.switch_page(f"../../pages/{page}.py").run()

    shows_no_trace(app)
    assert [error.value for error in app.error] == []
    assert len(app.session_state["tonearm"].own_library) == 30


def test_songs_found_around_a_guests_own_are_used():
    def found(session):
        session.store.save_tracks(session.listener, OWN)
        session.store.save_pool(
            session.listener, OWN.assign(track_id=OWN["track_id"].str.replace("own", "new")), "2026-11-28T00:00:00Z"
        )
        session.show_own()

    app = opened("recommend", found)

    shows_no_trace(app)
    assert [error.value for error in app.error] == []


def test_a_guest_takes_everything_along_and_erases_it(container):
    app = opened("account", lambda session: session.store.save_tracks(session.listener, OWN))
    session = app.session_state["tonearm"]
    app.session_state["export"] = True
    app.run()
    assert session.known("export", bytes).startswith(b"PK")

    app.text_input(key="erase_word_0").set_value("erase").run()
    app.button(key="erase").click().run()

    shows_no_trace(app)
    assert [error.value for error in app.error] == []
    assert any("no row of yours is left" in said.value for said in app.success)
