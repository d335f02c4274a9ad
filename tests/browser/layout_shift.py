"""How much of what is already on the screen a page moves while it loads (https://web.dev/articles/cls)."""

from tests.browser.chromium import stranger_in
from tests.browser.screen import settled

LIMIT = 0.05
SIZES = ((390, 844), (1366, 900))
WATCH = """
window.shift = 0
new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value
}).observe({type: 'layout-shift', buffered: true})
"""
"""Adds up the cumulative layout shift of the page as Chromium reports it."""


def shifts(browser, address, size):
    """The layout shift of a page at its first load, and once its files are in the browser's cache."""
    page = stranger_in(browser)
    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    page.add_init_script(WATCH)
    found = []
    for _ in ("cold", "warm"):
        page.goto(address)
        settled(page)
        page.wait_for_function("document.fonts.status === 'loaded'")
        page.evaluate("new Promise(resolve => requestIdleCallback(resolve))")
        found.append(page.evaluate("shift"))
    page.context.close()
    return found
