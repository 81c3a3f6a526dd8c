"""Staff upload pictures directly to S3, within limits that S3 enforces."""

import base64
import json
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from urllib3 import encode_multipart_formdata

from catalog.models import Product, ProductImage
from shop.storages import ProductImages
from tests.admin_forms import picture
from tests.factories import make_product, make_user

pytestmark = pytest.mark.django_db


def address(product: Product, rest: str = "") -> str:
    return f"/admin/catalog/product/{product.pk}/pictures/{rest}"


def begin(staff: Client, product: Product, *files: tuple[str, int]) -> Any:
    body = {"files": [{"type": kind, "size": size} for kind, size in files]}
    return staff.post(address(product), json.dumps(body), "application/json")


def post(form: dict[str, Any], content: bytes, **changes: str) -> tuple[int, str]:
    """Post a file to S3 as a browser does; return the status and the response of S3."""
    fields = {**form["fields"], **changes, "file": ("pot.jpg", content)}
    body, content_type = encode_multipart_formdata(fields)
    request = urllib.request.Request(form["url"], body, {"Content-Type": content_type})  # noqa: S310
    try:
        with urllib.request.urlopen(request) as response:  # noqa: S310
            return response.status, ""
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_gives_a_row_and_a_form_for_each_picture_in_order(staff: Client) -> None:
    product = make_product("Clay pot")
    files = begin(staff, product, ("image/jpeg", 10), ("image/avif", 10)).json()["files"]
    rows = list(product.images.order_by("position"))
    assert [file["id"] for file in files] == [row.pk for row in rows]
    assert [row.original.name[-5:] for row in rows] == [rows[0].original.name[-5:], ".avif"]
    assert {row.status for row in rows} == {"processing"}
    content = picture().read()
    assert post(files[0]["form"], content) == (204, "")
    assert rows[0].original.read() == content
    shown = staff.get(address(product)).json()["pictures"]
    assert [(each["id"], each["unfinished"]) for each in shown] == [(row.pk, True) for row in rows]


def test_refuses_what_a_browser_says_is_no_picture_or_too_large(staff: Client) -> None:
    product = make_product()
    answer = begin(
        staff,
        product,
        ("image/svg+xml", 10),
        ("image/png", 0),
        ("image/png", 20_000_001),
        ("image/webp", 1),
    )
    files = answer.json()["files"]
    assert [file.get("error", "")[:25] for file in files] == [
        "The file is not a JPEG, P",
        "The file is empty.",
        "The file has 20.0 MB; at ",
        "",
    ]
    assert product.images.count() == 1


def test_s3_refuses_another_key_type_or_size(staff: Client, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    form = begin(staff, make_product(), ("image/jpeg", 10)).json()["files"][0]["form"]
    assert "EntityTooLarge" in post(form, bytes(1001))[1]
    assert "EntityTooSmall" in post(form, b"")[1]
    for other in ("text/html", "image/svg+xml", "image/png"):
        assert post(form, b"x", **{"Content-Type": other})[0] == 403
    assert post(form, b"x", key="renditions/x/160.webp")[0] == 403


def test_a_form_lasts_ten_minutes(staff: Client) -> None:
    form = begin(staff, make_product(), ("image/jpeg", 10)).json()["files"][0]["form"]
    policy = json.loads(base64.b64decode(form["fields"]["policy"]))
    left = datetime.fromisoformat(policy["expiration"]) - timezone.now()
    assert timedelta(minutes=9) < left <= timedelta(minutes=10)


@pytest.mark.parametrize(
    "body",
    [
        *["", "[]", '{"files": 1}', '{"files": [{"type": "image/png"}]}', '{"files": ["x"]}'],
        *['{"files": [{"type": "image/png", "size": 1e999}]}', "[" * 50_000, "\x00"],
        *['{"files": [{"type": "image/png", "size": Infinity}]}'],
    ],
    ids=lambda body: body[:40],
)
def test_refuses_what_is_no_list_of_files(staff: Client, body: str) -> None:
    assert staff.post(address(make_product()), body, "application/json").status_code == 400


def test_refuses_too_many_at_once(staff: Client) -> None:
    answer = begin(staff, make_product(), *[("image/png", 1)] * 201)
    assert (answer.status_code, answer.json()["error"]) == (
        400,
        "At most 200 pictures are taken at once.",
    )


def test_forgets_an_upload_that_failed_but_no_picture_that_is_there(staff: Client) -> None:
    product = make_product()
    [file] = begin(staff, product, ("image/png", 1)).json()["files"]
    ready = ProductImage.objects.create(product=product, status="ready", widths=[160])
    elsewhere = ProductImage.objects.create(product=make_product())
    for image_id in (file["id"], ready.pk, elsewhere.pk):
        assert staff.post(address(product, f"{image_id}/abandon/")).status_code == 204
    assert set(ProductImage.objects.all()) == {ready, elsewhere}


def test_refuses_strangers_and_staff_without_the_right(client: Client) -> None:
    product = make_product()
    assert begin(client, product, ("image/png", 1)).status_code == 302
    viewer = make_user(is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_product"))
    client.force_login(viewer)
    assert begin(client, product, ("image/png", 1)).status_code == 403
    assert client.get(address(product)).status_code == 403
    assert client.post(address(product, "1/abandon/")).status_code == 403
    assert not product.images.exists()


def test_wants_the_forms_token(staff: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = staff.cookies
    assert begin(strict, make_product(), ("image/png", 1)).status_code == 403


def test_the_bucket_lets_the_shop_alone_post_from_a_browser() -> None:
    client = boto3.client("s3", region_name=settings.AWS_REGION)
    [rule] = client.get_bucket_cors(Bucket=settings.PRODUCT_IMAGES_BUCKET)["CORSRules"]
    assert "POST" in rule["AllowedMethods"]
    assert settings.SHOP_URL in rule["AllowedOrigins"]
    assert "*" not in rule["AllowedOrigins"]


def test_a_form_for_aws_goes_to_the_buckets_own_region(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    settings.AWS_ENDPOINT_URL, settings.PRODUCT_IMAGES_BUCKET = "", "pictures"
    form = ProductImages().sign_post("uploads/x.jpg", "image/jpeg")
    assert form["url"] == f"https://pictures.s3.{settings.AWS_REGION}.amazonaws.com/"
