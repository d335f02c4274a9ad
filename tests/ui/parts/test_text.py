"""Text from outside is shown as text, whatever it contains."""

import re
from datetime import UTC, datetime

import pytest

from recsys.core.insights.wording import counted
from recsys.ui.parts.text import _on_clock, plain


@pytest.mark.parametrize(
    "hostile", ["**bold**", "[a](javascript:alert(1))", "<img src=x>", "$x$", "# head", ":red[x]", "`c`"]
)
def test_markdown_and_html_lose_their_meaning(hostile):
    shown = plain(hostile)

    assert shown.replace("\\", "") == hostile
    assert all(f"\\{character}" in shown for character in set(hostile) & set("*[]<>$#`:()"))


def test_a_text_stays_on_one_line():
    assert plain("one\n\n# two\tthree") == "one \\# two three"


@pytest.mark.parametrize(
    "address", ["http://evil.example", "HTTPS://evil.example", "www.evil.example", "me@evil.example"]
)
def test_an_address_in_a_title_is_no_link(address):
    shown = plain(f"Song ({address})").replace("\\", "")

    assert not re.search(
        r"(https?://|www(?=\.))[-.\w]+|[-.\w+]+@[-\w]+\.[-\w]+", shown, re.IGNORECASE
    )  # GitHub's autolinks
    assert shown.replace("\N{WORD JOINER}", "") == f"Song ({address})"


def test_a_title_does_not_turn_the_words_after_it():
    assert plain("\u202eevil\u2067") + " by me" == "evil by me"


def test_numbers_agree_with_their_noun():
    assert counted(1, "track") == "1 track"
    assert counted(1234, "track") == "1,234 tracks"
    assert counted(2, "play in history", "plays in history") == "2 plays in history"


def test_a_moment_is_shown_on_the_listeners_own_clock():
    moment = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)

    assert _on_clock(moment, "Europe/Berlin") == "24 November, 06:30"


@pytest.mark.parametrize("zone", [None, "", "Nowhere/Land", "../../etc/passwd", "/etc/passwd", "\0"])
def test_a_zone_nobody_knows_becomes_utc_and_says_so(zone):
    moment = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)

    assert _on_clock(moment, zone) == "24 November, 05:30 UTC"
