"""The taste card on the taste page: as a picture or a file to download, and somebody else's to compare with."""

from collections.abc import Iterator

import streamlit as st

from recsys.charts.card import draw_card
from recsys.charts.comparison import comparison, comparison_in_words
from recsys.core.insights.summary import describe
from recsys.core.insights.wording import counted
from recsys.errors import TonearmError, UnreadableFile
from recsys.services.taste_card import MOST_BYTES, TasteCard, from_json, taste_card, to_json
from recsys.ui.parts import problems
from recsys.ui.parts.charts import figure
from recsys.ui.parts.downloads import Download, download_panel
from recsys.ui.parts.text import plain
from recsys.ui.parts.upload import accepted
from recsys.ui.session import ListenerSession


def card_panel(session: ListenerSession) -> None:
    """Make a card of the library, or look at one that another listener shared."""
    st.subheader("Taste card", anchor=False)
    st.caption("Your taste as a picture or a small file: totals only, no song unless you tick titles.")
    with_titles = st.toggle("Name one song of each taste", key="card_titles")
    try:
        card = taste_card(
            session.library,
            session.catalogue.sample,
            session.modes,
            with_titles=with_titles,
            note=session.library_note,
        )
    except TonearmError as problem:
        st.caption(plain(problem))
        return

    def files() -> Iterator[Download]:
        yield Download("Light picture", "card_png", _picture(card, False), "tonearm-taste.png", "image/png")
        yield Download("Dark picture", "card_png_dark", _picture(card, True), "tonearm-taste-dark.png", "image/png")
        yield Download("Card for Tonearm", "card_json", to_json(card), "tonearm-taste.json", "application/json")

    download_panel("Download the card", "card_files", files)
    _other_card(session)


def _picture(card: TasteCard, is_dark: bool) -> bytes:
    percentiles = {str(name): standing.percentile for name, standing in card.radar.items()}
    modes = [(mode.share, mode.title) for mode in card.modes]
    heading = counted(card.songs, "song") + (f" · {card.note}" if card.note else "")
    return draw_card(percentiles, modes, card.sentences, heading, is_dark)


def _other_card(session: ListenerSession) -> None:
    """Compare with a card; it is not stored."""
    file = accepted(st.file_uploader("Compare with somebody’s taste card", type=["json"], key="card_upload"))
    if file is None:
        return
    with problems.shown():
        if file.size > MOST_BYTES:
            raise UnreadableFile(f"“{file.name}” is larger than {MOST_BYTES >> 10} kB, which no taste card is.")
        theirs = from_json(file.getvalue(), file.name)
        mine, names = describe(session.library, session.catalogue.sample), ("You", "Their card")
        words = comparison_in_words(mine, theirs.described(), names)
        figure(comparison(mine, theirs.described(), names), words, "card_comparison")
        st.caption(plain(words))
        for sentence in theirs.sentences:
            st.caption(f"Their card: {plain(sentence)}")
