"""Pictures that staff upload.

The rows are written along with the product or category; the files are uploaded after the commit.

So no transaction waits for S3, and the image Lambda never reports a picture that is not visible
yet.
"""

import logging
from collections.abc import Callable, Sequence
from functools import partial

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from django.db import transaction
from django.db.models import Max

from catalog.images.keys import SUFFIX_OF_TYPE, original_path
from catalog.models import Category, Product, ProductImage
from shop.storages import ProductImages

NOT_STORED = "The file could not be stored. Upload it again."

logger = logging.getLogger(__name__)


@transaction.atomic
def add_images(product: Product, files: "Sequence[File[bytes]]") -> list[ProductImage]:
    """Add checked uploads after the product's last picture.

    Each is PROCESSING until the Lambda is done.
    """
    images = _append(product, [original_path(None, file.name or "") for file in files])
    for image, file in zip(images, files, strict=True):
        _store_later(str(image.original), file, on_failure=partial(_mark_failed, image.pk))
    return images


def begin_uploads(product: Product, content_types: Sequence[str]) -> list[ProductImage]:
    """Add rows for pictures that a browser will upload itself, in this order.

    Each is uploaded to the key in its `original`. The types are keys of SUFFIX_OF_TYPE. If an
    upload never arrives, `images audit` finds its row.
    """
    return _append(
        product, [original_path(None, f"upload{SUFFIX_OF_TYPE[each]}") for each in content_types]
    )


def abandon_upload(product: Product, image_id: int) -> None:
    """Delete the row of an upload that failed in the browser.

    A picture that is shown or was refused is kept.
    """
    product.images.filter(pk=image_id, status=ProductImage.Status.PROCESSING, widths=[]).delete()


def _append(product: Product, keys: Sequence[str]) -> list[ProductImage]:
    last = product.images.aggregate(last=Max("position"))["last"]
    return ProductImage.objects.bulk_create(
        ProductImage(product=product, position=position, alt=product.name, original=key)
        for position, key in enumerate(keys, start=0 if last is None else last + 1)
    )


@transaction.atomic
def replace_picture(category: Category, file: "File[bytes]") -> None:
    """Give a category a new picture.

    Pages show the old one until the renditions of the new one exist.
    """
    key = original_path(None, file.name or "")
    Category.objects.filter(pk=category.pk).update(picture=key)
    _store_later(
        key,
        file,
        on_failure=partial(logger.error, "The picture of category %s was not stored", category.pk),
    )


def remove_picture(category: Category) -> None:
    """Remove a category's picture."""
    Category.objects.filter(pk=category.pk).update(picture="", listing_image=None)


def _store_later(key: str, file: "File[bytes]", *, on_failure: Callable[[], object]) -> None:
    def store() -> None:
        try:
            file.seek(0)
            ProductImages().save(key, file)
        # The row has been committed, so the failure can only be recorded on it.
        except (Boto3Error, BotoCoreError, ClientError):
            logger.exception("An upload was not stored: %s", key)
            on_failure()

    transaction.on_commit(store)


def _mark_failed(image_id: int) -> None:
    # The key is removed, because there is no file with which to try again.
    ProductImage.objects.filter(pk=image_id).update(
        status=ProductImage.Status.FAILED, error=NOT_STORED, original=""
    )
