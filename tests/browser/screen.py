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


def settled(page):
    """Wait until the page is drawn to its end: the script has begun (it lists the pages) and ended."""
    expect(page.get_by_test_id("stSidebarNavLink").first).to_be_attached()
    expect(page.locator("[data-test-connection-state=CONNECTED][data-test-script-state=notRunning]")).to_be_attached()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    return page


def go(page, name):
    """Follow a link of the sidebar's navigation."""
    page.get_by_test_id("stSidebarNavLink").filter(has_text=name).click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    return settled(page)


def move_slider(page, name, key):
    """Press a key on the slider whose label begins with a name, so that it moves, and wait for what that changes."""
    slider = page.get_by_role("slider", name=name).first
    page.evaluate(WATCH)
    slider.press(key)
    page.evaluate("ran")
    return settled(page)


def options_of(page, name):
    """What a select box offers. It is opened again when the page, redrawn at that moment, shuts it."""
    options = page.get_by_role("option")
    for _ in range(10):
        page.get_by_role("combobox", name=name).press("ArrowDown")
        page.wait_for_timeout(200)
        if offered := options.all_inner_texts():
            page.keyboard.press("Escape")
            return offered
    raise AssertionError(f"“{name}” offers nothing.")
