"""What `manage.py check --deploy` says of a shop in which nobody can order yet."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Info, Warning
from django.db import DatabaseError


def check_rows(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Return warnings about rows without which nobody can check out, or no tax is charged."""
    # Checks are registered before there are models.
    methods = apps.get_model("orders", "ShippingMethod").objects.filter(is_active=True)
    rates = apps.get_model("orders", "TaxRate").objects.all()
    try:
        has_method, has_rate = methods.exists(), rates.exists()
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        return [Info(f"PostgreSQL couldn't be asked what is missing: {reason}", id="orders.I001")]
    faults: list[CheckMessage] = []
    if not has_method:
        hint = "Add a delivery method in the admin."
        faults.append(
            Warning("Nobody can check out: no delivery method.", hint=hint, id="orders.W001")
        )
    if not has_rate:
        hint = "Add tax rates in the admin, or silence this if the shop charges no tax."
        faults.append(
            Warning("No tax is charged: there is no tax rate.", hint=hint, id="orders.W002")
        )
    return faults
