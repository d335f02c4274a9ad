"""A running app gets real songs without a restart."""

import pytest

from recsys.app.container import Container
from recsys.settings import Settings
from tests.fakes.catalogue_host import FakeCatalogueHost
from tests.importers.files import TIDYTUESDAY


@pytest.fixture
def host():
    with FakeCatalogueHost(TIDYTUESDAY.encode()) as host:
        yield host


@pytest.fixture
def app(host, tmp_path):
    path = str(tmp_path / "catalogue.parquet")
    app = Container(Settings(tmp_path, path, catalogues=str(host.registry(tmp_path))))
    yield app
    app.close()


def test_an_installed_catalogue_is_used_at_once_with_its_passport(app):
    assert app.catalogue is app.demo_catalogue and app.passport.is_invented

    app.catalogues.start("songs", "ann", install=True, is_loopback=True)
    done = app.jobs.wait("catalogue:ann", 30)

    assert done.state == "done", done.message
    assert len(app.catalogue) == 2
    assert (app.passport.name, app.passport.songs, app.passport.is_invented) == ("songs", 2, False)
    assert len(app.installed_tracks()) == 2


def test_a_catalogue_that_was_brought_by_hand_has_a_counted_passport(app, tmp_path):
    (tmp_path / "catalogue.parquet").write_text(TIDYTUESDAY, "utf-8")

    assert (app.passport.title, app.passport.songs, app.passport.licence) == ("catalogue.parquet", 2, "")
