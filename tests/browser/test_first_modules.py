"""A server that nobody has been at yet answers for every module that its pages name."""

import re

import pytest

from tests.browser.screen import settled
from tests.browser.server import Server

pytestmark = pytest.mark.browser


def test_the_first_visitor_gets_every_module_once_and_without_a_word_in_the_console(tmp_path, stranger):
    with Server(tmp_path) as server:
        page, failed, said = stranger(), [], []
        page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
        page.on("console", lambda message: said.append(message.text) if "preload" in message.text else None)
        page.goto(f"{server.url}/taste")
        settled(page).locator(".outline.you").wait_for()

        loaded = page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
        ours = [address for address in loaded if re.search(r"tonearm\.(radar|headlines|strip)/", address)]
        assert len(ours) == len(set(ours)) == 7
        assert not [address for address in failed if address.endswith(".js")]
        assert said == []  # such as that a module was loaded in vain
