"""The views of one thing: alone, close up, in several colours, or in company."""

from infra.demo.drawing import grounds
from infra.demo.drawing.canvas import Canvas
from infra.demo.drawing.kinds import Kind, Look
from infra.demo.drawing.palette import rgb
from infra.demo.drawing.registry import KINDS

# What may keep a thing company in a scene: its kind, colours, options and scale.
COMPANY: dict[str, tuple[str, tuple[str, ...], dict[str, str], float]] = {
    "fruit": ("fruit", (), {}, 0.8),
    "books": ("bookpile", ("teal", "oat", "rust"), {}, 0.62),
    "bluebooks": ("bookpile", ("ink", "mist", "mustard"), {}, 0.62),
    "twig": ("vase", ("chalk",), {"form": "bud", "stems": "branch", "finish": "plain"}, 0.8),
    "plant": ("planter", ("terracotta",), {"plant": "rubber"}, 0.6),
    "snake": ("legplanter", ("chalk", "walnut"), {"plant": "snake"}, 0.66),
    "mug": ("mug", ("oat",), {"dip": "yes"}, 0.5),
    "inkmug": ("mug", ("ink",), {"finish": "plain"}, 0.5),
    "basket": ("basket", ("ash", "chalk"), {}, 0.62),
    "floorlamp": ("floorlamp", ("oak", "cream"), {}, 0.86),
    "sidetable": ("sidetable", ("walnut",), {}, 0.66),
    "stool": ("stool", ("oak",), {}, 0.66),
    "soapbottle": ("soapbottle", ("amber",), {}, 0.66),
    "sprig": ("sprig", (), {}, 0.8),
    "cloth": ("cloth", ("chalk", "rust"), {}, 0.86),
    "bluecloth": ("cloth", ("mist", "navy"), {}, 0.86),
}


def fit(kind: Kind, look: Look, room: float = 660) -> float:
    """The scale at which a thing fills a picture well."""
    if kind.place == "flat":
        room *= 1.09
    return min((room + 60) / kind.width, room / _height(kind, look), 1.4)


def _height(kind: Kind, look: Look) -> float:
    """The height with what grows out of the thing, unless the kind's own height already counts it."""
    grows = look.option("stems") or (look.option("plant") and kind.height < 500)
    return kind.height + (300 if grows else 0) - (100 if look.option("form") == "moon" else 0)


def backdrop(canvas: Canvas, place: str, ground: str, horizon: float = grounds.HORIZON) -> None:
    """The ground for a thing that stands, hangs or lies."""
    if place == "stand":
        grounds.standing(canvas, ground, horizon)
    elif place == "flat":
        grounds.surface(canvas, ground)
    else:
        grounds.wall_only(canvas, ground)


def main(canvas: Canvas, kind: Kind, look: Look, ground: str) -> None:
    """The thing alone."""
    backdrop(canvas, kind.place, ground)
    scale = fit(kind, look)
    put(canvas, kind, look, 500, _foot(kind, look, scale), scale)


def _foot(kind: Kind, look: Look, scale: float) -> float:
    if kind.place == "hang":
        return 540
    if kind.place != "stand":
        return 500
    return max(780, 520 + _height(kind, look) * scale * 0.5)


def put(canvas: Canvas, kind: Kind, look: Look, x: float, y: float, scale: float) -> None:
    """Draw a thing with its origin at (x, y)."""
    with canvas.thing(x, y, scale, kind.place):
        kind.draw(canvas, look)


def detail(canvas: Canvas, kind: Kind, look: Look, ground: str) -> None:
    """Close up: the kind's focus comes to the middle."""
    scale = min(fit(kind, look) * kind.zoom, 2.3)
    x, y = 500 - kind.focus[0] * scale, 500 - kind.focus[1] * scale
    place = "wall" if kind.place == "stand" and y - 60 > 1000 else kind.place
    backdrop(canvas, place, ground, min(960, y - 110))
    put(canvas, kind, look, x, y, scale)


ROWS = {
    "stand": {2: ((318, 796), (684, 836)), 3: ((226, 790), (774, 790), (500, 850))},
    "flat": {2: ((318, 420), (684, 590)), 3: ((196, 560), (804, 560), (500, 440))},
    "wall": {2: ((300, 440), (700, 540)), 3: ((196, 470), (804, 470), (500, 520))},
    "hang": {2: ((320, 440), (690, 660)), 3: ((220, 400), (780, 500), (500, 690))},
}


def group(canvas: Canvas, kind: Kind, look: Look, ground: str) -> None:
    """The thing in each of two or three colours."""
    backdrop(canvas, kind.place, ground)
    spots = ROWS[kind.place][len(look.colours)]
    share = {2: 0.56, 3: 0.43}[len(look.colours)]
    scale = min(fit(kind, look) * 0.78, 1000 * share / kind.width * (0.86 if kind.place == "stand" else 0.78))
    for (x, y), colour in zip(spots, look.colours, strict=True):
        put(canvas, kind, Look((colour,), look.options), x, y, scale)


SIDES = {
    "stand": ((800, 770), (190, 780)),
    "wall": ((770, 880), (250, 890)),
    "hang": ((510, 900), (210, 880)),
}


def scene(canvas: Canvas, kind: Kind, look: Look, ground: str) -> None:
    """The thing in company: option "with" names up to two companions, "shape" and "window" dress the wall."""
    company = look.option("with").split()
    if kind.place == "flat":
        _lying_scene(canvas, kind, look, ground, company)
        return
    horizon = {"stand": 690.0, "wall": 800.0, "hang": 800.0}[kind.place]
    grounds.standing(canvas, ground, horizon)
    _dress(canvas, look, ground, horizon)
    sides = SIDES[kind.place]
    for name, spot in zip(company, sides, strict=False):
        companion(canvas, name, *spot)
    scale = fit(kind, look) * (0.86 if kind.place == "stand" else 0.7)
    x = 500.0 - (56 if len(company) == 1 and kind.place == "stand" else 0)
    y = {"stand": 860.0, "wall": 370.0, "hang": 350.0}[kind.place]
    put(canvas, kind, look, x, y, scale)


def _dress(canvas: Canvas, look: Look, ground: str, horizon: float) -> None:
    if form := look.option("shape"):
        name, colour = form.split(":")
        if name == "arch":
            grounds.arch(canvas, rgb(colour), 500, 320, 120, horizon)
        else:
            grounds.disc(canvas, rgb(colour), 500, 400, 300)
    if look.option("window"):
        grounds.window_light(canvas, ground, 90, 80, 1.25)


def companion(canvas: Canvas, name: str, x: float, y: float) -> None:
    """Draw one of the things in COMPANY."""
    kind_name, colours, options, scale = COMPANY[name]
    put(canvas, KINDS[kind_name], Look(colours, options), x, y, scale)


def _lying_scene(canvas: Canvas, kind: Kind, look: Look, ground: str, company: list[str]) -> None:
    grounds.surface(canvas, ground)
    spots = {"cloth": (560, 520), "bluecloth": (560, 520)}
    for name, corner in zip(company, ((830, 230), (180, 800)), strict=False):
        companion(canvas, name, *spots.get(name, corner))
    put(canvas, kind, look, 480, 520, fit(kind, look) * 0.86)


VIEWS = {"main": main, "detail": detail, "group": group, "scene": scene}
