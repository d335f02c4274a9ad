"""What the browser tests do on a page: wait until it is settled, follow a link, move a slider."""

from playwright.sync_api import expect


def settled(page):
    """Wait until the script has run and nothing is left to be drawn."""
    page.wait_for_timeout(250)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0)
    page.wait_for_timeout(120)
    return page


def go(page, name):
    """Follow a link of the sidebar's navigation."""
    page.get_by_test_id("stSidebarNavLink").filter(has_text=name).click()
    return settled(page)


def move_slider(page, name, key, times=1):
    """Press a key on the slider whose label begins with a name."""
    slider = page.get_by_role("slider", name=name).first
    slider.focus()
    for _ in range(times):
        slider.press(key)
    return settled(page)
