"""The audit finds rows, uploads and renditions that do not match, and repairs them."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from catalog.images import audit as auditing
from catalog.models import Category, ProductImage
from orders.models import OrderItem
from tests.catalog.images.bucket import (
    BUCKET,
    WIDTHS,
    empty_bucket,
    make_ready,
    quiet_bucket,
    store,
)
from tests.catalog.images.pictures import picture
from tests.factories import make_category, make_order, make_product

__all__ = ["empty_bucket", "quiet_bucket"]

pytestmark = pytest.mark.django_db

Status = ProductImage.Status
LATER = timedelta(hours=2)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the audit as if two hours had passed."""
    now = timezone.now
    monkeypatch.setattr(auditing.timezone, "now", lambda: now() + LATER)


def make_stuck(age: timedelta, **fields: Any) -> ProductImage:
    image = make_ready([], **({"status": Status.PROCESSING, "widths": []} | fields))
    ProductImage.objects.filter(pk=image.pk).update(created_at=timezone.now() - age)
    return image


def faults() -> list[str]:
    return [fault.text for fault in auditing.audit()]


def repair() -> None:
    call_command("images", "audit", "--fix", stdout=io.StringIO())


def test_finds_nothing_where_all_match() -> None:
    make_ready()
    ProductImage.objects.create(product=make_product(), original="", status=Status.FAILED)
    out = io.StringIO()
    call_command("images", "audit", stdout=out)
    assert out.getvalue() == "Everything matches.\n"


def test_the_command_fails_where_something_does_not_match() -> None:
    image = make_ready([160])
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 do not match"):
        call_command("images", "audit", stdout=out)
    assert (
        out.getvalue() == f"picture {image.pk} ({image.original.name}) lacks its renditions [320]\n"
    )


def test_has_missing_renditions_made_again() -> None:
    image = make_ready([160])
    repair()
    again = BUCKET.Object(image.original.name)
    assert "audited" in again.metadata
    assert again.get()["Body"].read() == picture()


def test_tells_of_an_original_that_is_gone_with_its_renditions() -> None:
    uploaded = make_ready([], original="uploads/gone.jpg")
    fetched = make_ready([], original="uploads/lost.jpg", source_url="https://shop.example/pot.jpg")
    repair()
    uploaded.refresh_from_db()
    fetched.refresh_from_db()
    assert (uploaded.status, uploaded.error) == (
        Status.FAILED,
        "The uploaded file is gone; upload it again.",
    )
    assert fetched.status == Status.WAITING
    assert faults() == []


def test_has_a_stuck_upload_made_again_and_gives_it_up_after_a_day() -> None:
    make_stuck(timedelta(minutes=5))
    assert faults() == []
    stuck, hopeless = make_stuck(timedelta(minutes=15)), make_stuck(timedelta(hours=25))
    ProductImage.objects.filter(pk=stuck.pk).update(
        created_at=timezone.now() - LATER, claimed_at=timezone.now() - LATER
    )
    repair()
    stuck.refresh_from_db()
    hopeless.refresh_from_db()
    assert "audited" in BUCKET.Object(stuck.original.name).metadata
    assert stuck.status == Status.PROCESSING
    assert hopeless.status == Status.FAILED
    assert hopeless.error.startswith("No renditions were made within a day")


def test_a_row_whose_upload_never_came_fails() -> None:
    image = make_stuck(timedelta(minutes=15), original="uploads/never.jpg")
    repair()
    image.refresh_from_db()
    assert image.status == Status.FAILED


def test_deletes_orphans_that_are_an_hour_old(later: None) -> None:
    image = make_ready()
    lone = {
        store("uploads/lone.jpg"),
        store("renditions/lone/160.webp"),
        store("renditions/what.txt"),
    }
    assert {text.partition(" ")[0] for text in faults()} == lone
    repair()
    assert faults() == []
    left = {entry.key for entry in BUCKET.objects.all()}
    assert left == {
        image.original.name,
        *[f"renditions/{image.rendition_id}/{width}.webp" for width in WIDTHS],
    }


def test_leaves_orphans_alone_that_are_young() -> None:
    store("uploads/lone.jpg")
    assert faults() == []


def test_keeps_what_an_order_shows(later: None) -> None:
    image = make_ready()
    make_order()
    OrderItem.objects.update(image=image.as_listing())
    image.delete()
    assert [text.partition(" ")[0] for text in faults()] == [image.original.name]


def test_looks_after_the_pictures_of_categories(later: None) -> None:
    shown, refused, gone = make_category(), make_category(), make_category()
    image = make_ready()
    key = image.original.name
    image.delete()
    Category.objects.filter(pk=shown.pk).update(picture=key, listing_image=image.as_listing())
    Category.objects.filter(pk=refused.pk).update(picture=store("uploads/refused.jpg"))
    tags = {"TagSet": [{"Key": "trivet", "Value": "refused"}]}
    BUCKET.meta.client.put_object_tagging(
        Bucket=BUCKET.name, Key="uploads/refused.jpg", Tagging=tags
    )
    Category.objects.filter(pk=gone.pk).update(picture="uploads/gone.jpg")
    assert len(faults()) == 2
    repair()
    assert set(Category.objects.exclude(picture="").values_list("picture", flat=True)) == {key}


def test_pages_through_a_long_listing(later: None, monkeypatch: pytest.MonkeyPatch) -> None:
    client = auditing._s3_client()
    monkeypatch.setattr(auditing, "_s3_client", lambda: client)
    plain = client._make_api_call

    def three_at_once(operation: str, parameters: dict[str, Any]) -> Any:
        return plain(
            operation, parameters | ({"MaxKeys": 3} if operation == "ListObjectsV2" else {})
        )

    monkeypatch.setattr(client, "_make_api_call", three_at_once)
    for number in range(7):
        store(f"uploads/{number}.jpg")
    assert len(faults()) == 7
