"""The widths of the image Lambda's renditions, and how existing pictures get a new width.

To add a width, add it to WIDTHS here and in infra/lambdas/product_images/renditions.py. When both
are deployed, `manage.py images render --missing` makes the Lambda render the pictures that lack it.
"""

from collections.abc import Iterator
from typing import TypeVar

from botocore.exceptions import ClientError
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from catalog.models import Category, ProductImage, rendition_id
from shop.storages import product_images

# A rendition is made at each of these widths that is not greater than the original's.
WIDTHS = (160, 320, 480, 640, 960, 1600)
ROWS_AT_ONCE = 500

Row = TypeVar("Row", ProductImage, Category)


class OriginalGone(Exception):
    """There is no upload with this key from which renditions could be made."""


def originals_lacking_widths() -> Iterator[str]:
    """Yield the keys of pictures that lack a rendition at a width that their size allows.

    These are pictures of products and of categories that are currently shown.
    """
    images = ProductImage.objects.filter(_lacks_width(), status=ProductImage.Status.READY)
    for image in _page_through(images.exclude(original="").only("original")):
        yield str(image.original)
    categories = Category.objects.filter(_lacks_width("listing_image__")).exclude(picture="")
    for category in _page_through(categories.only("picture", "listing_image")):
        key = str(category.picture)
        # A new picture that is still being processed, or was refused, is not the one that is shown.
        if category.listing_image["id"] == rendition_id(key):
            yield key


def _lacks_width(prefix: str = "") -> Q:
    lacks = Q()
    for width in WIDTHS:
        lacks |= Q(**{f"{prefix}width__gte": width}) & ~Q(**{f"{prefix}widths__contains": [width]})
    return lacks


def _page_through(rows: QuerySet[Row]) -> Iterator[Row]:
    """Yield rows in the order of their ids, so that rows that change in between shift no page."""
    last = 0
    while page := list(rows.filter(pk__gt=last).order_by("pk")[:ROWS_AT_ONCE]):
        yield from page
        last = page[-1].pk


def render_again(key: str) -> None:
    """Make the Lambda render an upload again: S3 notifies it of a copy just as of an upload.

    Raises OriginalGone.
    """
    bucket = settings.PRODUCT_IMAGES_BUCKET
    # S3 copies an object onto itself only if something changes: here its metadata, which nobody
    # reads.
    try:
        product_images().connection.meta.client.copy_object(
            Bucket=bucket,
            Key=key,
            CopySource={"Bucket": bucket, "Key": key},
            Metadata={"audited": timezone.now().isoformat()},
            MetadataDirective="REPLACE",
            TaggingDirective="REPLACE",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            raise OriginalGone(key) from error
        raise
