"""Which store keeps whose rows, and which door a deployment offers."""

from types import SimpleNamespace

import pytest

from recsys.ui import wiring


@pytest.fixture
def deployed(monkeypatch):
    """A function: pretend that these are configured."""

    def deployed(supabase=None, spotify=None):
        monkeypatch.setattr(wiring, "supabase", lambda: supabase)
        monkeypatch.setattr(wiring, "spotify", lambda: spotify)
        monkeypatch.setattr(wiring, "embedded_store", lambda: "the embedded store")

    return deployed


HOSTED = SimpleNamespace(
    store="the hosted store", accounts="Supabase Auth", project=SimpleNamespace(url="https://abc.supabase.co")
)


@pytest.mark.parametrize(
    "supabase, spotify, door",
    [(None, None, None), (None, "Spotify", "Spotify"), (HOSTED, "Spotify", "Supabase Auth"), (HOSTED, None, None)],
)
def test_a_deployment_offers_the_door_it_is_set_up_for(deployed, supabase, spotify, door):
    deployed(supabase, spotify)

    assert wiring.accounts() == door


def test_signed_in_listeners_are_kept_at_supabase_and_guests_here(deployed):
    deployed(HOSTED)

    assert wiring.store_for("2c9f1c1e-0000-4000-8000-000000000001") == wiring.app_store() == "the hosted store"
    assert wiring.store_for("guest-1") == "the embedded store"


def test_without_supabase_everybody_is_kept_here(deployed):
    deployed()

    assert wiring.store_for("spotify-ada") == wiring.app_store() == wiring.store_for("guest-1") == "the embedded store"


def test_the_account_page_says_where_rows_are(deployed):
    deployed(HOSTED)

    hosted = wiring.whereabouts("2c9f1c1e-0000-4000-8000-000000000001")
    assert "abc.supabase.co" in hosted
    assert "e-mail address" in hosted
    assert wiring.whereabouts("guest-1") == "Kept in a file on this server."
