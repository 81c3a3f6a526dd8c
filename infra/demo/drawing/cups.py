"""Mugs, cups, glasses and bottles."""

from infra.demo.drawing.canvas import Canvas, Region
from infra.demo.drawing.kinds import Kind, Look
from infra.demo.drawing.paint import Ramp, across, down, lit_round
from infra.demo.drawing.palette import RGB, mix, rgb, shade, tint
from infra.demo.drawing.shapes import Shape, arc, curve, ellipse, lathe, polygon, rect, smooth

TILT = 0.17


def glaze(canvas: Canvas, body: Region, colour: RGB, look: Look) -> None:
    """Specks for stoneware, and nothing for plain glazes."""
    if look.option("finish", "speckle") == "speckle":
        canvas.texture(body, "speckle", shade(colour, 0.75), 0.6, 0.62)


def foot(canvas: Canvas, body: Region, radius: float, colour: RGB, y: float = 0) -> None:
    """The shade at the foot of a turned thing, and light that the table throws back."""
    canvas.soft(
        ellipse(radius * 0.2, y + radius * TILT, radius * 1.3, radius * 0.2), shade(colour, 0.8), 16, 0.34, body
    )


def sheen(
    canvas: Canvas, body: Region, x: float, top: float, bottom: float, width: float = 16, opacity: float = 0.5
) -> None:
    """A soft upright highlight."""
    canvas.soft(
        rect(x - width / 2, top, x + width / 2, bottom, width / 2), (255, 252, 244), width * 0.42, opacity, body
    )


def opening(canvas: Canvas, y: float, radius: float, colour: RGB, wall: float = 9, tilt: float = TILT) -> Region:
    """The rim and the inside of a vessel; returns the inside."""
    canvas.fill(ellipse(0, y, radius, radius * tilt), across(tint(colour, 0.5), tint(colour, 0.3), shade(colour, 0.04)))
    inner = radius - wall
    inside = canvas.fill(
        ellipse(0, y + 1.5, inner, inner * tilt), across(shade(colour, 0.52), shade(colour, 0.26), tint(colour, 0.08))
    )
    canvas.soft(
        ellipse(-inner * 0.25, y - inner * tilt * 0.5, inner, inner * tilt), shade(colour, 0.75), 10, 0.4, inside
    )
    return inside


def liquid(canvas: Canvas, inside: Region, y: float, radius: float, colour: RGB) -> None:
    """Tea or coffee in a cup."""
    surface = canvas.fill(
        ellipse(0, y, radius, radius * TILT), across(shade(colour, 0.2), colour, tint(colour, 0.2)), 1, inside
    )
    canvas.soft(ellipse(radius * 0.3, y + radius * 0.06, radius * 0.4, 4), (255, 244, 226), 6, 0.5, surface)


def dipped(canvas: Canvas, body: Region, shape: Shape, top: float, colour: RGB, look: Look) -> None:
    """The lower part of a vessel left in bare clay."""
    if look.option("dip") != "yes":
        return
    left, _, right, bottom = shape.bounds()
    edge = arc(0, top, right, right * TILT, 180, 0)
    clay = rgb("sand")
    band = canvas.fill(polygon(*edge, (right, bottom + 20), (left, bottom + 20)), lit_round(clay), 1, body)
    canvas.texture(band, "pile", shade(clay, 0.6), 0.3, 0.4)
    canvas.soft(polygon(*edge, *[(x, y - 6) for x, y in reversed(edge)]), shade(colour, 0.7), 2, 0.4, body)


def mug(canvas: Canvas, look: Look) -> None:
    colour = look.colour(0)
    handle = curve((150, -300), (240, -312), (276, -232), (238, -136), (140, -104), width=40, end_width=34)
    canvas.solid(handle, shade(colour, 0.12))
    canvas.soft(curve((168, -312), (240, -318), (268, -250), width=6), tint(colour, 0.9), 4, 0.7)
    shape = lathe((172, -390), (173, -300), (172, -160), (168, -60), (150, -10), (132, 4), tilt=TILT)
    body = canvas.solid(shape, colour, "round")
    dipped(canvas, body, shape, -92, colour, look)
    glaze(canvas, body, colour, look)
    foot(canvas, body, 132, colour)
    sheen(canvas, body, -104, -350, -90, 22, 0.5)
    inside = opening(canvas, -390, 172, colour, 10)
    liquid(canvas, inside, -378, 156, rgb("walnut"))


def espresso(canvas: Canvas, look: Look) -> None:
    colour = look.colour(0)
    saucer(canvas, colour, 250, 0)
    handle = curve((110, -190), (190, -204), (204, -140), (120, -96), width=27, end_width=22)
    canvas.solid(handle, shade(colour, 0.12))
    shape = lathe((136, -236), (134, -170), (118, -88), (84, -38), (72, -26), tilt=TILT)
    body = canvas.solid(shape, colour, "round")
    glaze(canvas, body, colour, look)
    canvas.soft(ellipse(20, -18, 110, 26), shade(colour, 0.8), 14, 0.35, body)
    sheen(canvas, body, -82, -208, -112, 18)
    inside = opening(canvas, -236, 136, colour, 8)
    liquid(canvas, inside, -227, 122, (92, 58, 38))
    canvas.soft(ellipse(-10, -230, 84, 11), (206, 148, 92), 5, 0.75, inside)


def saucer(canvas: Canvas, colour: RGB, radius: float, y: float) -> None:
    """A small plate under a cup."""
    shape = lathe((radius, y - 34), (radius * 0.93, y - 16), (radius * 0.55, y + 2), tilt=0.2)
    rim = canvas.solid(shape, shade(colour, 0.06), "round")
    top = canvas.fill(
        ellipse(0, y - 34, radius, radius * 0.2), Ramp(((0, tint(colour, 0.45)), (1, shade(colour, 0.06))), 40)
    )
    canvas.rim(top, 3, tint(colour, 0.9), 0.6)
    well = canvas.fill(ellipse(0, y - 28, radius * 0.7, radius * 0.13), across(shade(colour, 0.16), tint(colour, 0.12)))
    canvas.soft(ellipse(40, y - 24, 120, 20), shade(colour, 0.8), 12, 0.45, well)
    canvas.soft(ellipse(30, y + 20, radius * 0.5, 14), shade(colour, 0.8), 10, 0.3, rim)


def teabowl(canvas: Canvas, look: Look) -> None:
    colour = look.colour(0)
    ring = lathe((104, -22), (98, 2), tilt=TILT, straight=True)
    canvas.solid(ring, rgb("sand"), "round")
    shape = lathe((214, -250), (216, -200), (196, -110), (140, -40), (104, -20), tilt=TILT)
    body = canvas.solid(shape, colour, "round")
    lower = look.colour(1, "sand")
    edge = smooth([(-230, -128), (-150, -88), (-70, -96), (20, -66), (110, -82), (180, -104), (230, -140)])
    band = canvas.fill(polygon(*edge, (230, 20), (-230, 20)), lit_round(lower), 1, body)
    canvas.texture(band, "pile", shade(lower, 0.6), 0.3, 0.4)
    canvas.soft(polygon(*edge, *[(x, y - 7) for x, y in reversed(edge)]), tint(colour, 0.5), 2.5, 0.6, body)
    glaze(canvas, body, colour, look)
    foot(canvas, body, 110, colour, -20)
    sheen(canvas, body, -132, -220, -120, 24, 0.5)
    inside = opening(canvas, -250, 214, colour, 11)
    liquid(canvas, inside, -236, 190, rgb("olive"))


def tumbler(canvas: Canvas, look: Look) -> None:
    """A ribbed glass: what is behind it shows through."""
    colour = look.colour(0, "glass")
    shape = lathe((150, -380), (146, -200), (132, -10), (128, 0), tilt=TILT)
    body = canvas.fill(shape, across(tint(colour, 0.3), tint(colour, 0.6), colour, shade(colour, 0.3)), 0.5)
    water = lathe((143, -250), (138, -120), (128, -22), tilt=TILT)
    canvas.fill(water, across(tint(colour, 0.5), colour, shade(colour, 0.25)), 0.55, body)
    canvas.fill(ellipse(0, -250, 143, 143 * TILT), tint(colour, 0.65), 0.7)
    for index in range(11):
        x = -138 + index * 27.6
        rib = polygon((x - 4, -362), (x + 4, -362), (x * 0.88 + 4, 4), (x * 0.88 - 4, 4))
        canvas.soft(rib, tint(colour, 0.9) if index < 6 else shade(colour, 0.35), 3, 0.6, body)
    canvas.fill(lathe((130, -18), (128, 0), tilt=TILT), across(tint(colour, 0.9), shade(colour, 0.4)), 0.55, body)
    canvas.rim(body, 4, (255, 255, 252), 0.8)
    canvas.rim(body, -4, shade(colour, 0.6), 0.5)
    rim = ellipse(0, -380, 150, 150 * TILT)
    canvas.fill(rim, tint(colour, 0.7), 0.35)
    canvas.fill(
        rim - ellipse(0, -379, 144, 144 * TILT - 1.5),
        across((255, 255, 252), tint(colour, 0.4), shade(colour, 0.2)),
        0.9,
    )
    sheen(canvas, body, -98, -340, -60, 15, 0.75)


def bottle(canvas: Canvas, look: Look) -> None:
    """An insulated bottle with a steel neck and a wooden or coloured cap."""
    colour, cap = look.colour(0), look.colour(1, "oak")
    shape = lathe((56, -480), (60, -468), (104, -430), (118, -380), (118, -200), (118, -14), (110, 0), tilt=0.14)
    body = canvas.solid(shape, colour, "round")
    canvas.texture(body, "pile", shade(colour, 0.6), 0.14, 0.3)
    canvas.fill(lathe((119, -34), (119, -14), (110, 2), tilt=0.14, straight=True), FOOT_METAL, 1, body)
    sheen(canvas, body, -72, -390, -70, 18, 0.55)
    canvas.fill(lathe((54, -506), (54, -480), tilt=0.14, straight=True), FOOT_METAL)
    top = canvas.solid(lathe((62, -592), (64, -584), (62, -508), tilt=0.14), cap, "round")
    canvas.texture(top, "wood", shade(cap, 0.6), 0.3, 0.5, 90)
    canvas.fill(ellipse(0, -592, 62, 62 * 0.14), down(tint(cap, 0.25), tint(cap, 0.5)))
    loop = curve((-34, -596), (-40, -642), (0, -664), (40, -642), (34, -596), width=15)
    canvas.solid(loop, shade(rgb("charcoal"), 0.05))


FOOT_METAL = Ramp(
    (
        (0.0, (120, 124, 130)),
        (0.2, (236, 238, 238)),
        (0.4, (176, 180, 186)),
        (0.65, mix((178, 184, 190), (255, 255, 255), 0.3)),
        (1.0, (92, 96, 104)),
    ),
    0,
)

KINDS = {
    "mug": Kind(mug, width=460, height=420, focus=(20, -300), zoom=2.1),
    "espresso": Kind(espresso, width=500, height=280, focus=(10, -190), zoom=2.3),
    "teabowl": Kind(teabowl, width=430, height=290, focus=(10, -180), zoom=2.2),
    "tumbler": Kind(tumbler, width=300, height=410, focus=(0, -300), zoom=2.1),
    "bottle": Kind(bottle, width=240, height=665, focus=(0, -500), zoom=2.2),
}
