"""The bucket of pictures, emptied and disconnected from the Lambda by the fixtures here.

Import the fixtures to use them.
"""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from catalog.models import ProductImage
from shop.storages import ProductImages
from tests.catalog.images.pictures import picture
from tests.factories import make_product

WIDTHS = [160, 320]
BUCKET = ProductImages().bucket


@pytest.fixture(autouse=True, scope="module")
def quiet_bucket() -> Iterator[None]:
    """Do not notify the Lambda of objects that are stored here."""
    client, bucket = BUCKET.meta.client, BUCKET.name
    told = client.get_bucket_notification_configuration(Bucket=bucket)
    told.pop("ResponseMetadata")
    client.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})
    yield
    client.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=told)


@pytest.fixture(autouse=True)
def empty_bucket(quiet_bucket: None) -> Iterator[None]:
    BUCKET.objects.all().delete()
    yield
    BUCKET.objects.all().delete()


def store(key: str, content: bytes = b"x") -> str:
    BUCKET.put_object(Key=key, Body=content)
    return key


def make_ready(stored: Sequence[int] = WIDTHS, **fields: Any) -> ProductImage:
    upload_id = uuid.uuid4().hex
    key = store(f"uploads/{upload_id}.jpg", picture())
    for width in stored:
        store(f"renditions/{upload_id}/{width}.webp")
    known = {"status": ProductImage.Status.READY, "widths": WIDTHS, "original": key}
    return ProductImage.objects.create(product=make_product(), **(known | fields))
