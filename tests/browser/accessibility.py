"""What keeps a page from anybody who does not see, hear or point as most do: axe-core's rules, and two of our own."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from tests.browser.screen import settled

SIZES = {"desk": {"width": 1366, "height": 900}, "phone": {"width": 390, "height": 844}}
LOOKS = (("phone", "light"), ("phone", "dark"), ("desk", "dark"), ("desk", "light"))
"""In an order that changes one thing at a time and ends as pages begin: on a desk, in the light."""
ON_A_PHONE, ON_A_DESK = LOOKS[:2], LOOKS[2:]
STREAMLITS_OWN = {"presentation-role-conflict": "stFileUploaderDropzone"}
"""Rules that Streamlit's own parts break, with the part of the selector that shows that they are theirs."""
EVERY_RULE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
OF_COLORS = {
    "resultTypes": ["violations"],
    "runOnly": ["cat.color"],
    "rules": {"color-contrast-enhanced": {"enabled": False}},  # beyond AA, and not among `EVERY_RULE` either
}
"""All that a theme can change: what is there, where and by which name is the same in the light and in the dark."""
RULES = {"light": EVERY_RULE, "dark": OF_COLORS}
SMALLEST = 24
"""Pixels that a target of ours is wide and high at least (WCAG 2.2, 2.5.8), also where others are far away."""
OF_OURS = """smallest => {
    const found = []
    const look = (root, isOurs) => {
        for (const element of root.querySelectorAll('*')) {
            if (element.shadowRoot) look(element.shadowRoot, true)
            for (const name of ['aria-label', 'aria-description', 'aria-valuetext', 'alt', 'title', 'placeholder'])
                if (element.getAttribute(name)?.includes('\\\\')) found.push([name, element.getAttribute(name)])
            if (element.matches('button, a, summary, label') && element.textContent.includes('\\\\'))
                found.push(['text', element.textContent])
            if (!isOurs || !element.matches('button, a, input') || !element.checkVisibility({visibilityProperty: true}))
                continue
            const {width, height} = element.getBoundingClientRect()
            if (Math.min(width, height) < smallest) found.push(['target', `${width} x ${height}`, element.outerHTML])
        }
    }
    look(document, false)
    return found
}"""
"""Names that hold backslashes, as Markdown that was escaped and never read; and targets that are too small."""


def at(page, size, scheme):
    """The page in another window, in another theme; it is not loaded again."""
    page.set_viewport_size(SIZES[size])
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.wait_for_function(
        "scheme => getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme === scheme", arg=scheme
    )
    return settled(page)


def violations(page, part, rules):
    """
    What is found in a part of the page five times within four seconds, so that a color half-way through a transition
    is none.
    """
    for _ in range(4):
        if not _violations(page, part, rules):
            return []
        page.wait_for_timeout(1_000)
    return _violations(page, part, rules)


def in_looks(page, looks, part="html"):
    """What is found in each of these looks: by every rule in the light, by those of colors in the dark."""
    found = {look: violations(at(page, *look), part, RULES[look[1]]) for look in looks}
    return {look: problems for look, problems in found.items() if problems}


def in_every_look(page, part="html"):
    """What is found on a desk and on a phone, light and dark, by look; ends on a desk, in the light."""
    return in_looks(page, LOOKS, part)


def tabs_to_the_first_row(page):
    """How often Tab is pressed from the load of the page to the first row of its list."""
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    presses = 1
    while page.evaluate("document.activeElement.shadowRoot?.activeElement?.className") != "head-line":
        page.keyboard.press("Tab")
        presses += 1
        assert presses < 30
    expect(page.locator(".row .head-line").first).to_be_focused()
    return presses


def _violations(page, part, rules):
    """Rule, selector, markup and remedy, without what is Streamlit's own."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("([part, options]) => axe.run(part, options)", [part, rules])["violations"]
    return page.evaluate(OF_OURS, SMALLEST) + [
        [violation["id"], str(node["target"]), node["html"][:200], node["failureSummary"][:300]]
        for violation in found
        for node in violation["nodes"]
        if STREAMLITS_OWN.get(violation["id"], "\0") not in str(node["target"]) + node["html"]
    ]
