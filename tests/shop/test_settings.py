"""Production starts only if nothing is missing, and says what is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMPLETE = {
    "DEBUG": "false",
    "SECRET_KEY": "k" * 60,
    "ALLOWED_HOSTS": "shop.example",
    "SHOP_URL": "https://shop.example",
    "SHOP_EMAIL_FROM": "shop@shop.example",
    "PAYMENT_PROVIDERS": "test",
    "DATABASE_URL": "postgres://trivet:x@127.0.0.1:1/trivet",
    "AWS_ENDPOINT_URL": "",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "PRODUCT_IMAGES_BUCKET": "images",
    "ORDER_DOCUMENTS_BUCKET": "documents",
    "ANALYTICS_RESULTS_BUCKET": "analytics",
    "PRODUCT_IMAGES_URL": "https://images.example",
}


def check(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "manage.py", "check"]
    return subprocess.run(command, cwd=ROOT, env=keep | environment, capture_output=True, text=True)


def test_it_starts_when_it_has_everything():
    assert check(COMPLETE).returncode == 0


@pytest.mark.parametrize(
    "name",
    [
        "SECRET_KEY",
        "ALLOWED_HOSTS",
        "DATABASE_URL",
        "PRODUCT_IMAGES_BUCKET",
        "SHOP_URL",
        "PAYMENT_PROVIDERS",
    ],
)
def test_it_names_what_is_missing(name):
    answer = check(COMPLETE | {name: ""})
    assert answer.returncode != 0
    assert name in answer.stderr
