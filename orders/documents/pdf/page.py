"""Pages to draw on, measured in points from the top left, and blocks that flow over them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO

from django.conf import settings
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from orders.documents.pdf.text import Style, runs, shorten, width_of

PAPERS = {"A4": A4, "Letter": LETTER}
INK, SOFT, LINE, BAND, ACCENT = "#24221e", "#6b655a", "#ddd6c9", "#f5f2ec", "#1f6f5c"
MARGIN = 56
TOP = 48
FOOT = 72

TITLE = Style(22, bold=True)
NAME = Style(20, bold=True, color=ACCENT)
STRONG = Style(9.5, bold=True)
BODY = Style(9.5)
SMALL = Style(8, color=SOFT)
LABEL = Style(7.5, bold=True, color=SOFT)


@dataclass(frozen=True)
class Block:
    """Something with a height that can draw itself at a distance from the top of the page."""

    height: float
    draw: Callable[[float], None]


class PageCanvas:
    """A PDF that is being drawn.

    The same calls give the same bytes: nothing in it depends on the time or on chance.
    """

    def __init__(self, paper: str, title: str) -> None:
        self.buffer = BytesIO()
        self.width, self.height = PAPERS[paper]
        self.left, self.right = MARGIN, self.width - MARGIN
        self.canvas = Canvas(
            self.buffer, pagesize=(self.width, self.height), invariant=1, pageCompression=1
        )
        self.canvas.setTitle(title)
        self.canvas.setAuthor(settings.SHOP_NAME)
        self.canvas.setCreator(settings.SHOP_NAME)

    @property
    def room(self) -> float:
        """Return the height that is available to blocks on a page, in points."""
        return self.height - TOP - FOOT

    def text(
        self, x: float, y: float, line: str, style: Style = BODY, *, align: str = "left"
    ) -> None:
        """Draw one line below `y`; `x` is its left end, or its right end with `align="right"`."""
        begin = x - width_of(line, style) if align == "right" else x
        drawing = self.canvas.beginText(begin, self.height - y - style.size)
        drawing.setFillColor(HexColor(style.color))
        for font, part in runs(line, style):
            drawing.setFont(font, style.size)
            drawing.textOut(part)
        self.canvas.drawText(drawing)

    def lines(self, x: float, y: float, lines: Sequence[str], style: Style = BODY) -> float:
        """Draw lines below each other, and return where they end."""
        for line in lines:
            self.text(x, y, line, style)
            y += style.leading
        return y

    def rule(
        self, y: float, *, left: float | None = None, color: str = LINE, thickness: float = 0.6
    ) -> None:
        """Draw a horizontal line to the right margin."""
        self.canvas.setStrokeColor(HexColor(color))
        self.canvas.setLineWidth(thickness)
        self.canvas.line(
            self.left if left is None else left, self.height - y, self.right, self.height - y
        )

    def band(self, y: float, height: float, color: str = BAND) -> None:
        """Fill a band from margin to margin."""
        self.canvas.setFillColor(HexColor(color))
        self.canvas.roundRect(
            self.left, self.height - y - height, self.right - self.left, height, 3, stroke=0, fill=1
        )

    def box(self, x: float, y: float, size: float) -> None:
        """Draw an empty box to tick."""
        self.canvas.setStrokeColor(HexColor(SOFT))
        self.canvas.setLineWidth(0.8)
        self.canvas.roundRect(x, self.height - y - size, size, size, 1.5)

    def barcode(self, y: float, value: str, *, height: float = 26) -> None:
        """Draw a Code 128 bar code that ends at the right margin."""
        code = Code128(value, barHeight=height, barWidth=1.1, quiet=False, humanReadable=False)
        self.canvas.setFillColor(HexColor(INK))
        code.drawOn(self.canvas, self.right - code.width, self.height - y - height)

    def brand(self) -> None:
        """Draw the logo (SHOP_LOGO), or the shop's name, at the top left."""
        if not settings.SHOP_LOGO:
            self.text(self.left, TOP, shorten(settings.SHOP_NAME, NAME, 260), NAME)
            return
        logo = ImageReader(settings.SHOP_LOGO)
        width, height = logo.getSize()
        scale = min(190 / width, 44 / height)
        width, height = width * scale, height * scale
        self.canvas.drawImage(
            logo, self.left, self.height - TOP - height, width, height, mask="auto"
        )

    def foot(self, texts: Sequence[str], right: str) -> None:
        """Draw the footer of a page: at most two lines, and the page number to their right."""
        y = self.height - 54
        self.rule(y)
        wide = self.right - self.left - width_of(right, SMALL) - 24
        self.lines(self.left, y + 8, [shorten(text, SMALL, wide) for text in texts], SMALL)
        self.text(self.right, y + 8, right, SMALL, align="right")

    def draw(self, pages: Sequence[Sequence[Block]], foot: Sequence[str], name: str) -> None:
        """Draw pages of blocks, each with the footer and `name · Page 1 of 3`."""
        for number, blocks in enumerate(pages, start=1):
            y: float = TOP
            for block in blocks:
                block.draw(y)
                y += block.height
            self.foot(foot, f"{name} · Page {number} of {len(pages)}")
            self.canvas.showPage()

    def finished(self) -> bytes:
        """Finish the PDF and return it."""
        self.canvas.save()
        return self.buffer.getvalue()


def paginate(
    first: Block, later: Block, rows: Sequence[Block], closing: Block, room: float
) -> list[list[Block]]:
    """Return the blocks of each page.

    `later` heads every page but the first; `closing` never stands alone on a page.
    """
    pages = [[first]]
    for index, row in enumerate(rows):
        ends = closing.height if index == len(rows) - 1 else 0
        # The first row stays on the first page even if it does not fit, or that page would have no
        # rows.
        if (
            sum(block.height for block in pages[-1]) + row.height + ends > room
            and len(pages[-1]) + len(pages) > 2
        ):
            pages.append([later])
        pages[-1].append(row)
    if sum(block.height for block in pages[-1]) + closing.height > room:
        pages.append([later])
    pages[-1].append(closing)
    return pages
