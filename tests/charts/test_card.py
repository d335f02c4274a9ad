"""The taste card as a picture."""

import io

import pytest
from PIL import Image

from recsys.charts.card import CENTRE, DARK, FONT, LIGHT, RADIUS, SIZE, draw_card
from recsys.core.model.features import AUDIO_FEATURES

EVERY = {f.name: 0.5 for f in AUDIO_FEATURES}


def drawn(percentiles=EVERY, modes=((0.6, None), (0.4, None)), sentences=("One.",), heading="40 songs", **more):
    return Image.open(io.BytesIO(draw_card(percentiles, modes, sentences, heading, **more)))


def pixels(image, colour):
    wanted = tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return sum(count for count, one in image.getcolors(image.width * image.height) if one == wanted)


@pytest.mark.parametrize(("is_dark", "palette"), [(False, LIGHT), (True, DARK)])
def test_it_is_a_png_in_the_colours_of_its_theme(is_dark, palette):
    image = drawn(is_dark=is_dark)

    assert (image.format, image.size) == ("PNG", SIZE)
    assert image.getpixel((2, 2)) == tuple(int(palette.background[at : at + 2], 16) for at in (1, 3, 5))
    assert pixels(image, palette.modes[1]) > 1_000


def test_modes_take_their_share_of_the_bar():
    bar = drawn(modes=((0.75, None), (0.25, None))).crop((700, 165, 1140, 185))

    assert pixels(bar, LIGHT.modes[0]) == pytest.approx(3 * pixels(bar, LIGHT.modes[1]), rel=0.1)


@pytest.mark.parametrize("share", [0.2, 0.9])
def test_a_point_of_the_radar_is_at_its_percentile(share):
    image = drawn({"danceability": share})

    found, accent = image.getpixel((CENTRE[0], round(CENTRE[1] - RADIUS * share))), image.getpixel((702, 170))
    assert found == pytest.approx(accent, abs=4)  # drawn larger and smoothed


def test_unknown_features_and_hostile_titles_are_drawn_too():
    image = drawn({"energy": 0.9}, ((1.0, "<b>\n\x00\u202e" + "x" * 500),), ("word " * 80, ""))

    assert image.size == SIZE
    assert drawn({}, (), ()).size == SIZE


def test_the_same_card_is_the_same_picture_and_the_font_is_in_the_package():
    assert draw_card(EVERY, (), (), "1") == draw_card(EVERY, (), (), "1")
    assert FONT.exists()
    assert "DejaVu" in (FONT.parent / "LICENSE.txt").read_text("utf-8")
