"""Backdrops: a wall and a table, or one surface seen from above, in quiet colours with light from the upper left."""

from dataclasses import dataclass

from PIL import Image

from infra.demo.drawing.canvas import Canvas
from infra.demo.drawing.paint import Radial, Ramp, down
from infra.demo.drawing.palette import RGB, brightness, mix, shade, tint
from infra.demo.drawing.shapes import arc, ellipse, polygon, rect

HORIZON = 700.0


@dataclass(frozen=True)
class Ground:
    """The colours of a backdrop."""

    wall: RGB
    table: RGB


GROUNDS: dict[str, Ground] = {
    "linen": Ground((239, 230, 216), (225, 211, 190)),
    "chalk": Ground((241, 238, 231), (226, 220, 210)),
    "blush": Ground((241, 217, 206), (228, 195, 181)),
    "peach": Ground((246, 214, 184), (233, 191, 156)),
    "butter": Ground((245, 226, 178), (233, 207, 150)),
    "sage": Ground((214, 221, 202), (193, 204, 180)),
    "mint": Ground((211, 226, 217), (188, 208, 197)),
    "sky": Ground((209, 223, 230), (186, 205, 215)),
    "dusk": Ground((203, 206, 222), (181, 184, 205)),
    "lilac": Ground((224, 214, 227), (205, 192, 211)),
    "clay": Ground((222, 178, 152), (203, 153, 125)),
    "stone": Ground((216, 211, 203), (196, 189, 179)),
    "olive": Ground((205, 203, 168), (184, 181, 142)),
    "pine": Ground((72, 98, 88), (58, 81, 73)),
    "night": Ground((70, 76, 98), (56, 61, 81)),
    "cocoa": Ground((118, 88, 76), (98, 71, 61)),
}


def standing(canvas: Canvas, name: str, horizon: float = HORIZON) -> None:
    """A wall and a table in front of it."""
    ground, breadth = GROUNDS[name], canvas.breadth
    _wall(canvas, ground, horizon + 12)
    edge = rect(-10, horizon, breadth + 10, 1010)
    canvas.soft(rect(-60, horizon - 8, breadth + 60, horizon + 8), shade(ground.wall, 0.5), 9, 0.22)
    table = canvas.fill(edge, down(tint(ground.table, 0.2), ground.table, shade(ground.table, 0.07)))
    canvas.fill(
        rect(-10, horizon, breadth + 10, horizon + 2.2), tint(ground.table, 0.5), 0.7 * brightness(ground.table)
    )
    canvas.soft(
        ellipse(breadth * 0.24, horizon + 110, breadth * 0.36, 90),
        tint(ground.table, 0.6),
        60,
        0.5 * brightness(ground.table) ** 1.5,
        table,
    )


def wall_only(canvas: Canvas, name: str) -> None:
    """A wall."""
    _wall(canvas, GROUNDS[name], 1010)


def surface(canvas: Canvas, name: str) -> None:
    """One surface, seen from above."""
    ground = GROUNDS[name]
    base = mix(ground.wall, ground.table, 0.4)
    _spread(canvas, Ramp(((0.0, tint(base, 0.35)), (0.55, base), (1.0, shade(base, 0.1))), 48), 1010)


def _wall(canvas: Canvas, ground: Ground, bottom: float) -> None:
    wall = ground.wall
    stops = ((0.0, tint(wall, 0.55 * brightness(wall) ** 1.6)), (0.5, wall), (1.0, shade(wall, 0.11)))
    _spread(canvas, Radial(stops, 0.26, 0.26, 1.05), bottom)


def _spread(canvas: Canvas, paint: Ramp | Radial, bottom: float) -> None:
    size = (canvas.image.width, min(canvas.image.height, round(bottom * canvas.unit)))
    canvas.image.paste(paint.image().resize(size, Image.Resampling.BICUBIC), (0, 0))


def window_light(canvas: Canvas, name: str, x: float, y: float, size: float = 1.0) -> None:
    """The light of a window with four panes, aslant on the wall."""
    light = tint(GROUNDS[name].wall, 0.75)
    for column in range(2):
        for row in range(2):
            left, top = x + column * 118 * size, y + row * 168 * size + column * 26 * size
            pane = polygon(
                (left, top),
                (left + 104 * size, top + 23 * size),
                (left + 104 * size, top + 175 * size),
                (left, top + 152 * size),
            )
            canvas.soft(pane, light, 5, 0.55)


def arch(canvas: Canvas, colour: RGB, x: float, half: float, top: float, horizon: float = HORIZON) -> None:
    """A painted arch on the wall that ends at the table."""
    outline = polygon(*arc(x, top + half, half, half, 180, 360), (x + half, horizon), (x - half, horizon))
    canvas.fill(outline, Ramp(((0.0, tint(colour, 0.22)), (1.0, shade(colour, 0.08))), 60))


def disc(canvas: Canvas, colour: RGB, x: float, y: float, radius: float) -> None:
    """A painted disc on the wall."""
    canvas.fill(ellipse(x, y, radius), Ramp(((0.0, tint(colour, 0.25)), (1.0, shade(colour, 0.08))), 60))
