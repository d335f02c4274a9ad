"""One app for the pages of a test file, in a data folder of its own."""

import pytest

from recsys.app.container import Container, start
from recsys.settings import Settings


@pytest.fixture(scope="module", autouse=True)
def container(tmp_path_factory):
    """The container that the pages of this file run on."""
    folder = tmp_path_factory.mktemp("pages")
    container = Container(Settings(folder, str(folder / "catalogue.parquet")))
    start(container)
    yield container
    container.close()
