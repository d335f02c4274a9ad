"""The API's documentation in a real browser, under the app's own Content-Security-Policy."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_the_documentation_asks_no_other_host_and_tries_the_api(stranger, server):
    page = stranger()
    hosts, complaints = set(), []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)

    page.goto(f"{server.url}/api/docs")
    operation = page.locator("#operations-default-health")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()

    expect(operation.locator(".live-responses-table .microlight").first).to_contain_text('"status": "ok"')
    assert hosts - {""} == {urlsplit(server.url).netloc}
    assert complaints == []
