"""What every drawing function gets, and how it is described."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from infra.demo.drawing.canvas import Canvas
from infra.demo.drawing.palette import RGB, rgb


@dataclass(frozen=True)
class Look:
    """The colours and options of one thing."""

    colours: tuple[str, ...]
    options: dict[str, str]

    def colour(self, index: int, otherwise: str = "oak") -> RGB:
        """The colour at that place, or another where the look has fewer."""
        return rgb(self.colours[index] if index < len(self.colours) else otherwise)

    def option(self, name: str, otherwise: str = "") -> str:
        return self.options.get(name, otherwise)


@dataclass(frozen=True)
class Kind:
    """A drawing function and how its thing is shown.

    It draws about its origin, in units of which a picture has 1000: the middle of its foot when it stands, of its back
    when it hangs or lies. `place` is "stand", "wall", "hang" or "flat"; `width` and `height` are its rough size;
    `focus` and `zoom` say what a detail view shows.
    """

    draw: Callable[[Canvas, Look], None]
    place: str = "stand"
    width: float = 460
    height: float = 460
    focus: tuple[float, float] = (0, -250)
    zoom: float = 2.0
