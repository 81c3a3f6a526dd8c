"""A picture that staff upload in the admin shows on the product's page, from a rendition that the Lambda wrote."""

import io
import time

import pytest
from PIL import Image
from playwright.sync_api import expect

from catalog.models import ProductImage
from shop.storages import ProductImages
from tests.e2e.conftest import NewPage
from tests.factories import PASSWORD, make_product, make_staff

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def photo() -> bytes:
    content = io.BytesIO()
    Image.effect_mandelbrot((900, 700), (-2, -1.5, 1, 1.5), 60).convert("RGB").save(content, "JPEG")
    return content.getvalue()


def test_an_upload_is_on_the_page_within_ten_seconds(new_page: NewPage) -> None:
    product = make_product("Clay pot")
    page = new_page()
    page.goto("/admin/")
    page.get_by_label("E-mail").fill(make_staff().email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.goto(f"/admin/catalog/product/{product.pk}/change/")
    page.locator("input[type=file][multiple]").set_input_files(
        {"name": "pot.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()

    started = time.monotonic()
    shopper = new_page(width=390)
    while True:
        shopper.goto(product.get_absolute_url())
        if shopper.locator("#gallery img[src*='/renditions/']").count():
            break
        assert time.monotonic() - started < 10, ProductImage.objects.values()
        time.sleep(0.3)
    picture = shopper.locator("#gallery img").first
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    image = ProductImage.objects.get()
    assert image.widths == [160, 320, 640]
    assert ProductImages().exists(f"renditions/{image.rendition_id}/640.webp")
