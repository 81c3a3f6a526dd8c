"""Outlines. A shape is a list of rings, added or cut out in order; y grows downwards, 1000 units make a picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    """Rings of points; each one is added (True) to what comes before it, or cut out of it (False)."""

    rings: tuple[tuple[tuple[Point, ...], bool], ...]

    def __add__(self, other: Shape) -> Shape:
        return Shape(self.rings + other.rings)

    def __sub__(self, other: Shape) -> Shape:
        return Shape(self.rings + tuple((points, not adds) for points, adds in other.rings))

    def each(self, change: Callable[[float, float], Point]) -> Shape:
        """The shape with every point changed."""
        return Shape(tuple((tuple(change(x, y) for x, y in points), adds) for points, adds in self.rings))

    def move(self, dx: float, dy: float) -> Shape:
        return self.each(lambda x, y: (x + dx, y + dy))

    def mirror(self) -> Shape:
        """The shape flipped from left to right about x = 0."""
        return self.each(lambda x, y: (-x, y))

    def turn(self, degrees: float, centre: Point = (0.0, 0.0)) -> Shape:
        """The shape turned clockwise about a point."""
        cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        cx, cy = centre
        return self.each(
            lambda x, y: (cx + (x - cx) * cosine - (y - cy) * sine, cy + (x - cx) * sine + (y - cy) * cosine)
        )

    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of everything that was added."""
        xs = [x for points, adds in self.rings if adds for x, _ in points]
        ys = [y for points, adds in self.rings if adds for _, y in points]
        return min(xs), min(ys), max(xs), max(ys)


def polygon(*points: Point) -> Shape:
    """A shape with straight sides."""
    return Shape(((tuple(points), True),))


def arc(cx: float, cy: float, rx: float, ry: float, start: float, end: float) -> list[Point]:
    """Points along an ellipse; angles in degrees, clockwise from the right."""
    steps = max(6, round(abs(end - start) / 4))
    angles = (math.radians(start + (end - start) * step / steps) for step in range(steps + 1))
    return [(cx + rx * math.cos(angle), cy + ry * math.sin(angle)) for angle in angles]


def ellipse(cx: float, cy: float, rx: float, ry: float | None = None) -> Shape:
    """An ellipse, or a circle where `ry` is left out."""
    return polygon(*arc(cx, cy, rx, rx if ry is None else ry, 0, 360))


def rect(left: float, top: float, right: float, bottom: float, radius: float = 0.0) -> Shape:
    """A rectangle with rounded corners."""
    if radius <= 0:
        return polygon((left, top), (right, top), (right, bottom), (left, bottom))
    r = min(radius, (right - left) / 2, (bottom - top) / 2)
    corners = (
        (right - r, top + r, -90),
        (right - r, bottom - r, 0),
        (left + r, bottom - r, 90),
        (left + r, top + r, 180),
    )
    return polygon(*(point for x, y, angle in corners for point in arc(x, y, r, r, angle, angle + 90)))


def rounded(points: Sequence[Point], radius: float) -> Shape:
    """A polygon whose corners are rounded by at most `radius`."""
    outline: list[Point] = []
    for index, (x, y) in enumerate(points):
        before, after = points[index - 1], points[(index + 1) % len(points)]
        start, end = _towards((x, y), before, radius), _towards((x, y), after, radius)
        outline += [_quadratic(start, (x, y), end, step / 6) for step in range(7)]
    return polygon(*outline)


def _towards(origin: Point, target: Point, distance: float) -> Point:
    length = math.dist(origin, target) or 1.0
    part = min(distance / length, 0.5)
    return origin[0] + (target[0] - origin[0]) * part, origin[1] + (target[1] - origin[1]) * part


def _quadratic(a: Point, b: Point, c: Point, t: float) -> Point:
    return (
        (1 - t) ** 2 * a[0] + 2 * t * (1 - t) * b[0] + t * t * c[0],
        (1 - t) ** 2 * a[1] + 2 * t * (1 - t) * b[1] + t * t * c[1],
    )


def smooth(points: Sequence[Point], closed: bool = False, steps: int = 10) -> list[Point]:
    """A Catmull-Rom curve through the points."""
    count = len(points)
    outline: list[Point] = []
    for index in range(count if closed else count - 1):
        quad = [_neighbour(points, index + offset, closed) for offset in (-1, 0, 1, 2)]
        outline += [_catmull_rom(quad, step / steps) for step in range(steps)]
    return outline if closed else [*outline, points[-1]]


def _neighbour(points: Sequence[Point], index: int, closed: bool) -> Point:
    return points[index % len(points)] if closed else points[min(max(index, 0), len(points) - 1)]


def _catmull_rom(quad: Sequence[Point], t: float) -> Point:
    def one(axis: int) -> float:
        a, b, c, d = (point[axis] for point in quad)
        return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)

    return one(0), one(1)


def blob(*points: Point) -> Shape:
    """A closed smooth shape through the points."""
    return polygon(*smooth(points, closed=True))


def stroke(points: Sequence[Point], width: float, end_width: float | None = None) -> Shape:
    """A line along the points with round ends, as wide as `width` at its start and as `end_width` at its end."""
    last = width if end_width is None else end_width
    widths = [width + (last - width) * index / max(1, len(points) - 1) for index in range(len(points))]
    rings = [(_dot(x, y, w / 2), True) for (x, y), w in zip(points, widths, strict=True)]
    for index in range(len(points) - 1):
        rings.append((_quad(points[index], points[index + 1], widths[index], widths[index + 1]), True))
    return Shape(tuple(rings))


def _dot(x: float, y: float, radius: float) -> tuple[Point, ...]:
    return tuple((x + radius * cosine, y + radius * sine) for cosine, sine in CIRCLE)


CIRCLE = tuple((math.cos(math.radians(angle)), math.sin(math.radians(angle))) for angle in range(0, 360, 18))


def _quad(a: Point, b: Point, start: float, end: float) -> tuple[Point, ...]:
    length = math.dist(a, b) or 1.0
    nx, ny = (a[1] - b[1]) / length / 2, (b[0] - a[0]) / length / 2
    return (
        (a[0] + nx * start, a[1] + ny * start),
        (b[0] + nx * end, b[1] + ny * end),
        (b[0] - nx * end, b[1] - ny * end),
        (a[0] - nx * start, a[1] - ny * start),
    )


def curve(*points: Point, width: float, end_width: float | None = None) -> Shape:
    """A smooth line through the points."""
    return stroke(smooth(points), width, end_width)


def lathe(*profile: Point, tilt: float = 0.16, straight: bool = False) -> Shape:
    """A thing turned on a wheel, seen a little from above: (radius, y) pairs from its top to its foot.

    `tilt` is how round its circles look: height over width of the ellipse.
    """
    side = list(profile) if straight else smooth(profile)
    right = [point for start, end in zip(side, side[1:], strict=False) for point in _contour(start, end, tilt)]
    left = [(-x, y) for x, y in reversed(right)]
    rings = (ellipse(0, y, radius, radius * tilt) for radius, y in side[:: 1 if straight else 5])
    return Shape(polygon(*right, *left).rings + tuple(ring.rings[0] for ring in rings))


def _contour(start: Point, end: Point, tilt: float) -> list[Point]:
    """The right outline of one piece of a turned thing: where the circles it is made of touch their common edge."""
    (radius, top), (last_radius, bottom) = start, end
    sine = -tilt * (last_radius - radius) / (bottom - top) if bottom != top else 2.0
    if abs(sine) >= 1:
        return []
    cosine = math.sqrt(1 - sine * sine)
    return [(r * cosine, y + r * tilt * sine) for r, y in ((radius, top), (last_radius, bottom))]


def leaf(x: float, y: float, length: float, width: float, degrees: float) -> Shape:
    """A pointed leaf that grows from (x, y); 0 degrees points straight up, positive angles lean to the right."""
    half = [(0, 0), (width * 0.42, -length * 0.25), (width * 0.5, -length * 0.5), (width * 0.26, -length * 0.8)]
    right = smooth([*half, (0, -length)], steps=6)
    left = [(-px, py) for px, py in reversed(right)]
    return polygon(*right, *left).turn(degrees).move(x, y)
