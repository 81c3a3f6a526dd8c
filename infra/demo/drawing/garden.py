"""Pots with plants, and tools for them."""

import math

from infra.demo.drawing.canvas import Canvas
from infra.demo.drawing.cooking import timber
from infra.demo.drawing.cups import TILT, foot, sheen
from infra.demo.drawing.furniture import leg, underneath
from infra.demo.drawing.kinds import Kind, Look
from infra.demo.drawing.paint import Ramp, across, lit_round, metal
from infra.demo.drawing.palette import RGB, rgb, shade, tint
from infra.demo.drawing.plants import PLANTS, trailing
from infra.demo.drawing.shapes import Shape, arc, blob, curve, ellipse, lathe, polygon, rect, rounded, smooth, stroke


def earth(canvas: Canvas, y: float, radius: float) -> None:
    """Soil in a pot."""
    soil = rgb("soil")
    top = canvas.fill(ellipse(0, y, radius, radius * TILT), across(shade(soil, 0.5), soil))
    canvas.texture(top, "cork", tint(soil, 0.25), 0.6, 0.4)


def planter(canvas: Canvas, look: Look) -> None:
    """A flower pot with a rim on a saucer, and a plant."""
    colour = look.colour(0)
    canvas.solid(lathe((176, -26), (160, 0), tilt=TILT, straight=True), shade(colour, 0.08), "round")
    canvas.fill(ellipse(0, -26, 176, 30), across(shade(colour, 0.4), tint(colour, 0.1)))
    shape = lathe((178, -250), (136, -18), tilt=TILT, straight=True)
    body = canvas.solid(shape, colour, "round")
    canvas.texture(body, "marble", tint(colour, 0.7), 0.2, 0.7)
    foot(canvas, body, 136, colour, -18)
    canvas.soft(ellipse(0, -206, 200, 36), shade(colour, 0.85), 9, 0.45, body)
    rim = canvas.solid(lathe((204, -300), (200, -232), tilt=TILT, straight=True), colour, "round")
    canvas.texture(rim, "marble", tint(colour, 0.7), 0.2, 0.7)
    canvas.fill(ellipse(0, -300, 204, 204 * TILT), across(tint(colour, 0.45), tint(colour, 0.1)))
    canvas.fill(ellipse(0, -298, 190, 190 * TILT), across(shade(colour, 0.55), shade(colour, 0.1)))
    earth(canvas, -292, 182)
    PLANTS[look.option("plant", "rubber")](canvas, 0, -292, float(look.option("size", "0.9")))


def bowlplanter(canvas: Canvas, look: Look) -> None:
    """A smooth round pot with three little feet."""
    colour = look.colour(0)
    for x in (-90, 100):
        canvas.solid(ellipse(x, -4, 26, 18), shade(colour, 0.15), "ball")
    shape = lathe((186, -290), (222, -210), (216, -110), (150, -22), (110, -10), tilt=TILT)
    body = canvas.solid(shape, colour, "round")
    if look.option("finish", "speckle") == "speckle":
        canvas.texture(body, "speckle", shade(colour, 0.75), 0.6, 0.62)
    foot(canvas, body, 120, colour, -10)
    sheen(canvas, body, -130, -230, -110, 24, 0.4)
    canvas.fill(ellipse(0, -290, 186, 186 * TILT), across(tint(colour, 0.45), tint(colour, 0.1)))
    earth(canvas, -288, 172)
    PLANTS[look.option("plant", "monstera")](canvas, 0, -288, float(look.option("size", "0.85")))


def legplanter(canvas: Canvas, look: Look) -> None:
    """A cylinder in a wooden stand."""
    colour, wood = look.colour(0), look.colour(1, "oak")
    underneath(canvas, 12, -10, 150, 18)
    leg(canvas, (10, -200), (20, -50), shade(wood, 0.3), 22, 18)
    shape = lathe((170, -410), (170, -150), (150, -128), tilt=TILT)
    body = canvas.solid(shape, colour, "round")
    canvas.texture(body, "pile", shade(colour, 0.5), 0.14, 0.4)
    foot(canvas, body, 170, colour, -130)
    sheen(canvas, body, -106, -370, -170, 24, 0.35)
    canvas.fill(ellipse(0, -410, 170, 170 * TILT), across(tint(colour, 0.5), tint(colour, 0.15)))
    canvas.fill(ellipse(0, -408, 158, 158 * TILT), across(shade(colour, 0.5), shade(colour, 0.1)))
    earth(canvas, -402, 152)
    PLANTS[look.option("plant", "snake")](canvas, 0, -402, float(look.option("size", "0.9")))
    canvas.fill(lathe((172, -190), (172, -172), tilt=TILT, straight=True) - ellipse(0, -190, 172, 29), lit_round(wood))
    for x in (-166, 166):
        leg(canvas, (x, -300), (x * 1.05, 2), wood, 24, 18)


def hanging(canvas: Canvas, look: Look) -> None:
    """A bowl on three cords with a trailing plant."""
    colour, rope = look.colour(0), rgb("oat")
    for x in (-150, 0, 150):
        canvas.fill(stroke([(0, -420), (x, -90)], 6), shade(rope, 0.1 if x else 0.25))
    canvas.fill(stroke([(0, -2400), (0, -420)], 6), rope)
    canvas.solid(ellipse(0, -420, 19), rgb("oak"), "ball")
    canvas.fill(ellipse(0, -90, 176, 30), shade(colour, 0.5))
    shape = lathe((176, -90), (180, -40), (150, 50), (70, 100), tilt=TILT)
    body = canvas.solid(shape - ellipse(0, -90, 176, 29), colour, "round")
    canvas.texture(body, "speckle", shade(colour, 0.75), 0.6, 0.62)
    sheen(canvas, body, -110, -50, 20, 22, 0.4)
    earth(canvas, -88, 160)
    trailing(canvas, 0, -84, 0.95)


def wateringcan(canvas: Canvas, look: Look) -> None:
    colour, brass = look.colour(0), rgb("brass")
    pipe = polygon((-120, -150), (-300, -350), (-322, -330), (-150, -60))
    canvas.solid(pipe, colour, "flat")
    canvas.fill(stroke([(-110, -250), (-240, -290)], 10), metal(brass))
    rose = polygon((-286, -392), (-376, -330), (-330, -318), (-290, -352))
    canvas.solid(rose, brass, "metal")
    canvas.fill(
        ellipse(-332, -362, 55, 17).turn(-34, (-332, -362)), Ramp(((0, tint(brass, 0.5)), (1, shade(brass, 0.2))), 30)
    )
    for index in range(-3, 4):
        x, y = -332 + index * 12, -362 - index * 8
        canvas.fill(ellipse(x, y, 2.8), shade(brass, 0.75))
    back = curve((100, -350), (220, -400), (300, -300), (270, -140), (166, -70), width=26)
    canvas.solid(back, brass, "metal")
    shape = lathe((130, -320), (150, -310), (178, -40), (178, 0), tilt=TILT, straight=True)
    body = canvas.solid(shape, colour, "round")
    foot(canvas, body, 178, colour)
    sheen(canvas, body, -104, -280, -50, 24, 0.5)
    for y, radius in ((-286, 152), (-14, 178)):
        band = polygon(*arc(0, y, radius, radius * TILT, 180, 0), *arc(0, y + 9, radius, radius * TILT, 0, 180))
        canvas.fill(band, shade(colour, 0.35), 0.35, body)
    canvas.fill(ellipse(0, -320, 130, 130 * TILT), across(tint(colour, 0.4), shade(colour, 0.05)))
    canvas.fill(ellipse(0, -318, 118, 118 * TILT), across(shade(colour, 0.6), shade(colour, 0.25)))
    canvas.fill(
        polygon(*arc(0, -324, 130, 22, 90, 270), *arc(-6, -324, 60, 22, 270, 90)), across(tint(colour, 0.3), colour)
    )


def trowels(canvas: Canvas, look: Look) -> None:
    """A trowel, a fork and a weeder, seen from above."""
    wood, steel = look.colour(0, "ash"), rgb("steel")
    heads = (_trowel_head(), _fork_head(), _weeder_head())
    for index, (x, head) in enumerate(zip((-190, 0, 190), heads, strict=True)):
        with canvas.moved(x, 10):
            canvas.fill(stroke([(0, -120), (0, 90)], 17), metal(steel))
            for shape in head:
                canvas.solid(shape, steel, "metal")
            canvas.solid(rect(-20, 60, 20, 96, 5), rgb("brass"), "metal")
            grip = blob(
                (-21, 94), (21, 94), (32, 180), (26, 270), (34, 344), (0, 372), (-34, 344), (-26, 270), (-32, 180)
            )
            timber(canvas, grip, look.colour(index, "ash") if len(look.colours) > 1 else wood, "round", 90, 0.6)
            loop = curve((0, 350), (-22, 400), (0, 430), (22, 400), (0, 350), width=7)
            canvas.fill(loop, rgb("leather"))


def _trowel_head() -> list[Shape]:
    side = smooth([(34, -130), (78, -180), (80, -280), (40, -370), (0, -408)])
    return [polygon(*side, *[(-x, y) for x, y in reversed(side)])]


def _fork_head() -> list[Shape]:
    return [
        curve((0, -120), (x, -190), (x * 1.05, -280), (x * 0.9, -400), width=24, end_width=11) for x in (-66, 0, 66)
    ]


def _weeder_head() -> list[Shape]:
    side = smooth([(14, -120), (26, -220), (30, -330), (34, -400)])
    return [polygon(*side, (0, -360), *[(-x, y) for x, y in reversed(side)])]


def mister(canvas: Canvas, look: Look) -> None:
    """A plant mister of ribbed glass with a brass pump."""
    glass, brass = look.colour(0, "teal"), rgb("brass")
    shape = lathe((44, -300), (60, -280), (146, -190), (154, -90), (130, -8), (120, 0), tilt=TILT)
    body = canvas.fill(shape, across(tint(glass, 0.1), tint(glass, 0.4), glass, shade(glass, 0.35)), 0.82)
    water = canvas.fill(lathe((146, -150), (148, -80), (122, -12), tilt=TILT), lit_round(glass), 0.6, body)
    canvas.fill(ellipse(0, -150, 146, 20), tint(glass, 0.45), 0.6, body)
    for index in range(-6, 7):
        x = 150 * math.sin(index * 0.24)
        canvas.soft(curve((x * 0.4, -290), (x, -160), (x * 0.84, 0), width=5), tint(glass, 0.7), 3, 0.35, body)
    canvas.rim(body, 5, (255, 255, 252), 0.7)
    canvas.soft(curve((-60, -260), (-116, -180), (-118, -80), width=15), (255, 255, 250), 5, 0.8, body)
    canvas.soft(ellipse(40, -50, 60, 26), tint(glass, 0.7), 18, 0.5, water)
    canvas.solid(lathe((48, -350), (48, -296), tilt=TILT, straight=True), brass, "metal")
    canvas.solid(rounded([(-110, -420), (70, -420), (80, -350), (-40, -346), (-112, -388)], 16), brass, "metal")
    canvas.solid(rect(-140, -416, -104, -390, 5), brass, "metal")
    canvas.solid(rect(-8, -500, 8, -416), brass, "metal")
    canvas.solid(rect(-44, -520, 44, -494, 13), brass, "metal")
    trigger = curve((60, -352), (96, -300), (84, -236), width=18, end_width=11)
    canvas.solid(trigger, brass, "metal")


def basket(canvas: Canvas, look: Look) -> None:
    """A round basket with handles; the plant in it is optional."""
    colour, band = look.colour(0, "ash"), look.colour(1, "chalk")
    for side in (-1, 1):
        ear = curve((side * 208, -270), (side * 262, -330), (side * 250, -390), (side * 200, -346), width=21)
        canvas.solid(ear, rgb("leather"), "flat")
    shape = lathe((224, -330), (244, -220), (236, -80), (196, 0), tilt=TILT)
    body = canvas.solid(shape, colour, "round")
    lower = polygon(*arc(0, -170, 250, 42, 180, 0), (250, 60), (-250, 60))
    canvas.fill(lower, lit_round(band), 0.92, body)
    canvas.texture(body, "wicker", shade(colour, 0.8), 0.55, 0.62)
    foot(canvas, body, 200, colour)
    canvas.fill(ellipse(0, -330, 224, 38), lit_round(tint(colour, 0.1)))
    canvas.fill(ellipse(0, -328, 206, 33), across(shade(colour, 0.65), shade(colour, 0.3)))
    if plant := look.option("plant"):
        PLANTS[plant](canvas, 0, -320, float(look.option("size", "0.75")))
        return
    _rolled_cloth(canvas, colour)


def _rolled_cloth(canvas: Canvas, rim: RGB) -> None:
    for x, colour in ((-100, "blush"), (20, "chalk"), (110, "sage")):
        tone = rgb(colour)
        roll = canvas.solid(ellipse(x, -346, 72, 60), tone, "ball")
        for radius in (50, 34, 18):
            canvas.fill(stroke(arc(x, -346, radius, radius * 0.82, 20, 340), 3.5), shade(tone, 0.35), 0.6, roll)
    lip = stroke(arc(0, -328, 215, 35, 0, 180), 18)
    canvas.fill(lip, lit_round(tint(rim, 0.06)))


KINDS = {
    "planter": Kind(planter, width=520, height=690, focus=(0, -360), zoom=1.7),
    "bowlplanter": Kind(bowlplanter, width=560, height=690, focus=(-40, -300), zoom=1.7),
    "legplanter": Kind(legplanter, width=430, height=760, focus=(-30, -340), zoom=1.8),
    "hanging": Kind(hanging, place="hang", width=480, height=660, focus=(0, -20), zoom=1.7),
    "wateringcan": Kind(wateringcan, width=660, height=420, focus=(-60, -270), zoom=1.8),
    "trowels": Kind(trowels, place="flat", width=620, height=830, focus=(-90, -200), zoom=1.9),
    "mister": Kind(mister, width=330, height=530, focus=(0, -380), zoom=2.0),
    "basket": Kind(basket, width=520, height=410, focus=(-80, -220), zoom=1.9),
}
