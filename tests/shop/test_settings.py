"""The shop starts only if nothing is missing or wrong in its environment, and says all that is."""

import os
import re
import runpy
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from PIL import Image

from orders.payments.providers.stripe import THREE_DIGITS

ROOT = Path(__file__).resolve().parents[2]
TABLE_ROW = re.compile(r"^\| `([A-Z][A-Z0-9_]+)`.*\|$", re.MULTILINE)
COMPLETE = {
    "DEBUG": "false",
    "SECRET_KEY": "k3J" * 20 + "abcdef",
    "ALLOWED_HOSTS": "shop.example",
    "SHOP_URL": "https://shop.example",
    "SHOP_EMAIL_FROM": "shop@shop.example",
    "STRIPE_SECRET_KEY": "sk_live_x",
    "STRIPE_PUBLISHABLE_KEY": "pk_live_x",
    "STRIPE_WEBHOOK_SECRETS": "whsec_x",
    "DATABASE_URL": "postgres://trivet:very-secret@127.0.0.1:1/trivet",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "PRODUCT_IMAGES_BUCKET": "images",
    "ORDER_DOCUMENTS_BUCKET": "documents",
    "ANALYTICS_RESULTS_BUCKET": "analytics",
    "PRODUCT_IMAGES_URL": "https://images.example",
}
REQUIRED = COMPLETE.keys() - {"DEBUG", "AWS_DEFAULT_REGION", "STRIPE_SECRET_KEY"}
WRONG_LINE = ["x" * 2000, "a\nb", "a\x1b[31mb"]
WRONG_NUMBER = ["", "-1", "abc", "1.5", "1e3", "99999999999999999999", "٣", "1_0"][1:]
WRONG_URL = ["http:", "https://", "shop.example", "ftp://shop.example", "http://shop.example"]
WRONG_URL += ["https://shop.example:99999", "https://a:b@shop.example", "https://shop.example?x"]
WRONG_URL += [
    "https://shöp.example",
    "https://shop.example;x",
    "https://*.example",
    "https://a b.c",
]
WRONG_BUCKET = ["ab", "Images", "images_1", "a..b", "s3://images", "x" * 64]
WRONG_SECRET = ["x", "a" * 60, "django-insecure-" + "abcdef" * 10]
WRONG_FLAG = ["flase", "2", "None", "ja"]
WRONG_EMAIL = [
    "shop",
    "shop@localhost",
    "a@b@c.example",
    "Shop <shop@shop.example>",
    "shöp@a.example",
]
WRONG_LIMIT = ["30", "30/", "/10", "0/10", "30/0", "30/10/5", "-1/10", "many"]
LIMITS = re.findall(r'"(LIMIT_\w+)"', (ROOT / "shop" / "settings.py").read_text())
#: What each variable of docs/configuration.md must not be.
WRONG = {
    "SECRET_KEY": WRONG_SECRET,
    "SECRET_KEY_FALLBACKS": [*WRONG_SECRET, ",", COMPLETE["SECRET_KEY"] + ",x"],
    "ALLOWED_HOSTS": [
        "*",
        "shop.example,*",
        "https://shop.example",
        "shop.example:443",
        "a b",
        ",",
    ],
    "DATABASE_URL": [
        *["mysql://a:b@host/name", "sqlite:///name", "nonsense", "postgres://a:b@host"],
        *["postgres://a:b@host:99999/name", "postgres://a:b@host:port/name"],
    ],
    "PRODUCT_IMAGES_BUCKET": WRONG_BUCKET,
    "ORDER_DOCUMENTS_BUCKET": WRONG_BUCKET,
    "ANALYTICS_RESULTS_BUCKET": WRONG_BUCKET,
    "PRODUCT_IMAGES_URL": WRONG_URL,
    "SHOP_URL": [*WRONG_URL, "https://shop.example/path"],
    "SHOP_EMAIL_FROM": WRONG_EMAIL,
    "SHOP_NAME": WRONG_LINE,
    "SHOP_CURRENCY": ["eur", "EURO", "€", "E", "ZZZ", "DEM", "XAU", "CLF"],
    "SHOP_COUNTRY": ["de", "Germany", "EU", "UK", "XX"],
    "SHOP_TIME_ZONE": ["Berlin", "Europe", "utc+13", "../shadow", "Pacific/auckland", "+13:00"],
    "SHOP_PRICES_INCLUDE_TAX": WRONG_FLAG,
    "SHOP_LOW_STOCK": WRONG_NUMBER,
    "SHOP_RETURN_DAYS": WRONG_NUMBER,
    "CHECKOUT_EXPIRY_MINUTES": [*WRONG_NUMBER, "0"],
    "PAYMENT_REMINDER_MINUTES": [*WRONG_NUMBER, "30", "31"],
    "SHOP_STAFF_EMAIL": WRONG_EMAIL,
    "SHOP_SELLER": [*WRONG_LINE, ";"],
    "SHOP_SELLER_TAX_ID": WRONG_LINE,
    "SHOP_LOGO": ["no-such-file.png", str(ROOT), str(ROOT / "README.md")],
    "SHOP_PAPER": ["a4", "A5", "A4;"],
    "PAYMENT_PROVIDERS": ["Stripe", "stripe,paypal", ","],
    "STRIPE_SECRET_KEY": ["x", "pk_live_x", "sk_live_x y"],
    "STRIPE_PUBLISHABLE_KEY": ["x", "sk_live_x"],
    "STRIPE_WEBHOOK_SECRETS": ["x", "whsec_a,b", ","],
    "STRIPE_API_URL": ["api.stripe.com", "https://api.stripe.com/v1"],
    "DEBUG": WRONG_FLAG,
    "SHOP_HSTS_PRELOAD": WRONG_FLAG,
    "TRUSTED_PROXY_COUNT": [*WRONG_NUMBER, "11"],
    "LOG_LEVEL": ["LOUD", "10", "NOTSET"],
    **dict.fromkeys(LIMITS, WRONG_LIMIT),
    "STAFF_SESSION_HOURS": [*WRONG_NUMBER, "0"],
    "STAFF_PASSWORD_MINUTES": [*WRONG_NUMBER, "0"],
    "SHOP_REFUND_PASSWORD_ABOVE": ["-1", "NaN", "1e999", "100 EUR", "1,50", "١٠"],
    "PGSSLMODE": ["required", "on"],
    "PGSSLROOTCERT": ["no-such-file.pem"],
    "CONN_MAX_AGE": [*WRONG_NUMBER, "None"],
    "SHOP_PROJECT": ["Trivet", "my_shop", "x" * 41, "-"],
    "AWS_DEFAULT_REGION": ["Frankfurt", "eu-central", "eu_central_1", "eu-central-1a"],
    "AWS_ENDPOINT_URL": ["127.0.0.1:4566", "http://127.0.0.1:4566/path", "http:"],
    "AWS_CA_BUNDLE": ["no-such-file.pem"],
}
#: Read by make and by tools of development, which need no settings.
ELSEWHERE = {
    *["PORT", "PYTHON", "ARGS", "CHROMIUM", "REQUIRE_BROWSER", "TRIVET_TEST_DATA", "TRIVET_SEED"],
    *["PGSERVER_POSTGRES_VERSION", "TRIVET_STACK_READY"],
}


def read_settings(monkeypatch, environment: dict[str, str]) -> dict[str, object]:
    """Run the settings in this process, with nothing else in the environment."""
    monkeypatch.setattr(os, "environ", dict(environment))
    return runpy.run_path(str(ROOT / "shop" / "settings.py"))


def refusal(monkeypatch, environment: dict[str, str]) -> str:
    with pytest.raises(ImproperlyConfigured) as caught:
        read_settings(monkeypatch, environment)
    return str(caught.value)


def start(
    command: list[str], environment: dict[str, str], **options
) -> subprocess.CompletedProcess[str]:
    keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    options = {"cwd": ROOT, "capture_output": True, "text": True} | options
    return subprocess.run([sys.executable, *command], env=keep | environment, **options)


def test_it_starts_when_it_has_everything():
    assert start(["manage.py", "check"], COMPLETE).returncode == 0


def test_every_documented_variable_is_tried_with_wrong_values():
    documented = set(TABLE_ROW.findall((ROOT / "docs" / "configuration.md").read_text()))
    assert documented - ELSEWHERE == WRONG.keys()


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
def test_a_wrong_value_is_refused_by_its_name_and_with_an_example(monkeypatch, name, value):
    told = refusal(monkeypatch, COMPLETE | {name: value})
    faults = [line for line in told.splitlines() if line.startswith("- ")]
    assert len(faults) == 1
    assert re.match(rf"- {name}(=.*)? is wrong\. [A-Z].* For example: {name}=\S", faults[0])
    assert told.isascii()
    assert told.replace("\n", "").isprintable()
    assert len(told) < 500


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "STRIPE_SECRET_KEY"])
def test_a_refusal_repeats_no_secret(monkeypatch, name):
    value = {"DATABASE_URL": "mysql://trivet:very-secret@host/x"}.get(name, "very-secret")
    assert "very-secret" not in refusal(monkeypatch, COMPLETE | {name: value})


@pytest.mark.parametrize("name", sorted(REQUIRED))
@pytest.mark.parametrize("value", ["", "  ", None])
def test_what_is_missing_is_named(monkeypatch, name, value):
    environment = COMPLETE | {name: value}
    if value is None:
        del environment[name]
    assert f"- {name} is not set. For example: {name}=" in refusal(monkeypatch, environment)


def test_some_way_to_pay_is_required(monkeypatch):
    told = refusal(monkeypatch, COMPLETE | {"STRIPE_SECRET_KEY": ""})
    assert "Neither PAYMENT_PROVIDERS nor STRIPE_SECRET_KEY is set." in told


def test_all_faults_are_told_at_once(monkeypatch):
    told = refusal(monkeypatch, {"SHOP_CURRENCY": "eur", "SHOP_PAPER": "A5", "DEBUG": "flase"})
    for name in [*REQUIRED - {"STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRETS"}]:
        assert f"- {name} is not set." in told
    for name in ("SHOP_CURRENCY=eur", "SHOP_PAPER=A5", "DEBUG=flase"):
        assert f"- {name} is wrong." in told


@pytest.mark.parametrize(
    ("name", "value", "setting", "expected"),
    [
        ("DEBUG", "No", "DEBUG", False),
        ("SHOP_URL", "https://shop.example/", "SHOP_URL", "https://shop.example"),
        ("SHOP_URL", "http://127.0.0.1:8000", "SHOP_URL", "http://127.0.0.1:8000"),
        ("SHOP_NAME", " Café; “Trivet”: a & b @ home, 東京 ", "SHOP_NAME", None),
        ("ALLOWED_HOSTS", ".shop.example, [::1],", "ALLOWED_HOSTS", [".shop.example", "[::1]"]),
        ("SHOP_SELLER", "Trivet; 1 High St;", "SHOP_SELLER", ["Trivet", "1 High St"]),
        ("LIMIT_PASSWORD_EVERYONE", "off", None, None),
        ("PAYMENT_PROVIDERS", "test, stripe", "PAYMENT_PROVIDERS_OFFERED", ["test", "stripe"]),
        ("AWS_DEFAULT_REGION", "us-gov-west-1", "AWS_REGION", "us-gov-west-1"),
        ("PRODUCT_IMAGES_BUCKET", "shop.example", "PRODUCT_IMAGES_BUCKET", "shop.example"),
    ],
)
def test_unusual_values_are_taken(monkeypatch, name, value, setting, expected):
    settings = read_settings(monkeypatch, COMPLETE | {name: value})
    if setting:
        assert settings[setting] == (value.strip() if expected is None else expected)


def test_a_logo_is_a_picture_that_opens(monkeypatch, tmp_path):
    for name, kind in (("logo.png", "PNG"), ("logo.jpg", "JPEG")):
        Image.new("RGB", (40, 10)).save(tmp_path / name, kind)
        read_settings(monkeypatch, COMPLETE | {"SHOP_LOGO": str(tmp_path / name)})
    Image.new("RGB", (40, 10)).save(tmp_path / "logo.gif", "GIF")
    Image.effect_noise((200, 200), 50).save(tmp_path / "half.png", "PNG")
    (tmp_path / "half.png").write_bytes((tmp_path / "half.png").read_bytes()[:5000])
    for name in ("logo.gif", "half.png"):
        told = refusal(monkeypatch, COMPLETE | {"SHOP_LOGO": str(tmp_path / name)})
        assert "no PNG or JPEG" in told


@pytest.mark.parametrize(
    "command",
    [
        ["manage.py", "check"],
        ["-m", "gunicorn", "shop.wsgi", "--check-config"],
        ["-m", "celery", "-A", "shop", "report"],
    ],
    ids=lambda command: " ".join(command),
)
def test_no_process_starts_with_a_wrong_setting(command):
    answer = start(command, COMPLETE | {"SHOP_CURRENCY": "eur", "SECRET_KEY": "x"})
    assert answer.returncode != 0
    told = answer.stderr + answer.stdout
    assert "- SHOP_CURRENCY=eur is wrong." in told
    assert "- SECRET_KEY is wrong." in told


PRINT = "from django.conf import settings; print('DEBUG is', settings.DEBUG)"


@pytest.mark.parametrize(
    ("given", "debug"),
    [({}, "True"), (COMPLETE, "False"), ({"SECRET_KEY": COMPLETE["SECRET_KEY"]}, None)],
)
def test_the_file_of_make_run_is_for_a_laptop_only(tmp_path, given, debug):
    copy = shutil.copy(ROOT / "manage.py", tmp_path)
    (tmp_path / ".devstack").mkdir()
    (tmp_path / ".devstack" / "env").write_text("DEBUG=true\nDATABASE_URL=postgres://a@b/c\n")
    path = {"PYTHONPATH": str(ROOT)}
    answer = start([copy, "shell", "--no-imports", "-c", PRINT], given | path, cwd=tmp_path)
    if debug:
        assert answer.stdout == f"DEBUG is {debug}\n"
    else:
        assert "DATABASE_URL is not set." in answer.stderr
    alone = start(["-c", "import shop.wsgi"], path, cwd=tmp_path)
    assert "DATABASE_URL is not set." in alone.stderr


def test_with_stripe_currencies_of_three_digits_are_rounded_to_what_it_takes(monkeypatch):
    units = read_settings(monkeypatch, COMPLETE | {"PAYMENT_PROVIDERS": "stripe"})["PAYMENT_UNITS"]
    assert units == dict.fromkeys(THREE_DIGITS, Decimal("0.01"))
    without = {"PAYMENT_PROVIDERS": "test", "STRIPE_SECRET_KEY": ""}
    assert read_settings(monkeypatch, COMPLETE | without)["PAYMENT_UNITS"] == {}
