"""Draws the demo catalogue's pictures. The same picture always comes out as the same bytes."""

import io

from PIL import Image

from infra.demo.drawing import stills
from infra.demo.drawing.canvas import Canvas
from infra.demo.drawing.kinds import Look
from infra.demo.drawing.registry import KINDS
from infra.demo.drawing.views import VIEWS
from infra.demo.model import Picture


def draw(picture: Picture, size: int = 1200) -> bytes:
    """The picture as a square JPEG of `size` pixels. Raises KeyError for an unknown kind, colour, view or ground."""
    canvas = Canvas(size, size, picture.kind)
    VIEWS[picture.view](canvas, KINDS[picture.kind], Look(picture.colours, dict(picture.options)), picture.ground)
    return jpeg(canvas.finish())


def draw_hero(width: int = 2000) -> bytes:
    """The wide picture of the home page, 2000 x 1100: things on the right, calm wall on the left for a text."""
    return _still(stills.HERO, width, width * 11 // 20)


def draw_category(slug: str, width: int = 1200) -> bytes:
    """The wide picture of a category, 1200 x 800. Raises KeyError for a category that is not of the demo."""
    return _still(stills.CATEGORIES[slug], width, width * 2 // 3)


def _still(still: stills.Still, width: int, height: int) -> bytes:
    canvas = Canvas(width, height, still.ground)
    stills.paint(canvas, still)
    return jpeg(canvas.finish())


def jpeg(image: Image.Image) -> bytes:
    """The image as a JPEG for the web."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88, progressive=True)
    return out.getvalue()
