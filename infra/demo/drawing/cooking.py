"""Things of the kitchen."""

from infra.demo.drawing.canvas import Canvas, Region
from infra.demo.drawing.cups import TILT, foot, sheen
from infra.demo.drawing.kinds import Kind, Look
from infra.demo.drawing.paint import Radial, Ramp, across, lit_round, metal
from infra.demo.drawing.palette import RGB, rgb, shade, tint
from infra.demo.drawing.shapes import Shape, arc, blob, curve, ellipse, lathe, polygon, rect, rounded, smooth


def timber(
    canvas: Canvas, shape: Shape | Region, colour: RGB, form: str = "flat", degrees: float = 0, size: float = 0.8
) -> Region:
    """A solid piece of wood whose grain runs at that angle."""
    region = canvas.solid(shape, colour, form)
    canvas.texture(region, "wood", shade(colour, 0.62), 0.5, size, degrees)
    return region


def knife(canvas: Canvas, look: Look) -> None:
    """A cook's knife that lies aslant, seen from above."""
    steel, degrees = rgb("steel"), -34
    spine = smooth([(-30, -40), (-240, -40), (-380, -22), (-452, 22)])
    edge = smooth([(-452, 22), (-380, 62), (-240, 92), (-100, 98), (-62, 98)])
    shape = polygon(*spine, *edge, (-56, 60), (-30, 46)).turn(degrees)
    stops = (
        (0, tint(steel, 0.7)),
        (0.4, tint(steel, 0.3)),
        (0.52, tint(steel, 0.5)),
        (0.6, steel),
        (1, shade(steel, 0.2)),
    )
    face = canvas.fill(shape, Ramp(stops, 62))
    bevel = polygon(*edge, *[(x, y - 15) for x, y in reversed(edge)]).turn(degrees)
    canvas.fill(bevel, tint(steel, 0.85), 0.85, face)
    canvas.rim(face, 3, (255, 255, 255), 0.7)
    canvas.rim(face, -3, shade(steel, 0.6), 0.4)
    canvas.solid(rect(-44, -42, -6, 48, 9).turn(degrees), rgb("brass"), "metal")
    wood = look.colour(0, "walnut")
    grip = blob((-8, -40), (90, -42), (220, -36), (322, -46), (356, 0), (330, 46), (210, 34), (90, 42), (-8, 46)).turn(
        degrees
    )
    handle = timber(canvas, grip, wood, "flat", degrees)
    canvas.soft(rect(16, -30, 300, -18, 6).turn(degrees), tint(wood, 0.8), 6, 0.5, handle)
    for x in (54, 160, 266):
        canvas.solid(ellipse(x, 0, 11).turn(degrees), rgb("brass"), "ball")


def board(canvas: Canvas, look: Look) -> None:
    """A chopping board that lies flat, with a leather loop."""
    colour = look.colour(0)
    outline = rect(-230, -250, 230, 330, 46) + rounded([(-72, -240), (-52, -380), (52, -380), (72, -240)], 40)
    face = timber(canvas, outline - ellipse(0, -330, 24), colour, "flat", 90, 1.1)
    ring = rect(-196, -214, 196, 296, 26) - rect(-182, -200, 182, 282, 18)
    canvas.fill(ring, shade(colour, 0.38), 0.8, face)
    canvas.fill(ring.move(5, 5), tint(colour, 0.4), 0.4, face)
    loop = curve((0, -334), (-34, -400), (0, -450), (34, -400), (6, -336), width=11)
    canvas.solid(loop, rgb("leather"))


def pan(canvas: Canvas, look: Look) -> None:
    """A frying pan, seen from above at an angle."""
    iron = look.colour(0, "iron")
    handle = rounded([(150, -120), (420, -226), (436, -188), (166, -74)], 16)
    arm = canvas.solid(handle - ellipse(404, -200, 12, 8), look.colour(1, "iron"), "tube")
    if len(look.colours) > 1:
        canvas.texture(arm, "wood", shade(look.colour(1), 0.6), 0.5, 0.6, -21)
    shape = lathe((262, -90), (240, -20), (236, -14), tilt=0.42, straight=True)
    body = canvas.solid(shape.move(-70, -70), iron, "round")
    canvas.texture(body, "pile", tint(iron, 0.4), 0.3, 0.4)
    top = ellipse(-70, -160, 262, 110)
    canvas.fill(top, Ramp(((0, tint(iron, 0.55)), (1, shade(iron, 0.1))), 40))
    inside = canvas.fill(ellipse(-70, -157, 250, 102), across(shade(iron, 0.6), shade(iron, 0.2), tint(iron, 0.14)))
    floor = canvas.fill(
        ellipse(-66, -136, 214, 78), Radial(((0, tint(iron, 0.25)), (1, shade(iron, 0.2))), 0.35, 0.4), 1, inside
    )
    canvas.texture(floor, "pile", tint(iron, 0.5), 0.3, 0.4)
    canvas.soft(ellipse(-140, -160, 90, 22).turn(-12, (-140, -160)), tint(iron, 0.7), 22, 0.4, floor)


def kettle(canvas: Canvas, look: Look) -> None:
    colour, grip = look.colour(0), look.colour(1, "oak")
    bow = curve((-150, -300), (-170, -430), (-90, -500), (90, -500), (170, -430), (150, -300), width=16)
    canvas.solid(bow, rgb("steel"), "metal")
    bar = timber(canvas, rect(-100, -522, 100, -476, 22), grip, "tube")
    canvas.soft(rect(-90, -512, 60, -506), tint(grip, 0.9), 4, 0.4, bar)
    spout = polygon((-150, -200), (-262, -330), (-286, -318), (-306, -300), (-190, -96))
    canvas.solid(spout, colour, "flat")
    canvas.fill(ellipse(-284, -318, 30, 11).turn(-38, (-284, -318)), shade(colour, 0.6))
    shape = lathe((96, -330), (160, -310), (220, -220), (232, -120), (226, -30), (214, 0), tilt=TILT)
    body = canvas.solid(shape, colour, "round")
    foot(canvas, body, 216, colour)
    canvas.fill(lathe((227, -26), (214, 2), tilt=TILT, straight=True), metal(rgb("steel")), 1, body)
    canvas.soft(ellipse(-120, -210, 26, 64).turn(14, (-120, -210)), (255, 253, 246), 12, 0.65, body)
    canvas.soft(ellipse(16, -318, 120, 22), shade(colour, 0.8), 8, 0.4, body)
    canvas.solid(lathe((30, -366), (92, -350), (108, -328), tilt=0.19), colour, "round")
    knob = canvas.solid(ellipse(0, -386, 28, 25), grip, "ball")
    canvas.texture(knob, "wood", shade(grip, 0.6), 0.3, 0.4)


def mills(canvas: Canvas, look: Look) -> None:
    """A pepper and a salt mill."""
    for index, (x, size) in enumerate(((-100, 1.0), (104, 0.82))):
        colour = look.colour(index, ("walnut", "ash")[index])
        with canvas.moved(x, index * 14, size):
            base = timber(
                canvas,
                lathe((66, -330), (52, -250), (74, -110), (86, -10), (84, 0), tilt=TILT),
                colour,
                "round",
                90,
                0.6,
            )
            foot(canvas, base, 84, colour)
            canvas.fill(lathe((66, -344), (66, -328), tilt=TILT, straight=True), metal(rgb("brass")))
            head = timber(
                canvas, lathe((34, -470), (74, -438), (76, -390), (64, -346), tilt=TILT), colour, "round", 90, 0.6
            )
            sheen(canvas, head, -36, -430, -380, 14, 0.4)
            sheen(canvas, base, -40, -180, -50, 13, 0.35)
            canvas.solid(ellipse(0, -486, 20, 18), rgb("brass"), "ball")


def jar(canvas: Canvas, look: Look) -> None:
    """A storage jar of glass with a cork lid and something in it."""
    glass, content = rgb("glass"), look.colour(0, "butter")
    shape = rect(-160, -400, 160, 22, 44) + lathe((160, -380), (160, -40), (150, 0), tilt=TILT)
    body = canvas.fill(shape, across(tint(glass, 0.3), tint(glass, 0.7), glass, shade(glass, 0.3)), 0.45)
    level = -400 + int(look.option("level", "120"))
    filling = canvas.fill(lathe((148, level), (148, -30), (138, -8), tilt=TILT), lit_round(content), 1, body)
    _grains(canvas, filling, content, level)
    canvas.fill(ellipse(0, level, 148, 148 * TILT), Ramp(((0, tint(content, 0.4)), (1, shade(content, 0.06))), 30))
    canvas.rim(body, 5, (255, 255, 252), 0.85)
    canvas.rim(body, -5, shade(glass, 0.6), 0.5)
    canvas.soft(rect(-128, -360, -112, -40, 8), (255, 255, 250), 5, 0.75, body)
    canvas.soft(rect(116, -350, 122, -60, 3), (255, 255, 250), 4, 0.5, body)
    lid = canvas.solid(lathe((150, -470), (152, -462), (146, -398), tilt=TILT), rgb("cork"), "round")
    canvas.texture(lid, "cork", shade(rgb("cork"), 0.6), 0.7, 0.5)
    top = canvas.fill(ellipse(0, -470, 150, 150 * TILT), Ramp(((0, tint(rgb("cork"), 0.4)), (1, rgb("cork"))), 40))
    canvas.texture(top, "cork", shade(rgb("cork"), 0.5), 0.5, 0.5)


def _grains(canvas: Canvas, filling: Region, colour: RGB, level: float) -> None:
    for _ in range(230):
        x, y = canvas.random.uniform(-150, 150), canvas.random.uniform(level, 20)
        tone = tint(colour, 0.4) if canvas.random.random() < 0.5 else shade(colour, 0.3)
        bean = ellipse(x, y, 10, 6.5).turn(canvas.random.uniform(0, 180), (x, y))
        canvas.fill(bean, tone, 0.35, filling)


def dripper(canvas: Canvas, look: Look) -> None:
    """A coffee dripper on a glass server."""
    colour, glass = look.colour(0), rgb("glass")
    shape = lathe((86, -270), (100, -240), (170, -130), (172, -50), (150, 0), tilt=TILT)
    body = canvas.fill(shape, across(tint(glass, 0.3), tint(glass, 0.7), glass, shade(glass, 0.3)), 0.5)
    canvas.fill(lathe((158, -130), (162, -60), (142, -10), tilt=TILT), lit_round((96, 56, 34)), 0.94, body)
    canvas.fill(ellipse(0, -130, 158, 158 * TILT), Ramp(((0, (150, 96, 60)), (1, (88, 52, 32))), 30), 0.95)
    canvas.rim(body, 5, (255, 255, 252), 0.85)
    canvas.soft(curve((-84, -210), (-128, -130), (-132, -50), width=14), (255, 255, 250), 5, 0.75, body)
    band = timber(canvas, lathe((97, -256), (100, -216), tilt=TILT, straight=True), rgb("oak"), "round")
    canvas.rim(band, -3, shade(rgb("oak"), 0.7), 0.4)
    handle = curve((150, -420), (222, -424), (226, -352), (120, -320), width=24, end_width=18)
    canvas.solid(handle, shade(colour, 0.12))
    canvas.solid(lathe((150, -296), (152, -288), (150, -276), tilt=TILT), colour, "round")
    cone = canvas.solid(lathe((178, -470), (160, -420), (92, -310), (84, -292), tilt=TILT), colour, "round")
    for x in (-110, -66, -20, 30, 80):
        canvas.soft(
            polygon((x, -460), (x + 8, -460), (x * 0.55 + 6, -300), (x * 0.55, -300)), shade(colour, 0.8), 4, 0.3, cone
        )
    sheen(canvas, cone, -104, -440, -370, 16, 0.5)
    canvas.fill(ellipse(0, -470, 178, 178 * TILT), across(tint(colour, 0.5), shade(colour, 0.05)))
    paper = canvas.fill(ellipse(0, -468, 166, 27), across(shade(rgb("paper"), 0.3), rgb("paper")))
    canvas.fill(ellipse(6, -460, 110, 15), (84, 54, 38), 0.9, paper)


def casserole(canvas: Canvas, look: Look) -> None:
    colour = look.colour(0)
    for side in (-1, 1):
        ear = curve((side * 236, -214), (side * 322, -214), (side * 322, -160), (side * 236, -158), width=27)
        canvas.solid(ear, shade(colour, 0.1 if side > 0 else 0), "tube")
    shape = lathe((262, -250), (262, -150), (250, -40), (220, 0), tilt=0.15)
    body = canvas.solid(shape, colour, "round")
    foot(canvas, body, 226, colour)
    sheen(canvas, body, -166, -210, -70, 26, 0.5)
    canvas.soft(ellipse(6, -236, 262, 40), shade(colour, 0.85), 8, 0.5, body)
    lid = canvas.solid(lathe((60, -344), (190, -320), (270, -272), (272, -258), tilt=0.13), colour, "round")
    for radius, y in ((210, -318), (140, -336)):
        ring = polygon(*arc(0, y + 12, radius, radius * 0.13, 180, 0), *arc(0, y + 6, radius, radius * 0.13, 0, 180))
        canvas.fill(ring, shade(colour, 0.5), 0.25, lid)
    canvas.soft(ellipse(-110, -314, 70, 12).turn(-14, (-110, -314)), (255, 252, 244), 9, 0.6, lid)
    canvas.solid(lathe((22, -376), (26, -350), tilt=0.2), rgb("brass"), "metal")
    canvas.solid(ellipse(0, -388, 48, 20), look.colour(1, "brass"), "metal" if len(look.colours) < 2 else "ball")


def spoons(canvas: Canvas, look: Look) -> None:
    """Three wooden spoons, seen from above."""
    woods = ("ash", "walnut", "oak")
    for index, (x, degrees) in enumerate(((-150, -10), (0, 0), (150, 10))):
        colour = look.colour(index, woods[index])
        with canvas.moved(x, 0):
            stem = curve((0, -150), (0, 60), (0, 380), width=26, end_width=36).turn(degrees)
            timber(canvas, stem, colour, "flat", 90 + degrees, 0.6)
            bowl = (
                ellipse(0, -250, 76, 116)
                if index != 1
                else rounded([(-74, -380), (74, -380), (62, -200), (14, -130), (-14, -130), (-62, -200)], 40)
            )
            timber(canvas, bowl.turn(degrees), colour, "flat", 90 + degrees, 0.6)
            if index != 1:
                hollow = canvas.fill(
                    ellipse(2, -256, 56, 92).turn(degrees), Ramp(((0, shade(colour, 0.42)), (1, tint(colour, 0.2))), 60)
                )
                canvas.texture(hollow, "wood", shade(colour, 0.6), 0.4, 0.6, 90 + degrees)
            else:
                for slot in (-26, 0, 26):
                    canvas.fill(rect(slot - 7, -340, slot + 7, -224, 7).turn(degrees), shade(colour, 0.7), 0.85)
            canvas.fill(ellipse(0, 372, 7).turn(degrees), shade(colour, 0.75))


def trivet(canvas: Canvas, look: Look) -> None:
    """The shop's own: a ring of cork or wood pieces on a brass frame, seen from above."""
    colour = look.colour(0, "cork")
    ring = canvas.solid(ellipse(0, 0, 320) - ellipse(0, 0, 286), rgb("brass"), "metal")
    canvas.rim(ring, 3, (255, 246, 220), 0.6)
    middle = canvas.fill(ellipse(0, 0, 288), shade(colour, 0.6))
    for row in range(-4, 5):
        for column in range(-4, 5):
            x, y = column * 86 + (43 if row % 2 else 0), row * 74.5
            if (x * x + y * y) ** 0.5 > 320:
                continue
            hexagon = rounded([(x + 46 * a, y + 46 * b) for a, b in HEXAGON], 9)
            tone = look.colour(1, "walnut") if (row + 2 * column) % 5 == 0 else colour
            piece = canvas.solid(hexagon, tone, "flat", 1, middle)
            canvas.texture(piece, "cork" if tone == colour else "wood", shade(tone, 0.6), 0.5, 0.5)


HEXAGON = ((0, -1), (0.87, -0.5), (0.87, 0.5), (0, 1), (-0.87, 0.5), (-0.87, -0.5))

KINDS = {
    "knife": Kind(knife, place="flat", width=720, height=640, focus=(20, -20), zoom=2.0),
    "board": Kind(board, place="flat", width=480, height=790, focus=(40, -230), zoom=1.8),
    "pan": Kind(pan, width=770, height=300, focus=(-60, -140), zoom=1.7),
    "kettle": Kind(kettle, width=540, height=530, focus=(-60, -340), zoom=1.9),
    "mills": Kind(mills, width=380, height=510, focus=(-60, -380), zoom=2.2),
    "jar": Kind(jar, width=330, height=500, focus=(0, -360), zoom=2.1),
    "dripper": Kind(dripper, width=400, height=500, focus=(20, -390), zoom=2.0),
    "casserole": Kind(casserole, width=640, height=410, focus=(30, -300), zoom=1.9),
    "spoons": Kind(spoons, place="flat", width=600, height=780, focus=(-60, -230), zoom=1.9),
    "trivet": Kind(trivet, place="flat", width=640, height=640, focus=(-80, -80), zoom=2.0),
}
