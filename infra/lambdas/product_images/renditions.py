"""Turns an uploaded picture into the files that a page shows.

This is pure Pillow: no network, no disk. An upload is judged by its content, never by its name.
Whatever it contains, the result is `Renditions` or `Refused`. The files are encoded from the pixels
alone: nothing is left of the upload's metadata or of any data that follows the picture.
"""

import base64
import io
import logging
import math
import re
import warnings
import zipfile
from collections import Counter
from dataclasses import dataclass

from PIL import AvifImagePlugin, ExifTags, Image, ImageCms, ImageFilter, ImageOps

# The shop has these limits and widths too (its settings, catalog/images/pipeline.py and
# catalog/images/renditions.py), and tests/infra/lambdas/test_limits.py checks that they are equal.
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
MAX_BYTES = 20_000_000
MAX_PIXELS = 40_000_000
# The longest side that a WebP file can have (RFC 9649, section 2.6: 14 bits).
MAX_SIDE = 16_383

WIDTHS = (160, 320, 480, 640, 960, 1600)
QUALITY = 80
# libwebp's effort, 0 to 6. Its default of 4 takes 2.4 times as long as 2, for files that are only 2
# to 4 % smaller.
METHOD = 2
# 256 blurred pixels give a data URI of under 200 characters, even for noise.
PREVIEW_SIDE = 16

# Content that a web server or a browser might execute wherever it is in a file. A PDF begins within
# the first 1024 bytes.
ACTIVE_CONTENT = re.compile(rb"<script|<\?php|<!doctype html|<html[\s>]", re.IGNORECASE)
PDF_HEAD = 1024

SRGB = ImageCms.createProfile("sRGB")
TURNED_SIDEWAYS = {5, 6, 7, 8}  # EXIF orientations that swap width and height

logger = logging.getLogger(__name__)

# Between this number and twice this number, Pillow only warns and loads the picture anyway;
# _decode() turns the warning into an error.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
# Each thread of the AVIF decoder keeps its own pictures in memory.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1


class Refused(Exception):
    """The upload is not a picture that we accept. The message is a sentence for staff."""


@dataclass(frozen=True)
class Renditions:
    """The result of one upload.

    width, height: pixels of the upload as people see it, after its EXIF rotation
    files: {width in pixels: WebP file}, by ascending width, at least one, none wider than the
        upload
    colour: the colour that covers most of the picture, `#rrggbb`
    preview: a tiny blurred version to show behind the picture, as a data URI of a few hundred
        characters; "" for a picture with transparent parts, through which it would be seen
    """

    width: int
    height: int
    files: dict[int, bytes]
    colour: str
    preview: str


def render(data: bytes) -> Renditions:
    """Return the renditions of an uploaded JPEG, PNG, WebP or AVIF file.

    For an animation they show its first picture. Raises Refused for a file that we do not accept.
    """
    if not data:
        raise Refused("The file is empty.")
    refuse_large(len(data))
    width, height, image = _decode(data)
    _refuse_polyglot(data)
    ladder = _ladder(_largest(image, width, height), width, height)
    sample = _flat(ladder[min(ladder)])
    sample.thumbnail((64, 64))
    files = {rung: _webp(ladder[rung], QUALITY) for rung in sorted(ladder)}
    preview = "" if ladder[min(ladder)].mode == "RGBA" else _preview(sample)
    return Renditions(width, height, files, _dominant_colour(sample), preview)


def refuse_large(size: int) -> None:
    """Raise Refused if a file of `size` bytes is too large.

    Call this before reading the file into memory.
    """
    if size > MAX_BYTES:
        raise Refused(
            f"The file has {size / 10**6:.1f} MB; at most {MAX_BYTES // 10**6} MB are taken."
        )


def _refuse_polyglot(data: bytes) -> None:
    """Refuse a picture that is also a page, a script, a PDF or an archive.

    Data that merely follows the picture is no reason to refuse it: phones append the film of a
    motion photo.
    """
    if (
        ACTIVE_CONTENT.search(data)
        or b"%PDF-" in data[:PDF_HEAD]
        or zipfile.is_zipfile(io.BytesIO(data))
    ):
        raise Refused(
            "The picture has something else hidden in it: a program, a page or an archive."
        )


def _decode(data: bytes) -> tuple[int, int, Image.Image]:
    """Return the upright width and height, and the upright picture.

    The picture may be smaller than that if the upload is huge.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _open_image(data)
    except Refused:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise Refused(f"The picture has more than {MAX_PIXELS // 10**6} megapixels.") from error
    except Image.UnidentifiedImageError as error:
        raise Refused(
            "The file is not a JPEG, PNG, WebP or AVIF picture, or it is damaged."
        ) from error
    # Hostile bytes make decoders raise anything: OSError, SyntaxError, struct.error, ValueError,
    # MemoryError and more. All of it means that this one file cannot be read, which must not keep
    # the following files from being processed.
    except Exception as error:
        logger.info("An upload cannot be decoded", exc_info=True)
        raise Refused("The picture is damaged or incomplete.") from error


def _open_image(data: bytes) -> tuple[int, int, Image.Image]:
    # verify() checks the checksum of every PNG chunk, which load() does not. After it a file must
    # be opened again.
    Image.open(io.BytesIO(data), formats=FORMATS).verify()
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    width, height = image.size
    if max(width, height) > MAX_SIDE:
        raise Refused(
            f"The picture is {width} x {height} pixels; a side may have at most {MAX_SIDE}."
        )
    stored = image.size
    if image.getexif().get(ExifTags.Base.Orientation) in TURNED_SIDEWAYS:
        width, height = height, width
    # Decode a huge JPEG at a half or a quarter of its size, but no smaller than needed: this takes
    # less time and far less memory.
    shrink = max(width / WIDTHS[-1], 1)
    image.draft(None, (math.ceil(stored[0] / shrink), math.ceil(stored[1] / shrink)))
    image.load()
    ImageOps.exif_transpose(image, in_place=True)
    return width, height, image


def _largest(image: Image.Image, width: int, height: int) -> Image.Image:
    """Return the picture as RGB or RGBA in sRGB, no wider than the widest rendition."""
    profile = image.info.get("icc_profile")
    image = _full_depth(image)
    if image.width > WIDTHS[-1]:
        image = _scaled(image, WIDTHS[-1], width, height)
    alpha = image.getchannel("A") if "A" in image.getbands() else None
    image = _to_srgb(image.convert(image.mode.removesuffix("A")), profile)
    if alpha and alpha.getextrema() != (255, 255):
        image.putalpha(alpha)
    return image


def _full_depth(image: Image.Image) -> Image.Image:
    """Return the picture as L, LA, RGB, RGBA or CMYK.

    Pictures in these modes can be scaled and have a colour profile applied.
    """
    if image.mode.startswith("I"):
        # 16-bit grey. A plain convert("L") would clip at 255 instead of scaling.
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    clear = image.has_transparency_data
    if image.mode in {"1", "L"}:
        return image.convert("LA" if clear else "L")
    if image.mode in {"P", "RGB"}:
        return image.convert("RGBA" if clear else "RGB")
    return image


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert an L, RGB or CMYK picture to RGB in sRGB.

    Browsers assume sRGB for an untagged picture.
    """
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.buildTransform(source, SRGB, image.mode, "RGB").apply(image)
        except (ImageCms.PyCMSError, OSError, ValueError) as error:
            # A picture with a broken profile is still a picture: browsers ignore the profile, and
            # so do we.
            logger.info("A colour profile is ignored: %s", error)
    return image.convert("RGB")


def _scaled(image: Image.Image, to_width: int, width: int, height: int) -> Image.Image:
    """Scale to a width, keeping the proportions of the upload's own width and height."""
    size = (to_width, max(1, round(height * to_width / width)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _ladder(image: Image.Image, width: int, height: int) -> dict[int, Image.Image]:
    """Return the picture at each width, each made from the next larger one.

    This is half the work of starting from the original each time.
    """
    ladder = {}
    for rung in [rung for rung in reversed(WIDTHS) if rung <= width] or [width]:
        ladder[rung] = image = _scaled(image, rung, width, height)
    return ladder


def _webp(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=quality, method=METHOD, icc_profile=None, exif=b"", xmp=b"")
    return buffer.getvalue()


def _flat(image: Image.Image) -> Image.Image:
    """Return a copy as RGB, with transparent parts in white, like the page's picture frames."""
    if image.mode != "RGBA":
        return image.copy()
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, image).convert("RGB")


def _dominant_colour(sample: Image.Image) -> str:
    pixels = sample.quantize(8).convert("RGB").tobytes()
    ((colour, _count),) = Counter(
        pixels[at : at + 3] for at in range(0, len(pixels), 3)
    ).most_common(1)
    return f"#{colour.hex()}"


def _preview(sample: Image.Image) -> str:
    tiny = sample.copy()
    tiny.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    tiny = tiny.filter(ImageFilter.GaussianBlur(1))
    return "data:image/webp;base64," + base64.b64encode(_webp(tiny, quality=60)).decode()
