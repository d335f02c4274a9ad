// In the page from its first byte on, as page.css (recsys/web/page_styles.py), and allowed by its hash alone.

// In a narrow window the sidebar lies over the page. Streamlit closes it after a choice on a phone, which it knows by its
// user agent, and in any narrow window after a press beside it: so a choice counts as such a press.
addEventListener("click", (event) => {
  if (!matchMedia("(max-width: 768px)").matches || !event.target.closest?.("[data-testid=stSidebarNavLink]")) return;
  document.querySelector("[data-testid=stMain]")?.dispatchEvent(new MouseEvent("mousedown", { bubbles: true }));
});

// The settings open at the foot of the mixer, which scrolls by itself: they are brought into sight as they are drawn.
const settings = new ResizeObserver((entries) => entries.forEach(({ target }) => target.scrollIntoView({ block: "nearest" })));
addEventListener(
  "toggle",
  ({ target }) => {
    if (!target.open || !target.closest?.(".st-key-steering")) return;
    settings.observe(target);
    setTimeout(() => settings.unobserve(target), 2000);
  },
  true,
);
