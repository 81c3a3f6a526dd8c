"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def shop(request: HttpRequest) -> dict[str, Any]:
    """Return the shop's name; no look-up is made here."""
    return {"SHOP_NAME": settings.SHOP_NAME}
