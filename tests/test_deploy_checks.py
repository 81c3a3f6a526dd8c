"""`check --deploy` says what a shop still lacks before anybody can buy in it."""

import uuid
from io import StringIO

import boto3
import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection

from tests.factories import make_shipping_method, make_tax_rate

pytestmark = pytest.mark.django_db
READY = {
    "SHOP_SELLER": ["Trivet Ltd", "1 High Street"],
    "SHOP_STAFF_EMAIL": "staff@shop.example",
    "PAYMENT_PROVIDERS_OFFERED": ["stripe"],
    "STRIPE_SECRET_KEY": "sk_live_x",
    "STRIPE_PUBLISHABLE_KEY": "pk_live_x",
    "SHOP_URL": "https://shop.example",
    "ALLOWED_HOSTS": [".shop.example"],
}


def found(**options) -> set[str]:
    """Return the ids of our own checks that have something to say."""
    checks = run_checks(include_deployment_checks=True, **options)
    return {each.id for each in checks if each.id.startswith(("shop.", "orders."))}


@pytest.fixture
def ready(settings):
    """Make a shop that lacks nothing."""
    for name, value in READY.items():
        setattr(settings, name, value)
    settings.SHOP_EMAIL_FROM = f"{uuid.uuid4().hex}@shop.example"
    ses = boto3.client("sesv2", region_name=settings.AWS_REGION)
    ses.create_email_identity(EmailIdentity=settings.SHOP_EMAIL_FROM)
    make_shipping_method()
    make_tax_rate()
    return settings


def test_a_shop_that_lacks_nothing_hears_nothing(ready):
    assert found() == set()


@pytest.mark.parametrize(
    ("code", "name", "value"),
    [
        ("shop.W001", "SHOP_SELLER", ["Trivet"]),
        ("shop.W002", "SHOP_STAFF_EMAIL", "staff@trivet.example"),
        ("shop.W003", "PAYMENT_PROVIDERS_OFFERED", ["stripe", "test"]),
        ("shop.W004", "STRIPE_SECRET_KEY", "sk_test_x"),
        ("shop.W004", "STRIPE_PUBLISHABLE_KEY", "pk_test_x"),
        ("shop.W005", "ALLOWED_HOSTS", ["www.shop.example"]),
        ("shop.W006", "SHOP_EMAIL_FROM", "nobody-verified@elsewhere.example"),
    ],
)
def test_it_names_each_setting(ready, code, name, value):
    setattr(ready, name, value)
    assert found() == {code}


@pytest.mark.parametrize(
    ("table", "code"),
    [("orders_shippingmethod", "orders.W001"), ("orders_taxrate", "orders.W002")],
)
def test_it_names_rows_that_are_missing(ready, table, code):
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608
    assert found() == {code}


def test_it_says_so_if_ses_cannot_be_asked(ready, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert found() == {"shop.I001"}


def test_it_says_so_if_postgresql_cannot_be_asked(ready):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE orders_taxrate RENAME TO gone")
    assert found() == {"orders.I001"}


def test_a_start_without_deploy_asks_nobody(django_assert_num_queries, settings):
    settings.SHOP_SELLER = [settings.SHOP_NAME]
    with django_assert_num_queries(0):
        call_command("check", stdout=StringIO(), stderr=StringIO())
