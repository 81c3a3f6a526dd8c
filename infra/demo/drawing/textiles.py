"""Cushions, blankets, towels, rugs, and what lies by a basin."""

from infra.demo.drawing.canvas import Canvas, Region
from infra.demo.drawing.cups import TILT, sheen
from infra.demo.drawing.furniture import terrazzo
from infra.demo.drawing.kinds import Kind, Look
from infra.demo.drawing.paint import Ramp, across, lit_round
from infra.demo.drawing.palette import RGB, rgb, shade, tint
from infra.demo.drawing.shapes import Point, arc, blob, curve, ellipse, lathe, polygon, rect, rounded, smooth, stroke

PILLOW: tuple[Point, ...] = (
    (-262, -258), (-130, -238), (0, -232), (130, -238), (262, -258), (244, -130), (238, 0), (244, 130),
    (262, 258), (130, 240), (0, 234), (-130, 240), (-262, 258), (-244, 130), (-238, 0), (-244, -130),
)  # fmt: skip


def cushion(canvas: Canvas, look: Look) -> None:
    """Stands on its lower edge; the pattern is "plain", "stripe" or "arcs"."""
    colour, other = look.colour(0), look.colour(1, "cream")
    outline = blob(*PILLOW).turn(-4).move(0, -262)
    canvas.solid(outline.each(lambda x, y: (x * 1.012, (y + 262) * 1.012 - 262)), other, "flat")
    face = canvas.solid(outline, colour, "flat")
    PATTERNS[look.option("pattern", "plain")](canvas, face, other)
    canvas.texture(face, "linen", shade(colour, 0.6), 0.22, 0.7)
    canvas.soft(ellipse(150, -110, 150, 160), shade(colour, 0.8), 60, 0.34, face)
    canvas.soft(ellipse(-90, -350, 120, 110), tint(colour, 0.95), 60, 0.3, face)
    for start, middle, end in (
        ((-230, -500), (-170, -450), (-130, -420)),
        ((230, -510), (190, -456), (160, -430)),
        ((-220, -30), (-180, -70), (-150, -90)),
        ((236, -40), (190, -80), (160, -104)),
    ):
        canvas.soft(curve(start, middle, end, width=18, end_width=6), shade(colour, 0.8), 9, 0.34, face)


def _plain(canvas: Canvas, face: Region, other: RGB) -> None:
    for edge in (((-236, -500), (0, -474), (236, -506)), ((-230, -26), (0, -50), (234, -30))):
        canvas.soft(curve(*edge, width=5), other, 2, 0.5, face)


def _striped(canvas: Canvas, face: Region, other: RGB) -> None:
    for index, width in enumerate((12, 34, 12, 12, 34, 12, 12, 34, 12)):
        x = -240 + index * 58
        stripe = curve((x - 14, -560), (x + 6, -400), (x, -250), (x + 8, -120), (x + 2, 40), width=width)
        canvas.fill(stripe, other, 0.92, face)


def _arcs(canvas: Canvas, face: Region, other: RGB) -> None:
    for row in range(4):
        for column in range(4):
            x, y = -204 + column * 136, -420 + row * 130
            for radius in (56, 38, 20):
                canvas.fill(stroke(arc(x, y, radius, radius, 180, 360), 9), other, 0.92, face)


PATTERNS = {"plain": _plain, "stripe": _striped, "arcs": _arcs}


def fringe(canvas: Canvas, left: float, right: float, y: float, length: float, colour: RGB) -> None:
    """Knotted threads along a lower edge."""
    x = left + 6
    while x < right - 4:
        lean = canvas.random.uniform(-4, 4)
        thread = stroke([(x, y), (x + lean * 0.4, y + length * 0.35), (x + lean, y + length)], 6, 4)
        canvas.fill(thread, Ramp(((0, tint(colour, 0.15)), (1, shade(colour, 0.22))), 90))
        x += 11


def blanket(canvas: Canvas, look: Look) -> None:
    """A folded throw, seen from above, with a fringe."""
    colour, band = look.colour(0), look.colour(1, "cream")
    fringe(canvas, -254, 254, 270, 62, band)
    for shift in (20, 10):
        under = canvas.solid(
            rect(-256 + shift, -300 + shift, 256 + shift, 274 + shift * 0.4, 26), shade(colour, 0.14), "flat"
        )
        canvas.texture(under, "weave", shade(colour, 0.6), 0.3, 0.8)
    face = canvas.solid(rect(-260, -300, 256, 274, 26), colour, "flat")
    for y, tall in ((150, 40), (206, 14), (-40, 40), (16, 14)):
        canvas.fill(rect(-270, y, 270, y + tall), band, 0.95, face)
    canvas.texture(face, "weave", shade(colour, 0.65), 0.34, 0.8)
    fold = polygon(*smooth([(-262, -118), (-90, -108), (100, -114), (258, -100)]), (258, -90), (-262, -106))
    canvas.soft(fold, shade(colour, 0.85), 6, 0.6, face)
    canvas.soft(fold.move(0, -16), tint(colour, 0.9), 8, 0.5, face)
    canvas.soft(ellipse(-150, -240, 140, 50), tint(colour, 0.9), 50, 0.35, face)
    fringe(canvas, -254, 254, 268, 50, tint(band, 0.1))


def towel(canvas: Canvas, look: Look) -> None:
    """Hangs from a peg by its loop, in folds."""
    colour, stripe = look.colour(0), look.colour(1, "chalk")
    shape = polygon(
        *smooth([(-30, -270), (-120, -190), (-170, -60), (-190, 150), (-196, 330)]),
        *smooth([(-196, 330), (-120, 344), (-40, 330), (50, 346), (130, 332), (196, 342)]),
        *smooth([(196, 342), (186, 140), (168, -60), (118, -190), (30, -270)]),
    )
    body = canvas.solid(shape, colour, "flat")
    for y in (236, 262):
        band = smooth([(-210, y), (-120, y + 12), (-40, y), (50, y + 13), (130, y + 2), (210, y + 8)])
        canvas.fill(stroke(band, 14), stripe, 0.95, body)
    canvas.texture(body, "waffle", shade(colour, 0.6), 0.4, 0.85)
    for top, middle, end, width in (
        ((-14, -260), (-80, -40), (-110, 350), 34),
        ((2, -260), (-10, 0), (10, 350), 30),
        ((16, -260), (84, -20), (126, 350), 36),
    ):
        canvas.soft(curve(top, middle, end, width=6, end_width=width), shade(colour, 0.8), 13, 0.42, body)
        canvas.soft(curve(top, middle, end, width=4, end_width=18).move(-34, 10), tint(colour, 0.95), 12, 0.4, body)
    canvas.fill(curve((-18, -262), (-16, -310), (0, -330), (16, -310), (18, -262), width=10), shade(stripe, 0.14))
    peg = canvas.solid(ellipse(0, -326, 36), rgb("oak"), "ball")
    canvas.texture(peg, "wood", shade(rgb("oak"), 0.6), 0.3, 0.4)


def teatowels(canvas: Canvas, look: Look) -> None:
    """Two folded kitchen towels, one across the other, seen from above."""
    for index, (degrees, x, y) in enumerate(((9, 60, -40), (-7, -50, 50))):
        colour, line = look.colour(index * 2, "chalk"), look.colour(index * 2 + 1, "rust")
        outline = rect(-190, -290, 190, 290, 10).turn(degrees).move(x, y)
        canvas.soft(outline.move(16, 18), (58, 40, 52), 14, 0.3)
        under = rect(-182, -280, 198, 300, 10).turn(degrees).move(x, y)
        canvas.solid(under, shade(colour, 0.12), "flat")
        face = canvas.solid(outline, colour, "flat")
        for shift in (-130, 130) if index else (-150, -90, -30, 30, 90, 150):
            canvas.fill(rect(shift - 9, -300, shift + 9, 300).turn(degrees).move(x, y), line, 0.9, face)
        for shift in (-230, 230) if index else range(-250, 260, 62):
            canvas.fill(rect(-200, shift - 7, 200, shift + 7).turn(degrees).move(x, y), line, 0.75, face)
        canvas.texture(face, "linen", shade(colour, 0.6), 0.3, 0.6, degrees)
        canvas.soft(rect(-3, -290, 3, 290).turn(degrees).move(x, y), shade(colour, 0.8), 7, 0.4, face)


def rug(canvas: Canvas, look: Look) -> None:
    """A flat-woven rug with a fringe at both ends, seen from above."""
    colour, one, two = look.colour(0), look.colour(1, "rust"), look.colour(2, "ink")
    fringe(canvas, -238, 238, 348, 34, rgb("oat"))
    with canvas.moved(0, -382):
        fringe(canvas, -238, 238, 0, 36, rgb("oat"))
    face = canvas.solid(rect(-240, -350, 240, 350, 6), colour, "flat")
    for y in (-310, 290):
        canvas.fill(rect(-250, y, 250, y + 20), one, 0.95, face)
    canvas.fill(rect(-250, -276, 250, -270), two, 0.9, face)
    canvas.fill(rect(-250, 270, 250, 276), two, 0.9, face)
    for row in range(3):
        y = -166 + row * 166
        for size, tone in ((78, one), (56, colour), (40, two), (18, colour)):
            for x in (-120, 120):
                diamond = polygon((x, y - size), (x + size * 1.32, y), (x, y + size), (x - size * 1.32, y))
                canvas.fill(diamond, tone, 0.95, face)
        canvas.fill(polygon((0, y - 22), (22, y), (0, y + 22), (-22, y)), two, 0.9, face)
    canvas.texture(face, "knit", shade(colour, 0.7), 0.3, 0.5, 90)
    canvas.texture(face, "pile", shade(colour, 0.7), 0.22, 0.6)


def soap(canvas: Canvas, look: Look) -> None:
    """Two bars in a ridged dish."""
    colour, other = look.colour(0), look.colour(1, "chalk")
    dish = look.colour(2, "stone")
    plate = canvas.solid(lathe((300, -54), (290, -30), (210, 0), tilt=0.2), dish, "round")
    terrazzo(canvas, plate, dish, (-300, -60, 300, 60), 0.6)
    top = canvas.fill(ellipse(0, -54, 300, 60), Ramp(((0, tint(dish, 0.4)), (1, shade(dish, 0.05))), 40))
    canvas.fill(ellipse(6, -48, 250, 46), across(shade(dish, 0.22), tint(dish, 0.12)), 1, top)
    canvas.soft(ellipse(30, -44, 210, 30), shade(dish, 0.9), 14, 0.5, top)
    _bar(canvas, 10, -54, other)
    _bar(canvas, -18, -156, colour)
    for x, y, radius in ((206, -92, 20), (236, -68, 13), (190, -62, 11), (-230, -70, 14)):
        bubble = canvas.fill(ellipse(x, y, radius), (240, 246, 248), 0.45)
        canvas.rim(bubble, 3, (255, 255, 255), 0.9)
        canvas.fill(ellipse(x - radius * 0.35, y - radius * 0.35, radius * 0.2), (255, 255, 255), 0.9)


def _bar(canvas: Canvas, x: float, y: float, colour: RGB) -> None:
    side = canvas.solid(rect(x - 180, y - 116, x + 180, y, 34), shade(colour, 0.06), "tube")
    canvas.texture(side, "marble", tint(colour, 0.8), 0.3, 0.9)
    face = rounded(
        [
            (x - 172, y - 104),
            (x - 138, y - 144),
            (x + 142, y - 144),
            (x + 174, y - 104),
            (x + 168, y - 88),
            (x - 166, y - 88),
        ],
        16,
    )
    top = canvas.fill(face, Ramp(((0, tint(colour, 0.5)), (1, tint(colour, 0.1))), 30))
    canvas.soft(ellipse(x, y - 116, 70, 13) - ellipse(x + 2, y - 113, 66, 11), shade(colour, 0.8), 1.5, 0.6, top)
    canvas.soft(rect(x - 150, y - 92, x + 90, y - 84, 4), tint(colour, 0.95), 5, 0.7, side)


def soapbottle(canvas: Canvas, look: Look) -> None:
    """Hand soap in a bottle of brown glass with a pump."""
    colour, label = look.colour(0, "amber"), look.colour(1, "paper")
    shape = lathe((46, -400), (50, -388), (130, -350), (146, -310), (146, -20), (136, 0), tilt=TILT)
    body = canvas.solid(shape, colour, "round")
    canvas.soft(ellipse(40, -60, 80, 60), tint(colour, 0.6), 34, 0.4, body)
    paper = polygon(*arc(0, -270, 146, 24, 180, 0), *arc(0, -110, 146, 24, 0, 180))
    tag = canvas.fill(paper, lit_round(tint(label, 0.1)), 1, body)
    canvas.fill(polygon(*arc(-10, -196, 80, 12, 150, 30), *arc(-10, -190, 80, 12, 30, 150)), rgb("charcoal"), 0.8, tag)
    canvas.fill(polygon(*arc(-10, -168, 46, 8, 150, 30), *arc(-10, -164, 46, 8, 30, 150)), rgb("charcoal"), 0.5, tag)
    canvas.fill(ellipse(-10, -224, 13), shade(colour, 0.1), 0.9, tag)
    sheen(canvas, body, -104, -320, -30, 16, 0.6)
    black = rgb("charcoal")
    canvas.solid(lathe((48, -444), (50, -398), tilt=TILT, straight=True), black, "round")
    canvas.solid(rect(-11, -500, 11, -440), black, "round")
    nozzle = rounded([(-128, -512), (34, -532), (40, -494), (-40, -490), (-116, -488), (-122, -470), (-136, -476)], 12)
    canvas.solid(nozzle, black, "tube")


KINDS = {
    "cushion": Kind(cushion, width=530, height=525, focus=(-120, -380), zoom=1.8),
    "blanket": Kind(blanket, place="flat", width=560, height=660, focus=(-90, 190), zoom=1.9),
    "towel": Kind(towel, place="wall", width=470, height=700, focus=(0, 180), zoom=1.9),
    "teatowels": Kind(teatowels, place="flat", width=620, height=700, focus=(-60, 150), zoom=1.9),
    "rug": Kind(rug, place="flat", width=560, height=780, focus=(-60, 220), zoom=1.9),
    "soap": Kind(soap, width=620, height=300, focus=(-50, -170), zoom=1.8),
    "soapbottle": Kind(soapbottle, width=300, height=535, focus=(0, -330), zoom=1.9),
}
