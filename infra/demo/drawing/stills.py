"""Wide still lifes: several things on one table, for the home page and the categories."""

from __future__ import annotations

from dataclasses import dataclass

from infra.demo.drawing import grounds
from infra.demo.drawing.canvas import Canvas
from infra.demo.drawing.kinds import Look
from infra.demo.drawing.palette import rgb
from infra.demo.drawing.registry import KINDS


@dataclass(frozen=True)
class Item:
    """One thing of a still life, drawn with its foot at (x, y)."""

    kind: str
    x: float
    y: float
    scale: float
    colours: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Still:
    """A backdrop and the things in front of it, from the back to the front.

    `shapes` are painted on the wall: ("arch" or "disc", colour, x, half the width, top or middle). `window` is where
    the light of a window falls. A `horizon` of 0 makes it a surface seen from above.
    """

    ground: str
    items: tuple[Item, ...]
    horizon: float = 690
    shapes: tuple[tuple[str, str, float, float, float], ...] = ()
    window: tuple[float, float, float] | None = None


def paint(canvas: Canvas, still: Still) -> None:
    """Draw a still life."""
    if still.horizon:
        grounds.standing(canvas, still.ground, still.horizon)
    else:
        grounds.surface(canvas, still.ground)
    for form, colour, x, half, top in still.shapes:
        if form == "arch":
            grounds.arch(canvas, rgb(colour), x, half, top, still.horizon)
        else:
            grounds.disc(canvas, rgb(colour), x, top, half)
    if still.window:
        grounds.window_light(canvas, still.ground, *still.window)
    for item in still.items:
        kind = KINDS[item.kind]
        with canvas.thing(item.x, item.y, item.scale, kind.place):
            kind.draw(canvas, Look(item.colours, dict(item.options)))


HERO = Still(
    "peach",
    (
        Item("pendant", 1190, 226, 0.58, ("rust",)),
        Item("bowlplanter", 1622, 770, 0.8, ("chalk",), (("plant", "monstera"), ("size", "0.95"))),
        Item("vase", 985, 768, 0.7, ("ink",), (("form", "moon"), ("stems", "eucalyptus"), ("finish", "plain"))),
        Item("plinth", 1330, 800, 0.68, ("chalk",)),
        Item("teapot", 1330, 822, 0.72, ("moss",)),
        Item("candlestick", 770, 826, 0.5, ("cream", "rust", "mustard")),
        Item("mug", 1120, 908, 0.46, ("mustard",)),
        Item("fruit", 1570, 916, 0.72),
    ),
    700,
    (("arch", "apricot", 1330, 330, 150), ("disc", "butter", 985, 140, 420)),
)

CATEGORIES: dict[str, Still] = {
    "tableware": Still(
        "sage",
        (
            Item("platestack", 1030, 800, 0.72, ("chalk", "sage", "oat")),
            Item("jug", 420, 800, 0.92, ("chalk",)),
            Item("vase", 720, 770, 0.8, ("terracotta",), (("form", "moon"), ("stems", "branch"))),
            Item("mug", 1030, 718, 0.5, ("ink",)),
            Item("nesting", 600, 900, 0.56, ("oat", "blush", "rust")),
        ),
        shapes=(("arch", "mist", 760, 300, 110),),
    ),
    "mugs-and-cups": Still(
        "butter",
        (
            Item("mug", 480, 780, 0.84, ("oat",), (("dip", "yes"),)),
            Item("mug", 1060, 780, 0.84, ("rust",)),
            Item("teabowl", 330, 890, 0.6, ("teal",)),
            Item("espresso", 800, 880, 0.8, ("chalk",)),
        ),
        shapes=(("disc", "apricot", 770, 290, 420),),
    ),
    "plates-and-bowls": Still(
        "blush",
        (
            Item("cloth", 1040, 540, 0.86, ("chalk", "sage")),
            Item("plate", 1060, 520, 0.98, ("oat", "rust")),
            Item("plate", 420, 380, 0.84, ("sage", "sage")),
            Item("plate", 560, 730, 0.62, ("ink", "ink")),
            Item("sprig", 1380, 830, 0.7),
        ),
        0,
    ),
    "jugs-and-vases": Still(
        "clay",
        (
            Item("vase", 760, 780, 0.98, ("chalk",), (("form", "bottle"), ("ribs", "yes"), ("finish", "plain"))),
            Item("jug", 1080, 800, 0.82, ("ink",)),
            Item("vase", 470, 810, 0.84, ("mustard",), (("form", "tall"), ("stems", "branch"))),
            Item("vase", 910, 890, 0.7, ("rust",), (("form", "bud"),)),
        ),
        shapes=(("arch", "blush", 780, 330, 90),),
    ),
    "kitchen": Still(
        "mint",
        (
            Item("kettle", 1040, 800, 0.92, ("mustard",)),
            Item("dripper", 400, 800, 0.9, ("chalk",)),
            Item("mills", 1340, 850, 0.66),
            Item("casserole", 690, 860, 0.76, ("brick",)),
        ),
        window=(180, 90, 1.5),
    ),
    "furniture": Still(
        "linen",
        (
            Item("mirror", 420, 320, 0.44, ("brass",)),
            Item("floorlamp", 1290, 790, 0.88, ("oak",)),
            Item("sofa", 760, 850, 1.08, ("teal", "oak", "mustard")),
            Item("sidetable", 270, 880, 0.6, ("walnut",)),
            Item("mug", 270, 604, 0.14, ("rust",)),
        ),
        720,
        shapes=(("arch", "blush", 1080, 270, 120),),
    ),
    "seating": Still(
        "mint",
        (
            Item("chair", 380, 800, 0.86, ("oak", "oat")),
            Item("stool", 1180, 850, 0.74, ("walnut",)),
            Item("armchair", 790, 860, 0.98, ("blush",)),
        ),
        shapes=(("disc", "butter", 800, 300, 400),),
    ),
    "tables": Still(
        "peach",
        (
            Item("desk", 520, 800, 0.98, ("oak", "sage")),
            Item("desklamp", 360, 332, 0.34, ("forest",)),
            Item("bookpile", 600, 334, 0.4),
            Item("coffeetable", 1100, 890, 0.88, ("chalk", "oak")),
        ),
        window=(920, 90, 1.5),
    ),
    "storage-and-mirrors": Still(
        "clay",
        (
            Item("longmirror", 1130, 830, 0.88, ("oak",)),
            Item("shelf", 560, 350, 1.0, ("oak",)),
            Item("basket", 480, 890, 0.62, ("ash", "chalk")),
            Item("stool", 800, 880, 0.56, ("walnut",)),
        ),
        760,
    ),
    "lighting": Still(
        "night",
        (
            Item("pendant", 430, 330, 0.7, ("rust",)),
            Item("globe", 960, 270, 0.56, ("paper",)),
            Item("mushroom", 1190, 860, 0.84, ("apricot",)),
            Item("candlestick", 560, 860, 0.62, ("cream", "rust", "sage")),
        ),
        740,
    ),
    "textiles-and-bath": Still(
        "sky",
        (
            Item("towel", 290, 360, 0.72, ("chalk", "rust")),
            Item("basket", 1180, 830, 0.8, ("ash", "chalk")),
            Item("cushion", 620, 820, 0.86, ("rust", "cream"), (("pattern", "stripe"),)),
            Item("cushion", 850, 880, 0.72, ("mustard", "cream"), (("pattern", "arcs"),)),
        ),
        720,
    ),
    "plants-and-garden": Still(
        "butter",
        (
            Item("hanging", 1240, 330, 0.62, ("chalk",)),
            Item("legplanter", 330, 810, 0.84, ("ink", "oak")),
            Item("planter", 640, 830, 0.86, ("terracotta",), (("plant", "rubber"),)),
            Item("wateringcan", 1060, 870, 0.84, ("forest",)),
        ),
        shapes=(("arch", "sage", 660, 300, 90),),
    ),
    "bags": Still(
        "lilac",
        (
            Item("umbrella", 360, 790, 0.9, ("mustard", "oak")),
            Item("backpack", 1190, 810, 0.84, ("moss",)),
            Item("weekender", 760, 870, 0.88, ("navy",)),
        ),
        shapes=(("disc", "blush", 780, 280, 420),),
    ),
    "desk-and-paper": Still(
        "chalk",
        (
            Item("tray", 420, 310, 0.86, ("walnut",)),
            Item("notebook", 830, 470, 0.98, ("teal", "cream", "oat")),
            Item("letters", 1220, 330, 0.62, ("sage", "blush", "cream")),
            Item("scissors", 1250, 730, 0.62, ("brass",)),
            Item("pouch", 400, 760, 0.66, ("rust", "cream"), (("pattern", "stripe"),)),
        ),
        0,
    ),
}
