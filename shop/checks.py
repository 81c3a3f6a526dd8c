"""What `manage.py check --deploy` says of a shop that starts, but isn't ready for shoppers."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Info, Warning
from django.http.request import validate_host

TIMEOUTS = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 1})


def check_settings(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Return warnings about settings with which a real shop wouldn't open."""
    host = urlsplit(settings.SHOP_URL).hostname or ""
    faults = {
        "shop.W001": (
            settings.SHOP_SELLER == [settings.SHOP_NAME],
            "Invoices have no address of the seller.",
            "Set SHOP_SELLER to name and address, with semicolons between the lines.",
        ),
        "shop.W002": (
            settings.SHOP_STAFF_EMAIL == "staff@trivet.example",
            "Nobody gets the mails to staff.",
            "Set SHOP_STAFF_EMAIL, and STAFF_EMAIL of the notification Lambda.",
        ),
        "shop.W003": (
            "test" in settings.PAYMENT_PROVIDERS_OFFERED,
            "The test provider is offered: it takes orders without money.",
            "Leave it out of PAYMENT_PROVIDERS.",
        ),
        "shop.W004": (
            "_test_" in settings.STRIPE_SECRET_KEY + settings.STRIPE_PUBLISHABLE_KEY,
            "Stripe's test keys are set, with which no card is charged.",
            "Set STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY to the live keys.",
        ),
        "shop.W005": (
            not validate_host(host, settings.ALLOWED_HOSTS),
            f"Requests to {host}, the host of SHOP_URL, are refused.",
            "Add it to ALLOWED_HOSTS, unless a proxy sends another Host header.",
        ),
    }
    return [
        Warning(message, hint=hint, id=code)
        for code, (is_fault, message, hint) in faults.items()
        if is_fault
    ]


def check_sender(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Ask SES whether the shop may send from its address."""
    sender = settings.SHOP_EMAIL_FROM
    try:
        is_verified = any(_is_verified(name) for name in (sender, sender.rpartition("@")[2]))
    except (BotoCoreError, ClientError) as error:
        return [Info(f"SES couldn't be asked about {sender}: {error}", id="shop.I001")]
    if is_verified:
        return []
    hint = "Verify the address or its domain in SES, in the region of AWS_DEFAULT_REGION."
    return [Warning(f"SES doesn't send mail from {sender}.", hint=hint, id="shop.W006")]


def _is_verified(identity: str) -> bool:
    client = boto3.client("sesv2", region_name=settings.AWS_REGION, config=TIMEOUTS)
    try:
        return client.get_email_identity(EmailIdentity=identity)["VerifiedForSendingStatus"]
    except client.exceptions.NotFoundException:
        return False
