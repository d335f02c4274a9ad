"""Sessions and tokens in the SQLite file keep the contract, and the file gives no secret away."""

import hashlib
import sqlite3

import pytest

from recsys.auth.encryption import Cipher
from recsys.errors import StorageProblem
from recsys.storage.sqlite.sessions import SqliteSessions
from recsys.storage.sqlite.store import SqliteStore
from tests.storage.conftest import SECRET
from tests.storage.sessions_contract import NOW, SessionsContract, session_of, tokens_named
from tests.storage.sqlite.test_database import bytes_on_disk


class TestSqliteSessions(SessionsContract):
    """The contract, unchanged."""


SEALED = Cipher(SECRET).encrypt("")


@pytest.fixture
def sessions(open_sessions):
    return open_sessions()


def test_no_token_and_no_session_id_is_in_any_file(sessions, database):
    session_id = sessions.create(session_of("ada"), NOW)
    sessions.save_tokens("ada", tokens_named("first"))
    sessions.save_tokens("ada", tokens_named("second"))
    sessions.save_tokens("ada", tokens_named("third"), "supabase")

    files = bytes_on_disk(database)

    assert b"enc:v1:gAAAAAB" in files
    for secret in ("access-", "refresh-", session_id, SECRET):
        assert secret.encode() not in files
    assert hashlib.sha256(session_id.encode()).hexdigest().encode() in files


@pytest.mark.parametrize("table", ["spotify_tokens", "supabase_tokens"])
@pytest.mark.parametrize(
    ("access", "refresh"),
    [
        ("BQDplain" * 20, SEALED),
        (SEALED, "AQBplain" * 20),
        (SEALED.upper(), SEALED),
        ("enc:v1:" + "BQDplain" * 20, SEALED),
        ("enc:v1:gAAAAAplain", SEALED),
        (SEALED + " plain", SEALED),
        (" " + SEALED, None),
        (None, SEALED),
    ],
)
def test_the_file_itself_refuses_a_token_that_is_not_encrypted(database, table, access, refresh):
    row = ("ada", access, refresh, "2026-11-20T12:00:00+00:00", None, None)

    with pytest.raises(StorageProblem, match="refused") as caught, database.write() as connection:
        connection.execute(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?)", row)

    assert "plain" not in f"{caught.value} {caught.value.__cause__}"
    with database.read() as connection:
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_the_file_itself_refuses_a_session_id_that_is_not_hashed(database):
    row = ("x" * 43, "ada", "guest", None, None, "2026-11-20T12:00:00+00:00", "2026-12-20T12:00:00+00:00")

    with pytest.raises(StorageProblem, match="refused"), database.write() as connection:
        connection.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)", row)


@pytest.mark.parametrize("how", ["forgotten", "erased"])
def test_tokens_that_are_gone_leave_no_ciphertext_behind(sessions, database, how):
    sessions.save_tokens("ada", tokens_named("one"))
    with database.read() as connection:
        stored = connection.execute("SELECT access_token, refresh_token FROM spotify_tokens").fetchall()
    ciphertexts = [ciphertext.encode() for row in stored for ciphertext in row]
    assert [ciphertext in bytes_on_disk(database) for ciphertext in ciphertexts] == [True] * 2

    if how == "forgotten":
        sessions.remove_tokens("ada")
    else:
        SqliteStore(database).erase("ada")

    assert [ciphertext in bytes_on_disk(database) for ciphertext in ciphertexts] == [False] * 2


def test_tokens_of_another_secret_are_a_sentence_and_stay_where_they_are(sessions, database):
    sessions.save_tokens("ada", tokens_named("one"))
    elsewhere = SqliteSessions(database, Cipher("another secret, also long enough to be one"))

    with pytest.raises(StorageProblem, match="another APP_SECRET_KEY"):
        elsewhere.tokens("ada")

    assert sessions.tokens("ada") == tokens_named("one")


def test_a_changed_secret_reads_what_the_former_one_wrote(sessions, database):
    sessions.save_tokens("ada", tokens_named("one"))
    changed = SqliteSessions(database, Cipher("another secret, also long enough to be one", SECRET))

    assert changed.tokens("ada") == tokens_named("one")

    changed.save_tokens("ada", changed.tokens("ada"))
    with pytest.raises(StorageProblem, match="another APP_SECRET_KEY"):
        sessions.tokens("ada")


def test_sessions_of_a_closed_file_are_found_again(sessions, database, open_sessions):
    session_id = sessions.create(session_of("ada"), NOW)
    database.close()

    assert open_sessions().get(session_id, NOW) == session_of("ada")


def test_a_turn_names_nobody(sessions, database):
    with sessions.locked("spotify:ada.lovelace"), sqlite3.connect(database.path) as connection:
        rows = connection.execute("SELECT * FROM leases").fetchall()
    connection.close()

    assert len(rows) == 1
    assert "lovelace" not in str(rows)
