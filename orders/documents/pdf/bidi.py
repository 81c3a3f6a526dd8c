"""Put right-to-left text into the order in which it is drawn.

This is the Unicode Bidirectional Algorithm (UAX #9) without embeddings, isolates and nested
brackets, which names and addresses do not use. Vowel points are left out: they would need a shaping
engine.
"""

import re
import unicodedata
from itertools import pairwise

LEFT, RIGHT, NUMBER, NEUTRAL = "L", "R", "N", ""
_DIRECTIONS = {"L": LEFT, "R": RIGHT, "AL": RIGHT, "EN": NUMBER, "AN": NUMBER}
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")


def in_visual_order(line: str) -> str:
    """Return a line in visual order, from left to right.

    A line without right-to-left characters is returned unchanged.
    """
    if not any(_direction(character) == RIGHT for character in line):
        return line
    line = "".join(character for character in line if unicodedata.bidirectional(character) != "NSM")
    levels = _levels(line)
    seen = [
        (level, character.translate(_MIRRORED) if level % 2 else character)
        for level, character in zip(levels, line, strict=True)
    ]
    for least in range(max(levels), 0, -1):
        seen = _reversed_from(seen, least)
    return "".join(character for _, character in seen)


def _direction(character: str) -> str:
    return _DIRECTIONS.get(unicodedata.bidirectional(character), NEUTRAL)


def _levels(line: str) -> list[int]:
    """Return the level of each character: 0 and 2 run left to right, 1 runs right to left."""
    directions = [_direction(character) for character in line]
    base = next(direction for direction in directions if direction in (LEFT, RIGHT))
    _settle_numbers(line, directions, base)
    _settle_brackets(line, directions, base)
    _settle_neutrals(directions, base)
    of = {LEFT: 2 if base == RIGHT else 0, RIGHT: 1, NUMBER: 2}
    return [of[direction] for direction in directions]


def _settle_numbers(line: str, directions: list[str], base: str) -> None:
    """Treat separators in a number as part of it.

    A number that follows left-to-right text continues that text.
    """
    for at in range(1, len(line) - 1):
        between = directions[at - 1] == directions[at + 1] == NUMBER
        if between and unicodedata.bidirectional(line[at]) in ("ES", "CS"):
            directions[at] = NUMBER
    strong = base
    for at, direction in enumerate(directions):
        if direction == NUMBER and strong == LEFT:
            directions[at] = LEFT
        elif direction in (LEFT, RIGHT):
            strong = direction


def _settle_brackets(line: str, directions: list[str], base: str) -> None:
    """Give a pair of brackets the direction of the line.

    If everything inside it runs the other way, it takes the direction of the text before it
    instead.
    """
    for pair in re.finditer(r"\([^()]*\)|\[[^\[\]]*\]", line):
        first, last = pair.start(), pair.end() - 1
        before = next((way for way in reversed(directions[:first]) if way in (LEFT, RIGHT)), base)
        inside = {way for way in directions[first:last] if way in (LEFT, RIGHT)}
        if inside:
            directions[first] = directions[last] = base if base in inside else before


def _settle_neutrals(directions: list[str], base: str) -> None:
    """Give neutral characters the direction of both neighbours if they agree, else the line's."""
    known = [at for at, direction in enumerate(directions) if direction]
    for before, after in pairwise([-1, *known, len(directions)]):
        sides = {_side(directions, before, base), _side(directions, after, base)}
        for at in range(before + 1, after):
            directions[at] = sides.copy().pop() if len(sides) == 1 else base


def _side(directions: list[str], at: int, base: str) -> str:
    if not 0 <= at < len(directions):
        return base
    return RIGHT if directions[at] == NUMBER else directions[at]


def _reversed_from(seen: list[tuple[int, str]], least: int) -> list[tuple[int, str]]:
    """Return the characters with each run of at least this level reversed."""
    result: list[tuple[int, str]] = []
    stretch: list[tuple[int, str]] = []
    for each in seen:
        if each[0] >= least:
            stretch.append(each)
        else:
            result += [*reversed(stretch), each]
            stretch = []
    return [*result, *reversed(stretch)]
