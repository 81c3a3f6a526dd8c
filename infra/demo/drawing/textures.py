"""Grey tiles of 512 x 512 that say how strongly a texture shows, from 0 (not at all) to 255. All are seeded."""

from collections.abc import Callable
from functools import cache, lru_cache
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

SIZE = 512


def noise(width: int, height: int, seed: str) -> Image.Image:
    """White noise, the same for the same seed."""
    return Image.frombytes("L", (width, height), Random(seed).randbytes(width * height))


@cache
def tile(name: str) -> Image.Image:
    """The texture of that name. Raises KeyError when there is none."""
    return MAKERS[name]()


@lru_cache(maxsize=16)
def scaled_tile(name: str, side: int) -> Image.Image:
    """The texture of that name in another size. Not to be changed."""
    return tile(name).resize((side, side), Image.Resampling.BICUBIC)


def _stretched(across: int, along: int, seed: str) -> Image.Image:
    """Noise drawn out into streaks; its last row and column repeat the first, so that tiles meet."""
    small = noise(across, along, seed)
    small.paste(small.crop((0, 0, across, 1)), (0, along - 1))
    small.paste(small.crop((0, 0, 1, along)), (across - 1, 0))
    return small.resize((SIZE, SIZE), Image.Resampling.BICUBIC)


def _curve(image: Image.Image, low: int, high: int) -> Image.Image:
    return image.point([max(0, min(255, round((value - low) * 255 / (high - low)))) for value in range(256)])


def wood() -> Image.Image:
    """Grain that runs from left to right."""
    broad = _stretched(4, 14, "wood-broad")
    middle = _stretched(5, 70, "wood-middle")
    fine = _stretched(12, 240, "wood-fine")
    grain = Image.blend(Image.blend(broad, middle, 0.45), fine, 0.35)
    return _curve(grain, 88, 190)


def speckle() -> Image.Image:
    """Iron specks in a glaze: many tiny ones, a few bigger."""
    dice = Random("speckle")
    image = Image.new("L", (SIZE * 2, SIZE * 2))
    pen = ImageDraw.Draw(image)
    for _ in range(330):
        x, y = dice.uniform(0, SIZE * 2), dice.uniform(0, SIZE * 2)
        radius = dice.choice((1.5, 2, 2, 2.5, 3, 3.5, 5))
        pen.ellipse((x - radius, y - radius * 0.9, x + radius, y + radius * 0.9), fill=dice.randint(120, 255))
    return image.reduce(2)


def linen() -> Image.Image:
    """Uneven threads crossing each other."""
    warp = _stretched(200, 10, "linen-warp")
    weft = _stretched(10, 200, "linen-weft")
    return _curve(ImageChops.lighter(warp, weft), 120, 255)


def weave() -> Image.Image:
    """A plain weave of thick yarn."""
    cell = Image.new("L", (32, 32))
    pen = ImageDraw.Draw(cell)
    for x, y, upright in ((0, 0, True), (16, 0, False), (0, 16, False), (16, 16, True)):
        pen.rectangle((x, y, x + 15, y + 15), fill=40 if upright else 90)
        edges = ((x, y, x + 2, y + 15), (x + 13, y, x + 15, y + 15)) if upright else ((x, y, x + 15, y + 2),)
        for edge in edges:
            pen.rectangle(edge, fill=200)
    return _repeat(cell.filter(ImageFilter.GaussianBlur(1.2)))


def knit() -> Image.Image:
    """Rows of stitches like the letter V."""
    cell = Image.new("L", (64, 64), 200)
    pen = ImageDraw.Draw(cell)
    for top in (-64, 0, 64):
        pen.polygon(((4, top), (28, top + 30), (28, top + 62), (4, top + 32)), fill=30)
        pen.polygon(((60, top), (36, top + 30), (36, top + 62), (60, top + 32)), fill=0)
    return _repeat(cell.filter(ImageFilter.GaussianBlur(3)).resize((32, 32), Image.Resampling.LANCZOS))


def waffle() -> Image.Image:
    """Deep square cells: dark towards the upper left of each, where its wall throws a shadow."""
    cell = Image.new("L", (64, 64), 0)
    pen = ImageDraw.Draw(cell)
    pen.rectangle((10, 10, 56, 56), fill=90)
    pen.rectangle((10, 10, 56, 22), fill=210)
    pen.rectangle((10, 10, 22, 56), fill=170)
    return _repeat(cell.filter(ImageFilter.GaussianBlur(3)).resize((32, 32), Image.Resampling.LANCZOS))


def wicker() -> Image.Image:
    """Basket work: short strands over and under upright stakes."""
    cell = Image.new("L", (64, 32), 220)
    pen = ImageDraw.Draw(cell)
    pen.rounded_rectangle((2, 1, 44, 14), 7, fill=20)
    pen.rounded_rectangle((-30, 17, 12, 30), 7, fill=50)
    pen.rounded_rectangle((34, 17, 76, 30), 7, fill=50)
    return _repeat(cell.filter(ImageFilter.GaussianBlur(1.4)))


def cork() -> Image.Image:
    """Blotches of two sizes."""
    coarse = _curve(_stretched(48, 48, "cork-coarse"), 150, 215)
    fine = _curve(_stretched(150, 150, "cork-fine"), 170, 240)
    return ImageChops.lighter(coarse, fine)


def pile() -> Image.Image:
    """Short wool: soft fine noise."""
    return _curve(Image.blend(_stretched(256, 256, "pile-fine"), _stretched(60, 60, "pile-coarse"), 0.4), 90, 200)


def marble() -> Image.Image:
    """Cloudy stone."""
    return _curve(Image.blend(_stretched(6, 6, "marble-a"), _stretched(22, 22, "marble-b"), 0.35), 60, 220)


def _repeat(cell: Image.Image) -> Image.Image:
    image = Image.new("L", (SIZE, SIZE))
    for x in range(0, SIZE, cell.width):
        for y in range(0, SIZE, cell.height):
            image.paste(cell, (x, y))
    return image


@cache
def film_grain(width: int, height: int) -> Image.Image:
    """Fine noise around 128, to be added to a whole picture: it hides the steps of soft gradients."""
    soft = noise(512, 512, "film").point([122 + value * 12 // 255 for value in range(256)])
    image = Image.new("L", (width, height))
    for x in range(0, width, SIZE):
        for y in range(0, height, SIZE):
            image.paste(soft, (x, y))
    return Image.merge("RGB", (image, image, image))


MAKERS: dict[str, Callable[[], Image.Image]] = {
    "wood": wood,
    "speckle": speckle,
    "linen": linen,
    "weave": weave,
    "knit": knit,
    "waffle": waffle,
    "wicker": wicker,
    "cork": cork,
    "pile": pile,
    "marble": marble,
}
