"""Draws the demo catalogue's pictures. The same picture always comes out as the same bytes."""

import io

from PIL import Image

from .drawing import grounds
from .drawing.canvas import Canvas
from .drawing.kinds import Kind, Look
from .drawing import bags, cooking, cups, desk, furniture, garden, lamps, textiles, vessels, walls
from .model import Picture

KINDS: dict[str, Kind] = {
    **cups.KINDS,
    **vessels.KINDS,
    **cooking.KINDS,
    **lamps.KINDS,
    **furniture.KINDS,
    **walls.KINDS,
    **textiles.KINDS,
    **garden.KINDS,
    **bags.KINDS,
    **desk.KINDS,
}


def draw(picture: Picture, size: int = 1200) -> bytes:
    """The picture as a square JPEG of `size` pixels. Raises KeyError for an unknown kind, colour, view or ground."""
    kind = KINDS[picture.kind]
    canvas = Canvas(size, size, repr(picture))
    look = Look(picture.colours, dict(picture.options))
    _backdrop(canvas, kind.place, picture.ground)
    _single(canvas, kind, look)
    return jpeg(canvas.finish())


def jpeg(image: Image.Image) -> bytes:
    """The image as a JPEG for the web."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88, optimize=True, progressive=True)
    return out.getvalue()


def _backdrop(canvas: Canvas, place: str, ground: str) -> None:
    if place == "stand":
        grounds.standing(canvas, ground)
    elif place == "flat":
        grounds.surface(canvas, ground)
    else:
        grounds.wall_only(canvas, ground)


def _single(canvas: Canvas, kind: Kind, look: Look) -> None:
    height = kind.height + (300 if look.option("stems") or look.option("plant") and kind.height < 500 else 0)
    room = 720 if kind.place == "flat" else 660
    scale = min((room + 60) / kind.width, room / height, 1.4)
    y = {"stand": max(780, 520 + height * scale * 0.5), "flat": 500, "wall": 480, "hang": 540}[kind.place]
    with canvas.thing(500, y, scale, kind.place):
        kind.draw(canvas, look)
