"""Shadows made from what a thing covers. The light stands at the upper left, a little in front."""

from PIL import Image, ImageChops, ImageFilter

SHADOW = (58, 40, 52)
SMALL = 4


def throw(image: Image.Image, cover: Image.Image, cast: str, base: tuple[float, float], unit: float) -> None:
    """Darken the picture around a thing.

    `cast` is "stand" (on a table), "wall" (close to a wall), "hang" (further from it), "flat" (seen from above) or
    "none". `base` is the thing's origin and `unit` the length of one of its units, both in pixels.
    """
    small = cover.reduce(SMALL)
    free = ImageChops.invert(cover)
    for mask, strength in CASTS[cast](small, (base[0] / SMALL, base[1] / SMALL), unit / SMALL):
        if touched := mask.getbbox():
            _darken(image, free, mask.point([round(value * strength) for value in range(256)]), touched)


def _darken(image: Image.Image, free: Image.Image, mask: Image.Image, box: tuple[int, int, int, int]) -> None:
    """Lay a small mask over the large picture, wherever nothing covers it."""
    left, top = box[0] * SMALL, box[1] * SMALL
    right, bottom = min(image.width, box[2] * SMALL), min(image.height, box[3] * SMALL)
    part = (left / SMALL, top / SMALL, right / SMALL, bottom / SMALL)
    full = mask.resize((right - left, bottom - top), Image.Resampling.BILINEAR, box=part)
    image.paste(SHADOW, (left, top), ImageChops.multiply(full, free.crop((left, top, right, bottom))))


Layers = list[tuple[Image.Image, float]]


def _stand(cover: Image.Image, base: tuple[float, float], unit: float) -> Layers:
    long = _laid(cover, base, lean=0.72, flat=0.17).filter(ImageFilter.GaussianBlur(11 * unit))
    close = _laid(cover, base, lean=0.42, flat=0.10).filter(ImageFilter.GaussianBlur(6 * unit))
    return [(_fading(long, base, 560 * unit), 0.26), (close, 0.16), (_contact(cover, base, unit), 0.42)]


def _laid(cover: Image.Image, base: tuple[float, float], lean: float, flat: float) -> Image.Image:
    """The outline laid on the table: a point `h` above the base lands `lean * h` to the right and `flat * h` behind."""
    slope = lean / flat
    return cover.transform(
        cover.size,
        Image.Transform.AFFINE,
        (1, slope, -slope * base[1], 0, 1 / flat, base[1] - base[1] / flat),
        Image.Resampling.BILINEAR,
    )


def _fading(mask: Image.Image, base: tuple[float, float], reach: float) -> Image.Image:
    """Weaker further to the right."""
    strip = Image.new("L", (64, 1))
    xs = [(index + 0.5) / 64 * mask.width for index in range(64)]
    strip.putdata([round(255 * max(0.12, min(1.0, 1 - (x - base[0]) / reach * 0.8))) for x in xs])
    return ImageChops.multiply(mask, strip.resize(mask.size, Image.Resampling.BICUBIC))


def _contact(cover: Image.Image, base: tuple[float, float], unit: float) -> Image.Image:
    """The dark line where a thing touches what it stands on."""
    band = Image.new("L", cover.size)
    top, bottom = round(base[1] - 8 * unit), round(base[1] + 60 * unit)
    shift = max(1, round(5 * unit))
    band.paste(cover.crop((0, top, cover.width, bottom)), (shift, top + shift))
    return band.filter(ImageFilter.GaussianBlur(5 * unit))


def _offset(cover: Image.Image, dx: float, dy: float, blur: float) -> Image.Image:
    shifted = Image.new("L", cover.size)
    shifted.paste(cover, (round(dx), round(dy)))
    return shifted.filter(ImageFilter.GaussianBlur(blur))


def _wall(cover: Image.Image, base: tuple[float, float], unit: float) -> Layers:
    return [
        (_offset(cover, 30 * unit, 38 * unit, 20 * unit), 0.24),
        (_offset(cover, 10 * unit, 12 * unit, 6 * unit), 0.24),
    ]


def _hang(cover: Image.Image, base: tuple[float, float], unit: float) -> Layers:
    return [(_offset(cover, 96 * unit, 70 * unit, 28 * unit), 0.17)]


def _flat(cover: Image.Image, base: tuple[float, float], unit: float) -> Layers:
    return [
        (_offset(cover, 20 * unit, 24 * unit, 14 * unit), 0.28),
        (_offset(cover, 7 * unit, 8 * unit, 4 * unit), 0.30),
    ]


def _none(cover: Image.Image, base: tuple[float, float], unit: float) -> Layers:
    return []


CASTS = {"stand": _stand, "wall": _wall, "hang": _hang, "flat": _flat, "none": _none}
