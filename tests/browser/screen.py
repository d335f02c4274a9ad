"""What the browser tests do on a page: wait until it is settled, follow a link, move a slider."""

from playwright.sync_api import expect

WATCH = """void (window.ran = new Promise(resolve => {
    const app = document.querySelector('[data-testid=stApp]')
    let hasBegun = false
    new MutationObserver(() => {
        const isRunning = app.dataset.testScriptState !== 'notRunning'
        hasBegun ||= isRunning
        if (hasBegun && !isRunning) { resolve() }
    }).observe(app, {attributeFilter: ['data-test-script-state']})
    setTimeout(resolve, 5000)
}))"""
"""Makes `ran` end with the next run of the script, or after five seconds: a very short run is not seen."""


CALMER = "calm to intense"
"""The name of the aim of energy, beside the slider of its weight."""


def settled(page):
    """Wait until the page is drawn to its end: the script has begun (it lists the pages) and ended."""
    expect(page.get_by_test_id("stSidebarNavLink").first).to_be_attached()
    expect(page.locator("[data-test-connection-state=CONNECTED][data-test-script-state=notRunning]")).to_be_attached()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    return page


def press(page, locator):
    """Press something that makes the server answer, and wait for the answer."""
    page.evaluate(WATCH)
    locator.click()
    page.evaluate("ran")
    return settled(page)


def go(page, name):
    """Follow a link of the sidebar's navigation."""
    page.get_by_test_id("stSidebarNavLink").filter(has_text=name).click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    return settled(page)


def in_view(page, heading):
    """Scroll a heading to the top, so that what is below it is drawn."""
    page.get_by_role("heading", name=heading).evaluate("heading => heading.scrollIntoView()")


def move_slider(page, name, key, what="how much it counts"):
    """Press a key on a slider of the mixer, so that it moves, and wait for what that changes."""
    slider = page.get_by_role("slider", name=f"{name}: {what}")
    page.evaluate(WATCH)
    slider.press(key)
    page.evaluate("ran")
    return settled(page)


def listed_titles(page):
    """The titles of the ranked list, best first, once it is drawn."""
    expect(page.locator(".row .name").first).to_be_visible()
    return page.locator(".row .name").all_inner_texts()
