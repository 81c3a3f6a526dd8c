"""What a shape is filled with: one colour, or colours that change along a line or away from a point."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from infra.demo.drawing.palette import RGB, mix, shade, tint

Stops = tuple[tuple[float, RGB], ...]
GRID = 24


def colour_at(stops: Stops, position: float) -> RGB:
    """The colour at a position, 0 to 1, between the stops around it."""
    before = stops[0]
    for stop in stops:
        if position < stop[0]:
            span = stop[0] - before[0] or 1.0
            return mix(before[1], stop[1], max(0.0, position - before[0]) / span)
        before = stop
    return before[1]


@dataclass(frozen=True)
class Ramp:
    """A gradient over the bounds of a shape: 0 degrees runs to the right, 90 downwards."""

    stops: Stops
    degrees: float = 90.0

    def image(self) -> Image.Image:
        """The gradient as a small picture, to be scaled up."""
        across, down = math.cos(math.radians(self.degrees)), math.sin(math.radians(self.degrees))
        if abs(across) < 0.01 or abs(down) < 0.01:
            return self._strip(upright=abs(across) < 0.01)
        reach = abs(across) + abs(down)
        return _grid(lambda u, v: colour_at(self.stops, 0.5 + ((u - 0.5) * across + (v - 0.5) * down) / reach))

    def _strip(self, upright: bool) -> Image.Image:
        image = Image.new("RGB", (1, 64) if upright else (64, 1))
        image.putdata([colour_at(self.stops, (index + 0.5) / 64) for index in range(64)])
        return image


@dataclass(frozen=True)
class Radial:
    """A gradient away from (u, v), in parts of the shape's bounds, that ends at `reach`."""

    stops: Stops
    u: float = 0.36
    v: float = 0.3
    reach: float = 0.85

    def image(self) -> Image.Image:
        """The gradient as a small picture, to be scaled up."""
        return _grid(lambda u, v: colour_at(self.stops, math.hypot(u - self.u, v - self.v) / self.reach))


def _grid(colour: Callable[[float, float], RGB]) -> Image.Image:
    image = Image.new("RGB", (GRID, GRID))
    steps = [(index + 0.5) / GRID for index in range(GRID)]
    image.putdata([colour(u, v) for v in steps for u in steps])
    return image


Paint = RGB | Ramp | Radial


@lru_cache(maxsize=1024)
def rendered(paint: Ramp | Radial) -> Image.Image:
    """The gradient's small picture, from memory if it was needed before. Not to be changed."""
    return paint.image()


def down(*colours: RGB) -> Ramp:
    """Colours from the top to the bottom, evenly spread."""
    return Ramp(_even(colours), 90)


def across(*colours: RGB) -> Ramp:
    """Colours from the left to the right, evenly spread."""
    return Ramp(_even(colours), 0)


def _even(colours: tuple[RGB, ...]) -> Stops:
    return tuple((index / max(1, len(colours) - 1), colour) for index, colour in enumerate(colours))


def lit_flat(colour: RGB) -> Ramp:
    """A flat face in light from the upper left."""
    return Ramp(((0.0, tint(colour, 0.16)), (0.5, colour), (1.0, shade(colour, 0.16))), 52)


def lit_round(colour: RGB) -> Ramp:
    """An upright cylinder in light from the left."""
    return Ramp(
        (
            (0.0, shade(colour, 0.08)),
            (0.1, tint(colour, 0.06)),
            (0.28, tint(colour, 0.26)),
            (0.52, colour),
            (0.82, shade(colour, 0.36)),
            (0.94, shade(colour, 0.42)),
            (1.0, shade(colour, 0.3)),
        ),
        0,
    )


def lit_tube(colour: RGB) -> Ramp:
    """A lying cylinder in light from above."""
    return Ramp(
        (
            (0.0, tint(colour, 0.12)),
            (0.25, tint(colour, 0.26)),
            (0.55, colour),
            (0.9, shade(colour, 0.4)),
            (1.0, shade(colour, 0.28)),
        ),
        90,
    )


def lit_ball(colour: RGB) -> Radial:
    """A ball in light from the upper left."""
    return Radial(((0.0, tint(colour, 0.36)), (0.4, colour), (0.8, shade(colour, 0.36)), (1.0, shade(colour, 0.46))))


def metal(colour: RGB, degrees: float = 0.0) -> Ramp:
    """Polished metal: sharp changes of light and dark."""
    return Ramp(
        (
            (0.0, shade(colour, 0.25)),
            (0.14, tint(colour, 0.55)),
            (0.24, tint(colour, 0.15)),
            (0.46, shade(colour, 0.12)),
            (0.62, tint(colour, 0.35)),
            (0.7, colour),
            (0.9, shade(colour, 0.5)),
            (1.0, shade(colour, 0.2)),
        ),
        degrees,
    )
