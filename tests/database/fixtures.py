"""The real Postgres of the tests and what stands on it. `tests/conftest.py` gives these fixtures to every test.

Imports are inside: most tests need none of this, and a run should not wait for it.
"""

import pytest


@pytest.fixture(scope="session")
def cluster():
    """A Postgres server of this run's own, started when the first test needs it."""
    from tests.database.postgres import running_cluster

    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def project(cluster):
    """The name of a database with all migrations applied and no rows. Copy it; do not write to it."""
    from tests.database.project import make_project

    return make_project(cluster, "project")


@pytest.fixture(scope="module")
def gateway(request):
    """A Supabase project that answers over HTTP, fresh for each test module; for `make supabase-local` its stack."""
    from tests.database.gateway.server import running_gateway
    from tests.database.local_stack import local_stack

    if stack := local_stack():
        yield stack
        return
    cluster, project = (request.getfixturevalue(name) for name in ("cluster", "project"))
    with running_gateway(cluster, cluster.copy(project, "served")) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def supabase(gateway):
    """The same project as the app knows it: an address and two keys."""
    from recsys.storage.hosted.project import SupabaseProject

    project = SupabaseProject(gateway.url, gateway.project.publishable_key, gateway.project.secret_key)
    yield project
    project.close()


@pytest.fixture
def supabase_store(supabase, gateway):
    """A store in it that knows every listener's access token."""
    from recsys.storage.hosted.store import SupabaseStore

    supabase.server.table("app_state").delete().neq("key", "").execute()
    return SupabaseStore(supabase, gateway.access_token)
