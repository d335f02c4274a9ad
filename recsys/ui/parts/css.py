"""What Streamlit's theme has no setting for."""

from typing import Final

LOOK: Final = """<style>
.js-plotly-plot text { fill: currentColor !important }
.js-plotly-plot .hovertext path { fill: light-dark(#fff, #0f1512) !important }
[data-testid=stBaseButton-primary] * { color: light-dark(#fff, #0f1512) }
[data-testid=stMainBlockContainer] { padding: 1.6rem clamp(1rem, 2.4vw, 2.6rem) 4rem; max-width: 1720px }
[data-testid=stHeader] { background: none; pointer-events: none } [data-testid=stHeader] * { pointer-events: auto }
.st-key-taster { min-height: 348px } @media (max-width: 760px) { .st-key-taster { min-height: 500px } }
[data-testid=stMainBlockContainer] h2 { font-size: 1.25rem; padding: .3rem 0 }
[data-testid=stMainBlockContainer] h1 { font-size: 1.6rem; padding: 0 0 .2rem }
@media (max-width: 760px) { [data-testid=stMainBlockContainer] { padding-top: 3.4rem } }
[data-testid=stElementToolbarButton]:has([aria-label^="Download as CSV"]) { display: none }
</style>"""
"""
Text in figures takes the page's own colour: Streamlit gives it a grey of 3.7:1 against white, below the 4.5:1 of WCAG
2.2 (1.4.3), and does not draw figures again when a listener changes between light and dark. The main buttons are
written on in white, which on a dark page's green is 3.2:1. A table's own CSV button writes titles as they are, which
a spreadsheet may run as formulas, and does not say “demo data”: ours below the tables do better. Titles and paddings
are small: the first screen belongs to what the page is for.
"""
