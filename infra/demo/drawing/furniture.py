"""Chairs, sofas and tables."""

from infra.demo.drawing.canvas import Canvas, Region
from infra.demo.drawing.cooking import timber
from infra.demo.drawing.kinds import Kind, Look
from infra.demo.drawing.paint import Ramp, metal
from infra.demo.drawing.palette import RGB, rgb, shade, tint
from infra.demo.drawing.shadows import SHADOW
from infra.demo.drawing.shapes import (
    Point,
    Shape,
    arc,
    blob,
    curve,
    ellipse,
    lathe,
    polygon,
    rect,
    rounded,
    smooth,
    stroke,
)

TERRAZZO = ("rust", "sage", "charcoal", "mustard", "rose", "sky")


def leg(canvas: Canvas, start: Point, end: Point, colour: RGB, width: float = 24, end_width: float = 16) -> Region:
    """A wooden leg with the shade around its foot."""
    canvas.soft(ellipse(end[0] + 12, end[1] + 3, 40, 9), SHADOW, 8, 0.34)
    return timber(canvas, stroke([start, end], width, end_width), colour, "flat", 90, 0.6)


def underneath(canvas: Canvas, x: float, y: float, rx: float, ry: float = 20) -> None:
    """The dimness under a piece of furniture."""
    canvas.soft(ellipse(x, y, rx, ry), SHADOW, 20, 0.26)


def cloth(canvas: Canvas, shape: Shape, colour: RGB, weave: str = "pile", size: float = 0.5) -> Region:
    """An upholstered part."""
    region = canvas.solid(shape, colour, "flat", 0.8)
    canvas.texture(region, weave, shade(colour, 0.6), 0.26, size)
    return region


def chair(canvas: Canvas, look: Look) -> None:
    """A dining chair with a curved back and a woven or wooden seat."""
    wood, seat = look.colour(0), look.colour(1, "oat")
    dark = shade(wood, 0.2)
    underneath(canvas, 20, -20, 170, 26)
    leg(canvas, (-100, -330), (-122, -70), dark)
    leg(canvas, (160, -320), (196, -66), dark)
    for start, end in (((-112, -190), (178, -190)), ((-160, -150), (-116, -200)), ((128, -140), (180, -180))):
        timber(canvas, stroke([start, end], 12), dark)
    for x, lean in ((-52, -12), (8, 0), (68, 8), (124, 18)):
        timber(canvas, stroke([(x, -340), (x + lean, -590)], 11), shade(wood, 0.1), "flat", 90, 0.6)
    timber(canvas, stroke([(-104, -336), (-132, -600)], 24, 20), wood, "flat", 90, 0.6)
    timber(canvas, stroke([(164, -330), (198, -592)], 24, 20), wood, "flat", 90, 0.6)
    top = polygon(
        *smooth([(-160, -640), (-30, -668), (110, -664), (228, -626)]),
        *smooth([(222, -572), (100, -606), (-30, -610), (-150, -582)]),
    )
    rail = timber(canvas, top, wood, "flat", 0, 0.8)
    canvas.soft(curve((-130, -632), (20, -654), (170, -634), width=8), tint(wood, 0.9), 5, 0.5, rail)
    cushion = rounded([(-196, -292), (-110, -354), (176, -344), (158, -262), (140, -254), (-180, -270)], 26)
    edge = cloth(canvas, cushion.move(0, 16), shade(wood, 0.12))
    canvas.texture(edge, "wood", shade(wood, 0.6), 0.4, 0.8)
    face = cloth(canvas, cushion, seat, "weave", 0.7)
    canvas.soft(ellipse(20, -340, 150, 16), shade(seat, 0.8), 12, 0.4, face)
    leg(canvas, (-166, -262), (-190, 0), wood, 26)
    leg(canvas, (128, -246), (150, 14), wood, 26)


def stool(canvas: Canvas, look: Look) -> None:
    """Three legs and a dished round seat."""
    wood, seat = look.colour(0), look.colour(1, look.colours[0])
    underneath(canvas, 14, -14, 150, 22)
    leg(canvas, (10, -350), (22, -64), shade(wood, 0.25), 26)
    timber(canvas, stroke([(-120, -150), (20, -190)], 13), shade(wood, 0.15))
    timber(canvas, stroke([(20, -190), (130, -146)], 13), shade(wood, 0.22))
    leg(canvas, (-100, -350), (-152, 4), wood, 30, 18)
    leg(canvas, (108, -350), (164, 4), wood, 30, 18)
    canvas.soft(ellipse(0, -340, 180, 30), shade(wood, 0.9), 10, 0.4)
    side = canvas.solid(lathe((196, -404), (198, -384), (184, -362), tilt=0.2), seat, "round")
    canvas.texture(side, "wood", shade(seat, 0.62), 0.45, 0.8)
    top = canvas.fill(ellipse(0, -404, 196, 39), Ramp(((0, tint(seat, 0.42)), (1, shade(seat, 0.05))), 30))
    canvas.texture(top, "wood", shade(seat, 0.62), 0.45, 0.9)
    canvas.soft(ellipse(-30, -408, 130, 20) - ellipse(-20, -402, 120, 17), shade(seat, 0.7), 7, 0.3, top)


def sofa(canvas: Canvas, look: Look) -> None:
    colour, wood = look.colour(0), look.colour(1, "oak")
    underneath(canvas, 10, -6, 350, 22)
    for x in (-320, 320):
        leg(canvas, (x * 0.96, -70), (x, 4), wood, 30, 20)
    for x in (-250, 250):
        leg(canvas, (x, -70), (x * 1.02, -26), shade(wood, 0.3), 24, 18)
    back = cloth(canvas, rect(-350, -400, 350, -110, 70), shade(colour, 0.06))
    canvas.soft(rect(-260, -190, 260, -140), shade(colour, 0.85), 26, 0.5, back)
    cloth(canvas, rect(-330, -150, 330, -56, 18), shade(colour, 0.16))
    for side in (-1, 1):
        pillow = rounded([(side * 6, -372), (side * 272, -380), (side * 280, -190), (side * 4, -190)], 54)
        part = cloth(canvas, pillow, tint(colour, 0.05))
        canvas.soft(
            curve((side * 30, -330), (side * 150, -346), (side * 250, -334), width=16), tint(colour, 0.9), 14, 0.3, part
        )
        canvas.soft(ellipse(side * 140, -196, 140, 22), shade(colour, 0.8), 16, 0.4, part)
        seat = cloth(
            canvas, rect(min(side * 4, side * 284), -206, max(side * 4, side * 284), -112, 32), tint(colour, 0.1)
        )
        canvas.soft(rect(-290, -132, 290, -112), shade(colour, 0.8), 12, 0.4, seat)
        canvas.soft(rect(-250, -198, 250, -188), tint(colour, 0.95), 8, 0.3, seat)
    for side in (-1, 1):
        arm = rect(min(side * 270, side * 372), -290, max(side * 270, side * 372), -58, 46)
        part = cloth(canvas, arm, colour if side < 0 else shade(colour, 0.12))
        canvas.soft(ellipse(side * 320, -274, 30, 10), tint(colour, 0.95), 10, 0.45, part)
    _scatter_cushion(canvas, -176, -262, look.colour(2, "mustard"))


def _scatter_cushion(canvas: Canvas, x: float, y: float, colour: RGB) -> None:
    shape = blob((-76, -70), (0, -62), (76, -70), (68, 0), (76, 70), (0, 62), (-76, 70), (-68, 0)).turn(-12).move(x, y)
    canvas.soft(shape.move(14, 18), SHADOW, 12, 0.35)
    cloth(canvas, shape, colour, "linen", 0.6)


def armchair(canvas: Canvas, look: Look) -> None:
    """A round-backed easy chair."""
    colour, wood = look.colour(0), look.colour(1, "walnut")
    underneath(canvas, 16, -10, 220, 24)
    for start, end in (
        ((-150, -120), (-190, 0)),
        ((150, -120), (196, 0)),
        ((-90, -120), (-106, -44)),
        ((96, -120), (116, -44)),
    ):
        leg(canvas, start, end, wood if end[1] == 0 else shade(wood, 0.3), 26, 16)
    _armchair_back(canvas, colour)
    seat = cloth(
        canvas,
        rounded([(-186, -246), (-120, -268), (128, -268), (196, -246), (186, -130), (-178, -130)], 44),
        tint(colour, 0.1),
    )
    canvas.soft(rect(-190, -160, 200, -120), shade(colour, 0.85), 18, 0.45, seat)
    canvas.soft(ellipse(-40, -246, 120, 14), tint(colour, 0.95), 14, 0.4, seat)
    for side in (-1, 1):
        arm = blob(
            (side * 170, -330),
            (side * 226, -356),
            (side * 258, -318),
            (side * 250, -180),
            (side * 206, -112),
            (side * 158, -140),
            (side * 164, -240),
        )
        part = cloth(canvas, arm, colour if side < 0 else shade(colour, 0.1))
        canvas.soft(ellipse(side * 214, -336, 28, 10), tint(colour, 0.95), 9, 0.45, part)


def _armchair_back(canvas: Canvas, colour: RGB) -> None:
    """The shell, and the stitched channels inside it."""
    shell = blob(
        (-226, -190),
        (-240, -330),
        (-190, -500),
        (-60, -572),
        (70, -572),
        (196, -500),
        (246, -330),
        (230, -190),
        (150, -120),
        (-150, -120),
    )
    outer = cloth(canvas, shell, shade(colour, 0.12))
    canvas.soft(ellipse(190, -300, 80, 240), shade(colour, 0.85), 40, 0.4, outer)
    inner = blob(
        (-150, -200), (-160, -340), (-120, -470), (-30, -520), (50, -520), (134, -466), (168, -340), (156, -200)
    )
    back = cloth(canvas, inner, tint(colour, 0.06))
    for x in (-70, 4, 78):
        canvas.soft(curve((x * 0.9, -510), (x, -400), (x * 1.08, -230), width=7), shade(colour, 0.85), 5, 0.4, back)
        canvas.soft(
            curve((x * 0.9 + 12, -500), (x + 12, -400), (x * 1.08 + 12, -240), width=6),
            tint(colour, 0.9),
            6,
            0.25,
            back,
        )
    canvas.soft(ellipse(0, -236, 180, 40), shade(colour, 0.85), 26, 0.5, back)


def terrazzo(
    canvas: Canvas, region: Region, base: RGB, box: tuple[float, float, float, float], flat: float = 1.0
) -> None:
    """Chips of coloured stone; `flat` squashes them where a surface is seen aslant."""
    dice = canvas.random
    left, top, right, bottom = box
    for _ in range(round((right - left) * (bottom - top) / (760 * flat))):
        x, y = dice.uniform(left, right), dice.uniform(top, bottom)
        radius = dice.choice((3, 4, 5, 7, 9, 12))
        corners = [(radius * dice.uniform(0.7, 1.2), angle + dice.uniform(-20, 20)) for angle in range(0, 360, 60)]
        points = [Shape((((((r, 0.0),)), True),)).turn(a).rings[0][0][0] for r, a in corners]
        chip = polygon(*[(x + px, y + py * flat) for px, py in points])
        colour = rgb(dice.choice(TERRAZZO))
        canvas.fill(chip, tint(shade(colour, 0.08), 0.2), 0.9, region)


def sidetable(canvas: Canvas, look: Look) -> None:
    """A round top on three slim legs."""
    colour, wood = look.colour(0), look.colour(1, look.colours[0])
    underneath(canvas, 14, -16, 160, 22)
    leg(canvas, (8, -420), (24, -70), shade(wood, 0.28), 22, 15)
    leg(canvas, (-150, -424), (-196, 4), wood, 26, 16)
    leg(canvas, (158, -424), (206, 4), shade(wood, 0.06), 26, 16)
    ring = stroke(arc(0, -180, 176, 34, 0, 360), 9)
    canvas.fill(ring, metal(rgb("brass")))
    canvas.soft(ellipse(0, -424, 226, 34), shade(wood, 0.9), 10, 0.45)
    side = canvas.solid(lathe((256, -470), (256, -446), (236, -436), tilt=0.19, straight=True), colour, "round")
    canvas.texture(side, "wood", shade(colour, 0.62), 0.4, 1.0)
    top = canvas.fill(ellipse(0, -470, 256, 256 * 0.19), Ramp(((0, tint(colour, 0.45)), (1, shade(colour, 0.02))), 30))
    canvas.texture(top, "wood", shade(colour, 0.6), 0.4, 1.2)
    canvas.rim(top, 3, tint(colour, 0.9), 0.5)


def coffeetable(canvas: Canvas, look: Look) -> None:
    """A terrazzo top on a fluted drum."""
    colour, base = look.colour(0, "chalk"), look.colour(1, "oak")
    underneath(canvas, 16, 0, 240, 26)
    drum = canvas.solid(lathe((176, -240), (176, 0), tilt=0.2, straight=True), base, "round")
    for index in range(-8, 9):
        x = 176 * (1 - (1 - abs(index) / 8.6) ** 1.7) * (1 if index > 0 else -1)
        canvas.soft(rect(x - 4, -260, x + 4, 60), shade(base, 0.85), 3, 0.5, drum)
        canvas.soft(rect(x + 7, -260, x + 11, 60), tint(base, 0.8), 3, 0.25, drum)
    canvas.soft(ellipse(10, -210, 220, 50), shade(base, 0.9), 18, 0.5, drum)
    side = canvas.solid(lathe((330, -290), (330, -262), (322, -252), tilt=0.2, straight=True), colour, "round")
    terrazzo(canvas, side, colour, (-330, -290, 330, -180), 0.8)
    top = canvas.fill(ellipse(0, -290, 330, 66), Ramp(((0, tint(colour, 0.5)), (1, shade(colour, 0.05))), 30))
    terrazzo(canvas, top, colour, (-330, -356, 330, -224), 0.4)
    canvas.rim(top, 3, tint(colour, 0.95), 0.7)


def desk(canvas: Canvas, look: Look) -> None:
    """A small writing desk with a drawer."""
    wood, front = look.colour(0), look.colour(1, "sage")
    underneath(canvas, 20, -16, 320, 24)
    for x in (-276, 290):
        leg(canvas, (x, -380), (x * 1.02, -66), shade(wood, 0.28), 22, 16)
    leg(canvas, (-310, -380), (-340, 4), wood, 28, 18)
    leg(canvas, (310, -380), (344, 4), shade(wood, 0.06), 28, 18)
    box = timber(canvas, rect(-330, -430, 332, -350, 6), shade(wood, 0.1))
    canvas.soft(rect(-340, -436, 340, -416), shade(wood, 0.9), 7, 0.5, box)
    for left, right in ((-312, -106), (-98, 108), (116, 314)):
        panel = canvas.solid(rect(left, -414, right, -358, 5), front, "flat")
        canvas.soft(rect(left, -418, right, -406), shade(front, 0.9), 5, 0.4, panel)
        canvas.solid(ellipse((left + right) / 2, -386, 9), rgb("brass"), "ball")
    top = timber(canvas, polygon((-352, -440), (-310, -486), (316, -486), (356, -440)), tint(wood, 0.2), "flat", 0, 1.2)
    canvas.rim(top, 3, tint(wood, 0.9), 0.5)
    timber(canvas, rect(-354, -442, 358, -424, 6), wood, "tube", 0, 1.2)


KINDS = {
    "chair": Kind(chair, width=440, height=670, focus=(20, -470), zoom=1.8),
    "stool": Kind(stool, width=420, height=445, focus=(20, -340), zoom=1.9),
    "sofa": Kind(sofa, width=760, height=405, focus=(-190, -260), zoom=1.8),
    "armchair": Kind(armchair, width=520, height=580, focus=(-60, -360), zoom=1.7),
    "sidetable": Kind(sidetable, width=520, height=520, focus=(-80, -420), zoom=1.8),
    "coffeetable": Kind(coffeetable, width=670, height=360, focus=(-120, -240), zoom=1.8),
    "desk": Kind(desk, width=720, height=490, focus=(-180, -400), zoom=1.9),
}
