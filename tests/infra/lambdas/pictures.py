"""Pictures as people upload them, and files that only pretend to be pictures."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from PIL import Image, ImageCms

CUTS = (8, 16, 33, 200, 1000)
# Stands for anything that somebody hides in a picture.
HIDDEN = b"alert(document.domain)"


def draw(width: int = 600, height: int = 400, mode: str = "RGB") -> Image.Image:
    """Return a picture whose upper left quarter is red and the rest blue.

    A rotation is therefore visible.
    """
    image = Image.new("RGB", (width, height), (20, 60, 200))
    image.paste((220, 30, 30), (0, 0, width // 2, height // 2))
    return image.convert(mode)


def noise() -> Image.Image:
    """Return a picture that compresses badly, so that a truncated file ends in its pixels."""
    return Image.effect_noise((300, 300), 80).convert("RGB")


def encode(image: Image.Image, file_format: str = "JPEG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def jpeg(width: int = 600, height: int = 400, **options: Any) -> bytes:
    return encode(draw(width, height), "JPEG", quality=90, **options)


def turned_jpeg(orientation: int) -> bytes:
    """Return a JPEG that must be rotated to stand upright.

    Its metadata contains the maker of a camera and a location.
    """
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "N"
    return jpeg(exif=exif)


def red_and_blue_profile() -> bytes:
    """Return a colour profile that swaps red and blue."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return data.replace(b"rXYZ", b"____").replace(b"bXYZ", b"rXYZ").replace(b"____", b"bXYZ")


def hostile_files() -> dict[str, bytes]:
    """Return files that must be refused, keyed by what is wrong with them."""
    return (
        dict(_bombs())
        | dict(_truncated())
        | dict(_corrupted())
        | dict(_polyglots())
        | dict(_other_formats())
    )


def _bombs() -> Iterator[tuple[str, bytes]]:
    yield "a PNG of 40.005 megapixels", encode(Image.new("1", (8001, 5000)), "PNG")
    yield "a PNG of 169 megapixels in 20 KB", encode(Image.new("1", (13_000, 13_000)), "PNG")
    yield (
        "a WebP of 49 megapixels",
        encode(Image.new("RGB", (7000, 7000)), "WEBP", lossless=True, method=0),
    )
    yield "a JPEG of 49 megapixels", encode(Image.new("L", (7000, 7000)), "JPEG")
    for side in (20_000, 65_535, 2**31 - 1):
        yield f"a PNG that says it has {side} x {side} pixels", png_claiming(side, side)
    yield "a PNG that is 16,384 pixels tall", encode(Image.new("L", (1, 16_384)), "PNG")
    yield (
        "a PNG whose text inflates to 100 MB",
        png_with_chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(10**8))),
    )
    yield (
        "a PNG whose colour profile inflates to 100 MB",
        png_with_chunk(b"iCCP", b"k\0\0" + zlib.compress(bytes(10**8))),
    )
    text = b"k\0\1\0\0\0" + zlib.compress(bytes(10**8))
    yield "a PNG whose international text inflates to 100 MB", png_with_chunk(b"iTXt", text)
    yield "a PNG of 1 x 60,000 pixels", encode(Image.new("L", (1, 60_000)), "PNG")
    yield "a JPEG of 60,000 x 1 pixels", encode(Image.new("L", (60_000, 1)), "JPEG")
    yield "a JPEG that says it has 65,500 x 65,500 pixels", _jpeg_claiming(65_500)
    yield "an AVIF that says it has 65,500 x 65,500 pixels", _avif_claiming(65_500)
    yield "21 MB", jpeg() + bytes(21 * 1024**2)


def _truncated() -> Iterator[tuple[str, bytes]]:
    yield "0 bytes", b""
    for file_format in ("JPEG", "PNG", "WEBP", "AVIF"):
        whole = encode(noise(), file_format)
        for size in CUTS:
            yield f"the first {size} bytes of a {file_format}", whole[:size]
        yield f"half a {file_format}", whole[: len(whole) // 2]
    progressive = encode(noise(), "JPEG", progressive=True)
    yield "a third of a progressive JPEG", progressive[: len(progressive) // 3]
    yield "a PNG without its end", encode(draw(), "PNG")[:-12]


def _corrupted() -> Iterator[tuple[str, bytes]]:
    png = encode(noise(), "PNG")
    for at in (20, 60, len(png) // 2, len(png) - 30):
        yield f"a PNG with a wrong byte at {at}", png[:at] + bytes([png[at] ^ 0xFF]) + png[at + 1 :]
    webp = encode(noise(), "WEBP")
    yield "a WebP with wrong bytes in its header", webp[:20] + b"\xff" * 10 + webp[30:]
    yield "a PNG with a signature and zeros", b"\x89PNG\r\n\x1a\n" + bytes(5000)
    yield "a JPEG with a signature and zeros", b"\xff\xd8\xff\xe0" + bytes(5000)
    yield "a WebP with a signature and zeros", b"RIFF\x00\x10\x00\x00WEBP" + bytes(5000)
    yield "a JPEG of endless headers", b"\xff\xd8" + (b"\xff\xe1\xff\xff" + bytes(65_533)) * 40
    yield "a PNG of no width", png_claiming(0, 100)


def _polyglots() -> Iterator[tuple[str, bytes]]:
    page = b"<html><script>alert(document.cookie)</script></html>"
    for file_format in ("JPEG", "PNG", "WEBP", "AVIF"):
        whole = encode(draw(), file_format)
        yield f"a {file_format} with a page behind it", whole + page
        yield (
            f"a {file_format} with a PHP program behind it",
            whole + b"<?php system($_GET['c']); ?>",
        )
        yield f"a {file_format} that is an archive as well", whole + _archive()
    yield "a JPEG with a script in its comment", jpeg(comment=b"<SCRIPT src=//x.example></SCRIPT>")
    yield "a PNG with a page in its text", png_with_chunk(b"tEXt", b"Comment\0<!DOCTYPE html><p>")
    yield "a GIF that is a script as well", b"GIF89a/*" + bytes(4) + b"*/=1;" + HIDDEN
    yield "a PDF with a JPEG in it", b"%PDF-1.7\n1 0 obj\nstream\n" + jpeg() + b"\nendstream\n%%EOF"
    yield "a JPEG that is a PDF as well", jpeg(comment=b"%PDF-1.7\n1 0 obj")


def _other_formats() -> Iterator[tuple[str, bytes]]:
    for file_format in (
        "GIF",
        "BMP",
        "TIFF",
        "ICO",
        "PPM",
        "TGA",
        "PCX",
        "SGI",
        "ICNS",
        "PDF",
        "EPS",
    ):
        yield f"a {file_format}", encode(draw(64, 64), file_format)
    yield (
        "an SVG",
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    )
    yield (
        "an SVG that loads a file",
        b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>',
    )
    yield "a page", b"<!doctype html><title>x</title>"
    yield "an archive", _archive()
    yield "a program", b"\x7fELF\x02\x01\x01" + bytes(200)
    yield "text", b"not a picture at all"
    yield (
        "an ImageMagick script",
        b"push graphic-context\nfill 'url(https://127.0.0.1/|id)'\npop graphic-context\n",
    )
    yield (
        "a HEIC by its signature",
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(300),
    )


def strange_files() -> dict[str, bytes]:
    """Return unusual files that are valid pictures and must be accepted.

    No trace of `HIDDEN` may be left in their renditions.
    """
    return dict(_laden()) | dict(_animated()) | dict(_unusual())


def _laden() -> Iterator[tuple[str, bytes]]:
    exif = Image.Exif()
    exif[0x0112] = 99
    exif[0x010E] = (HIDDEN * 2500).decode()
    yield "a JPEG with 55 KB of EXIF that turns it nowhere", jpeg(exif=exif)
    yield "a JPEG with broken EXIF", jpeg(exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + HIDDEN)
    yield "a JPEG with a film behind it", jpeg() + b"\x00\x00\x00\x18ftypmp42" + HIDDEN * 1000
    yield "a JPEG that is a script as well", jpeg(comment=b"*/=" + HIDDEN + b";/*")
    header = b"\xff\xe1\xff\xff" + (HIDDEN * 3000)[:65_533]
    yield "a JPEG with 13 MB of headers", jpeg()[:2] + header * 200 + jpeg()[2:]
    yield "a JPEG with a colour profile of noise", jpeg(icc_profile=HIDDEN * 5000)
    yield (
        "a PNG with 50 KB of international text",
        png_with_chunk(b"iTXt", b"k\0\0\0\0\0" + HIDDEN * 2300),
    )


def _animated() -> Iterator[tuple[str, bytes]]:
    for file_format in ("WEBP", "PNG", "AVIF"):
        options = {
            "save_all": True,
            "append_images": [noise().resize((64, 64)) for _ in range(3)],
            "duration": 100,
        }
        yield f"an animated {file_format}", encode(draw(64, 64), file_format, **options)


def _unusual() -> Iterator[tuple[str, bytes]]:
    yield "a CMYK JPEG", encode(draw(mode="CMYK"), "JPEG")
    yield "a PNG of 16 bit", encode(Image.new("I;16", (64, 64), 0x8000), "PNG")
    palette = draw(64, 64).quantize(4)
    yield (
        "a PNG with a palette and transparent colours",
        encode(palette, "PNG", transparency=bytes([0, 128, 255, 9])),
    )
    yield "a PNG of one bit", encode(draw(64, 64, mode="1"), "PNG")
    yield "a PNG of grey with transparency", encode(draw(64, 64, mode="LA"), "PNG")
    yield "a JPEG of one pixel", jpeg(1, 1)
    yield "a PNG of 3 x 16,383 pixels", encode(Image.new("L", (3, 16_383)), "PNG")
    yield "a PNG of 16,383 x 2 pixels", encode(Image.new("L", (16_383, 2)), "PNG")


def _archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "a")
    return buffer.getvalue()


def _chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def png_claiming(width: int, height: int) -> bytes:
    """Return a PNG with a header of any size and almost no pixels."""
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + header
        + _chunk(b"IDAT", zlib.compress(bytes(1000)))
        + _chunk(b"IEND", b"")
    )


def png_with_chunk(kind: bytes, content: bytes) -> bytes:
    """Return a valid PNG with an additional chunk directly after its header."""
    whole = encode(draw(64, 64), "PNG")
    return whole[:33] + _chunk(kind, content) + whole[33:]


def _avif_claiming(side: int) -> bytes:
    whole = encode(draw(64, 64), "AVIF")
    at = whole.index(b"ispe") + 8
    return whole[:at] + struct.pack(">II", side, side) + whole[at + 8 :]


def _jpeg_claiming(side: int) -> bytes:
    whole = jpeg()
    at = whole.index(b"\xff\xc0") + 5
    return whole[:at] + struct.pack(">HH", side, side) + whole[at + 4 :]
