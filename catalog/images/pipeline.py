"""Pictures, from an upload or a source URL to what pages show.

WAITING --fetch_original--> PROCESSING --the Lambda, apply_result--> READY, or FAILED with a reason
after either step. An upload by staff starts at PROCESSING.
"""

import logging
import warnings
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from PIL import Image

from catalog.images.download import FetchError, fetch
from catalog.images.keys import SUFFIX_OF_TYPE
from catalog.listing_columns import refresh_listings
from catalog.models import Category, ProductImage

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
# The image Lambda's limits; see infra/lambdas/product_images/renditions.py.
MAX_PIXELS = 40_000_000
MAX_SIDE = 16_383
NO_PICTURE = "The file is not a JPEG, PNG, WebP or AVIF picture, or it is damaged."
# A claim older than this belongs to a worker that died, or to a message that was lost.
CLAIM_MINUTES = 10
CLAIMS_AT_ONCE = 200

logger = logging.getLogger(__name__)


class UnknownUpload(Exception):
    """No picture has this key.

    It was replaced or deleted, or the transaction that uploads it has not been committed yet.
    """


def check_upload(file: "File[bytes]") -> None:
    """Raise ValidationError, in words for staff, unless a file is a picture that we accept.

    That is a JPEG, PNG, WebP or AVIF file within our limits of size and pixels.
    """
    _check_size(file.size)
    try:
        width, height = _verified_size(file)
    except Exception as error:  # noqa: BLE001 - hostile bytes make a decoder raise anything
        logger.info("An upload was refused: %s", error)
        raise ValidationError(NO_PICTURE, code="type") from error
    finally:
        file.seek(0)
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        message = (
            f"The picture is {width} x {height} pixels; at most {MAX_PIXELS // 10**6} megapixels "
            "are taken."
        )
        raise ValidationError(message, code="pixels")


def check_announced(content_type: str, size: int) -> None:
    """Raise ValidationError, in words for staff, if what a browser says of a file rules it out.

    The content is not known yet: S3 enforces the same limits on the upload, and the Lambda checks
    the content.
    """
    if content_type not in SUFFIX_OF_TYPE:
        raise ValidationError(NO_PICTURE, code="type")
    if not size:
        raise ValidationError("The file is empty.", code="size")
    _check_size(size)


def _check_size(size: int) -> None:
    limit = settings.UPLOAD_MAX_BYTES
    if size > limit:
        message = (
            f"The file has {size / 1_000_000:.1f} MB; at most {limit // 1_000_000} MB are taken."
        )
        raise ValidationError(message, code="size")


def _verified_size(file: "File[bytes]") -> tuple[int, int]:
    file.seek(0)
    with warnings.catch_warnings():
        # Our own limit is lower than Pillow's, and the caller checks it.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        with Image.open(file, formats=FORMATS) as image:
            size = image.size
            # verify() makes the image unusable, so its size is read before.
            image.verify()
    return size


def claim_waiting(limit: int = CLAIMS_AT_ONCE) -> list[tuple[int, datetime]]:
    """Claim pictures that are waiting to be fetched; return (id, claim) for each.

    Two callers never claim the same picture.
    """
    now = timezone.now()
    with transaction.atomic():
        waiting = ProductImage.objects.filter(_unclaimed(now), status=ProductImage.Status.WAITING)
        ids = list(
            waiting.order_by("pk")
            # Another worker's rows are skipped instead of waited for.
            .select_for_update(skip_locked=True)
            .values_list("pk", flat=True)[:limit]
        )
        ProductImage.objects.filter(pk__in=ids).update(claimed_at=now)
    return [(image_id, now) for image_id in ids]


def _unclaimed(now: datetime) -> Q:
    return Q(claimed_at=None) | Q(claimed_at__lt=now - timedelta(minutes=CLAIM_MINUTES))


def fetch_original(
    image_id: int, claim: datetime | None = None, *, allow_private: bool = False
) -> None:
    """Fetch a waiting picture from its source into `uploads/`, where the Lambda finds it.

    A second call does nothing. `claim` is what `claim_waiting` returned for the picture, or None if
    nobody has claimed it. A failure of the source is recorded for staff; a failure of our own
    storage is raised, and the picture stays waiting.
    """
    image = _renew_claim(image_id, claim)
    if image is None:
        logger.info("Picture %s is fetched already, or by somebody else", image_id)
        return
    try:
        content, suffix = _read_original(image, allow_private)
    except FetchError as error:
        _claimed_row(image).update(status=ProductImage.Status.FAILED, error=str(error)[:500])
        logger.info("Picture %s was not fetched from %s: %s", image_id, image.source_url, error)
        return
    name = image.original.field.generate_filename(image, f"fetched{suffix}")
    key = image.original.storage.save(name, ContentFile(content))
    # The upload comes first, or a crash in between would leave a key without a file. If the
    # Lambda's result arrives before this update, the queue delivers it again (see results.py).
    _claimed_row(image).update(original=key, status=ProductImage.Status.PROCESSING, error="")


def _renew_claim(image_id: int, claim: datetime | None) -> ProductImage | None:
    """Exchange a claim for a new one, so that a message delivered twice is processed only once."""
    now = timezone.now()
    held = Q(claimed_at=claim) if claim else _unclaimed(now)
    rows = ProductImage.objects.filter(held, pk=image_id, status=ProductImage.Status.WAITING)
    return ProductImage.objects.get(pk=image_id) if rows.update(claimed_at=now) else None


def _claimed_row(image: ProductImage) -> "QuerySet[ProductImage]":
    """Return a queryset of the row that is empty if another worker has taken the picture over."""
    return ProductImage.objects.filter(
        pk=image.pk, status=ProductImage.Status.WAITING, claimed_at=image.claimed_at
    )


def _read_original(image: ProductImage, allow_private: bool) -> tuple[bytes, str]:
    if image.source_url:
        download = fetch(image.source_url, allow_private=allow_private)
        return download.data, download.suffix
    # A retry of an upload by staff: a copy under a new key triggers the Lambda again.
    try:
        with image.original.open() as file:
            return file.read(), PurePosixPath(str(image.original)).suffix
    except FileNotFoundError as error:
        raise FetchError("The uploaded file is gone; upload it again.") from error


def retry_images(images: "QuerySet[ProductImage]") -> int:
    """Have pictures that failed or got stuck fetched and processed again; return how many."""
    long_ago = timezone.now() - timedelta(minutes=CLAIM_MINUTES)
    stuck = Q(status=ProductImage.Status.PROCESSING, created_at__lt=long_ago)
    has_source = ~Q(source_url="") | ~Q(original="")
    again = images.filter(Q(status=ProductImage.Status.FAILED) | stuck).filter(has_source)
    return again.update(status=ProductImage.Status.WAITING, error="", claimed_at=None)


@transaction.atomic
def apply_result(message: dict[str, Any]) -> None:
    """Record what the image Lambda reports about an upload; repetition changes nothing.

    The Lambda's README describes the message. Raises UnknownUpload if no picture has the key, and
    KeyError or TypeError if the message has another form.
    """
    key = str(message["key"])
    # Locked by id, and before the products, which refresh_listings() locks; an import locks in the
    # same order, so the two cannot deadlock.
    images = ProductImage.objects.select_for_update(no_key=True).filter(original=key).order_by("pk")
    found = list(images.values_list("pk", "product_id"))
    categories = list(
        Category.objects.select_for_update(no_key=True).filter(picture=key).order_by("pk")
    )
    if not found and not categories:
        raise UnknownUpload(key)
    rows = ProductImage.objects.filter(pk__in=[pk for pk, _product_id in found])
    if message["status"] == "done":
        shown = {name: message[name] for name in ("width", "height", "widths", "colour", "preview")}
        rows.update(**shown, status=ProductImage.Status.READY, error="")
        for category in categories:
            _show_on_category(category, ProductImage(original=key, alt=category.name, **shown))
    else:
        _refuse_images(rows, message["reason"], categories)
    refresh_listings([product_id for _pk, product_id in found])


def _show_on_category(category: Category, picture: ProductImage) -> None:
    category.listing_image = picture.as_listing()
    category.save(update_fields=["listing_image"])


def _refuse_images(rows: "QuerySet[ProductImage]", reason: str, categories: list[Category]) -> None:
    # A late or repeated refusal must not remove a picture that already has renditions.
    rows.exclude(status=ProductImage.Status.READY).update(
        status=ProductImage.Status.FAILED, error=reason[:500]
    )
    for category in categories:
        logger.warning("The picture of category %s was refused: %s", category.slug, reason)
