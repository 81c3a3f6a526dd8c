"""Plates, bowls, pots, jugs and vases."""

from infra.demo.drawing.canvas import Canvas, Region
from infra.demo.drawing.cups import TILT, foot, glaze, opening, sheen
from infra.demo.drawing.kinds import Kind, Look
from infra.demo.drawing.paint import Radial, Ramp, across, lit_round
from infra.demo.drawing.palette import RGB, rgb, shade, tint
from infra.demo.drawing.plants import branch, eucalyptus
from infra.demo.drawing.shapes import curve, ellipse, lathe, polygon, rect, smooth


def plate(canvas: Canvas, look: Look) -> None:
    """Seen from above."""
    colour, rim = look.colour(0), look.colour(1, look.colours[0])
    whole = canvas.solid(ellipse(0, 0, 330), rim, "flat", 0.8)
    band = canvas.fill(ellipse(0, 0, 322), Ramp(((0, tint(colour, 0.3)), (1, shade(colour, 0.1))), 50), 1, whole)
    well = canvas.fill(
        ellipse(4, 5, 238), Radial(((0, tint(colour, 0.12)), (0.75, colour), (1, shade(colour, 0.2))), 0.6, 0.62)
    )
    canvas.soft(ellipse(-12, -14, 236) - ellipse(18, 20, 236), shade(colour, 0.75), 9, 0.42, well)
    canvas.soft(ellipse(16, 18, 240) - ellipse(-8, -8, 240), tint(colour, 0.95), 7, 0.75, well)
    canvas.rim(band, 5, tint(colour, 0.95), 0.7)
    canvas.soft(ellipse(-190, -190, 90, 30).turn(-45, (-190, -190)), (255, 253, 246), 22, 0.5, band)
    glaze(canvas, whole, colour, look)


def sidestack(canvas: Canvas, look: Look) -> None:
    """A stack of plates, seen from the side."""
    for index in range(5):
        colour = look.colour(index % len(look.colours))
        lift = -index * 30
        canvas.soft(ellipse(20, lift + 6, 220, 30), shade(colour, 0.9), 10, 0.4)
        canvas.solid(lathe((250, lift - 34), (190, lift), tilt=0.15, straight=True), shade(colour, 0.2), "round")
        shape = lathe((300, lift - 44), (299, lift - 34), (292, lift - 29), tilt=0.15, straight=True)
        body = canvas.solid(shape, colour, "round")
        glaze(canvas, body, colour, look)
    top = look.colour(4 % len(look.colours))
    inside = opening(canvas, -164, 300, top, 9, 0.15)
    canvas.fill(ellipse(0, -160, 214, 26), across(shade(top, 0.2), tint(top, 0.1)), 1, inside)


def lowbowl(canvas: Canvas, look: Look) -> None:
    colour = look.colour(0)
    canvas.solid(lathe((150, -20), (144, 4), tilt=0.18, straight=True), shade(colour, 0.1), "round")
    shape = lathe((300, -168), (292, -120), (240, -56), (160, -18), tilt=0.24)
    body = canvas.solid(shape, colour, "round")
    glaze(canvas, body, colour, look)
    foot(canvas, body, 160, colour, -16)
    sheen(canvas, body, -190, -116, -80, 30, 0.4)
    inside = opening(canvas, -168, 300, colour, 12, 0.26)
    floor = canvas.fill(ellipse(10, -140, 180, 34), across(shade(colour, 0.18), tint(colour, 0.14)), 0.8, inside)
    glaze(canvas, inside, colour, look)
    canvas.soft(ellipse(60, -118, 90, 12), tint(colour, 0.8), 10, 0.4, floor)


NEST = ((285, -200, 0), (236, -268, -60), (186, -328, -130))


def nesting(canvas: Canvas, look: Look, index: int = 0) -> None:
    """Three bowls, each in the next: the inside of the outer one, then what stands in it, then its front."""
    radius, top, base = NEST[index]
    colour, height = look.colour(index, ("oat", "sage", "moss")[index]), base - top
    inside = opening(canvas, top, radius, colour, 11, 0.2)
    glaze(canvas, inside, colour, look)
    if index + 1 < len(NEST):
        nesting(canvas, look, index + 1)
    side = (
        (radius, top),
        (radius * 0.97, top + height * 0.3),
        (radius * 0.8, base - height * 0.26),
        (radius * 0.5, base),
    )
    front = canvas.solid(lathe(*side, tilt=0.2) - ellipse(0, top, radius, radius * 0.2), colour, "round", 0.6)
    lip = ellipse(0, top, radius, radius * 0.2) - ellipse(0, top - 3, radius, radius * 0.2)
    canvas.fill(lip, tint(colour, 0.5))
    glaze(canvas, front, colour, look)
    foot(canvas, front, radius * 0.5, colour, base)
    sheen(canvas, front, -radius * 0.66, top + 60, top + height * 0.5, 22, 0.45)


def teapot(canvas: Canvas, look: Look) -> None:
    colour = look.colour(0)
    handle = curve((150, -262), (262, -300), (300, -200), (252, -100), (150, -76), width=34, end_width=28)
    canvas.solid(handle, shade(colour, 0.14))
    spout = curve((-130, -120), (-226, -160), (-262, -270), (-302, -296), width=92, end_width=34)
    pipe = canvas.solid(spout, colour, "tube")
    glaze(canvas, pipe, colour, look)
    canvas.fill(ellipse(-308, -300, 19, 11).turn(38, (-308, -300)), shade(colour, 0.6))
    shape = lathe((84, -350), (150, -332), (214, -250), (224, -160), (180, -50), (120, 0), tilt=TILT)
    body = canvas.solid(shape, colour, "round")
    glaze(canvas, body, colour, look)
    foot(canvas, body, 130, colour)
    canvas.soft(ellipse(-104, -236, 26, 60).turn(16, (-104, -236)), (255, 252, 244), 14, 0.5, body)
    canvas.soft(ellipse(14, -338, 120, 24), shade(colour, 0.8), 9, 0.4, body)
    lid = canvas.solid(lathe((30, -404), (90, -386), (112, -356), tilt=0.2), colour, "round")
    glaze(canvas, lid, colour, look)
    knob = canvas.solid(ellipse(0, -426, 34, 30), look.colour(1, "oak"), "ball")
    canvas.texture(knob, "wood", shade(rgb("oak"), 0.6), 0.3, 0.4)


def jug(canvas: Canvas, look: Look) -> None:
    colour = look.colour(0)
    handle = curve((120, -440), (236, -446), (262, -330), (216, -214), (136, -168), width=36, end_width=30)
    canvas.solid(handle, shade(colour, 0.13))
    shape = lathe((128, -480), (118, -410), (122, -340), (168, -220), (180, -120), (150, -16), (136, 0), tilt=TILT)
    body = canvas.solid(shape, colour, "round")
    glaze(canvas, body, colour, look)
    foot(canvas, body, 140, colour)
    sheen(canvas, body, -100, -240, -90, 26, 0.5)
    lip = polygon(*smooth([(-118, -500), (-172, -506), (-160, -470), (-122, -420)]))
    canvas.solid(lip, colour, "flat", 0.4)
    opening(canvas, -480, 128, colour, 9)
    canvas.fill(polygon(*smooth([(-112, -488), (-160, -502), (-120, -476)])), shade(colour, 0.42))


def carafe(canvas: Canvas, look: Look) -> None:
    """A blown glass carafe with a ball of cork on top."""
    colour = look.colour(0, "glass")
    shape = lathe((66, -560), (58, -480), (64, -400), (130, -270), (170, -130), (140, -14), (124, 0), tilt=TILT)
    body = canvas.fill(shape, across(tint(colour, 0.25), tint(colour, 0.65), colour, shade(colour, 0.32)), 0.5)
    water = canvas.fill(
        lathe((112, -300), (160, -160), (152, -60), (116, -14), tilt=TILT), lit_round(colour), 0.5, body
    )
    canvas.fill(ellipse(0, -300, 114, 114 * TILT), tint(colour, 0.7), 0.75)
    canvas.soft(ellipse(70, -60, 70, 40), tint(colour, 0.9), 24, 0.5, water)
    canvas.rim(body, 5, (255, 255, 252), 0.85)
    canvas.rim(body, -5, shade(colour, 0.6), 0.5)
    canvas.soft(curve((-40, -470), (-52, -390), (-118, -240), (-132, -120), width=15), (255, 255, 250), 5, 0.8, body)
    canvas.fill(ellipse(0, -560, 66, 12) - ellipse(0, -559, 60, 9), tint(colour, 0.6), 0.9)
    ball = canvas.solid(ellipse(0, -594, 62), rgb("cork"), "ball")
    canvas.texture(ball, "cork", shade(rgb("cork"), 0.6), 0.7, 0.4)


VASES = {
    "bottle": ((58, -520), (50, -470), (62, -390), (150, -260), (168, -150), (130, -20), (116, 0)),
    "moon": ((86, -450), (92, -432), (190, -320), (214, -210), (170, -60), (110, 0)),
    "tall": ((110, -520), (112, -420), (132, -260), (126, -110), (96, -10), (90, 0)),
    "bud": ((40, -330), (36, -290), (48, -230), (120, -130), (118, -60), (84, 0)),
}


def vase(canvas: Canvas, look: Look) -> None:
    colour = look.colour(0)
    profile = VASES[look.option("form", "bottle")]
    radius, top = profile[0]
    stems(canvas, look, top)
    shape = lathe(*profile, tilt=TILT)
    body = canvas.solid(shape, colour, "round")
    if look.option("ribs") == "yes":
        ribs(canvas, body, shape.bounds(), colour)
    glaze(canvas, body, colour, look)
    foot(canvas, body, profile[-1][0], colour)
    widest = max(r for r, _ in profile)
    sheen(canvas, body, -widest * 0.56, top * 0.56, top * 0.2, 24, 0.45)
    opening(canvas, top, radius, colour, 8)
    stems(canvas, look, top, only_inside=True)


def stems(canvas: Canvas, look: Look, top: float, only_inside: bool = False) -> None:
    """What stands in a vase: behind the rim first, then the bit that is seen in its mouth."""
    flowers = look.option("stems")
    if not flowers:
        return
    if only_inside:
        canvas.fill(curve((0, top + 5), (-4, top - 14), width=9), shade(rgb("leaf"), 0.35))
        return
    (eucalyptus if flowers == "eucalyptus" else branch)(canvas, 0, top + 20, 0.9)


def ribs(canvas: Canvas, body: Region, bounds: tuple[float, float, float, float], colour: RGB) -> None:
    """Upright flutes, closer together towards the sides."""
    half = bounds[2]
    for index in range(-9, 10):
        x = half * (1 - (1 - abs(index) / 10) ** 1.6) * (1 if index > 0 else -1)
        width = 3 + 9 * (1 - abs(index) / 10)
        canvas.soft(rect(x - width / 3, bounds[1], x + width / 3, bounds[3]), shade(colour, 0.85), 4, 0.34, body)
        canvas.soft(rect(x + width, bounds[1], x + width * 1.5, bounds[3]), tint(colour, 0.7), 4, 0.25, body)


KINDS = {
    "plate": Kind(plate, place="flat", width=680, height=680, focus=(-150, 120), zoom=1.7),
    "platestack": Kind(sidestack, width=600, height=230, focus=(-120, -120), zoom=1.9),
    "lowbowl": Kind(lowbowl, width=600, height=260, focus=(-80, -130), zoom=1.8),
    "nesting": Kind(nesting, width=560, height=400, focus=(-40, -290), zoom=1.8),
    "teapot": Kind(teapot, width=640, height=470, focus=(-60, -320), zoom=1.9),
    "jug": Kind(jug, width=460, height=510, focus=(-20, -420), zoom=2.0),
    "carafe": Kind(carafe, width=340, height=660, focus=(0, -420), zoom=1.8),
    "vase": Kind(vase, width=430, height=560, focus=(0, -420), zoom=1.9),
}
