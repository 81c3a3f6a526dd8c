"""The states of a picture: claimed, fetched, processed, failed, retried."""

import io
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError
from django.conf import LazySettings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from catalog.images.pipeline import (
    UnknownUpload,
    apply_result,
    check_upload,
    claim_waiting,
    fetch_original,
    retry_images,
)
from catalog.models import ProductImage
from tests.catalog.images.pictures import picture, refusal, result
from tests.factories import make_category, make_product

pytestmark = pytest.mark.django_db

Status = ProductImage.Status
UNREACHABLE = "http://127.0.0.1/pot.jpg"


def make_image(**fields: object) -> ProductImage:
    fields = {"status": Status.WAITING, "source_url": UNREACHABLE, "position": 1} | fields
    return ProductImage.objects.create(product=make_product(), **fields)


def make_upload(**fields: object) -> ProductImage:
    return make_image(
        status=Status.PROCESSING,
        source_url="",
        original=ContentFile(picture(), name="Pot.JPEG"),
        **fields,
    )


def test_an_address_in_a_private_network_fails_in_plain_words() -> None:
    image = make_image()
    fetch_original(image.pk)
    image.refresh_from_db()
    assert image.status == Status.FAILED
    assert (
        image.error
        == "127.0.0.1 is in a private network; pictures are only fetched from public addresses."
    )


def test_a_fetched_picture_is_stored_as_an_upload(server: str) -> None:
    image = make_image(source_url=f"{server}/png")
    fetch_original(image.pk, allow_private=True)
    image.refresh_from_db()
    assert image.status == Status.PROCESSING
    assert image.original.name == f"uploads/{image.rendition_id}.png"
    assert image.original.read() == picture("PNG")


def test_it_is_fetched_once_by_whoever_claimed_it(server: str) -> None:
    image = make_image(source_url=f"{server}/png")
    [(image_id, claim)] = claim_waiting()
    assert claim_waiting() == []
    fetch_original(image.pk, allow_private=True)  # does nothing: somebody else has claimed it
    image.refresh_from_db()
    assert image.status == Status.WAITING
    for _ in range(2):
        fetch_original(image_id, claim, allow_private=True)
        before = image.original.name
        image.refresh_from_db()
    assert image.original.name == before


def test_a_claim_is_given_up_after_some_minutes() -> None:
    image = make_image(claimed_at=timezone.now() - timedelta(minutes=11))
    assert [image_id for image_id, _claim in claim_waiting()] == [image.pk]


def test_a_fault_of_our_own_storage_leaves_it_waiting(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = make_image(source_url=f"{server}/png")
    storage = image.original.storage
    monkeypatch.setattr(storage, "bucket_name", "a-bucket-that-is-away")
    monkeypatch.setattr(storage, "_bucket", None)
    with pytest.raises(ClientError, match="NoSuchBucket"):
        fetch_original(image.pk, allow_private=True)
    image.refresh_from_db()
    assert image.status == Status.WAITING


def test_failed_and_stuck_pictures_are_tried_again() -> None:
    failed = make_image(status=Status.FAILED, error="No", claimed_at=timezone.now())
    stuck = make_upload(position=2)
    ProductImage.objects.filter(pk=stuck.pk).update(created_at=timezone.now() - timedelta(hours=1))
    make_upload(position=3)
    make_image(status=Status.READY)
    assert retry_images(ProductImage.objects.all()) == 2
    assert {image_id for image_id, _claim in claim_waiting()} == {failed.pk, stuck.pk}


def test_an_upload_is_tried_again_under_a_new_key() -> None:
    image = make_upload()
    ProductImage.objects.filter(pk=image.pk).update(status=Status.FAILED)
    before = image.original.name
    retry_images(ProductImage.objects.all())
    fetch_original(image.pk)
    image.refresh_from_db()
    assert image.status == Status.PROCESSING
    assert image.original.name != before
    assert image.original.read() == picture()


def test_an_upload_that_is_gone_fails() -> None:
    image = make_image(source_url="", original=f"uploads/{'0' * 32}.jpg")
    fetch_original(image.pk)
    image.refresh_from_db()
    assert image.error == "The uploaded file is gone; upload it again."


def test_a_result_makes_a_picture_ready_and_lists_it() -> None:
    image = make_upload(alt="A pot")
    assert image.original.name.endswith(".jpg")
    for _ in range(2):
        apply_result(result(image.original.name))
        image.refresh_from_db()
        assert (image.status, image.width, image.widths) == (Status.READY, 400, [160, 320])
        image.product.refresh_from_db()
        assert image.product.listing_image == image.as_listing()


def test_a_refusal_is_told_and_does_not_undo_a_result() -> None:
    image = make_upload()
    apply_result(refusal(image.original.name))
    image.refresh_from_db()
    assert (image.status, image.error) == (Status.FAILED, "The file is empty.")
    apply_result(result(image.original.name))
    apply_result(refusal(image.original.name))
    image.refresh_from_db()
    assert image.status == Status.READY


def test_a_result_reaches_the_picture_of_a_category() -> None:
    category = make_category(picture=ContentFile(picture(), name="a.jpg"))
    apply_result(refusal(category.picture.name))
    apply_result(result(category.picture.name))
    category.refresh_from_db()
    assert category.listing_image["widths"] == [160, 320]
    assert category.listing_image["alt"] == category.name


def test_a_result_of_a_replaced_picture_is_unknown() -> None:
    image = make_upload()
    old = image.original.name
    image.original = ContentFile(picture(), name="b.png")
    image.save()
    with pytest.raises(UnknownUpload):
        apply_result(result(old))
    image.refresh_from_db()
    assert image.status == Status.PROCESSING


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_an_upload_may_be_a_picture(form: str) -> None:
    file = SimpleUploadedFile("pot", picture(form))
    check_upload(file)
    assert file.read() == picture(form)


@pytest.mark.parametrize(
    "content", [b"", b"text", picture("GIF"), b"<svg/>", picture()[:200], picture("PNG")[:-20]]
)
def test_an_upload_may_be_nothing_else(content: bytes) -> None:
    with pytest.raises(ValidationError, match="not a JPEG, PNG, WebP or AVIF"):
        check_upload(SimpleUploadedFile("pot.jpg", content))


def test_an_upload_has_limits(settings: LazySettings) -> None:
    with pytest.raises(ValidationError, match="at most 40 megapixels"):
        check_upload(SimpleUploadedFile("pot.png", picture("PNG", (10_000, 4_001))))
    settings.UPLOAD_MAX_BYTES = 1_000_000
    with pytest.raises(ValidationError, match=r"The file has 2\.0 MB; at most 1 MB"):
        check_upload(SimpleUploadedFile("pot.png", bytes(2_000_000)))


def test_the_command_lists_and_retries_what_failed() -> None:
    image = make_image()
    fetch_original(image.pk)
    out = io.StringIO()
    call_command("images", "list", stdout=out)
    assert f"{image.pk}  {image.product.slug}  {UNREACHABLE}" in out.getvalue()
    assert "is in a private network" in out.getvalue()
    call_command("images", "retry", str(image.pk), stdout=out)
    assert "1 will be tried again" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("images", "retry")
