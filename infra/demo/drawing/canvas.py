"""A canvas that draws shapes with soft light: edges catch it, and things throw shadows on what is behind."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from infra.demo.drawing import shadows, textures
from infra.demo.drawing.paint import Paint, Radial, Ramp, lit_ball, lit_flat, lit_round, lit_tube, metal, rendered
from infra.demo.drawing.palette import RGB, brightness, shade, tint
from infra.demo.drawing.shapes import Shape

Box = tuple[int, int, int, int]
FORMS: dict[str, Callable[[RGB], Paint]] = {
    "flat": lit_flat,
    "round": lit_round,
    "tube": lit_tube,
    "ball": lit_ball,
    "metal": metal,
}


@dataclass(frozen=True)
class Region:
    """Where a shape is on the canvas: a box of pixels, how much of each is covered, and the shape's bounds."""

    box: Box
    mask: Image.Image
    bounds: tuple[float, float, float, float]

    def within(self, clip: Region | None) -> Region:
        """The part of this region that lies in the other."""
        if clip is None:
            return self
        left, top, right, bottom = self.box
        other = clip.mask.crop((left - clip.box[0], top - clip.box[1], right - clip.box[0], bottom - clip.box[1]))
        return Region(self.box, ImageChops.multiply(self.mask, other), self.bounds)


class Canvas:
    """A picture of `width` x `height` pixels; its height is 1000 units."""

    def __init__(self, width: int, height: int, seed: str) -> None:
        self.image = Image.new("RGB", (width, height))
        self.unit = height / 1000
        self.random = Random(seed)
        self.x, self.y, self.scale = 0.0, 0.0, 1.0
        self.cover: Image.Image | None = None

    @property
    def breadth(self) -> float:
        """The width in units."""
        return self.image.width / self.unit

    @contextmanager
    def thing(self, x: float, y: float, scale: float = 1.0, cast: str = "stand") -> Iterator[None]:
        """Draw one thing with its own origin and scale; `cast` says how it throws its shadow (see `shadows`)."""
        saved = (self.x, self.y, self.scale, self.cover)
        self.x, self.y, self.scale = x, y, scale
        self.cover = Image.new("L", self.image.size)
        yield
        shadows.throw(self.image, self.cover, cast, (x * self.unit, y * self.unit), self.unit * scale)
        whole = self.cover
        self.x, self.y, self.scale, self.cover = saved
        if self.cover is not None:
            self.cover.paste(255, (0, 0), whole)

    @contextmanager
    def moved(self, x: float, y: float, scale: float = 1.0) -> Iterator[None]:
        """Draw a part of a thing with its own origin."""
        saved = (self.x, self.y, self.scale)
        self.x, self.y, self.scale = self.x + x * self.scale, self.y + y * self.scale, self.scale * scale
        yield
        self.x, self.y, self.scale = saved

    def region(self, shape: Shape | Region, clip: Region | None = None) -> Region:
        """The pixels of a shape, with smooth edges, inside another region if one is given."""
        if isinstance(shape, Region):
            return shape.within(clip)
        factor = self.scale * self.unit
        points = shape.each(lambda x, y: (self.x * self.unit + x * factor, self.y * self.unit + y * factor))
        bounds = points.bounds()
        box = self._box(bounds, 1)
        if clip is not None:
            box = _overlap(box, clip.box)
        return Region(box, _mask(points, box), bounds).within(clip)

    def _box(self, bounds: tuple[float, float, float, float], margin: float) -> Box:
        left, top = max(0, int(bounds[0] - margin)), max(0, int(bounds[1] - margin))
        right = min(self.image.width, int(bounds[2] + margin) + 1)
        bottom = min(self.image.height, int(bounds[3] + margin) + 1)
        return left, top, max(left + 1, right), max(top + 1, bottom)

    def fill(self, shape: Shape | Region, paint: Paint, opacity: float = 1.0, clip: Region | None = None) -> Region:
        """Fill a shape; returns its region, to clip with."""
        region = self.region(shape, clip)
        mask = _faded(region.mask, opacity)
        self.image.paste(_source(paint, region), region.box, mask)
        if self.cover is not None:
            self.cover.paste(255, region.box, mask)
        return region

    def solid(
        self, shape: Shape | Region, colour: RGB, form: str = "flat", edge: float = 1.0, clip: Region | None = None
    ) -> Region:
        """Fill a shape as a solid thing: lit from the upper left, with a light and a dark edge."""
        region = self.fill(shape, FORMS[form](colour), clip=clip)
        if edge:
            bright = brightness(colour)
            self.rim(region, 3.2, tint(colour, 0.75), (0.55 - 0.2 * bright) * edge)
            self.rim(region, -5.0, shade(colour, 0.75), (0.16 + 0.16 * bright) * edge)
        return region

    def rim(self, region: Region, reach: float, colour: RGB, opacity: float) -> None:
        """Colour the upper left edge of a region, or with a negative reach the lower right one."""
        distance = reach * self.scale * self.unit
        step = round(distance) or (1 if distance > 0 else -1)
        shifted = Image.new("L", region.mask.size)
        shifted.paste(region.mask, (step, step))
        mask = ImageChops.multiply(ImageChops.subtract(region.mask, shifted), region.mask)
        mask = mask.filter(ImageFilter.BoxBlur(abs(distance) * 0.35))
        mask = _faded(ImageChops.darker(mask, region.mask), opacity)
        self.image.paste(colour, region.box, mask)

    def soft(self, shape: Shape, colour: RGB, blur: float, opacity: float = 1.0, clip: Region | None = None) -> None:
        """A shape without edges: shade or light. It never counts as part of a thing that throws a shadow."""
        factor, radius = self.scale * self.unit, blur * self.scale * self.unit
        points = shape.each(lambda x, y: (self.x * self.unit + x * factor, self.y * self.unit + y * factor))
        box = self._box(points.bounds(), radius * 2.6)
        if clip is not None:
            box = _overlap(box, clip.box)
        mask = _soft_mask(points, box, radius)
        region = Region(box, mask, points.bounds()).within(clip)
        self.image.paste(colour, box, _faded(region.mask, opacity))

    def texture(
        self, region: Region, name: str, colour: RGB, opacity: float, size: float = 1.0, degrees: float = 0.0
    ) -> None:
        """Lay a texture over a region; at `size` 1 its tile is 512 units wide."""
        left, top, right, bottom = region.box
        side = max(8, round(textures.SIZE * size * self.scale * self.unit))
        tile = textures.scaled_tile(name, side)
        origin = (round(self.x * self.unit) - left, round(self.y * self.unit) - top)
        patch = _tiled(tile, (right - left, bottom - top), origin, degrees)
        mask = _faded(ImageChops.multiply(region.mask, patch), opacity)
        self.image.paste(colour, region.box, mask)

    def finish(self) -> Image.Image:
        """The picture with a breath of grain."""
        return ImageChops.add(self.image, textures.film_grain(*self.image.size), 1, -128)


def _overlap(one: Box, other: Box) -> Box:
    left, top = max(one[0], other[0]), max(one[1], other[1])
    return left, top, max(left + 1, min(one[2], other[2])), max(top + 1, min(one[3], other[3]))


def _mask(points: Shape, box: Box) -> Image.Image:
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    factor = 4 if width * height < 250_000 else 3
    mask = Image.new("L", (width * factor, height * factor))
    pen = ImageDraw.Draw(mask)
    for ring, adds in points.rings:
        pen.polygon([((x - left) * factor, (y - top) * factor) for x, y in ring], fill=255 if adds else 0)
    return mask.reduce(factor)


def _soft_mask(points: Shape, box: Box, radius: float) -> Image.Image:
    """Blurred at a lower resolution, since nobody sees the difference."""
    left, top, right, bottom = box
    size = (right - left, bottom - top)
    factor = 1 / max(1.0, radius / 3)
    margin = radius * 3
    small = (max(1, round((size[0] + 2 * margin) * factor)), max(1, round((size[1] + 2 * margin) * factor)))
    mask = Image.new("L", (small[0] * 2, small[1] * 2))
    pen = ImageDraw.Draw(mask)
    for ring, adds in points.rings:
        pen.polygon(
            [((x - left + margin) * factor * 2, (y - top + margin) * factor * 2) for x, y in ring],
            fill=255 if adds else 0,
        )
    mask = mask.reduce(2).filter(ImageFilter.GaussianBlur(radius * factor))
    inner = (margin * factor, margin * factor, (margin + size[0]) * factor, (margin + size[1]) * factor)
    inner = (inner[0], inner[1], min(inner[2], mask.width), min(inner[3], mask.height))
    return mask.resize(size, Image.Resampling.BICUBIC, box=inner)


def _faded(mask: Image.Image, opacity: float) -> Image.Image:
    return mask if opacity >= 1 else mask.point([round(value * opacity) for value in range(256)])


def _source(paint: Paint, region: Region) -> Image.Image | RGB:
    """A gradient is spread over the whole shape, also where only a part of it is on the canvas."""
    if not isinstance(paint, Ramp | Radial):
        return paint
    image = rendered(paint)
    left, top, right, bottom = region.bounds
    across, down = image.width / max(1.0, right - left), image.height / max(1.0, bottom - top)
    x0, y0 = max(0.0, (region.box[0] - left) * across), max(0.0, (region.box[1] - top) * down)
    x1, y1 = min(image.width, (region.box[2] - left) * across), min(image.height, (region.box[3] - top) * down)
    size = (region.box[2] - region.box[0], region.box[3] - region.box[1])
    if x1 <= x0 or y1 <= y0:
        return image.getpixel((0, 0))  # type: ignore[return-value]
    return image.resize(size, Image.Resampling.BICUBIC, box=(x0, y0, x1, y1))


def _tiled(tile: Image.Image, size: tuple[int, int], origin: tuple[int, int], degrees: float) -> Image.Image:
    """Tiles laid so that one begins at `origin`, turned clockwise about the middle of the patch."""
    reach = size if not degrees else (math.ceil(math.hypot(*size)),) * 2
    patch = Image.new("L", reach)
    start_x = origin[0] % tile.width - tile.width
    start_y = origin[1] % tile.height - tile.height
    for x in range(start_x, reach[0], tile.width):
        for y in range(start_y, reach[1], tile.height):
            patch.paste(tile, (x, y))
    if not degrees:
        return patch
    patch = patch.rotate(-degrees, Image.Resampling.BICUBIC)
    left, top = (reach[0] - size[0]) // 2, (reach[1] - size[1]) // 2
    return patch.crop((left, top, left + size[0], top + size[1]))
