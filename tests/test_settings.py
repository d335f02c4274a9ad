"""Settings come from the environment over the secrets file, and what is half given is named."""

import re
from pathlib import Path

import pytest

from recsys.errors import SettingsProblem
from recsys.settings import Settings

ROOT = Path(__file__).resolve().parents[1]


def settings(tmp_path, **given):
    return Settings.from_environment(given, secrets=tmp_path / "secrets.toml", dotenv=tmp_path / ".env")


def test_nothing_set_works_with_defaults(tmp_path):
    found = settings(tmp_path, TONEARM_DATA=str(tmp_path))

    assert found.public_url == "http://127.0.0.1:8501"
    assert found.catalogue == str(tmp_path / "catalogue.parquet")
    assert not found.has_spotify and not found.has_supabase and not found.is_https


def test_the_environment_wins_over_the_secrets_file(tmp_path):
    (tmp_path / "secrets.toml").write_text('SPOTIFY_CLIENT_ID = "from file"\nPUBLIC_URL = "https://tonearm.example/"\n')

    found = settings(tmp_path, SPOTIFY_CLIENT_ID="from environment")

    assert found.spotify_client_id == "from environment"
    assert found.public_url == "https://tonearm.example"
    assert found.is_https


def test_dotenv_wins_over_the_secrets_file_and_the_environment_over_both(tmp_path):
    names = ("SPOTIFY_CLIENT_ID", "SPOTIFY_CLIENT_SECRET", "APP_SECRET_KEY")
    (tmp_path / "secrets.toml").write_text("".join(f'{name} = "toml"\n' for name in names))
    (tmp_path / ".env").write_text("SPOTIFY_CLIENT_ID=dotenv\nSPOTIFY_CLIENT_SECRET='dotenv'\n")

    found = settings(tmp_path, SPOTIFY_CLIENT_ID="environment")

    assert (found.spotify_client_id, found.spotify_client_secret, found.app_secret_key) == (
        "environment",
        "dotenv",
        "toml",
    )


@pytest.mark.parametrize("example", [".env.example", ".streamlit/secrets.toml.example"])
def test_an_example_file_names_every_setting(example):
    read = set(re.findall(r'"([A-Z]+_[A-Z_]+)"', (ROOT / "recsys" / "settings.py").read_text("utf-8")))
    read -= {"XDG_DATA_HOME"}

    named = re.findall(r"^#([A-Z_]+) ?=", (ROOT / example).read_text("utf-8"), re.MULTILINE)

    assert sorted(named) == sorted(read)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"PUBLIC_URL": "http://localhost:8501"}, "http://127.0.0.1:8501"),
        ({"PUBLIC_URL": "http://LOCALHOST:8501"}, "http://127.0.0.1:8501"),
        ({"PUBLIC_URL": "https://tonearm.example/music"}, "root of its host"),
        ({"PUBLIC_URL": "https://tonearm.example?a=b"}, "root of its host"),
        ({"PUBLIC_URL": "https://me@tonearm.example"}, "root of its host"),
        ({"PUBLIC_URL": "http://[::1"}, "PUBLIC_URL must be an address"),
        ({"PUBLIC_URL": "http://127.0.0.1:port"}, "PUBLIC_URL must be an address"),
        ({"PUBLIC_URL": "https://ton earm.example"}, "PUBLIC_URL must name a host"),
        ({"PUBLIC_URL": f"https://{'ä' * 70}.example"}, "PUBLIC_URL must name a host"),
        ({"TONEARM_DATA": "~nobody-of-that-name/data"}, "there is no user “nobody-of-that-name”"),
        ({"SPOTIFY_API_URL": "api.spotify.com"}, "SPOTIFY_API_URL"),
        ({"SUPABASE_URL": "https://x.supabase.co"}, "SUPABASE_PUBLISHABLE_KEY and SUPABASE_SECRET_KEY"),
    ],
)
def test_a_wrong_setting_is_named_in_a_sentence(tmp_path, given, named):
    with pytest.raises(SettingsProblem, match=named):
        settings(tmp_path, **given)


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://tonearm.example/", "https://tonearm.example"),
        ("HTTPS://Tonearm.Example", "https://tonearm.example"),
        ("https://tonearm.example:443", "https://tonearm.example"),
        ("https://tonearm.example:80", "https://tonearm.example:80"),
        ("http://tonearm.example:80", "http://tonearm.example"),
        ("https://tonearm.example:8443 ", "https://tonearm.example:8443"),
        ("http://[::1]:8501", "http://[::1]:8501"),
        ("https://Bücher.example:8443", "https://xn--bcher-kva.example:8443"),
    ],
)
def test_the_public_address_is_what_browsers_send_as_origin(tmp_path, given, origin):
    """Or nobody could log out, and cookies would not be marked Secure."""
    found = settings(tmp_path, PUBLIC_URL=given)

    assert found.public_url == origin
    assert found.is_https == origin.startswith("https")


def test_an_address_may_name_the_version_of_an_interface_as_its_documentation_does(tmp_path):
    found = settings(
        tmp_path, SPOTIFY_API_URL="https://api.spotify.com/v1/", RECCOBEATS_URL="https://api.reccobeats.com/v1"
    )

    assert found.spotify_api_url == "https://api.spotify.com"
    assert found.reccobeats_url == "https://api.reccobeats.com"


def test_a_broken_secrets_file_is_named(tmp_path):
    (tmp_path / "secrets.toml").write_text("SPOTIFY_CLIENT_ID = ")

    with pytest.raises(SettingsProblem, match=r"secrets\.toml is not valid TOML"):
        settings(tmp_path)


def test_secrets_are_not_in_the_repr(tmp_path):
    found = settings(tmp_path, SPOTIFY_CLIENT_SECRET="hush", APP_SECRET_KEY="hush", APP_SECRET_KEY_FORMER="hush")

    assert "hush" not in repr(found)
