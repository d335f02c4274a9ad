"""Who is at the other end of a cookie."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from recsys.auth.guests import guest_listener, visitor
from recsys.auth.models import Visitor, new_guest_id
from recsys.errors import StorageProblem

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ADAS = "A" * 43
UNKNOWN = "x_-" + "9" * 40


@dataclass(frozen=True)
class KnownSession:
    listener: str
    display_name: str | None
    avatar_url: str | None


class OneSession:
    def get(self, session_id, now):
        assert now == NOW
        return KnownSession("ada", "Ada", "https://i.scdn.co/image/ada") if session_id == ADAS else None


def test_a_known_session_is_its_listener():
    expected = Visitor("ada", False, "Ada", "https://i.scdn.co/image/ada")
    assert visitor(ADAS, OneSession(), NOW) == expected


def test_an_unknown_session_is_a_guest_with_rows_of_their_own():
    guest = visitor(UNKNOWN, OneSession(), NOW)
    assert guest == Visitor(guest_listener(UNKNOWN), True)
    assert guest == visitor(UNKNOWN, OneSession(), NOW)


class Unreachable:
    def get(self, session_id, now):
        raise StorageProblem("Supabase does not answer.")


def test_a_guest_is_served_while_the_store_of_sessions_does_not_answer():
    cookie = new_guest_id()

    assert visitor(cookie, Unreachable(), NOW) == Visitor(guest_listener(cookie), True)
    with pytest.raises(StorageProblem):
        visitor(ADAS, Unreachable(), NOW)


def test_a_session_that_looks_like_a_guests_is_looked_up_all_the_same():
    ada = "guest-" + "A" * 37

    class HerSession:
        def get(self, session_id, now):
            return KnownSession("ada", "Ada", None) if session_id == ada else None

    assert visitor(ada, HerSession(), NOW).listener == "ada"


def test_a_guest_id_does_not_give_away_the_cookie():
    guest = guest_listener(UNKNOWN)
    assert guest.startswith("guest-")
    assert len(guest) == len("guest-") + 32
    assert UNKNOWN[:8] not in guest


def test_two_guests_never_share_rows():
    assert guest_listener("a" * 43) != guest_listener("b" * 43)


class TruthyMock:
    def __str__(self):
        return ADAS


@pytest.mark.parametrize("value", [None, "", "short", ADAS + "A", ADAS[:-1] + "\n", 5, b"A" * 43, TruthyMock()])
def test_what_this_app_could_not_have_issued_is_nobody(value):
    assert visitor(value, OneSession(), NOW) is None
