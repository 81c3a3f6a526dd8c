"""Text in any script: which font has each character, where lines break, and right-to-left order."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from arabic_reshaper import ArabicReshaper
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from orders.documents.pdf.bidi import in_visual_order

FOLDER = Path(__file__).parent / "fonts"
#: A character is drawn in the first of these fonts that has it.
FALLBACKS = (
    "NotoSansArabic-Regular",
    "NotoSansThai-Regular",
    "DejaVuSans-Subset",
    "DroidSansFallback-Subset",
)
REGULAR = ("NotoSans-Regular", *FALLBACKS)
BOLD = ("NotoSans-SemiBold", "NotoSans-Regular", *FALLBACKS)
MISSING = "\N{REPLACEMENT CHARACTER}"
# Chinese and Japanese text breaks after any character, other scripts break after spaces.
_IDEOGRAPH = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_PIECES = re.compile(rf"[{_IDEOGRAPH}]\s*|[^\s{_IDEOGRAPH}]+\s*|\s+")
_arabic = ArabicReshaper()


@dataclass(frozen=True)
class Style:
    """How text looks; `size` is in points."""

    size: float = 9
    bold: bool = False
    color: str = "#24221e"

    @property
    def leading(self) -> float:
        """Return the distance between two lines, in points."""
        return self.size * 1.42


@cache
def _font(name: str) -> TTFont:
    font = TTFont(name, str(FOLDER / f"{name}.ttf"))
    pdfmetrics.registerFont(font)
    return font


@cache
def _font_of(character: str, bold: bool) -> str:
    """Return the name of the first font that has a character, or an empty string."""
    names = BOLD if bold else REGULAR
    return next((name for name in names if ord(character) in _font(name).face.charToGlyph), "")


def clean(text: str) -> str:
    """Return text on one line, in Unicode normal form C and without control characters."""
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(
        character
        for character in spaced
        if unicodedata.category(character) not in ("Cc", "Cf", "Cs")
    )


def runs(line: str, style: Style) -> list[tuple[str, str]]:
    """Return one line, in visual order, as parts of (font, text).

    A character that no font has is shown as �.
    """
    seen = [
        _font_and_character(character, style.bold)
        for character in in_visual_order(_arabic.reshape(line))
    ]
    return [
        (font, "".join(text for _, text in part))
        for font, part in groupby(seen, key=lambda each: each[0])
    ]


def _font_and_character(character: str, bold: bool) -> tuple[str, str]:
    font = _font_of(character, bold)
    return (font, character) if font else (_font_of(MISSING, bold), MISSING)


def width_of(line: str, style: Style) -> float:
    """Return the width of one line in points."""
    return sum(pdfmetrics.stringWidth(text, font, style.size) for font, text in runs(line, style))


def wrap(text: str, style: Style, width: float) -> list[str]:
    """Return text as lines of at most `width` points; a word that is wider is split."""
    lines = [""]
    for piece in _PIECES.findall(clean(text)):
        for part in [piece] if width_of(piece.rstrip(), style) <= width else piece:
            if width_of(f"{lines[-1]}{part}".rstrip(), style) <= width:
                lines[-1] += part
            else:
                lines.append(part)
    return [line.strip() for line in lines if line.strip()]


def shorten(text: str, style: Style, width: float) -> str:
    """Return as much of the text as fits on one line of `width` points."""
    line = clean(text)
    if width_of(line, style) <= width:
        return line
    while line and width_of(f"{line}…", style) > width:
        line = line[:-1]
    return f"{line.rstrip()}…"
