"""How the staff's pages call this app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, their addresses and sessions."""

    name = "accounts"
    verbose_name = "People"
