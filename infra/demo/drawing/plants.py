"""Leaves, stems and whole plants, to be put into pots and vases."""

import math

from infra.demo.drawing.canvas import Canvas
from infra.demo.drawing.paint import Ramp
from infra.demo.drawing.palette import RGB, mix, rgb, shade, tint
from infra.demo.drawing.shapes import Shape, blob, curve, ellipse, leaf, smooth


def one_leaf(canvas: Canvas, x: float, y: float, length: float, width: float, degrees: float, colour: RGB) -> None:
    """A leaf with a lit half, a shaded half and a midrib."""
    whole = leaf(x, y, length, width, degrees)
    lit = Ramp(((0, tint(colour, 0.22)), (0.55, colour), (1, shade(colour, 0.28))), 50)
    region = canvas.fill(whole, lit)
    canvas.rim(region, 2.5, tint(colour, 0.7), 0.35)
    angle = math.radians(degrees)
    tip = (x + math.sin(angle) * length * 0.92, y - math.cos(angle) * length * 0.92)
    side = leaf(x, y, length, width, degrees) - leaf(
        x - math.cos(angle) * width * 0.5, y - math.sin(angle) * width * 0.5, length, width, degrees
    )
    canvas.soft(side, shade(colour, 0.7), 3, 0.22, region)
    canvas.fill(curve((x, y), tip, width=max(1.6, width * 0.045), end_width=0.8), tint(colour, 0.35), 0.6)


def branch(canvas: Canvas, x: float, y: float, size: float) -> None:
    """Two thin twigs with small leaves."""
    green = rgb("leaf")
    for lean, height in ((-0.42, 330), (0.3, 290)):
        points = [(x, y), (x + lean * 120 * size, y - height * 0.5 * size), (x + lean * 330 * size, y - height * size)]
        canvas.fill(curve(*points, width=8 * size, end_width=3 * size), shade(rgb("walnut"), 0.1))
        path = smooth(points)
        for index in range(5, len(path), 3):
            px, py = path[index]
            side = 1 if index % 2 else -1
            tone = mix(green, rgb("fern"), (index % 4) / 4)
            one_leaf(canvas, px, py, 78 * size, 36 * size, side * 58 + lean * 50, tone)
        one_leaf(canvas, *path[-1], 80 * size, 34 * size, lean * 60, green)


def eucalyptus(canvas: Canvas, x: float, y: float, size: float) -> None:
    """Three stems with round silvery leaves."""
    tone = mix(rgb("sage"), rgb("teal"), 0.28)
    for lean, height in ((-0.5, 260), (0.5, 250), (0.02, 330)):
        points = [(x, y), (x + lean * 100 * size, y - height * 0.55 * size), (x + lean * 330 * size, y - height * size)]
        canvas.fill(curve(*points, width=6 * size, end_width=3 * size), shade(rgb("rose"), 0.35))
        path = smooth(points)
        for index in range(5, len(path)):
            px, py = path[index]
            side = 1 if index % 2 else -1
            radius = (34 - index * 0.9) * size
            colour = mix(tone, rgb("mist"), (index % 3) * 0.16)
            disc = ellipse(px + side * radius * 0.8, py - 6 * size, radius, radius * 0.78).turn(side * 30, (px, py))
            region = canvas.fill(disc, Ramp(((0, tint(colour, 0.3)), (1, shade(colour, 0.25))), 50))
            canvas.rim(region, 2, tint(colour, 0.8), 0.5)


def rubber(canvas: Canvas, x: float, y: float, size: float) -> None:
    """A rubber plant: a stem with big glossy oval leaves."""
    canvas.fill(
        curve(
            (x, y), (x - 6 * size, y - 250 * size), (x + 4 * size, y - 420 * size), width=15 * size, end_width=8 * size
        ),
        shade(rgb("walnut"), 0.2),
    )
    spots = ((0.12, -66), (0.2, 62), (0.34, -52), (0.46, 56), (0.6, -38), (0.7, 44), (0.86, -22), (0.94, 26), (1, 2))
    for index, (along, degrees) in enumerate(spots):
        colour = mix(rgb("fern"), rgb("leaf"), (index % 3) * 0.35)
        one_leaf(
            canvas, x, y - 420 * along * size, (205 - 60 * along) * size, (112 - 32 * along) * size, degrees, colour
        )


def snake(canvas: Canvas, x: float, y: float, size: float) -> None:
    """A snake plant: upright blades with pale edges."""
    blades = (
        (-70, -20, 300),
        (74, 18, 310),
        (-38, -9, 400),
        (40, 8, 420),
        (-4, -1, 470),
        (-90, -32, 210),
        (92, 30, 200),
        (12, 3, 350),
    )
    for dx, degrees, length in blades:
        colour = mix(rgb("fern"), rgb("forest"), 0.3)
        outer = _blade(length * size, 62 * size).turn(degrees).move(x + dx * 0.7 * size, y)
        inner = _blade(length * 0.965 * size, 42 * size).turn(degrees).move(x + dx * 0.7 * size, y)
        canvas.fill(outer, Ramp(((0, tint(rgb("butter"), 0.1)), (1, shade(rgb("olive"), 0.1))), 20))
        region = canvas.fill(inner, Ramp(((0, tint(colour, 0.16)), (1, shade(colour, 0.25))), 20))
        canvas.texture(region, "wood", tint(rgb("sage"), 0.1), 0.4, 0.28 * size, 0)


def _blade(length: float, width: float) -> Shape:
    half = smooth([(width * 0.3, 0), (width * 0.5, -length * 0.4), (width * 0.4, -length * 0.75), (0, -length)])
    return Shape(((tuple(half + [(-px, py) for px, py in reversed(half)]), True),))


def monstera(canvas: Canvas, x: float, y: float, size: float) -> None:
    """A few big split leaves on long stems."""
    tips = ((-190, -250, -48), (200, -230, 52), (-100, -380, -22), (118, -400, 24), (6, -470, 0), (-10, -210, -12))
    for dx, dy, _ in tips:
        points = ((x, y), (x + dx * 0.35 * size, y + dy * 0.6 * size), (x + dx * size, y + dy * size))
        canvas.fill(curve(*points, width=9 * size, end_width=6 * size), shade(rgb("moss"), 0.2))
    for index, (dx, dy, degrees) in enumerate(tips):
        _split_leaf(
            canvas,
            x + dx * size,
            y + dy * size,
            170 * size,
            degrees * 1.5,
            mix(rgb("fern"), rgb("leaf"), index % 3 * 0.3),
        )


def _split_leaf(canvas: Canvas, x: float, y: float, length: float, degrees: float, colour: RGB) -> None:
    heart = blob((0, 12), (60, 38), (88, -20), (70, -92), (0, -160), (-70, -92), (-88, -20), (-60, 38))
    for side in (-1, 1):
        for along in (-18, -56, -94):
            heart = heart - leaf(side * (34 - along * 0.04), along, 80, 20, side * 62)
    whole = heart.each(lambda px, py: (px * length / 170, py * length / 170)).turn(degrees).move(x, y)
    region = canvas.fill(whole, Ramp(((0, tint(colour, 0.26)), (0.5, colour), (1, shade(colour, 0.3))), 50))
    canvas.rim(region, 2.5, tint(colour, 0.7), 0.4)
    angle = math.radians(degrees)
    tip = (x + math.sin(angle) * length * 0.85, y - math.cos(angle) * length * 0.85)
    canvas.fill(curve((x, y), tip, width=4, end_width=1), tint(colour, 0.4), 0.7)


def trailing(canvas: Canvas, x: float, y: float, size: float) -> None:
    """Vines that hang down over the rim of a pot."""
    vines = ((-150, 60, 250), (-84, 90, 380), (-20, 60, 200), (60, 80, 330), (130, 60, 260), (165, 30, 140))
    for number, (dx, rise, drop) in enumerate(vines):
        points = (
            (x + dx * 0.5 * size, y),
            (x + dx * size, y - rise * 0.6 * size),
            (x + dx * 1.18 * size, y + drop * 0.45 * size),
            (x + dx * 1.1 * size, y + drop * size),
        )
        canvas.fill(curve(*points, width=5 * size, end_width=2.5 * size), shade(rgb("moss"), 0.25))
        path = smooth(points)
        for index in range(3, len(path), 3):
            px, py = path[index]
            side = 1 if index % 2 else -1
            colour = mix(rgb("leaf"), rgb("sage"), ((index + number) % 4) * 0.2)
            one_leaf(canvas, px, py, 56 * size, 42 * size, 180 - side * 62, colour)


def olive_tree(canvas: Canvas, x: float, y: float, size: float) -> None:
    """A small standard tree with a round head of narrow leaves."""
    canvas.solid(
        curve(
            (x, y), (x + 6 * size, y - 140 * size), (x - 4 * size, y - 270 * size), width=20 * size, end_width=12 * size
        ),
        shade(rgb("stone"), 0.3),
    )
    dice = canvas.random
    canvas.soft(ellipse(x, y - 370 * size, 120 * size), shade(rgb("fern"), 0.4), 30, 0.55)
    for index in range(95):
        angle, radius = dice.uniform(0, 360), dice.uniform(10, 150) * size
        px = x + radius * math.cos(math.radians(angle))
        py = y - 372 * size + radius * math.sin(math.radians(angle)) * 0.95
        depth = index / 95
        colour = mix(shade(rgb("fern"), 0.2), mix(rgb("sage"), rgb("moss"), 0.3), depth)
        length = dice.uniform(54, 74) * size
        region = canvas.fill(leaf(px, py, length, 19 * size, angle + 90 + dice.uniform(-50, 50)), colour)
        canvas.rim(region, 2, tint(colour, 0.6), 0.4)


PLANTS = {
    "rubber": rubber,
    "snake": snake,
    "monstera": monstera,
    "trailing": trailing,
    "olive": olive_tree,
}
