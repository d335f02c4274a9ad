"""A shared link leads back to where the app is reached."""

import pytest

from recsys.settings import Settings
from recsys.ui.recommend.share import shared_origin


@pytest.mark.parametrize(
    ("public_url", "here", "origin"),
    [
        (None, "http://127.0.0.1:8533/recommend", "http://127.0.0.1:8533"),
        (None, "http://192.168.1.20:8501/", "http://192.168.1.20:8501"),
        (None, None, "http://127.0.0.1:8501"),
        (None, "javascript:alert(1)", "http://127.0.0.1:8501"),
        ("https://tonearm.example", "http://10.0.0.3:8501/recommend", "https://tonearm.example"),
    ],
)
def test_a_link_begins_with_the_owners_address_or_else_the_browsers(tmp_path, public_url, here, origin):
    given = {"TONEARM_DATA": str(tmp_path)} | ({"PUBLIC_URL": public_url} if public_url else {})
    settings = Settings.from_environment(given, tmp_path / "none.toml", tmp_path / "none.env")

    assert shared_origin(settings, here) == origin
