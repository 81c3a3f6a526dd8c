"""Compares the rows of pictures with the bucket: `manage.py images audit [--fix]`.

The rows are read before the bucket is listed, so that what arrives in the meantime may be
overlooked but is never reported by mistake. An object without a row counts as an orphan once it is
an hour old. A missing original matters only if renditions are missing as well.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.module_loading import import_string

from catalog.images.pipeline import CLAIM_MINUTES
from catalog.images.renditions import render_again
from catalog.models import Category, ProductImage, rendition_id
from shop.formatting import format_moment
from shop.storages import product_images

STUCK = timedelta(minutes=CLAIM_MINUTES)
# By then the Lambda's queue has long tried an upload five times: it will never be rendered.
HOPELESS = timedelta(days=1)
ORPHANED = timedelta(hours=1)

GONE = "The uploaded file is gone; upload it again."
UNANSWERED = "No renditions were made within a day; upload it again, as another file if need be."


@dataclass(frozen=True)
class Fault:
    """A mismatch, and the function that repairs it."""

    text: str
    repair: Callable[[], object]


@dataclass
class BucketListing:
    """The contents of the bucket.

    `originals` is {key: last change}, `renditions` is {id: {width: last change}}, and `strange` is
    {key: last change} of objects in `renditions/` with an unexpected name.
    """

    originals: dict[str, datetime] = field(default_factory=dict)
    renditions: dict[str, dict[int, datetime]] = field(default_factory=dict)
    strange: dict[str, datetime] = field(default_factory=dict)


def audit() -> Iterator[Fault]:
    """Yield every mismatch.

    Nothing is changed until a fault's `repair` is called, which may safely be repeated.
    """
    since = Greatest("created_at", "claimed_at")
    rows = list(ProductImage.objects.exclude(original="").annotate(since=since).order_by("pk"))
    categories = list(Category.objects.exclude(picture="").order_by("pk"))
    contents = _bucket_contents()
    for row in rows:
        yield from _row_faults(row, row.since, contents)
    for category in categories:
        yield from _category_faults(category, contents)
    yield from _orphans(contents)


def _bucket_contents() -> BucketListing:
    contents = BucketListing()
    for key, changed in _list_keys("uploads/"):
        contents.originals[key] = changed
    for key, changed in _list_keys("renditions/"):
        match key.removesuffix(".webp").split("/"):
            case [_folder, upload_id, width] if width.isdecimal():
                contents.renditions.setdefault(upload_id, {})[int(width)] = changed
            case _:
                contents.strange[key] = changed
    return contents


def _list_keys(prefix: str) -> Iterator[tuple[str, datetime]]:
    for page in (
        _s3_client().get_paginator("list_objects_v2").paginate(Bucket=_bucket_name(), Prefix=prefix)
    ):
        for entry in page.get("Contents", []):
            yield entry["Key"], entry["LastModified"]


def _row_faults(row: ProductImage, since: datetime, contents: BucketListing) -> Iterator[Fault]:
    name = f"picture {row.pk} ({row.original.name})"
    if row.status == ProductImage.Status.READY:
        missing = sorted(set(row.widths) - set(contents.renditions.get(row.rendition_id, {})))
        if missing:
            yield _unrendered(row, f"{name} lacks its renditions {missing}", contents)
    elif row.status == ProductImage.Status.PROCESSING and since < timezone.now() - STUCK:
        if since < timezone.now() - HOPELESS:
            yield Fault(
                f"{name} has waited for renditions for over a day",
                partial(_fail_image, row, UNANSWERED),
            )
        else:
            text = f"{name} waits for renditions since {format_moment(since)}"
            yield _unrendered(row, text, contents)


def _unrendered(row: ProductImage, text: str, contents: BucketListing) -> Fault:
    if row.original.name in contents.originals:
        return Fault(text, partial(render_again, row.original.name))
    return Fault(f"{text}, and its original is gone", partial(_lose_original, row))


def _lose_original(row: ProductImage) -> None:
    if row.source_url:
        changes: dict[str, Any] = {
            "status": ProductImage.Status.WAITING,
            "claimed_at": None,
            "error": "",
        }
    else:
        changes = {"status": ProductImage.Status.FAILED, "error": GONE}
    # Conditional: the Lambda's result, or a new upload, may have arrived since the row was read.
    ProductImage.objects.filter(pk=row.pk, status=row.status, original=row.original.name).update(
        **changes
    )


def _fail_image(row: ProductImage, error: str) -> None:
    # Conditional for the same reason as in _lose_original().
    unchanged = ProductImage.objects.filter(
        pk=row.pk, status=row.status, original=row.original.name
    )
    unchanged.update(status=ProductImage.Status.FAILED, error=error)


def _category_faults(category: Category, contents: BucketListing) -> Iterator[Fault]:
    key = str(category.picture)
    changed = contents.originals.get(key)
    shown = category.listing_image or {}
    wanted = set(shown["widths"]) if shown.get("id") == rendition_id(key) else set()
    if wanted and wanted <= set(contents.renditions.get(rendition_id(key), {})):
        return
    name = f"the picture of category {category.slug} ({key})"
    forget = partial(
        Category.objects.filter(pk=category.pk, picture=key).update, picture="", listing_image=None
    )
    if changed is None:
        yield Fault(f"{name} is gone", forget)
    elif changed < timezone.now() - STUCK:
        again = partial(render_again, key)
        yield (
            Fault(f"{name} was refused", forget)
            if _is_refused(key)
            else Fault(f"{name} lacks renditions", again)
        )


def _is_refused(key: str) -> bool:
    # The Lambda tags an upload that it refuses; nothing else sets tags.
    return bool(_s3_client().get_object_tagging(Bucket=_bucket_name(), Key=key)["TagSet"])


def _orphans(contents: BucketListing) -> Iterator[Fault]:
    """Yield the objects that belong to no row.

    The rows are read again, because they may have changed while the bucket was listed.
    """
    long_ago = timezone.now() - ORPHANED
    keys, ids = _known()
    found = {
        key: changed for key, changed in contents.originals.items() if key not in keys
    } | contents.strange
    for upload_id, widths in contents.renditions.items():
        if upload_id not in ids:
            found |= {
                f"renditions/{upload_id}/{width}.webp": changed for width, changed in widths.items()
            }
    for key, changed in found.items():
        # The row of a younger object may not have been written yet.
        if changed < long_ago:
            yield Fault(
                f"{key} belongs to no picture",
                partial(_s3_client().delete_object, Bucket=_bucket_name(), Key=key),
            )


def _known() -> tuple[set[str], set[str]]:
    """Return the keys of originals and ids of renditions that are shown or about to be."""
    keys = set(ProductImage.objects.exclude(original="").values_list("original", flat=True))
    categories = Category.objects.exclude(picture="", listing_image=None)
    keys |= {category.picture.name for category in categories if category.picture}
    ids = {rendition_id(key) for key in keys}
    ids |= {category.listing_image["id"] for category in categories if category.listing_image}
    # Orders go on showing the pictures of what was bought after the product's own are deleted.
    for keeper in settings.RENDITIONS_KEPT_BY:
        ids |= import_string(keeper)()
    return keys, ids


def _s3_client() -> Any:
    return product_images().connection.meta.client


def _bucket_name() -> str:
    return settings.PRODUCT_IMAGES_BUCKET
