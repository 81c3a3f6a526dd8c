"""Bags and an umbrella."""

from infra.demo.drawing.canvas import Canvas, Region
from infra.demo.drawing.kinds import Kind, Look
from infra.demo.drawing.paint import metal
from infra.demo.drawing.palette import RGB, rgb, shade, tint
from infra.demo.drawing.shapes import Point, Shape, arc, blob, curve, ellipse, polygon, rect, rounded, smooth, stroke


def canvas_cloth(canvas: Canvas, shape: Shape, colour: RGB) -> Region:
    """Sturdy cotton."""
    region = canvas.solid(shape, colour, "flat")
    canvas.texture(region, "linen", shade(colour, 0.65), 0.26, 0.55)
    return region


def seam(canvas: Canvas, points: list[Point], colour: RGB) -> None:
    """A row of stitches along a line."""
    path = smooth(points, steps=14)
    for index in range(0, len(path) - 1, 2):
        canvas.fill(stroke([path[index], path[index + 1]], 2.6), tint(colour, 0.5), 0.8)


def folds(canvas: Canvas, body: Region, colour: RGB, *lines: tuple[Point, Point, Point]) -> None:
    """Creases: shade with a light next to it."""
    for line in lines:
        canvas.soft(curve(*line, width=7, end_width=18), shade(colour, 0.85), 10, 0.34, body)
        canvas.soft(curve(*line, width=5, end_width=10).move(-20, 0), tint(colour, 0.9), 9, 0.28, body)


def tote(canvas: Canvas, look: Look) -> None:
    colour, strap = look.colour(0), look.colour(1, look.colours[0])
    back = curve((-110, -420), (-96, -560), (0, -640), (110, -560), (124, -420), width=24)
    canvas.solid(back, shade(strap, 0.3), "flat")
    canvas.solid(rounded([(-214, -440), (230, -440), (236, -380), (-214, -380)], 12), shade(colour, 0.45), "flat")
    outline = polygon(
        *smooth([(-224, -428), (-100, -416), (40, -414), (222, -430)]),
        *smooth([(222, -430), (244, -220), (258, -30), (246, 0)]),
        *smooth([(246, 0), (100, 10), (-80, 8), (-250, 0)]),
        *smooth([(-250, 0), (-262, -60), (-246, -240), (-224, -428)]),
    )
    body = canvas_cloth(canvas, outline, colour)
    folds(
        canvas,
        body,
        colour,
        ((-130, -400), (-150, -200), (-190, 10)),
        ((120, -400), (150, -220), (176, 10)),
        ((10, -300), (0, -150), (20, 10)),
    )
    canvas.soft(ellipse(40, 10, 260, 50), shade(colour, 0.85), 26, 0.4, body)
    front = curve((-126, -330), (-120, -500), (-10, -594), (100, -500), (116, -330), width=26)
    handle = canvas.solid(front, strap, "flat")
    canvas.texture(handle, "linen", shade(strap, 0.6), 0.26, 0.5)
    for x in (-126, 116):
        patch = canvas.solid(rect(x - 22, -346, x + 22, -290, 5), strap, "flat")
        canvas.rim(patch, -3, shade(strap, 0.8), 0.3)
        seam(canvas, [(x - 15, -300), (x + 15, -338)], strap)
        seam(canvas, [(x + 15, -300), (x - 15, -338)], strap)
    seam(canvas, [(-222, -398), (-100, -388), (40, -386), (222, -400)], colour)
    pocket = rect(-86, -220, 92, -60, 14)
    canvas.solid(pocket, shade(colour, 0.05), "flat", 1, body)
    seam(canvas, [(-78, -200), (84, -200)], colour)


def backpack(canvas: Canvas, look: Look) -> None:
    """A roll-top with leather straps."""
    colour, leather = look.colour(0), look.colour(1, "leather")
    for side in (-1, 1):
        strap = curve((side * 150, -430), (side * 262, -330), (side * 250, -120), (side * 190, -40), width=30)
        canvas.solid(strap, shade(colour, 0.3), "flat")
    canvas.solid(curve((-46, -590), (-30, -650), (30, -650), (46, -590), width=16), leather, "flat")
    outline = polygon(
        *smooth([(-186, -440), (-214, -220), (-222, -70), (-206, -14), (-160, 4), (0, 10)]),
        *smooth([(0, 10), (160, 4), (206, -14), (222, -70), (214, -220), (186, -440)]),
    )
    body = canvas_cloth(canvas, outline, colour)
    canvas.soft(rect(120, -440, 240, 20), shade(colour, 0.85), 44, 0.4, body)
    folds(canvas, body, colour, ((-120, -420), (-140, -320), (-150, -260)), ((90, -420), (120, -330), (124, -270)))
    pocket = canvas_cloth(canvas, rounded([(-150, -226), (150, -226), (164, -26), (-164, -26)], 34), tint(colour, 0.06))
    canvas.soft(rect(-150, -240, 160, -216), shade(colour, 0.9), 9, 0.5, pocket)
    seam(canvas, [(-134, -206), (0, -204), (134, -206)], colour)
    canvas.solid(rect(-112, -190, 112, -182, 4), rgb("brass"), "metal")
    flap = rounded([(-176, -600), (176, -600), (206, -430), (190, -390), (-190, -390), (-206, -430)], 36)
    top = canvas_cloth(canvas, flap, tint(colour, 0.04))
    canvas.soft(ellipse(0, -596, 150, 16), tint(colour, 0.95), 14, 0.4, top)
    canvas.soft(rect(-190, -420, 200, -384), shade(colour, 0.85), 12, 0.4, top)
    canvas.soft(rect(-190, -388, 200, -366), shade(colour, 0.95), 9, 0.5, body)
    for x in (-96, 96):
        canvas.solid(rect(x - 15, -480, x + 15, -250, 7), leather, "flat")
        canvas.solid(rect(x - 25, -340, x + 25, -300, 7) - rect(x - 15, -332, x + 15, -308, 3), rgb("brass"), "metal")
        for y in (-286, -268):
            canvas.fill(ellipse(x, y, 3), shade(leather, 0.7))


def weekender(canvas: Canvas, look: Look) -> None:
    """A holdall with two handles."""
    colour, leather = look.colour(0), look.colour(1, "leather")
    canvas.solid(
        curve((-130, -300), (-110, -450), (10, -504), (130, -450), (150, -300), width=24), shade(leather, 0.35), "flat"
    )
    outline = blob(
        (-320, -230),
        (-260, -330),
        (0, -352),
        (260, -330),
        (322, -230),
        (330, -80),
        (300, 0),
        (0, 10),
        (-300, 0),
        (-330, -80),
    )
    body = canvas_cloth(canvas, outline, colour)
    canvas.soft(ellipse(210, -120, 150, 160), shade(colour, 0.85), 60, 0.4, body)
    canvas.soft(ellipse(-120, -290, 150, 30), tint(colour, 0.95), 26, 0.4, body)
    folds(canvas, body, colour, ((-220, -310), (-250, -200), (-262, -80)), ((210, -310), (240, -210), (250, -100)))
    base = canvas.fill(polygon(*smooth([(-340, -92), (0, -84), (340, -92)]), (340, 30), (-340, 30)), leather, 1, body)
    canvas.soft(ellipse(200, -20, 200, 60), shade(leather, 0.8), 40, 0.5, base)
    canvas.soft(ellipse(-180, -70, 160, 14), tint(leather, 0.9), 12, 0.4, base)
    canvas.texture(base, "pile", shade(leather, 0.6), 0.2, 0.4)
    seam(canvas, [(-322, -82), (0, -74), (322, -82)], leather)
    canvas.fill(curve((-240, -318), (0, -338), (240, -318), width=8), metal(rgb("brass")))
    for x in (-140, 146):
        band = rounded([(x - 24, -250), (x + 24, -250), (x + 27, -66), (x - 27, -66)], 8)
        canvas.solid(band, leather, "flat", 1, body)
        canvas.solid(ellipse(x, -238, 13), rgb("brass"), "ball")
    canvas.solid(curve((-140, -238), (-128, -400), (4, -470), (134, -400), (146, -238), width=25), leather, "flat")
    canvas.solid(rect(-46, -492, 54, -448, 18), shade(leather, 0.2), "tube")


def pouch(canvas: Canvas, look: Look) -> None:
    """A zipped pouch, seen from above."""
    colour, other = look.colour(0), look.colour(1, "cream")
    body = canvas_cloth(canvas, rounded([(-310, -170), (310, -170), (324, 210), (-324, 210)], 40), colour)
    if look.option("pattern") == "stripe":
        for index in range(-5, 6):
            canvas.fill(curve((index * 62, -190), (index * 63 + 4, 20), (index * 64, 230), width=13), other, 0.9, body)
    if look.option("pattern") == "blocks":
        canvas.fill(polygon((-340, 230), (340, 230), (340, 10), (-340, 110)), other, 1, body)
    canvas.texture(body, "linen", shade(colour, 0.65), 0.22, 0.55)
    canvas.soft(ellipse(190, 150, 180, 110), shade(colour, 0.8), 60, 0.34, body)
    canvas.soft(ellipse(-130, -90, 170, 60), tint(colour, 0.95), 50, 0.3, body)
    canvas.solid(rect(-300, -182, 300, -148, 12), shade(other, 0.1), "flat")
    for index in range(-27, 28):
        canvas.fill(rect(index * 10.4 - 3, -171, index * 10.4 + 3, -159, 1.5), rgb("brass"))
    canvas.solid(rect(196, -180, 236, -150, 6), rgb("brass"), "metal")
    canvas.solid(curve((232, -164), (268, -150), (286, -96), width=18, end_width=26), rgb("leather"), "flat")
    canvas.solid(rounded([(-306, -40), (-350, -34), (-350, 26), (-306, 32)], 8), rgb("leather"), "flat")


def umbrella(canvas: Canvas, look: Look) -> None:
    """Open, leaning on its canopy's edge, with a wooden crook."""
    colour, wood = look.colour(0), look.colour(1, "oak")
    canvas.solid(stroke([(0, -600), (0, -90)], 12), rgb("steel"), "metal")
    hook = curve((0, -150), (0, -30), (36, 8), (80, -4), (90, -50), width=25)
    handle = canvas.solid(hook, wood, "flat")
    canvas.texture(handle, "wood", shade(wood, 0.6), 0.4, 0.5, 90)
    edge = [-330, -210, -74, 74, 210, 330]
    inner = [(x, -330) for x in edge]
    canvas.fill(polygon(*arc(0, -340, 326, 60, 0, 360)), shade(colour, 0.5))
    for x in edge:
        canvas.fill(stroke([(0, -380), (x * 0.98, -336)], 3), shade(rgb("steel"), 0.3))
    top = (0, -640)
    for index in range(5):
        (left, y), (right, _) = inner[index], inner[index + 1]
        bow_left = smooth([top, (left * 0.62, -560), (left, y)])
        bow_right = smooth([(right, y), (right * 0.62, -560), top])
        scallop = smooth([(left, y), ((left + right) / 2, y - 34 + abs(index - 2) * 3), (right, y)])
        tone = (tint(colour, 0.2), tint(colour, 0.1), colour, shade(colour, 0.16), shade(colour, 0.32))[index]
        panel = canvas.solid(polygon(*bow_left, *scallop, *bow_right), tone, "flat", 0.7)
        canvas.soft(
            polygon(*[(x, py - 20) for x, py in scallop], *reversed(scallop)), shade(colour, 0.8), 10, 0.3, panel
        )
        if look.option("border") == "yes":
            canvas.fill(stroke([(x, py - 30) for x, py in scallop], 9), rgb("cream"), 0.9, panel)
    canvas.soft(ellipse(-120, -540, 60, 26).turn(-30, (-120, -540)), tint(colour, 0.95), 24, 0.5)
    canvas.solid(rect(-7, -676, 7, -630, 6), wood, "round")


KINDS = {
    "tote": Kind(tote, width=520, height=650, focus=(-40, -370), zoom=1.9),
    "backpack": Kind(backpack, width=500, height=660, focus=(-40, -340), zoom=1.9),
    "weekender": Kind(weekender, width=680, height=510, focus=(-110, -200), zoom=1.8),
    "pouch": Kind(pouch, place="flat", width=690, height=450, focus=(140, -70), zoom=1.8),
    "umbrella": Kind(umbrella, width=680, height=700, focus=(-60, -480), zoom=1.8),
}
