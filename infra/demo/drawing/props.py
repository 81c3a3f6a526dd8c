"""Things that the shop does not sell, but that keep its goods company in a picture."""

from infra.demo.drawing.canvas import Canvas
from infra.demo.drawing.kinds import Kind, Look
from infra.demo.drawing.paint import Ramp, lit_ball
from infra.demo.drawing.palette import RGB, mix, rgb, shade, tint
from infra.demo.drawing.plants import one_leaf
from infra.demo.drawing.shapes import Point, blob, curve, ellipse, rect


def fruit(canvas: Canvas, look: Look) -> None:
    """A pear and two lemons."""
    _lemon(canvas, 90, -58, 18, look.colour(0, "mustard"))
    pear(canvas, -50, 0, look.colour(1, "moss"))
    _lemon(canvas, 30, -40, -14, tint(look.colour(0, "mustard"), 0.15))


def pear(canvas: Canvas, x: float, y: float, colour: RGB) -> None:
    """A pear that stands at (x, y)."""
    with canvas.moved(x, y):
        outline = blob(
            (0, -190),
            (36, -160),
            (50, -110),
            (86, -56),
            (62, -4),
            (0, 6),
            (-62, -4),
            (-86, -56),
            (-50, -110),
            (-36, -160),
        )
        body = canvas.fill(outline, lit_ball(tint(mix(colour, rgb("mustard"), 0.35), 0.05)))
        canvas.texture(body, "speckle", shade(colour, 0.6), 0.4, 0.3)
        canvas.soft(ellipse(40, -40, 36, 46), tint(rgb("coral"), 0.1), 24, 0.35, body)
        canvas.soft(ellipse(-30, -86, 12, 26).turn(24, (-30, -86)), (255, 252, 240), 9, 0.6, body)
        canvas.fill(curve((0, -186), (4, -212), (18, -234), width=8, end_width=6), shade(rgb("walnut"), 0.3))
        one_leaf(canvas, 6, -210, 64, 30, 68, rgb("leaf"))


def _lemon(canvas: Canvas, x: float, y: float, degrees: float, colour: RGB) -> None:
    points: tuple[Point, ...] = (
        (-78, 0),
        (-58, -22),
        (0, -46),
        (54, -24),
        (72, -6),
        (84, 2),
        (70, 12),
        (50, 30),
        (0, 46),
        (-58, 22),
    )
    body = canvas.fill(blob(*points).turn(degrees).move(x, y), lit_ball(colour))
    canvas.texture(body, "cork", shade(colour, 0.4), 0.2, 0.2)
    canvas.soft(ellipse(x - 20, y - 18, 20, 9), (255, 252, 236), 8, 0.6, body)


def bookpile(canvas: Canvas, look: Look) -> None:
    """Three books lying on each other."""
    y = 0.0
    for index, (width, thick, shift) in enumerate(((400, 56, 0), (360, 44, -14), (320, 50, 18))):
        colour = look.colour(index, ("teal", "oat", "rust")[index])
        left, right = shift - width / 2, shift + width / 2
        canvas.solid(rect(left, y - thick, right, y, 8), colour, "tube", 0.6)
        canvas.fill(
            rect(left + 26, y - thick + 7, right + 2, y - 7, 3),
            Ramp(((0, rgb("paper")), (1, shade(rgb("paper"), 0.2))), 90),
        )
        for line in (0.34, 0.5, 0.66):
            canvas.fill(rect(left + 30, y - thick * line, right, y - thick * line + 1.4), shade(rgb("stone"), 0.1), 0.5)
        canvas.soft(rect(left, y - 3, right, y + 5), shade(colour, 0.9), 4, 0.4)
        y -= thick


def plinth(canvas: Canvas, look: Look) -> None:
    """A low round block to put something on; its top is at y = 0."""
    colour = look.colour(0, "oat")
    side = ellipse(0, 0, 330, 62) + rect(-330, 0, 330, 104) + ellipse(0, 104, 330, 62)
    canvas.solid(side, colour, "round", 0.4)
    canvas.fill(ellipse(0, 0, 330, 62), Ramp(((0, tint(colour, 0.5)), (1, tint(colour, 0.06))), 30))


def sprig(canvas: Canvas, look: Look) -> None:
    """A twig that lies on a surface, seen from above."""
    path = [(-170.0, 150.0), (-60.0, 40.0), (30.0, -60.0), (150.0, -190.0)]
    canvas.fill(curve(*path, width=8, end_width=3), shade(rgb("walnut"), 0.1))
    for index, (x, y) in enumerate(((-110, 90), (-60, 40), (-10, -16), (40, -70), (92, -126))):
        tone = mix(rgb("leaf"), rgb("sage"), index % 3 * 0.3)
        one_leaf(canvas, x, y, 120 - index * 8, 54 - index * 4, -14 - index * 4, tone)
        one_leaf(canvas, x + 8, y + 4, 116 - index * 8, 52 - index * 4, 96 + index * 3, mix(tone, rgb("fern"), 0.3))
    one_leaf(canvas, 150, -188, 90, 36, 40, rgb("leaf"))


def cloth(canvas: Canvas, look: Look) -> None:
    """A linen cloth that lies on a surface, seen from above."""
    colour, stripe = look.colour(0, "chalk"), look.colour(1, "rust")
    outline = rect(-330, -380, 330, 380, 12).turn(12)
    face = canvas.solid(outline, colour, "flat")
    for x in (-280, -258, 262, 284):
        canvas.fill(curve((x, -400), (x + 5, 0), (x - 2, 400), width=7).turn(12), stripe, 0.8, face)
    canvas.texture(face, "linen", shade(colour, 0.6), 0.3, 0.6, 12)
    for start, middle, end in (((-200, -360), (-120, -100), (-160, 300)), ((240, -330), (180, 0), (250, 330))):
        canvas.soft(curve(start, middle, end, width=8, end_width=20).turn(12), shade(colour, 0.8), 12, 0.3, face)


KINDS = {
    "fruit": Kind(fruit, width=320, height=230),
    "bookpile": Kind(bookpile, width=400, height=150),
    "plinth": Kind(plinth, width=660, height=60),
    "sprig": Kind(sprig, place="flat", width=360, height=380),
    "cloth": Kind(cloth, place="flat", width=760, height=840),
}
