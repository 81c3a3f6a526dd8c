"""The image Lambda accepts whatever the shop accepts, and both have the same widths."""

from types import ModuleType

from django.conf import settings

from catalog.images import pipeline
from catalog.images import renditions as shop


def test_shop_and_lambda_make_the_same_widths(renditions: ModuleType) -> None:
    assert renditions.WIDTHS == shop.WIDTHS


def test_shop_and_lambda_have_the_same_limits(renditions: ModuleType) -> None:
    limits = (renditions.MAX_BYTES, renditions.MAX_PIXELS, renditions.MAX_SIDE, renditions.FORMATS)
    assert limits == (
        settings.UPLOAD_MAX_BYTES,
        pipeline.MAX_PIXELS,
        pipeline.MAX_SIDE,
        pipeline.FORMATS,
    )
