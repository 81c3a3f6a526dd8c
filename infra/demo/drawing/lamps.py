"""Lamps and candles. A lit lamp warms what is around it."""

from infra.demo.drawing.canvas import Canvas
from infra.demo.drawing.cooking import timber
from infra.demo.drawing.cups import TILT, foot, sheen
from infra.demo.drawing.kinds import Kind, Look
from infra.demo.drawing.paint import Ramp, across, down, lit_round
from infra.demo.drawing.palette import GLOW, RGB, rgb, shade, tint
from infra.demo.drawing.shapes import arc, curve, ellipse, lathe, polygon, rect, smooth, stroke


def radiance(canvas: Canvas, x: float, y: float, radius: float, opacity: float = 0.5) -> None:
    """Warm light in the air."""
    canvas.soft(ellipse(x, y, radius * 0.62), GLOW, radius * 0.32, opacity)


def cord(canvas: Canvas, bottom: float, colour: RGB) -> None:
    """The cable of a hanging lamp, from the ceiling."""
    canvas.fill(rect(-3.5, -2400, 3.5, bottom), across(tint(colour, 0.3), shade(colour, 0.3)))


def pendant(canvas: Canvas, look: Look) -> None:
    """A dome of metal; the origin is the middle of its rim."""
    colour = look.colour(0)
    cord(canvas, -250, rgb("charcoal"))
    radiance(canvas, 0, 120, 420, 0.5)
    canvas.solid(lathe((24, -300), (30, -262), tilt=0.2, straight=True), look.colour(1, "brass"), "metal")
    cap = canvas.solid(lathe((34, -268), (60, -258), (66, -236), tilt=0.2), look.colour(1, "brass"), "metal")
    canvas.rim(cap, -3, (70, 50, 30), 0.3)
    shape = polygon(*arc(0, 0, 300, 246, 180, 360), *arc(0, 0, 300, 44, 0, 180))
    dome = canvas.solid(shape, colour, "round")
    canvas.soft(ellipse(-130, -120, 26, 84).turn(34, (-130, -120)), tint(colour, 0.95), 22, 0.65, dome)
    canvas.soft(ellipse(180, -40, 90, 150), shade(colour, 0.8), 40, 0.3, dome)
    inside = canvas.fill(ellipse(0, 0, 300, 44), across((255, 236, 190), (255, 248, 224), (246, 214, 150)))
    canvas.soft(ellipse(0, 4, 110, 22), (255, 255, 246), 12, 0.95, inside)
    canvas.fill(ellipse(0, 0, 300, 44) - ellipse(0, 2, 290, 39), tint(colour, 0.35))
    bulb = canvas.fill(ellipse(0, 12, 52, 44), down((255, 250, 230), (255, 240, 196)))
    canvas.rim(bulb, -4, (236, 190, 110), 0.5)


def globe(canvas: Canvas, look: Look) -> None:
    """A paper lantern with bamboo hoops."""
    colour = look.colour(0, "paper")
    cord(canvas, -290, rgb("charcoal"))
    radiance(canvas, 0, 0, 560, 0.42)
    shape = ellipse(0, 0, 300, 280)
    ball = canvas.solid(shape, tint(colour, 0.2), "ball", 0.5)
    canvas.soft(ellipse(-10, 10, 170, 160), (255, 240, 204), 60, 0.85, ball)
    for index in range(-8, 9):
        y = index * 31.5
        half = 300 * max(0.0, 1 - (y / 282) ** 2) ** 0.5
        hoop = stroke(arc(0, y, half, half * 0.1, 0, 180), 3.2)
        canvas.fill(hoop, shade(colour, 0.3), 0.4, ball)
        canvas.fill(hoop.move(0, 4), (255, 255, 250), 0.4, ball)
    canvas.solid(lathe((66, -284), (66, -268), tilt=0.16, straight=True), rgb("oak"), "round")
    canvas.fill(ellipse(0, 276, 66, 9), (214, 178, 128))
    canvas.fill(ellipse(0, 275, 58, 6), (255, 246, 220))


def mushroom(canvas: Canvas, look: Look) -> None:
    """A table lamp in one piece: a cap on a stem, switched on."""
    colour = look.colour(0)
    radiance(canvas, 0, -160, 420, 0.45)
    base = lathe((62, -330), (64, -160), (84, -60), (150, -16), (164, 0), tilt=TILT)
    stem = canvas.solid(base, colour, "round")
    canvas.soft(ellipse(0, -290, 130, 90), (255, 232, 176), 34, 0.75, stem)
    foot(canvas, stem, 164, colour)
    shape = polygon(*arc(0, -320, 270, 232, 180, 360), *arc(0, -320, 270, 50, 0, 180))
    cap = canvas.solid(shape, colour, "round")
    canvas.soft(ellipse(-116, -440, 26, 78).turn(38, (-116, -440)), tint(colour, 0.95), 20, 0.7, cap)
    canvas.soft(ellipse(0, -306, 250, 46), (255, 226, 160), 26, 0.6, cap)


def tablelamp(canvas: Canvas, look: Look) -> None:
    """A pot of stoneware with a linen shade."""
    colour, linen = look.colour(0), look.colour(1, "cream")
    radiance(canvas, 0, -420, 520, 0.45)
    canvas.solid(rect(-9, -320, 9, -230), rgb("brass"), "metal")
    shape = lathe((44, -262), (110, -236), (158, -150), (138, -40), (100, 0), tilt=TILT)
    body = canvas.solid(shape, colour, "round")
    if look.option("finish", "speckle") == "speckle":
        canvas.texture(body, "speckle", shade(colour, 0.75), 0.6, 0.62)
    foot(canvas, body, 106, colour)
    sheen(canvas, body, -86, -206, -110, 20, 0.5)
    canvas.soft(ellipse(0, -260, 120, 40), (255, 228, 166), 24, 0.6, body)
    cone = lathe((156, -590), (236, -312), tilt=0.12, straight=True)
    shade_region = canvas.fill(cone, lit_round(tint(linen, 0.15)))
    canvas.soft(ellipse(-10, -420, 120, 110), (255, 242, 204), 50, 0.85, shade_region)
    canvas.texture(shade_region, "linen", shade(linen, 0.45), 0.22, 0.7)
    canvas.rim(shade_region, 4, (255, 255, 250), 0.6)
    canvas.rim(shade_region, -5, shade(linen, 0.6), 0.3)
    canvas.fill(ellipse(0, -590, 156, 156 * 0.12), across(shade(linen, 0.12), (255, 240, 200)))
    canvas.fill(ellipse(0, -588, 146, 146 * 0.105), across((240, 208, 150), (255, 250, 228)))


def desklamp(canvas: Canvas, look: Look) -> None:
    """A jointed lamp for a desk."""
    colour, joint = look.colour(0), rgb("brass")
    canvas.solid(lathe((150, -34), (154, -24), (154, 0), tilt=TILT, straight=True).move(-70, 0), colour, "round")
    canvas.fill(ellipse(-70, -34, 150, 150 * TILT), Ramp(((0, tint(colour, 0.4)), (1, colour)), 40))
    for shift in (0, 22):
        canvas.solid(stroke([(-76 + shift, -40), (-176 + shift, -300)], 13), colour, "round")
        canvas.solid(stroke([(-176 + shift, -306), (56 + shift, -520)], 13), colour, "tube")
    for x, y in ((-66, -46), (-166, -302), (64, -520)):
        canvas.solid(ellipse(x, y, 26), joint, "ball")
    light = polygon((150, -440), (270, -520), (480, 0), (-60, 0))
    canvas.soft(light, GLOW, 30, 0.3)
    head = polygon(
        *smooth([(34, -560), (72, -600), (118, -578)]),
        *smooth([(118, -578), (250, -560), (300, -500)]),
        *smooth([(300, -500), (230, -420), (140, -396)]),
        *smooth([(140, -396), (70, -470), (34, -560)]),
    )
    dome = canvas.solid(head, colour, "flat")
    canvas.soft(curve((70, -560), (170, -556), (240, -520), width=14), tint(colour, 0.95), 8, 0.6, dome)
    mouth = ellipse(222, -446, 96, 32).turn(-33, (222, -446))
    inside = canvas.fill(mouth, across((255, 224, 160), (255, 250, 230)))
    canvas.soft(ellipse(222, -446, 44, 16).turn(-33, (222, -446)), (255, 255, 250), 8, 1, inside)
    canvas.fill(mouth - ellipse(222, -447, 90, 27).turn(-33, (222, -447)), tint(colour, 0.3))


def floorlamp(canvas: Canvas, look: Look) -> None:
    """Three wooden legs and a big linen drum."""
    wood, linen = look.colour(0, "oak"), look.colour(1, "cream")
    radiance(canvas, 0, -640, 420, 0.45)
    timber(canvas, stroke([(6, -520), (24, -60)], 15, 11), shade(wood, 0.25), "flat", 90)
    for side in (-1, 1):
        leg = timber(canvas, stroke([(side * 8, -530), (side * 142, 0)], 20, 14), wood, "flat", 90)
        canvas.soft(stroke([(0, -500), (side * 20, -440)], 30), shade(wood, 0.8), 10, 0.4, leg)
    canvas.solid(ellipse(0, -520, 30, 17), rgb("brass"), "metal")
    canvas.solid(rect(-6, -560, 6, -520), rgb("brass"), "metal")
    drum = lathe((150, -760), (186, -560), tilt=0.12, straight=True)
    body = canvas.fill(drum, lit_round(tint(linen, 0.15)))
    canvas.soft(ellipse(-10, -650, 100, 80), (255, 242, 204), 40, 0.85, body)
    canvas.texture(body, "linen", shade(linen, 0.45), 0.22, 0.6)
    canvas.rim(body, 4, (255, 255, 250), 0.6)
    canvas.rim(body, -4, shade(linen, 0.6), 0.3)
    canvas.fill(ellipse(0, -760, 150, 18), across((240, 208, 150), (255, 250, 228)))


def flame(canvas: Canvas, x: float, y: float, size: float = 1.0) -> None:
    """A candle flame that stands at (x, y)."""
    radiance(canvas, x, y - 40 * size, 230 * size, 0.6)
    canvas.fill(curve((x, y + 6), (x + 2, y - 14 * size), width=5 * size), (64, 48, 44))
    outer = smooth(
        [
            (x, y - 8 * size),
            (x - 19 * size, y - 34 * size),
            (x - 8 * size, y - 74 * size),
            (x + 3 * size, y - 108 * size),
        ]
    )
    other = smooth(
        [
            (x + 3 * size, y - 108 * size),
            (x + 12 * size, y - 72 * size),
            (x + 19 * size, y - 34 * size),
            (x, y - 8 * size),
        ]
    )
    canvas.fill(polygon(*outer, *other), down((255, 196, 92), (255, 232, 160), (255, 168, 84)))
    canvas.soft(ellipse(x, y - 36 * size, 8 * size, 22 * size), (255, 255, 240), 4 * size, 0.95)


def candle(canvas: Canvas, look: Look) -> None:
    """A scented candle in a cup of coloured glass."""
    colour, wax = look.colour(0, "amber"), look.colour(1, "wax")
    shape = lathe((150, -300), (150, -150), (146, -10), (140, 0), tilt=TILT)
    inner = canvas.fill(shape, lit_round(colour), 0.92)
    canvas.fill(lathe((140, -200), (138, -20), (130, -6), tilt=TILT), lit_round(tint(colour, 0.25)), 0.6, inner)
    canvas.soft(ellipse(0, -190, 120, 90), tint(rgb("flame"), 0.1), 40, 0.5, inner)
    pool = canvas.fill(ellipse(0, -300, 150, 150 * TILT), across(shade(colour, 0.35), tint(colour, 0.15)))
    canvas.fill(ellipse(0, -286, 140, 140 * TILT - 3), Ramp(((0, tint(wax, 0.5)), (1, wax)), 30), 1, pool)
    canvas.soft(ellipse(0, -286, 60, 10), (255, 246, 214), 8, 0.9, pool)
    ring = ellipse(0, -300, 150, 150 * TILT) - ellipse(0, -299, 143, 143 * TILT - 2)
    canvas.fill(ring, across(tint(colour, 0.6), tint(colour, 0.2), shade(colour, 0.2)))
    canvas.rim(inner, 5, tint(colour, 0.9), 0.55)
    canvas.soft(rect(-118, -270, -102, -50, 8), (255, 250, 236), 5, 0.7, inner)
    label = canvas.fill(
        rect(-66, -190, 66, -84, 6), across(rgb("paper"), tint(rgb("paper"), 0.5), shade(rgb("paper"), 0.08))
    )
    canvas.fill(rect(-40, -150, 40, -146), shade(colour, 0.2), 0.7, label)
    canvas.fill(ellipse(0, -122, 11), shade(colour, 0.2), 0.7, label)
    flame(canvas, 0, -296, 1.1)


def candlestick(canvas: Canvas, look: Look) -> None:
    """Three brass candlesticks of different heights with tapers."""
    for index, (x, height, y) in enumerate(((-170, 170, -16), (0, 270, -34), (160, 90, 6))):
        colour = look.colour(index, "cream")
        with canvas.moved(x, y):
            taper = canvas.solid(
                lathe((15, -height - 250), (19, -height - 20), tilt=0.2, straight=True), colour, "round"
            )
            canvas.soft(ellipse(0, -height - 250, 20, 40), (255, 236, 180), 12, 0.7, taper)
            profile = ((34, -height - 24), (36, -height), (13, -height + 20), (11, -70), (20, -44), (70, -14), (76, 0))
            brass = canvas.solid(lathe(*profile, tilt=TILT), rgb("brass"), "metal")
            canvas.rim(brass, -4, (90, 62, 30), 0.4)
            canvas.fill(ellipse(0, -height - 24, 34, 6), tint(rgb("brass"), 0.4))
            canvas.fill(rect(-17, -height - 60, 17, -height - 22), lit_round(colour))
            flame(canvas, 0, -height - 252, 0.8)


KINDS = {
    "pendant": Kind(pendant, place="hang", width=620, height=320, focus=(0, -90), zoom=1.8),
    "globe": Kind(globe, place="hang", width=620, height=580, focus=(0, 60), zoom=1.7),
    "mushroom": Kind(mushroom, width=550, height=560, focus=(0, -380), zoom=1.8),
    "tablelamp": Kind(tablelamp, width=490, height=610, focus=(0, -330), zoom=1.9),
    "desklamp": Kind(desklamp, width=560, height=620, focus=(120, -470), zoom=1.9),
    "floorlamp": Kind(floorlamp, width=390, height=780, focus=(0, -600), zoom=2.0),
    "candle": Kind(candle, width=320, height=430, focus=(0, -250), zoom=2.1),
    "candlestick": Kind(candlestick, width=480, height=660, focus=(0, -420), zoom=1.9),
}
