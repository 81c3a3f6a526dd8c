"""Things for a desk."""

from infra.demo.drawing.canvas import Canvas
from infra.demo.drawing.kinds import Kind, Look
from infra.demo.drawing.paint import Radial, Ramp, across, metal
from infra.demo.drawing.palette import RGB, rgb, shade, tint
from infra.demo.drawing.shapes import Point, Shape, arc, blob, curve, ellipse, polygon, rect, rounded, smooth, stroke

PENCILS = ("rust", "mustard", "moss", "teal", "ink", "plum")


def notebook(canvas: Canvas, look: Look) -> None:
    """Two cloth-bound notebooks on top of each other, seen from above."""
    colour, band = look.colour(0), look.colour(1, "cream")
    with canvas.moved(46, 30):
        _book(canvas, look.colour(2, "oat"), 13)
    _book(canvas, colour, -8)
    canvas.solid(rect(120, -312, 138, 312, 2).turn(-8), band, "flat")
    label = canvas.solid(rect(-130, -214, 60, -116, 4).turn(-8), rgb("paper"), "flat")
    for y, right in ((-178, 30), (-150, -20)):
        canvas.fill(rect(-104, y, right, y + 4).turn(-8), shade(rgb("stone"), 0.3), 0.8, label)


def _book(canvas: Canvas, colour: RGB, degrees: float) -> None:
    canvas.soft(rect(-200, -290, 236, 326, 14).turn(degrees), (58, 40, 52), 14, 0.34)
    canvas.solid(rect(-206, -294, 222, 310, 12).turn(degrees), shade(colour, 0.3), "flat")
    pages = canvas.fill(rect(-190, -290, 216, 304, 6).turn(degrees), rgb("paper"))
    for shift in (206, 210, 213):
        canvas.fill(rect(shift, -290, shift + 1.4, 304).turn(degrees), shade(rgb("stone"), 0.1), 0.7, pages)
    cover = canvas.solid(rect(-210, -300, 206, 296, 14).turn(degrees), colour, "flat")
    canvas.texture(cover, "linen", shade(colour, 0.6), 0.3, 0.55, degrees)
    spine = rect(-220, -310, -160, 310).turn(degrees)
    canvas.soft(rect(-164, -300, -156, 300).turn(degrees), shade(colour, 0.85), 5, 0.6, cover)
    canvas.fill(spine, shade(colour, 0.5), 0.22, cover)


def pencils(canvas: Canvas, look: Look) -> None:
    """Six pencils side by side in an open box, seen from above."""
    canvas.solid(rect(-270, -330, 270, 350, 16), look.colour(0, "oak"), "flat")
    tray = canvas.region(rect(-270, -330, 270, 350, 16))
    canvas.texture(tray, "wood", shade(look.colour(0, "oak"), 0.62), 0.45, 1.0, 90)
    inside = canvas.fill(
        rect(-240, -300, 240, 320, 8),
        Ramp(((0, shade(look.colour(0, "oak"), 0.6)), (1, shade(look.colour(0, "oak"), 0.4))), 60),
    )
    canvas.soft(rect(-250, -310, 250, -270), (40, 26, 28), 14, 0.6, inside)
    canvas.soft(rect(-250, -310, -220, 330), (40, 26, 28), 14, 0.5, inside)
    for index, name in enumerate(PENCILS):
        x = -190 + index * 76
        _pencil(canvas, x, (0, 14, -8, 20, 4, -12)[index], rgb(name))


def _pencil(canvas: Canvas, x: float, y: float, colour: RGB) -> None:
    top, shoulder, bottom = -280 + y, -190 + y, 290 + y
    canvas.soft(rect(x - 16, top + 40, x + 38, bottom + 8), (40, 26, 28), 9, 0.5)
    wood = polygon((x, top), (x + 28, shoulder + 6), (x - 28, shoulder + 6))
    canvas.fill(wood, across(tint(rgb("ash"), 0.4), rgb("ash"), shade(rgb("ash"), 0.3)))
    canvas.fill(
        polygon((x, top), (x + 9.5, top + 32), (x - 9.5, top + 32)), across(tint(colour, 0.3), shade(colour, 0.2))
    )
    scallop = [
        (x - 28, shoulder),
        (x - 18, shoulder - 12),
        (x - 9, shoulder),
        (x, shoulder - 14),
        (x + 9, shoulder),
        (x + 18, shoulder - 12),
        (x + 28, shoulder),
    ]
    body = polygon(*smooth(scallop), (x + 28, bottom), (x - 28, bottom))
    region = canvas.fill(body, colour)
    canvas.fill(rect(x - 28, top, x - 10, bottom), tint(colour, 0.24), 1, region)
    canvas.fill(rect(x + 10, top, x + 28, bottom), shade(colour, 0.3), 1, region)
    canvas.soft(rect(x - 7, shoulder + 20, x - 3, bottom - 60), (255, 252, 244), 2, 0.5, region)
    canvas.fill(rect(x - 28, bottom - 46, x + 28, bottom - 38), rgb("brass"), 1, region)
    canvas.fill(rect(x - 28, bottom - 30, x + 28, bottom), tint(colour, 0.7), 0.8, region)


def deskclock(canvas: Canvas, look: Look) -> None:
    """An alarm clock with two bells."""
    colour, brass = look.colour(0), rgb("brass")
    for side in (-1, 1):
        canvas.solid(stroke([(side * 120, -110), (side * 176, -4)], 26, 20), shade(colour, 0.15), "flat")
        canvas.solid(stroke([(side * 118, -430), (side * 150, -486)], 13), brass, "metal")
        bell = polygon(*arc(0, 0, 92, 74, 180, 360)).turn(side * 32).move(side * 156, -476)
        canvas.solid(bell, brass, "metal")
        canvas.solid(ellipse(side * 198, -546, 13), brass, "ball")
    canvas.solid(curve((-70, -520), (-50, -580), (0, -600), (50, -580), (70, -520), width=14), brass, "metal")
    canvas.solid(rect(-6, -530, 6, -460), brass, "metal")
    canvas.solid(ellipse(0, -530, 20), brass, "ball")
    case = canvas.solid(ellipse(0, -270, 236), colour, "flat")
    canvas.rim(case, 8, tint(colour, 0.95), 0.5)
    canvas.fill(ellipse(0, -270, 204), metal(brass, 50))
    paper = rgb("paper")
    face = canvas.fill(ellipse(0, -270, 194), Radial(((0, tint(paper, 0.8)), (1, shade(paper, 0.12))), 0.35, 0.3, 1.0))
    canvas.soft(ellipse(0, -270, 198) - ellipse(12, -256, 192), shade(paper, 0.9), 8, 0.4, face)
    with canvas.moved(0, -270):
        for minute in range(60):
            big = minute % 5 == 0
            mark = rect(-4 if big else -1.5, -176, 4 if big else 1.5, -144 if big else -166, 1.5)
            canvas.fill(mark.turn(minute * 6), shade(colour, 0.35), 1.0 if big else 0.6)
        for degrees, length, width in ((-58, 92, 14), (62, 140, 10)):
            hand = polygon((-width / 2, 20), (width / 2, 20), (width / 3, -length), (-width / 3, -length)).turn(degrees)
            canvas.soft(hand.move(6, 8), (58, 40, 52), 4, 0.35, face)
            canvas.fill(hand, rgb("charcoal"))
        canvas.fill(stroke([(0, 0), (0, -84)], 4).turn(186), rgb("rust"))
        canvas.solid(ellipse(0, 0, 13), brass, "ball")
    canvas.soft(polygon((-180, -360), (-60, -440), (-30, -420), (-170, -310)), (255, 255, 255), 12, 0.35, face)


def scissors(canvas: Canvas, look: Look) -> None:
    """Slightly open, seen from above."""
    colour, steel = look.colour(0, "brass"), rgb("steel")
    for side in (1, -1):
        turn = side * 15 - 30
        blade = polygon((-22, 30), (-26, -60), *smooth([(-26, -60), (-18, -220), (2, -390)]), (16, -200), (20, 30))
        face = canvas.solid(blade.turn(turn) if side > 0 else blade.mirror().turn(turn), steel, "metal")
        canvas.rim(face, 2, (255, 255, 255), 0.5)
        bow = blob((40, 150), (110, 190), (140, 290), (100, 372), (30, 372), (-12, 290), (0, 200))
        hole = blob((46, 196), (92, 222), (106, 290), (82, 334), (42, 334), (20, 284), (24, 226))
        shank = curve((-4, -4), (10, 80), (30, 180), width=44, end_width=34)
        for part in (shank, bow - hole):
            placed = part.turn(turn) if side < 0 else part.mirror().turn(turn)
            form = "metal" if colour == rgb("brass") else "flat"
            canvas.soft(placed.move(8, 10) if part is not shank else shank.turn(turn), (58, 40, 52), 8, 0.12)
            canvas.solid(placed, colour, form)
    canvas.solid(ellipse(0, 0, 21), shade(steel, 0.2), "ball")
    canvas.fill(rect(-14, -2.5, 14, 2.5).turn(20), shade(steel, 0.7))


def tray(canvas: Canvas, look: Look) -> None:
    """A wooden desk tray with pens, clips and a rubber, seen from above."""
    wood = look.colour(0)
    outer = canvas.solid(rect(-340, -220, 340, 220, 34), wood, "flat")
    canvas.texture(outer, "wood", shade(wood, 0.62), 0.5, 1.1)
    for left, top, right, bottom in ((-312, -192, 312, -34), (-312, -6, 20, 192), (48, -6, 312, 192)):
        hollow = canvas.fill(
            rect(left, top, right, bottom, 20), Ramp(((0, shade(wood, 0.5)), (1, shade(wood, 0.24))), 50)
        )
        canvas.texture(hollow, "wood", shade(wood, 0.7), 0.35, 1.1)
        canvas.soft(rect(left - 20, top - 20, right, top + 12), (50, 32, 30), 12, 0.6, hollow)
        canvas.soft(rect(left - 20, top, left + 10, bottom), (50, 32, 30), 12, 0.5, hollow)
        canvas.rim(hollow, -3, tint(wood, 0.8), 0.7)
    _pen(canvas, -270, 250, -140, rgb("ink"))
    _pen(canvas, -230, 280, -86, rgb("rust"))
    for x, y, degrees in ((-220, 60, 20), (-150, 120, -40), (-90, 50, 70), (-40, 130, 10), (-250, 140, -20)):
        _clip(canvas, x, y, degrees)
    block = canvas.solid(rounded([(96, 40), (250, 20), (264, 96), (110, 118)], 14), rgb("blush"), "flat")
    canvas.fill(polygon((60, 20), (160, 10), (170, 130), (90, 140)), rgb("sky"), 0.85, block)


def _pen(canvas: Canvas, left: float, right: float, y: float, colour: RGB) -> None:
    canvas.soft(rect(left, y + 6, right, y + 24, 8), (40, 26, 28), 7, 0.5)
    canvas.solid(rect(left, y - 13, right - 40, y + 13, 12), colour, "tube")
    canvas.fill(
        polygon((right - 44, y - 11), (right, y - 2), (right, y + 2), (right - 44, y + 11)), metal(rgb("brass"), 90)
    )
    canvas.fill(rect(left + 150, y - 13, left + 160, y + 13), metal(rgb("brass"), 90))
    canvas.solid(rect(left + 20, y - 17, left + 140, y - 10, 3), rgb("brass"), "tube")


def _clip(canvas: Canvas, x: float, y: float, degrees: float) -> None:
    points: list[Point] = [
        (-22, 10),
        (-22, -8),
        (-14, -13),
        (22, -13),
        (28, -4),
        (22, 6),
        (-8, 6),
        (-12, 0),
        (-8, -5),
        (14, -5),
    ]
    shape: Shape = stroke(smooth(points, steps=4), 4).turn(degrees).move(x, y)
    canvas.soft(shape.move(4, 5), (40, 26, 28), 3, 0.4)
    canvas.fill(shape, rgb("brass"))


def letters(canvas: Canvas, look: Look) -> None:
    """Cards and envelopes, fanned out and seen from above."""
    for index, degrees in enumerate((16, 4, -9)):
        colour = look.colour(index, ("sage", "blush", "cream")[index])
        with canvas.moved(index * -16 + 16, index * 26 - 20):
            outline = rect(-270, -186, 270, 186, 8).turn(degrees)
            canvas.soft(outline.move(14, 16), (58, 40, 52), 12, 0.34)
            paper = canvas.solid(outline, colour, "flat")
            canvas.texture(paper, "pile", shade(colour, 0.6), 0.12, 0.5)
            flap = rounded([(-264, -184), (264, -184), (20, 40), (-20, 40)], 18).turn(degrees)
            canvas.soft(flap.move(0, 10), shade(colour, 0.85), 8, 0.5, paper)
            canvas.solid(flap, tint(colour, 0.12), "flat", 1, paper)
    seal = canvas.solid(
        blob((0, -34), (28, -24), (36, 2), (22, 30), (-6, 36), (-32, 22), (-36, -6), (-22, -30)).move(-10, 44),
        rgb("brick"),
        "ball",
    )
    canvas.soft(ellipse(-10, 44, 20) - ellipse(-10, 44, 15), shade(rgb("brick"), 0.8), 1.5, 0.8, seal)


KINDS = {
    "notebook": Kind(notebook, place="flat", width=590, height=690, focus=(-30, -130), zoom=1.8),
    "pencils": Kind(pencils, place="flat", width=540, height=690, focus=(-60, -170), zoom=1.9),
    "deskclock": Kind(deskclock, width=500, height=610, focus=(20, -330), zoom=1.8),
    "scissors": Kind(scissors, place="flat", width=640, height=740, focus=(0, 40), zoom=1.9),
    "tray": Kind(tray, place="flat", width=700, height=460, focus=(-110, 20), zoom=1.9),
    "letters": Kind(letters, place="flat", width=660, height=560, focus=(-40, 40), zoom=1.9),
}
