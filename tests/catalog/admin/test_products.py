"""The product admin saves what staff enter.

It never changes what only orders and the Lambda may change.
"""

import uuid
from decimal import Decimal
from typing import Any

import boto3
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from catalog import stock
from catalog.models import Product, ProductImage, Variant
from tests.admin_forms import filled, picture
from tests.factories import make_category, make_product, make_user, make_variant

pytestmark = pytest.mark.django_db
ADD = "/admin/catalog/product/add/"


def change_url(product: Product) -> str:
    return reverse("admin:catalog_product_change", args=[product.pk])


def stored(key: str) -> bytes:
    bucket = boto3.client("s3", endpoint_url=settings.AWS_ENDPOINT_URL)
    return bucket.get_object(Bucket=settings.PRODUCT_IMAGES_BUCKET, Key=key)["Body"].read()


def new_product(staff: Client, **fields: Any) -> dict[str, Any]:
    data = filled(staff, ADD) | {
        "name": "Teapot",
        "slug": f"teapot-{uuid.uuid4().hex}",
        "status": "active",
    }
    return data | {"variants-0-price": "19.99"} | fields


@pytest.mark.django_db(transaction=True)
def test_adds_a_product_with_a_variant_and_pictures(staff: Client) -> None:
    category = make_category()
    data = new_product(
        staff, category=category.pk, option_names="Size", **{"variants-0-option_1": "Large"}
    )
    answer = staff.post(ADD, data | {"new_images": [picture("a.jpg"), picture("b.png")]})
    assert answer.status_code == 302, answer.context["errors"]
    product = Product.objects.get(name="Teapot")
    variant = product.variants.get()
    assert (variant.price, variant.options, variant.sku) == (
        Decimal("19.99"),
        {"Size": "Large"},
        None,
    )
    assert product.listing_price == Decimal("19.99")
    first, second = product.images.order_by("position")
    assert {first.status, second.status} == {ProductImage.Status.PROCESSING}
    assert first.original.name.startswith("uploads/")
    assert stored(first.original.name) == picture().read()


def test_refuses_a_text_that_says_it_is_a_picture(staff: Client) -> None:
    text = SimpleUploadedFile("notes.jpg", b"Dear diary,", "image/jpeg")
    answer = staff.post(
        ADD, new_product(staff, description="<p>Kept</p>", new_images=[picture(), text])
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "notes.jpg: The file is not a JPEG, PNG, WebP or AVIF picture" in page
    assert "Teapot" in page
    assert "&lt;p&gt;Kept&lt;/p&gt;" in page
    assert not Product.objects.filter(name="Teapot").exists()


@pytest.mark.django_db(transaction=True)
def test_says_so_when_s3_does_not_take_it(staff: Client, settings: Any) -> None:
    settings.PRODUCT_IMAGES_BUCKET = "no-such-bucket"
    product = make_product()
    staff.post(
        change_url(product), filled(staff, change_url(product)) | {"new_images": [picture()]}
    )
    image = product.images.get()
    assert (image.status, image.error) == (
        "failed",
        "The file could not be stored. Upload it again.",
    )


def test_removes_what_is_not_safe_from_the_description(staff: Client) -> None:
    staff.post(
        ADD, new_product(staff, description='<p onclick="x()">Good</p><script>alert(1)</script>')
    )
    assert Product.objects.get(name="Teapot").description == "<p>Good</p>"


def test_leaves_stock_alone_that_was_sold_while_the_page_was_open(staff: Client) -> None:
    product = make_product(stock_level=5)
    variant = product.variants.get()
    data = filled(staff, change_url(product)) | {"variants-0-price": "12.00"}
    stock.adjust(variant, -3)
    assert staff.post(change_url(product), data).status_code == 302
    variant.refresh_from_db()
    assert (variant.stock, variant.price) == (2, Decimal("12.00"))


def test_leaves_a_picture_alone_that_became_ready_while_the_page_was_open(staff: Client) -> None:
    product = make_product()
    image = ProductImage.objects.create(product=product, original="uploads/a.jpg")
    data = filled(staff, change_url(product)) | {"images-0-alt": "A pot", "images-0-position": "7"}
    ProductImage.objects.update(status="ready", widths=[160])
    staff.post(change_url(product), data)
    image.refresh_from_db()
    assert (image.status, image.widths, image.alt, image.position) == ("ready", [160], "A pot", 7)


def test_renames_an_option_in_all_variants(staff: Client) -> None:
    product = make_product(option_names=["Size"])
    Variant.objects.update(options={"Size": "L"})
    staff.post(
        change_url(product), filled(staff, change_url(product)) | {"option_names": "Largeness"}
    )
    assert product.variants.get().options == {"Largeness": "L"}


def test_lets_two_variants_swap_their_options(staff: Client) -> None:
    product = make_product(option_names=["Size"])
    first = product.variants.get()
    Variant.objects.filter(pk=first.pk).update(options={"Size": "S"})
    second = make_variant(product, options={"Size": "M"}, position=1)
    data = filled(staff, change_url(product)) | {
        "variants-0-option_1": "M",
        "variants-1-option_1": "S",
    }
    assert staff.post(change_url(product), data).status_code == 302
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.options, second.options) == ({"Size": "M"}, {"Size": "S"})


def test_refuses_two_variants_with_the_same_options(staff: Client) -> None:
    product = make_product(option_names=["Size"])
    Variant.objects.update(options={"Size": "S"})
    make_variant(product, options={"Size": "M"}, position=1)
    data = filled(staff, change_url(product)) | {"variants-1-option_1": "S"}
    page = staff.post(change_url(product), data).content.decode()
    assert "Another variant has the same options" in page


def test_takes_a_product_with_a_hundred_variants(staff: Client) -> None:
    product = make_product(option_names=["Size"])
    for number in range(100):
        make_variant(product, options={"Size": str(number)}, position=number + 1)
    Variant.objects.filter(product=product, options={}).update(options={"Size": "none"})
    assert staff.post(change_url(product), filled(staff, change_url(product))).status_code == 302


def test_does_not_delete_what_has_a_ledger(staff: Client) -> None:
    product = make_product()
    url = reverse("admin:catalog_product_delete", args=[product.pk])
    assert "Cannot delete" in staff.get(url).content.decode()
    staff.post(url, {"post": "yes"})
    assert Product.objects.filter(pk=product.pk).exists()


def test_archives_many_at_once(staff: Client) -> None:
    products = [make_product(), make_product()]
    data = {"action": "archive", "_selected_action": [product.pk for product in products]}
    staff.post("/admin/catalog/product/", data)
    assert set(Product.objects.values_list("status", flat=True)) == {"archived"}


def test_tries_failed_pictures_again(staff: Client) -> None:
    image = ProductImage.objects.create(
        product=make_product(),
        source_url="https://example.com/a.jpg",
        status="failed",
        error="No answer.",
    )
    page = staff.get("/admin/catalog/productimage/?status__exact=failed").content.decode()
    assert "No answer." in page
    assert "https://example.com/a.jpg" in page
    staff.post("/admin/catalog/productimage/", {"action": "retry", "_selected_action": [image.pk]})
    image.refresh_from_db()
    assert image.status == "waiting"


def test_is_closed_to_shoppers(client: Client) -> None:
    assert client.get(ADD).url == f"/admin/login/?next={ADD}"
    assert client.get("/admin/login/?next=/admin/").url == "/account/login/?next=%2Fadmin%2F"
    client.force_login(make_user())
    assert client.get("/admin/login/?next=/admin/").status_code == 403
