"""What a test says about the sliders, in sentences, also where it proves nothing."""

from typing import Final

from recsys.core.evaluation.metrics import Interval
from recsys.core.evaluation.proof import CHANCE, OURS, TEXTBOOK, TUNED, Proof

NAMES: Final = {TEXTBOOK: "a basic recommender", CHANCE: "pure luck"}


def found(proof: Proof) -> str:
    """How many hidden songs came back, beside the textbook and chance."""
    return (
        f"We hid {proof.hidden:,} of your songs. Your settings found **{number(proof.found[OURS].mean)}** in the first "
        f"50 of {proof.candidates:,}, a basic recommender {number(proof.found[TEXTBOOK].mean)}, pure luck "
        f"{number(proof.chance)}."
    )


def verdicts(proof: Proof) -> list[tuple[bool, str]]:
    """
    A sentence against the textbook and one against chance, each with whether the result favours the sliders.

    The mean difference is not repeated: beside the two means of `found`, each rounded, it would not always add up.
    """
    says = []
    for method, other in NAMES.items():
        more = proof.more[method]
        if more.low > 0:
            says.append((True, f"More than {other}, and not by luck ({_interval(more)})."))
        elif more.high < 0:
            says.append((False, f"On your library **{other} does better** ({_interval(more)})."))
        else:
            songs = f"as far as your {proof.songs:,} songs can tell"
            sentence = f"**No better than {other}**, {songs}: the difference may be luck ({_interval(more)})."
            says.append((False, sentence))
    return says


def tuned(proof: Proof) -> tuple[bool, str]:
    """What tuning brought on the half it never saw, and whether that is more than luck."""
    before, after, more = proof.found[OURS], proof.found[TUNED], proof.more[OURS]
    counted = (
        f"On the other half of your library, the tuned settings found {number(after.mean)} of {proof.hidden:,} hidden "
        f"songs in the first 50, your settings {number(before.mean)}."
    )
    if more.low > 0:
        return True, f"{counted} That is better, and not by luck ({_interval(more)})."
    if more.mean <= 0:
        return False, f"{counted} **Keep your sliders**: tuning brought nothing ({_interval(more)})."
    return False, f"{counted} **That may be luck** ({_interval(more)}); your settings are as good a choice."


def _interval(more: Interval) -> str:
    return f"95% interval of the difference {signed(more.low)} to {signed(more.high)}"


def number(songs: float) -> str:
    """A number of songs: one decimal where it matters, and more for less than a tenth of a song."""
    if 0 < abs(songs) < 0.095:
        return f"{songs:.1g}"
    return f"{songs:,.1f}" if abs(songs) < 100 else f"{songs:,.0f}"


def signed(songs: float) -> str:
    """The same with its sign; a true minus, and no sign before zero."""
    text = number(abs(songs))
    if float(text.replace(",", "")) == 0:
        return text
    return f"−{text}" if songs < 0 else f"+{text}"
