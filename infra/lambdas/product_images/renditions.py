"""From an uploaded picture to the files a page shows. Pure Pillow: no network, no disk.

The upload is judged by what is in it, never by its name. Whatever it holds, the answer is
`Renditions` or `Refused`. What is written is encoded anew from pixels alone: nothing of the
upload's metadata, nor what trails behind it, is left.
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
# catalog/images/renditions.py), and tests/infra/lambdas/test_limits.py holds them equal.
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
MAX_BYTES = 20_000_000
MAX_PIXELS = 40_000_000
# The most a side of a WebP file can have (RFC 9649, section 2.6: 14 bits).
MAX_SIDE = 16_383

WIDTHS = (160, 320, 480, 640, 960, 1600)
QUALITY = 80
# Libwebp's effort, 0 to 6. Its usual 4 takes 2.4 times as long as 2, for files that are 2 to 4 %
# smaller.
METHOD = 2
# 256 blurred pixels make a data URI of under 200 characters, even of noise.
PREVIEW_SIDE = 16

# What a web server or a browser might run, wherever it stands in a file. A PDF starts within the
# first 1024 bytes.
ACTIVE_CONTENT = re.compile(rb"<script|<\?php|<!doctype html|<html[\s>]", re.IGNORECASE)
PDF_HEAD = 1024

SRGB = ImageCms.createProfile("sRGB")
TURNED_SIDEWAYS = {5, 6, 7, 8}

logger = logging.getLogger(__name__)

# Between one and two times this number Pillow only warns, and loads the lot; _decode() makes the
# warning an error.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
# Each thread of the AVIF decoder keeps pictures of its own in memory.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1


class Refused(Exception):
    """The upload is no picture that we take. The message is a sentence for staff."""


@dataclass(frozen=True)
class Renditions:
    """What became of one upload.

    width, height: pixels of the upload as people see it, after its EXIF rotation
    files: {width in pixels: WebP file}, by rising width, at least one, none wider than the upload
    colour: the colour that covers the most of it, `#rrggbb`
    preview: a tiny blurred version to stand behind it, as a data URI of a few hundred characters;
        "" for a picture that is transparent in places, as it would be seen through it
    """

    width: int
    height: int
    files: dict[int, bytes]
    colour: str
    preview: str


def render(data: bytes) -> Renditions:
    """Return the renditions of an uploaded JPEG, PNG, WebP or AVIF file, of an animation those of
    its first picture.

    Raises Refused for a file that we do not take.
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
    """Raise Refused if a file of `size` bytes is more than we take; ask before you read it into
    memory.
    """
    if size > MAX_BYTES:
        raise Refused(
            f"The file has {size / 10**6:.1f} MB; at most {MAX_BYTES // 10**6} MB are taken."
        )


def _refuse_polyglot(data: bytes) -> None:
    """Refuse a picture that is a page, a script, a PDF or an archive as well.

    What merely trails behind a picture is no ground for it: phones append the film of a motion
    photo.
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
    """Return the upright width and height, and the upright picture, which may be smaller than that
    if it was huge.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _open(data)
    except Refused:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise Refused(f"The picture has more than {MAX_PIXELS // 10**6} megapixels.") from error
    except Image.UnidentifiedImageError as error:
        raise Refused(
            "The file is not a JPEG, PNG, WebP or AVIF picture, or it is damaged."
        ) from error
    # Hostile bytes make decoders raise anything: OSError, SyntaxError, struct.error, ValueError,
    # MemoryError and more. All of it means that this one file cannot be read, which must not stop
    # the files after it.
    except Exception as error:
        logger.info("An upload cannot be decoded", exc_info=True)
        raise Refused("The picture is damaged or incomplete.") from error


def _open(data: bytes) -> tuple[int, int, Image.Image]:
    # verify() holds every PNG chunk against its checksum, which load() does not. After it a file
    # must be opened anew.
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
    # A huge JPEG is decoded at a half or a quarter, still no smaller than needed: less time and far
    # less memory.
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
    """Return the picture as L, LA, RGB, RGBA or CMYK: modes that can be scaled and have a colour
    profile applied.
    """
    if image.mode.startswith("I"):
        # 16-bit grey. Plain convert("L") cuts off at 255 instead of scaling.
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    clear = image.has_transparency_data
    if image.mode in {"1", "L"}:
        return image.convert("LA" if clear else "L")
    if image.mode in {"P", "RGB"}:
        return image.convert("RGBA" if clear else "RGB")
    return image


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return an L, RGB or CMYK picture as RGB in sRGB, which is what browsers take an untagged
    picture for.
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
    """Scale to a width, in the proportions of the upload's own width and height."""
    size = (to_width, max(1, round(height * to_width / width)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _ladder(image: Image.Image, width: int, height: int) -> dict[int, Image.Image]:
    """Return the picture at each width, made from the next larger one: half the work of beginning
    anew each time.
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
    """Return a copy as RGB, what is transparent on white as on the page's picture frames."""
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
