"""The taste card as a picture, drawn with Pillow and a font of our own, so that no browser and no network is needed."""

import io
from collections.abc import Mapping, Sequence
from functools import cache
from math import cos, pi, sin
from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image, ImageDraw, ImageFont

from recsys.charts.theme import shortened
from recsys.core.model.features import AUDIO_FEATURES

SIZE: Final = (1200, 630)
"""What messengers and social networks show a picture in."""

SCALE: Final = 2
"""Drawn so much larger and made smaller again: Pillow draws lines without smoothing."""

FONT: Final = Path(__file__).with_name("fonts") / "DejaVuSans.ttf"
CENTRE: Final = (330, 325)
RADIUS: Final = 185
TEXT_LEFT: Final = 700
TEXT_WIDTH: Final = 440
LONGEST_TITLE: Final = 40


class Palette(NamedTuple):
    """Colours of a card: those of the app's theme."""

    background: str
    text: str
    faint: str
    accent: str
    modes: tuple[str, ...]


LIGHT: Final = Palette(
    "#ffffff", "#0d1812", "#c3cdc7", "#15803d", ("#15803d", "#7c3aed", "#c2410c", "#0369a1", "#be185d", "#a16207")
)
DARK: Final = Palette(
    "#0f1512", "#e7efe9", "#3c4a42", "#4ade80", ("#4ade80", "#a78bfa", "#fb923c", "#38bdf8", "#f472b6", "#facc15")
)


def draw_card(
    percentiles: Mapping[str, float],
    modes: Sequence[tuple[float, str | None]],
    sentences: Sequence[str],
    heading: str,
    is_dark: bool = False,
) -> bytes:
    """
    A taste card as PNG, 1200 × 630.

    Parameters
    ----------
    percentiles : mapping of feature name to 0..1
        The radar; an audio feature that is not in it leaves a gap.
    modes : sequence of (share, title or None)
        Largest first; drawn as one bar.
    sentences : sequence of str
    heading : str
        What the card is of: "698 songs".
    is_dark : bool
    """
    palette = DARK if is_dark else LIGHT
    image = Image.new("RGB", (SIZE[0] * SCALE, SIZE[1] * SCALE), palette.background)
    draw = ImageDraw.Draw(image)
    _radar(draw, percentiles, palette)
    _write(draw, (TEXT_LEFT, 60), "Tonearm taste card", 34, palette.accent)
    _write(draw, (TEXT_LEFT, 108), shortened(heading, LONGEST_TITLE), 20, palette.text)
    y = _modes(draw, modes, palette, 165)
    font = _font(20)
    for sentence in sentences:
        # In as many lines as it needs; the empty word at the end flushes the last one.
        y, line = y + 18, ""
        for word in [*_drawable(sentence).split(), ""]:
            longer = f"{line} {word}".strip()
            if word and draw.textlength(longer, font) <= TEXT_WIDTH * SCALE:
                line = longer
                continue
            _write(draw, (TEXT_LEFT, y), line, 20, palette.text)
            y, line = y + 28, word
    content = io.BytesIO()
    image.resize(SIZE, Image.Resampling.LANCZOS).save(content, "PNG", optimize=True)
    return content.getvalue()


def _radar(draw: ImageDraw.ImageDraw, percentiles: Mapping[str, float], palette: Palette) -> None:
    count = len(AUDIO_FEATURES)
    for ring in (0.25, 0.5, 0.75, 1.0):
        points = [_at(number / count, ring) for number in range(count)]
        draw.line([*points, points[0]], palette.faint, 2 * SCALE if ring == 0.5 else SCALE)
    for number, f in enumerate(AUDIO_FEATURES):
        draw.line([_at(0, 0), _at(number / count, 1)], palette.faint, SCALE)
        x, y = _at(number / count, 1.14)
        is_known = f.name in percentiles
        anchor = "mm" if abs(x / SCALE - CENTRE[0]) < 30 else "lm" if x / SCALE > CENTRE[0] else "rm"
        label = f.title if is_known else f"{f.title} ?"
        draw.text((x, y), label, palette.text if is_known else palette.faint, _font(16), anchor=anchor)
    known = [(n / count, percentiles[f.name]) for n, f in enumerate(AUDIO_FEATURES) if f.name in percentiles]
    points = [_at(turn, share) for turn, share in known]
    if len(points) == count:
        draw.line([*points, points[0]], palette.accent, 4 * SCALE, joint="curve")
    for x, y in points:
        draw.circle((x, y), 6 * SCALE, palette.accent)


def _at(turn: float, share: float) -> tuple[float, float]:
    """A point of the radar, clockwise from the top."""
    angle = 2 * pi * turn - pi / 2
    return tuple(SCALE * (c + RADIUS * share * f(angle)) for c, f in zip(CENTRE, (cos, sin), strict=True))  # type: ignore[return-value]


def _modes(draw: ImageDraw.ImageDraw, modes: Sequence[tuple[float, str | None]], palette: Palette, y: int) -> int:
    """The bar of taste modes and their titles; where the text continues."""
    left = float(TEXT_LEFT)
    for (share, _), colour in zip(modes, palette.modes, strict=False):
        right = left + TEXT_WIDTH * share
        draw.rectangle([left * SCALE, y * SCALE, max(right - 2, left) * SCALE, (y + 20) * SCALE], colour)
        left = right
    y += 34
    for (share, title), colour in zip(modes, palette.modes, strict=False):
        if title:
            draw.rectangle([TEXT_LEFT * SCALE, (y + 4) * SCALE, (TEXT_LEFT + 12) * SCALE, (y + 16) * SCALE], colour)
            _write(
                draw,
                (TEXT_LEFT + 22, y),
                shortened(f"{share:.0%} · {_drawable(title)}", LONGEST_TITLE),
                16,
                palette.text,
            )
            y += 26
    return y


def _write(draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size: int, colour: str) -> None:
    draw.text((at[0] * SCALE, at[1] * SCALE), _drawable(text), colour, _font(size))


def _drawable(text: str) -> str:
    """Text on one line: Pillow would break it, and measure a broken one differently."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size * SCALE)
