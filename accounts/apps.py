"""How the admin names this app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, their addresses and sessions."""

    name = "accounts"
    verbose_name = "People"
