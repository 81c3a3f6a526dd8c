"""A picture uploaded in the admin appears on the product's page as a rendition from the Lambda."""

import io
import time

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from catalog.models import Product, ProductImage
from shop.storages import ProductImages
from tests.e2e.conftest import NewPage
from tests.factories import PASSWORD, make_product, make_staff

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


# Milliseconds, enough for a cold start of the Lambda on a busy machine.
PATIENCE = 20_000
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"


def photo(colour: str = "") -> bytes:
    content = io.BytesIO()
    image = Image.effect_mandelbrot((900, 700), (-2, -1.5, 1, 1.5), 60).convert("RGB")
    (Image.new("RGB", (900, 700), colour) if colour else image).save(content, "JPEG")
    return content.getvalue()


def file(name: str, content: bytes, kind: str = "image/jpeg") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}


def open_product(page: Page, product: Product) -> None:
    page.goto("/admin/")
    page.get_by_label("E-mail").fill(make_staff().email)
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Log in").click()
    page.goto(f"/admin/catalog/product/{product.pk}/change/")


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def test_an_upload_without_javascript_is_on_the_page_within_ten_seconds(new_page: NewPage) -> None:
    product = make_product("Clay pot")
    page = new_page(javascript=False)
    open_product(page, product)
    page.get_by_label("Add pictures").set_input_files(file("pot.jpg", photo()))
    save(page)

    started = time.monotonic()
    shopper = new_page(width=390)
    while True:
        shopper.goto(product.get_absolute_url())
        if shopper.locator("#gallery img[src*='/renditions/']").count():
            break
        assert time.monotonic() - started < 10, ProductImage.objects.values()
        time.sleep(0.3)
    picture = shopper.locator("#gallery img[src*='/renditions/']").first
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    image = ProductImage.objects.get()
    assert image.widths == [160, 320, 480, 640]
    assert ProductImages().exists(f"renditions/{image.rendition_id}/640.webp")


def test_pictures_go_straight_to_s3_and_are_shown_in_the_order_of_the_staff(
    new_page: NewPage,
) -> None:
    product = make_product("Clay pot")
    page = new_page()
    open_product(page, product)
    posted: list[str] = []
    page.on(
        "request", lambda request: posted.append(request.url) if request.method == "POST" else None
    )
    rows = page.locator(".picture")
    page.get_by_label("Add pictures").set_input_files(
        [file(f"{colour}.jpg", photo(colour)) for colour in ("red", "green", "blue")]
    )
    expect(rows.locator("img.thumb")).to_have_count(3, timeout=PATIENCE)
    assert len([url for url in posted if "product-images" in url]) == 3
    expect(rows.nth(0).get_by_label("Alternative text")).to_have_value("Clay pot")
    for row, name in enumerate(("Red", "Green", "Blue")):
        rows.nth(row).get_by_label("Alternative text").fill(name)
    rows.nth(2).locator(".picture-handle").drag_to(rows.nth(0), target_position={"x": 40, "y": 5})
    rows.nth(1).get_by_role("button", name="Move this picture down").press("Enter")
    expect(page.get_by_role("status")).to_have_text("Picture 3 of 3.")
    save(page)
    page.goto(product.get_absolute_url())
    shown = page.locator(".gallery-strip img[srcset]")
    assert [picture.get_attribute("alt") for picture in shown.all()] == ["Blue", "Green", "Red"]
    colours = {image.alt: image.colour for image in product.images.all()}
    assert colours["Blue"].startswith("#0000f")


def test_a_refused_file_says_why_in_its_place(new_page: NewPage) -> None:
    product = make_product("Clay pot")
    page = new_page()
    open_product(page, product)
    page.get_by_label("Add pictures").set_input_files(
        [
            file("drawing.svg", SVG, "image/svg+xml"),
            file("drawing.jpg", SVG),
            file("empty.png", b"", "image/png"),
            file("pot.jpg", photo("red")),
        ]
    )
    rows = page.locator(".picture")
    expect(rows.locator("img.thumb")).to_have_count(1, timeout=PATIENCE)
    fault = "The file is not a JPEG, PNG, WebP or AVIF picture, or it is damaged."
    expect(rows.filter(has_text="drawing.svg")).to_contain_text(fault)
    expect(rows.filter(has_text="empty.png")).to_contain_text("The file is empty.")
    expect(rows.nth(1)).to_contain_text(f"Failed {fault}", timeout=PATIENCE)
    rows.nth(1).get_by_label("Remove").check()
    page.get_by_role("button", name="Dismiss: drawing.svg").click()
    expect(rows).to_have_count(3)
    save(page)
    assert product.images.get().status == "ready"


def test_an_upload_that_breaks_off_leaves_nothing_and_can_be_tried_again(new_page: NewPage) -> None:
    product = make_product("Clay pot")
    page = new_page()
    open_product(page, product)
    page.route("**/*-product-images", lambda route: route.abort())
    page.get_by_label("Add pictures").set_input_files(file("pot.jpg", photo("red")))
    expect(page.locator(".picture")).to_contain_text("The connection broke off.")
    assert not product.images.exists()
    page.unroute("**/*-product-images")
    page.get_by_role("button", name="Try again: pot.jpg").click()
    expect(page.locator(".picture img.thumb")).to_be_visible(timeout=PATIENCE)
