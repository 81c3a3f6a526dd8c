"""Registers the checks of the project."""

from django.apps import AppConfig
from django.core.checks import register

from shop.checks import check_sender, check_settings


class ShopConfig(AppConfig):
    """Events, limits, and what all apps share."""

    name = "shop"

    def ready(self) -> None:
        """Register the checks that run with `check --deploy` only."""
        for check in (check_settings, check_sender):
            register(check, deploy=True)
