"""What hangs on a wall or stands against it: shelves, mirrors, rails and clocks."""

import math

from infra.demo.drawing.canvas import Canvas
from infra.demo.drawing.cooking import timber
from infra.demo.drawing.furniture import underneath
from infra.demo.drawing.kinds import Kind, Look
from infra.demo.drawing.paint import Ramp, metal
from infra.demo.drawing.palette import RGB, rgb, shade, tint
from infra.demo.drawing.plants import branch, trailing
from infra.demo.drawing.shapes import Shape, arc, curve, ellipse, lathe, polygon, rect, stroke

BOOKS = ("rust", "oat", "teal", "mustard", "plum", "sage", "ink", "blush", "cream", "moss")


def books(canvas: Canvas, x: float, y: float, count: int, start: int = 0, height: float = 110) -> None:
    """Upright books that stand at (x, y)."""
    dice = canvas.random
    for index in range(count):
        colour = rgb(BOOKS[(index + start) % len(BOOKS)])
        width, tall = dice.choice((18, 22, 26, 30)), height * dice.uniform(0.78, 1.0)
        spine = canvas.solid(rect(x, y - tall, x + width - 1, y, 2.5), colour, "flat")
        canvas.fill(rect(x, y - tall * 0.84, x + width, y - tall * 0.8), tint(colour, 0.6), 0.7, spine)
        canvas.soft(rect(x + width - 6, y - tall, x + width, y), shade(colour, 0.8), 3, 0.4, spine)
        x += width


def lying_books(canvas: Canvas, x: float, y: float, start: int = 0) -> None:
    """Two or three books that lie on top of each other."""
    for index, width in enumerate((120, 104, 88)):
        colour = rgb(BOOKS[(index + start) % len(BOOKS)])
        canvas.solid(rect(x - width / 2, y - 22 * (index + 1), x + width / 2, y - 22 * index, 3), colour, "flat")


def pot(canvas: Canvas, x: float, y: float, size: float, colour: RGB) -> None:
    """A small round pot."""
    with canvas.moved(x, y, size):
        body = canvas.solid(lathe((60, -90), (64, -60), (50, 0), tilt=0.16), colour, "round")
        canvas.soft(ellipse(20, 4, 70, 12), shade(colour, 0.8), 8, 0.3, body)
        canvas.fill(ellipse(0, -90, 60, 9.6), shade(colour, 0.5))


def little_vase(canvas: Canvas, x: float, y: float, size: float, colour: RGB) -> None:
    """A small vase with a twig."""
    with canvas.moved(x, y, size):
        branch(canvas, 0, -120, 0.5)
        canvas.solid(lathe((18, -130), (16, -110), (54, -60), (44, 0), tilt=0.16), colour, "round")


def plank(canvas: Canvas, left: float, right: float, y: float, wood: RGB, thick: float = 22) -> None:
    """A shelf whose upper edge is at y, and the shade under it."""
    timber(canvas, rect(left, y, right, y + thick, 4), wood, "tube", 0, 0.9)


def shelf(canvas: Canvas, look: Look) -> None:
    """A wall shelf with two boards, with things on it."""
    wood, iron = look.colour(0), look.colour(1, "brass")
    for x in (-220, 220):
        canvas.fill(rect(x - 6, -250, x + 6, 250, 6), metal(iron))
    books(canvas, -280, -60, 6)
    little_vase(canvas, -40, -60, 1.1, rgb("terracotta"))
    pot(canvas, 200, -60, 1.0, rgb("chalk"))
    trailing(canvas, 200, -145, 0.4)
    plank(canvas, -330, 330, -60, wood)
    lying_books(canvas, -190, 180, 2)
    pot(canvas, -190, 114, 0.6, rgb("sage"))
    books(canvas, 60, 180, 8, 4)
    plank(canvas, -330, 330, 180, wood)
    for y in (-60, 180):
        canvas.soft(rect(-320, y + 22, 330, y + 34), (58, 40, 52), 6, 0.22)


def bookcase(canvas: Canvas, look: Look) -> None:
    """An open case with four shelves."""
    wood = look.colour(0)
    underneath(canvas, 20, -4, 260, 18)
    for x in (-226, 226):
        timber(canvas, rect(x - 14, -40, x + 14, 6, 4), shade(wood, 0.2), "flat", 90)
    back = canvas.fill(rect(-240, -720, 240, -30), Ramp(((0, shade(wood, 0.3)), (1, shade(wood, 0.52))), 60))
    canvas.texture(back, "wood", shade(wood, 0.8), 0.3, 1.0, 90)
    _fill_case(canvas)
    for y in (-720, -550, -385, -215, -50):
        canvas.soft(rect(-230, y + 18, 240, y + 46), shade(wood, 0.95), 12, 0.4, back)
        plank(canvas, -240, 240, y, wood, 20)
    for x in (-240, 220):
        timber(canvas, rect(x, -720, x + 20, -30, 4), wood, "round", 90, 0.9)
    plank(canvas, -252, 252, -734, wood, 20)


def _fill_case(canvas: Canvas) -> None:
    books(canvas, -214, -550, 8, 0, 124)
    pot(canvas, 136, -550, 0.95, rgb("mustard"))
    lying_books(canvas, -120, -385, 6)
    pot(canvas, -120, -451, 0.5, rgb("blush"))
    books(canvas, 40, -385, 7, 3, 120)
    pot(canvas, -150, -215, 0.9, rgb("terracotta"))
    trailing(canvas, -150, -290, 0.3)
    books(canvas, 10, -215, 5, 7, 122)
    for x in (-110, 110):
        box = canvas.solid(rect(x - 96, -160, x + 96, -50, 8), rgb("ash"), "flat")
        canvas.texture(box, "wicker", shade(rgb("ash"), 0.7), 0.6, 0.5)
        canvas.fill(rect(x - 26, -134, x + 26, -114, 10), shade(rgb("ash"), 0.7))


def mirror(canvas: Canvas, look: Look) -> None:
    """A round mirror in a thin frame."""
    colour = look.colour(0, "brass")
    frame = ellipse(0, 0, 310)
    ring = canvas.solid(frame, colour, "metal" if colour == rgb("brass") else "flat")
    if colour != rgb("brass"):
        canvas.texture(ring, "wood", shade(colour, 0.6), 0.5, 1.0)
    sky, low = (222, 231, 232), (176, 190, 194)
    glass = canvas.fill(ellipse(0, 0, 286), Ramp(((0, sky), (0.55, (204, 216, 218)), (1, low)), 60))
    canvas.soft(ellipse(0, 0, 288) - ellipse(10, 12, 284), shade(low, 0.8), 8, 0.5, glass)
    for shift, width in ((-120, 90), (10, 34)):
        streak = polygon((shift, -400), (shift + width, -400), (shift + width - 420, 400), (shift - 420, 400)).move(
            180, 0
        )
        canvas.soft(streak, (255, 255, 255), 7, 0.42, glass)
    with canvas.moved(150, 330, 1.0):
        leaf_tone = canvas.region(ellipse(-150, -330, 286))
        canvas.soft(ellipse(0, -190, 150, 90), (150, 172, 150), 40, 0.35, leaf_tone)


def longmirror(canvas: Canvas, look: Look) -> None:
    """A tall mirror with an arched top that leans on the wall."""
    wood = look.colour(0)
    outline = arched(-210, 210, -740, 0)
    frame = timber(canvas, outline, wood, "flat", 90)
    canvas.rim(frame, 4, tint(wood, 0.9), 0.4)
    glass = canvas.fill(arched(-186, 186, -716, -24), Ramp(((0, (226, 233, 232)), (1, (178, 192, 196))), 64))
    canvas.soft(arched(-190, 190, -720, -20) - arched(-172, 196, -702, -20), (70, 80, 86), 8, 0.4, glass)
    canvas.soft(rect(-190, -200, 190, -20), (196, 186, 172), 30, 0.5, glass)
    for shift, width in ((-60, 100), (90, 30)):
        streak = polygon((shift, -760), (shift + width, -760), (shift + width - 330, 0), (shift - 330, 0)).move(140, 0)
        canvas.soft(streak, (255, 255, 255), 7, 0.4, glass)


def arched(left: float, right: float, top: float, bottom: float) -> Shape:
    """An upright shape with a round top."""
    radius = (right - left) / 2
    return polygon(*arc(left + radius, top + radius, radius, radius, 180, 360), (right, bottom), (left, bottom))


def pegrail(canvas: Canvas, look: Look) -> None:
    """A rail with pegs, with a bag and a brush on it."""
    wood = look.colour(0)
    board = timber(canvas, rect(-350, -170, 350, -90, 14), wood, "flat", 0, 1.0)
    canvas.rim(board, 3, tint(wood, 0.9), 0.5)
    _hanging_bag(canvas, -140, -112)
    _hanging_brush(canvas, 146, -112)
    for x in (-280, -140, 0, 146, 280):
        canvas.soft(ellipse(x + 14, -112, 30, 26), shade(wood, 0.9), 8, 0.5, board)
        peg = canvas.solid(ellipse(x, -130, 25), shade(wood, 0.05), "ball")
        canvas.texture(peg, "wood", shade(wood, 0.6), 0.3, 0.4)


def _hanging_bag(canvas: Canvas, x: float, y: float) -> None:
    colour = rgb("oat")
    canvas.fill(
        curve((x - 70, y + 150), (x - 40, y + 20), (x, y - 6), (x + 40, y + 20), (x + 70, y + 150), width=11),
        shade(colour, 0.16),
    )
    bag = polygon((x - 106, y + 140), (x + 106, y + 140), (x + 118, y + 390), (x - 118, y + 390))
    body = canvas.solid(bag, colour, "flat")
    canvas.texture(body, "linen", shade(colour, 0.6), 0.3, 0.6)
    for shift in (-50, 10, 62):
        canvas.soft(
            curve((x + shift * 0.6, y + 150), (x + shift, y + 270), (x + shift * 1.2, y + 385), width=9),
            shade(colour, 0.8),
            9,
            0.3,
            body,
        )


def _hanging_brush(canvas: Canvas, x: float, y: float) -> None:
    wood = rgb("walnut")
    canvas.fill(curve((x - 12, y + 40), (x, y - 4), (x + 12, y + 40), width=5), rgb("leather"))
    timber(canvas, stroke([(x, y + 40), (x, y + 250)], 24, 30), wood, "round", 90, 0.6)
    head = canvas.solid(rect(x - 60, y + 240, x + 60, y + 274, 12), wood, "tube")
    canvas.texture(head, "wood", shade(wood, 0.6), 0.4, 0.6)
    for index in range(-14, 15):
        canvas.fill(
            stroke([(x + index * 4, y + 272), (x + index * 5.2, y + 350)], 4, 3),
            shade(rgb("butter"), 0.1 + 0.06 * (index % 3)),
        )


def wallclock(canvas: Canvas, look: Look) -> None:
    colour, hand = look.colour(0), look.colour(1, "brass")
    rim = canvas.solid(ellipse(0, 0, 310), colour, "flat")
    canvas.rim(rim, 8, tint(colour, 0.9), 0.5)
    face_colour = rgb("paper")
    face = canvas.fill(ellipse(0, 0, 272), Ramp(((0, tint(face_colour, 0.6)), (1, shade(face_colour, 0.1))), 55))
    canvas.soft(ellipse(0, 0, 276) - ellipse(16, 18, 270), shade(face_colour, 0.9), 10, 0.42, face)
    for hour in range(12):
        length = 40 if hour % 3 == 0 else 20
        mark = rect(-5 if hour % 3 == 0 else -3, -240, 5 if hour % 3 == 0 else 3, -240 + length, 3)
        canvas.fill(mark.turn(hour * 30), shade(colour, 0.3))
    for degrees, length, width in ((304, 130, 15), (54, 196, 10)):
        needle = polygon((-width / 2, 34), (width / 2, 34), (width / 3, -length), (-width / 3, -length)).turn(degrees)
        canvas.soft(needle.move(9, 12), (58, 40, 52), 5, 0.4, face)
        canvas.fill(needle, Ramp(((0, tint(rgb("charcoal"), 0.1)), (1, rgb("charcoal"))), 40))
    second = stroke([(-36 * math.sin(3.6), 36 * math.cos(3.6)), (206 * math.sin(3.6), -206 * math.cos(3.6))], 4)
    canvas.fill(second, hand)
    canvas.solid(ellipse(0, 0, 17), hand, "metal")


KINDS = {
    "shelf": Kind(shelf, place="wall", width=670, height=520, focus=(-120, -110), zoom=1.8),
    "bookcase": Kind(bookcase, width=500, height=740, focus=(-40, -470), zoom=1.9),
    "mirror": Kind(mirror, place="wall", width=640, height=640, focus=(-150, -150), zoom=1.8),
    "longmirror": Kind(longmirror, width=430, height=745, focus=(-60, -590), zoom=1.8),
    "pegrail": Kind(pegrail, place="wall", width=700, height=620, focus=(-90, -90), zoom=1.9),
    "wallclock": Kind(wallclock, place="wall", width=640, height=640, focus=(90, -90), zoom=1.9),
}
