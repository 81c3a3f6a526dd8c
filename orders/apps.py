"""Registers the checks of orders."""

from django.apps import AppConfig
from django.core.checks import register

from orders.checks import check_rows


class OrdersConfig(AppConfig):
    """From the checkout to the refund."""

    name = "orders"

    def ready(self) -> None:
        """Register the check that runs with `check --deploy` only."""
        register(check_rows, deploy=True)
