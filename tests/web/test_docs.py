"""The documentation of the API works in a browser that is given nothing but our own files."""

import re

from tests.web.conftest import PAGE


def test_the_page_and_all_its_files_are_served_from_here_without_inline_script(browser):
    page = browser.get("/api/docs", headers=PAGE)
    addresses = re.findall(r'(?:src|href)="([^"]*)"', page.text)

    assert page.status_code == 200
    assert re.findall(r"<script[^>]*>([^<]+)</script>|\son\w+=", page.text) == []
    assert all(address.startswith("/") for address in addresses)
    for address in [address for address in addresses if address.startswith("/api/")]:
        answer = browser.get(address)
        assert answer.status_code == 200
        assert len(answer.content) > 100
        assert answer.headers["content-type"].startswith(("text/javascript", "text/css"))


def test_the_page_reads_the_document_of_this_server(browser):
    address = re.search(r'url: "([^"]+)"', browser.get("/api/docs/start.js").text).group(1)
    assert browser.get(address).json()["info"]["title"] == "Tonearm"


def test_a_file_that_is_not_there_is_not_found(browser):
    assert browser.get("/api/docs/files/nothing.js").status_code == 404
    assert browser.get("/api/docs/files/..%2f..%2f__init__.py").status_code == 404
