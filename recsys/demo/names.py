"""Invented names: artists, albums and titles put together from word lists, so that nothing here is anybody's."""

from collections.abc import Sequence
from typing import Final

import numpy as np

VOCABULARY: Final = {
    "adjective": """
        Amber Barefoot Borrowed Brass Brittle Candid Copper Crooked Distant Drowsy Dusty Eastern Feather
        Folded Fourth Frosted Gentle Gilded Glass Half-lit Hidden Hollow Honest Idle Inland Ivory Lantern Late
        Leaning Linen Lopsided Marble Mended Mossy Narrow Northern Numbered Oaken Offshore Ordinary Painted
        Paper Patient Pewter Plain Quiet Restless Salted Second Sleepy Slow Spare Stray Sudden Tangled Thirsty
        Tidal Tin Unsent Upstairs Velveteen Wandering Weathered Western Wicker Winter Wooden Woollen
    """,
    "noun": """
        Almanac Anchor Antler Apron Arbour Atlas Awning Balcony Ballast Barley Beacon Bellows Birch Bonfire
        Boathouse Bracken Bramble Cabin Canal Canopy Carousel Cartwheel Cedar Chimney Cinder Clover Compass
        Corridor Courtyard Cradle Crossing Cupboard Daybreak Doorway Dovecote Driftwood Drizzle Elder Ember
        Envelope Evening Fathom Fern Ferry Fiddle Foothill Footbridge Foxglove Furrow Gable Garland Gazebo
        Glacier Granary Gravel Greenhouse Hammock Harbour Hatchway Hawthorn Haystack Hearth Hedgerow Heron
        Hillside Horizon Inkwell Island Ivy Jetty Juniper Kettle Kiln Kite Ladder Lagoon Larder Lattice
        Lighthouse Lilac Lintel Locket Loom Magpie Mantel Maple Marsh Meadow Mezzanine Milestone Millpond
        Mirror Monsoon Moorland Moth Nettle Notebook Oar Orchard Otter Oxbow Paddock Parasol Parlour Pasture
        Pavilion Pebble Pendulum Peninsula Pier Pinecone Plum Pocket Postcard Prairie Quarry Quilt Rafter
        Railing Rampart Raspberry Rooftop Rosehip Sail Sandbar Sawmill Scaffold Seashell Sextant Shutter Silo
        Skylark Skylight Snowdrift Sparrow Spindle Staircase Stairwell Starling Steeple Suitcase Sundial
        Swallow Tapestry Teacup Thicket Thimble Thistle Tideline Timber Toboggan Tower Trellis Trestle
        Tributary Tulip Turnstile Umbrella Valley Veranda Viaduct Walnut Waterwheel Wharf Willow Windmill
        Windowsill Wren Yarrow
    """,
    "verb": """
        Borrowing Carrying Climbing Counting Crossing Drawing Following Folding Forgetting Gathering Humming
        Leaving Lending Mapping Mending Naming Painting Passing Planting Rowing Sketching Tracing Unfolding
        Waking Winding
    """,
    "keepsake": """
        Almanacs Ballads Blueprints Chapters Diaries Errands Footnotes Fragments Hours Inventories Journeys
        Letters Maps Mornings Murals Nocturnes Outtakes Recipes Rehearsals Rooms Seasons Sessions Sketches
        Stories Weather
    """,
    "place": """
        Aldermoss Brenholt Calvery Dunmarrow Eskerby Fennick Gallowmere Harrowick Ilverston Jasperley Kelmarsh
        Lowpellow Marrendale Nethercombe Ostermere Pellingham Quarrington Ravelstoke Sallowby Tarnfield
        Umberleigh Vennacott Wexcombe Yarrowgate Zennorby
    """,
    "first": """
        Abel Ansa Beryl Bodil Caspar Celka Dario Delphi Edda Emeric Fenna Florin Gisla Gorran Halden Hedda
        Ilse Ivo Joren Junia Kasimir Keziah Lark Linnea Maro Merit Nadir Nilla Odo Orla Pavel Perrin Quill
        Rasmus Romy Saskia Silvan Tavi Tilda Ulla Uriel Veda Viggo Wanda Wystan Yara Ysolde Zeno Zuri
    """,
    "crowd": """
        Almanacs Badgers Barometers Cartographers Clockmakers Corduroys Dandelions Ferrymen Gardeners Herons
        Lanterns Letterboxes Librarians Magpies Mittens Oarsmen Otters Parasols Pigeons Postcards Quilts
        Railings Sextants Sparrows Stargazers Teaspoons Thimbles Tinkers Umbrellas Weathervanes
    """,
    "ensemble": """
        Quartet Trio Ensemble Players Quintet Consort
    """,
    "start": """
        Al Bel Bran Cal Dor El Fal Gren Hal Ist Jor Kel Lin Mar Nor Ost Pel Quor Ran Sel Tor Ul Ver Wes Zan
    """,
    "end": """
        abry andel ardo avik eddin elka enby eridge ettle idane ilow imer ingard omby onda orrin osk uvan
    """,
}
"""The words of each kind. A surname is a start and an end."""

WORDS: Final = {kind: text.split() for kind, text in VOCABULARY.items()}
SLOTS: Final = WORDS | {"noun2": WORDS["noun"]}

TITLE_SHAPES: Final = (
    "{adjective} {noun}",
    "{adjective} {noun}",
    "{adjective} {noun}",
    "{noun} and {noun2}",
    "{noun} at {place}",
    "{place} {noun}",
    "{verb} the {noun}",
    "{verb} {place}",
    "{first}'s {noun}",
    "{adjective} {noun2} {noun}",
    "{noun} or {noun2}",
)
ALBUM_SHAPES: Final = (
    "{adjective} {keepsake}",
    "{place} {keepsake}",
    "{keepsake} from {place}",
    "The {adjective} {noun}",
    "{noun} & {noun2}",
    "{verb} the {noun}",
)
ACT_SHAPES: Final = {
    "solo": ("{first} {start}{end}",),
    "band": ("The {adjective} {crowd}", "{adjective} {crowd}", "{place} {crowd}"),
    "ensemble": ("{start}{end} {ensemble}", "{first} {start}{end}", "{first} {start}{end} {ensemble}"),
    "producer": ("{start}{end}", "{start}{end} & {first}", "{start}{end} {noun}"),
}
"""What the names of artists look like, by kind of act."""


def titles(rng: np.random.Generator, how_many: int) -> list[str]:
    """This many different song titles, such as "Lopsided Orchard" or "Kettle at Ostermere"."""
    return _different(TITLE_SHAPES, rng, how_many)


def albums(rng: np.random.Generator, how_many: int) -> list[str]:
    """This many different album titles, such as "Letters from Vennacott"."""
    return _different(ALBUM_SHAPES, rng, how_many)


def artists(rng: np.random.Generator, kind: str, how_many: int) -> list[str]:
    """This many different artists of one kind of act: "solo", "band", "ensemble" or "producer"."""
    return _different(ACT_SHAPES[kind], rng, how_many)


def _different(shapes: Sequence[str], rng: np.random.Generator, how_many: int) -> list[str]:
    """Fill shapes with words until there are enough names; duplicates are dropped."""
    found: dict[str, None] = {}
    while len(found) < how_many:
        chosen = [shapes[shape] for shape in rng.integers(len(shapes), size=how_many)]
        picked = {kind: rng.choice(words, size=how_many).tolist() for kind, words in SLOTS.items()}
        for shape, *words in zip(chosen, *picked.values(), strict=True):
            slots = dict(zip(picked, words, strict=True))
            if slots["noun"] != slots["noun2"]:
                found[shape.format(**slots)] = None
    return list(found)[:how_many]
