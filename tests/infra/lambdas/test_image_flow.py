"""An upload to the emulated bucket, with everything that follows from it.

That is the event, the queue, the deployed Lambda, its renditions and its message.
"""

import io
import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from django.core.management import call_command
from django.test import Client
from django.utils.html import escape
from PIL import Image

from catalog.images.results import ResultQueue
from catalog.images.uploads import begin_uploads
from catalog.listing_columns import refresh_listings
from catalog.models import Category, Product, ProductImage
from tests.factories import make_category, make_product, make_staff
from tests.infra.lambdas.conftest import Aws
from tests.infra.lambdas.pictures import hostile_files, jpeg

# Some of each kind; test_renditions.py tries all of them on the code in the zip.
FLOWN = {
    "0 bytes",
    "21 MB",
    "an SVG",
    "a PNG of 169 megapixels in 20 KB",
    "a PNG whose text inflates to 100 MB",
    "an AVIF that says it has 65,500 x 65,500 pixels",
    "half a JPEG",
    "a PNG with a wrong byte at 60",
    "a JPEG of endless headers",
    "a GIF that is a script as well",
    "a WEBP that is an archive as well",
    "a JPEG that is a PDF as well",
}


def upload(aws: Aws, data: bytes, key: str = "") -> str:
    key = key or f"uploads/{uuid.uuid4().hex}.jpg"
    aws.client("s3").put_object(
        Bucket=aws.name("product-images"), Key=key, Body=data, ContentType="image/jpeg"
    )
    return key


def s3_event(aws: Aws, key: str, name: str = "ObjectCreated:Put") -> str:
    bucket = {"name": aws.name("product-images")}
    return json.dumps(
        {"Records": [{"eventName": name, "s3": {"bucket": bucket, "object": {"key": key}}}]}
    )


def messages(aws: Aws, queue_url: str, count: int, seconds: float = 20) -> list[dict[str, Any]]:
    """Take `count` messages from a queue, or as many as arrive in time."""
    sqs = aws.client("sqs")
    found: list[dict[str, Any]] = []
    deadline = time.monotonic() + seconds
    while len(found) < count and time.monotonic() < deadline:
        for message in sqs.receive_message(QueueUrl=queue_url, WaitTimeSeconds=1).get(
            "Messages", []
        ):
            found.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    return found


@pytest.fixture
def results(aws: Aws) -> str:
    """The shop's queue, emptied."""
    url = aws.queue_url("image-results")
    aws.client("sqs").purge_queue(QueueUrl=url)
    return url


@pytest.fixture
def alerts(aws: Aws) -> Iterator[str]:
    """A queue that receives the alerts of staff."""
    sqs, sns = aws.client("sqs"), aws.client("sns")
    url = sqs.create_queue(QueueName=f"alerts-{uuid.uuid4().hex}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    subscription = sns.subscribe(
        TopicArn=aws.topic_arn("staff-alerts"), Protocol="sqs", Endpoint=arn
    )
    yield url
    sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
    sqs.delete_queue(QueueUrl=url)


def rendition_keys(aws: Aws, key: str) -> list[str]:
    prefix = f"renditions/{key.removeprefix('uploads/').partition('.')[0]}/"
    listing = aws.client("s3").list_objects_v2(Bucket=aws.name("product-images"), Prefix=prefix)
    return sorted(entry["Key"].removeprefix(prefix) for entry in listing.get("Contents", []))


def test_an_upload_becomes_renditions_and_a_message(aws: Aws, results: str) -> None:
    key = upload(aws, jpeg(1200, 800))
    (message,) = messages(aws, results, 1)
    preview, colour = message.pop("preview"), message.pop("colour")
    assert message == {
        "version": 1,
        "key": key,
        "status": "done",
        "width": 1200,
        "height": 800,
        "widths": [160, 320, 480, 640, 960],
    }
    assert preview.startswith("data:image/webp;base64,")
    assert colour.startswith("#")
    assert rendition_keys(aws, key) == [
        "160.webp",
        "320.webp",
        "480.webp",
        "640.webp",
        "960.webp",
    ]
    _check_stored(aws, key)


def _check_stored(aws: Aws, key: str) -> None:
    stored = aws.client("s3").get_object(
        Bucket=aws.name("product-images"),
        Key=key.replace("uploads/", "renditions/").replace(".jpg", "/640.webp"),
    )
    assert stored["ContentType"] == "image/webp"
    assert stored["CacheControl"] == "public, max-age=31536000, immutable"
    image = Image.open(io.BytesIO(stored["Body"].read()))
    assert (image.format, image.size) == ("WEBP", (640, 427))


def test_a_refused_upload_is_tagged_and_told_to_shop_and_staff(
    aws: Aws, results: str, alerts: str
) -> None:
    key = upload(aws, b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    (message,) = messages(aws, results, 1)
    reason = "The file is not a JPEG, PNG, WebP or AVIF picture, or it is damaged."
    assert message == {"version": 1, "key": key, "status": "refused", "reason": reason}
    (alert,) = messages(aws, alerts, 1)
    assert alert["Subject"] == "A picture was refused"
    assert reason in alert["Message"]
    assert key in alert["Message"]
    tags = aws.client("s3").get_object_tagging(Bucket=aws.name("product-images"), Key=key)["TagSet"]
    assert tags == [{"Key": "trivet", "Value": "refused"}]
    assert rendition_keys(aws, key) == []


def test_a_name_that_the_shop_does_not_give_is_refused(aws: Aws, results: str) -> None:
    upload(aws, jpeg(), "uploads/my café (1)+2.jpg")
    (message,) = messages(aws, results, 1)
    assert (message["key"], message["status"]) == ("uploads/my café (1)+2.jpg", "refused")


def test_a_repeated_event_leaves_the_same_renditions(aws: Aws, results: str) -> None:
    key = upload(aws, jpeg())
    event = s3_event(aws, key)
    assert aws.invoke("product-images", event, event) == {"batchItemFailures": []}
    first, second, third = messages(aws, results, 3)
    assert first == second == third
    assert rendition_keys(aws, key) == ["160.webp", "320.webp", "480.webp"]


def test_an_upload_deleted_before_its_turn_is_skipped(aws: Aws, results: str) -> None:
    gone = f"uploads/{uuid.uuid4().hex}.jpg"
    assert aws.invoke("product-images", s3_event(aws, gone)) == {"batchItemFailures": []}
    assert messages(aws, results, 1, seconds=1) == []


def test_the_test_event_and_deletions_are_ignored(aws: Aws, results: str) -> None:
    test_event = json.dumps(
        {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": aws.name("product-images")}
    )
    removal = s3_event(aws, f"uploads/{uuid.uuid4().hex}.jpg", "ObjectRemoved:Delete")
    assert aws.invoke("product-images", test_event, removal) == {"batchItemFailures": []}
    assert messages(aws, results, 1, seconds=1) == []


def test_a_message_that_fails_does_not_fail_the_others(aws: Aws, results: str) -> None:
    elsewhere = json.loads(s3_event(aws, f"uploads/{uuid.uuid4().hex}.jpg"))
    elsewhere["Records"][0]["s3"]["bucket"]["name"] = "no-such-bucket-of-ours"
    key = upload(aws, jpeg())
    answer = aws.invoke("product-images", "no JSON", json.dumps(elsewhere), s3_event(aws, key))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}, {"itemIdentifier": "1"}]}
    assert {message["key"] for message in messages(aws, results, 2)} == {key}


def test_a_refused_upload_that_is_gone_by_now_is_told_of_all_the_same(
    aws: Aws, results: str
) -> None:
    with pytest.raises(ClientError):
        aws.client("s3").get_object(Bucket=aws.name("product-images"), Key="uploads/gone.gif")
    assert aws.invoke("product-images", s3_event(aws, "uploads/gone.gif")) == {
        "batchItemFailures": []
    }
    (message,) = messages(aws, results, 1)
    assert message["status"] == "refused"


@pytest.mark.django_db
def test_staff_read_why_of_every_hostile_file_and_the_next_picture_is_made(
    aws: Aws, client: Client
) -> None:
    hostile = {label: data for label, data in hostile_files().items() if label in FLOWN}
    assert len(hostile) == len(FLOWN)
    product = make_product()
    rows = begin_uploads(product, ["image/jpeg"] * (len(hostile) + 1))
    for row, data in zip(rows, [*hostile.values(), jpeg()], strict=True):
        upload(aws, data, str(row.original))
    work_through_results(product)
    *bad, good = product.images.order_by("position")
    assert [row.status for row in bad] == ["failed"] * len(hostile)
    assert (good.status, good.widths) == ("ready", [160, 320, 480])
    assert [key for row in bad for key in rendition_keys(aws, str(row.original))] == []
    client.force_login(make_staff())
    page = client.get(f"/admin/catalog/product/{product.pk}/change/").content.decode()
    for row in bad:
        assert row.error.endswith(".")
        assert escape(row.error) in page


def work_through_results(product: Product, seconds: float = 60) -> None:
    """Process results as the worker does, until no picture of the product is being processed."""
    queue = ResultQueue()
    deadline = time.monotonic() + seconds
    while product.images.filter(status="processing").exists() and time.monotonic() < deadline:
        queue.work_through(queue.receive(1))


@pytest.mark.django_db
def test_an_old_picture_gets_a_width_that_was_added_later(aws: Aws, results: str) -> None:
    product = make_product()
    (image,) = begin_uploads(product, ["image/jpeg"])
    key = upload(aws, jpeg(), str(image.original))
    work_through_results_until(image, [160, 320, 480])
    category = make_category()
    Category.objects.filter(pk=category.pk).update(picture=key)
    forget_480(aws, image)

    call_command("images", "render", "--missing")
    work_through_results_until(image, [160, 320, 480])
    assert rendition_keys(aws, key) == ["160.webp", "320.webp", "480.webp"]
    for shown in (product, category):
        shown.refresh_from_db()
        assert shown.listing_image["widths"] == [160, 320, 480]


def forget_480(aws: Aws, image: ProductImage) -> None:
    """Leave of a picture only what existed before 480 was a width."""
    aws.client("s3").delete_object(
        Bucket=aws.name("product-images"), Key=f"renditions/{image.rendition_id}/480.webp"
    )
    image.widths = [160, 320]
    image.save(update_fields=["widths"])
    Category.objects.exclude(picture="").update(listing_image=image.as_listing())
    refresh_listings([image.product_id])
    image.product.refresh_from_db()
    assert image.product.listing_image["widths"] == [160, 320]


def work_through_results_until(image: ProductImage, widths: list[int], seconds: float = 60) -> None:
    """Process results as `process_image_results` does, until a picture has these widths."""
    queue = ResultQueue()
    deadline = time.monotonic() + seconds
    while image.widths != widths and time.monotonic() < deadline:
        queue.work_through(queue.receive(1))
        image.refresh_from_db()
    assert image.widths == widths
