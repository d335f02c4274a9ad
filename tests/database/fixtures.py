"""The real Postgres of the tests and what stands on it. `tests/conftest.py` gives these fixtures to every test."""

import pytest

from tests.database.gateway.server import running_gateway
from tests.database.postgres import running_cluster
from tests.database.project import make_project


@pytest.fixture(scope="session")
def cluster():
    """A Postgres server of this run's own, started when the first test needs it."""
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def project(cluster):
    """The name of a database with all migrations applied and no rows. Copy it; do not write to it."""
    return make_project(cluster, "project")


@pytest.fixture(scope="module")
def gateway(cluster, project):
    """A Supabase project that answers over HTTP, fresh for each test module."""
    with running_gateway(cluster, cluster.copy(project, "served")) as gateway:
        yield gateway
