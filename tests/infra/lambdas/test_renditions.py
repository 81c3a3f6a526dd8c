"""Uploads become renditions that look the same and contain nothing but pixels."""

import base64
import io
from types import ModuleType

import pytest
from PIL import Image

from tests.infra.lambdas.pictures import (
    HIDDEN,
    draw,
    encode,
    hostile_files,
    jpeg,
    png_claiming,
    png_with_chunk,
    red_and_blue_profile,
    strange_files,
    turned_jpeg,
)


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def near(pixel: tuple[int, ...], wanted: tuple[int, ...], tolerance: int = 12) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(pixel, wanted, strict=True))


@pytest.mark.parametrize(
    ("width", "widths"),
    [
        (1, [1]),
        (159, [159]),
        (160, [160]),
        (640, [160, 320, 480, 640]),
        (1200, [160, 320, 480, 640, 960]),
        (1600, [160, 320, 480, 640, 960, 1600]),
        (2400, [160, 320, 480, 640, 960, 1600]),
    ],
)
def test_widths_are_fixed_and_never_enlarged(
    renditions: ModuleType, width: int, widths: list[int]
) -> None:
    result = renditions.render(encode(draw(width, 2 * width), "PNG"))
    assert (result.width, result.height) == (width, 2 * width)
    assert [(key, opened(data).size) for key, data in result.files.items()] == [
        (w, (w, 2 * w)) for w in widths
    ]
    assert {opened(data).format for data in result.files.values()} == {"WEBP"}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_turns_upright_and_drops_metadata(renditions: ModuleType, orientation: int) -> None:
    result = renditions.render(turned_jpeg(orientation))
    upright = (600, 400) if orientation < 5 else (400, 600)
    assert (result.width, result.height) == upright
    image = opened(result.files[320])
    width, height = image.size
    # The corner in which EXIF orientation n puts the upper left corner of the stored picture.
    right, bottom = orientation in {2, 3, 6, 7}, orientation in {3, 4, 7, 8}
    red = image.getpixel((width - 20 if right else 20, height - 20 if bottom else 20))
    assert near(red, (220, 30, 30))
    assert not {"exif", "icc_profile", "xmp"} & set(image.info)
    assert b"SecretCamera" not in b"".join(result.files.values())


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "RGB", "RGBA"])
def test_every_mode_of_png_comes_out_as_it_looks(renditions: ModuleType, mode: str) -> None:
    result = renditions.render(encode(draw(mode=mode), "PNG"))
    shown = opened(result.files[320]).convert("RGB").getpixel((40, 40))
    assert near(shown, draw(mode=mode).convert("RGB").resize((320, 213)).getpixel((40, 40)), 25)


def test_a_sixteen_bit_grey_keeps_its_shade(renditions: ModuleType) -> None:
    result = renditions.render(encode(Image.new("I;16", (300, 300), 0x8000), "PNG"))
    assert near(opened(result.files[160]).getpixel((80, 80)), (128, 128, 128))


def test_a_cmyk_jpeg_becomes_rgb(renditions: ModuleType) -> None:
    result = renditions.render(encode(Image.new("CMYK", (300, 300), (0, 255, 255, 0)), "JPEG"))
    assert near(opened(result.files[160]).getpixel((80, 80)), (255, 0, 0))


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_colour_profile_is_applied(renditions: ModuleType, mode: str) -> None:
    data = encode(
        Image.new(mode, (300, 300), (255, 0, 0)), "PNG", icc_profile=red_and_blue_profile()
    )
    assert near(opened(renditions.render(data).files[160]).getpixel((80, 80)), (0, 0, 255))


def test_a_broken_colour_profile_is_ignored(renditions: ModuleType) -> None:
    result = renditions.render(jpeg(icc_profile=b"no profile" * 50))
    assert near(opened(result.files[160]).getpixel((20, 20)), (220, 30, 30))


@pytest.mark.parametrize("file_format", ["PNG", "WEBP"])
def test_transparency_is_kept(renditions: ModuleType, file_format: str) -> None:
    image = draw(mode="RGBA")
    image.paste((0, 0, 0, 0), (300, 200, 600, 400))
    result = renditions.render(encode(image, file_format))
    shown = opened(result.files[320])
    assert shown.mode == "RGBA"
    assert shown.getpixel((300, 200))[3] == 0
    assert shown.getpixel((20, 20))[3] == 255
    assert result.preview == "", "it would be seen through the picture"


def test_an_opaque_alpha_channel_is_left_out(renditions: ModuleType) -> None:
    assert opened(renditions.render(encode(draw(mode="RGBA"), "PNG")).files[160]).mode == "RGB"


def test_a_colour_that_stands_for_transparent_is_transparent(renditions: ModuleType) -> None:
    image = draw().quantize(4)
    data = encode(image, "PNG", transparency=image.getpixel((599, 399)))
    assert opened(renditions.render(data).files[160]).getpixel((150, 100))[3] == 0


def test_the_preview_is_tiny_and_the_colour_is_the_ground(renditions: ModuleType) -> None:
    result = renditions.render(jpeg())
    assert near(tuple(bytes.fromhex(result.colour[1:])), (20, 60, 200))
    assert len(result.preview) <= 600
    head, _, encoded = result.preview.partition(",")
    assert head == "data:image/webp;base64"
    assert opened(base64.b64decode(encoded)).size == (16, 11)


def test_a_photograph_of_40_megapixels_is_taken(renditions: ModuleType) -> None:
    result = renditions.render(encode(draw(8000, 5000), "JPEG"))
    assert (result.width, result.height) == (8000, 5000)
    assert opened(result.files[1600]).size == (1600, 1000)


def test_the_film_behind_a_motion_photo_is_left_behind(renditions: ModuleType) -> None:
    result = renditions.render(jpeg() + b"\x00\x00\x00\x18ftypmp42" + b"film" * 1000)
    assert b"film" not in b"".join(result.files.values())


def test_a_picture_with_much_text_is_taken(renditions: ModuleType) -> None:
    assert (
        renditions.render(png_with_chunk(b"tEXt", b"Comment\0" + b"harmless " * 5000)).width == 64
    )


def test_the_same_upload_gives_the_same_bytes(renditions: ModuleType) -> None:
    assert renditions.render(turned_jpeg(6)) == renditions.render(turned_jpeg(6))


def test_every_hostile_file_is_refused(renditions: ModuleType, subtests: pytest.Subtests) -> None:
    hostile = hostile_files()
    assert len(hostile) >= 80
    for label, data in hostile.items():
        with subtests.test(label), pytest.raises(renditions.Refused, match=r"^[A-Z].*\.$"):
            renditions.render(data)


def test_every_strange_picture_is_taken_without_what_it_hides(
    renditions: ModuleType, subtests: pytest.Subtests
) -> None:
    for label, data in strange_files().items():
        with subtests.test(label):
            result = renditions.render(data)
            assert HIDDEN not in b"".join(result.files.values())
            assert {getattr(opened(file), "n_frames", 1) for file in result.files.values()} == {1}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "The file is empty."),
        (bytes(21_000_000), "The file has 21.0 MB; at most 20 MB are taken."),
        (png_claiming(8001, 5000), "The picture has more than 40 megapixels."),
        (
            png_claiming(1, 16_384),
            "The picture is 1 x 16384 pixels; a side may have at most 16383.",
        ),
        (jpeg()[:2000], "The picture is damaged or incomplete."),
        (b"<svg/>", "The file is not a JPEG, PNG, WebP or AVIF picture, or it is damaged."),
        (
            jpeg() + b"<?php",
            "The picture has something else hidden in it: a program, a page or an archive.",
        ),
    ],
)
def test_staff_are_told_why(renditions: ModuleType, data: bytes, reason: str) -> None:
    with pytest.raises(renditions.Refused) as refusal:
        renditions.render(data)
    assert str(refusal.value) == reason
