"""Every assertion of `supabase/tests/database/*.test.sql` on a real Postgres."""

import pytest

from tests.database.project import FORMER_DEFAULTS, PROOFS, make_project
from tests.database.tap import run_file


@pytest.fixture(scope="module")
def connection(cluster, project):
    with cluster.connect(cluster.copy(project, "proved"), "postgres") as connection:
        yield connection


@pytest.mark.parametrize("path", PROOFS, ids=lambda path: path.name.removesuffix(".test.sql"))
def test_the_file_proves_what_its_name_says(connection, path, subtests):
    assertions = run_file(connection, path)

    assert assertions
    for assertion in assertions:
        with subtests.test(assertion.says):
            assert assertion.is_ok, assertion.why


def test_there_are_files():
    assert len(PROOFS) >= 10


def test_all_of_it_holds_in_a_project_that_once_granted_everything_by_itself(cluster):
    with cluster.connect(make_project(cluster, "former", FORMER_DEFAULTS), "postgres") as connection:
        wrong = [one.says for path in PROOFS for one in run_file(connection, path) if not one.is_ok]

    assert wrong == []


def test_a_file_that_stops_early_is_not_green(connection, tmp_path):
    path = tmp_path / "half.test.sql"
    path.write_text("begin; select plan(2); select ok(true, 'one'); select * from finish(); rollback;")

    with pytest.raises(ValueError, match="planned 2 assertions and made 1"):
        run_file(connection, path)


def test_an_assertion_that_fails_says_why(connection, tmp_path):
    path = tmp_path / "wrong.test.sql"
    path.write_text(
        "begin; select plan(2); select is(1, 2, 'one is two'); select ok(true); select * from finish(); rollback;"
    )

    wrong, right = run_file(connection, path)

    assert (wrong.is_ok, wrong.says, right.is_ok) == (False, "one is two", True)
    assert "have: 1" in wrong.why
