"""How the admin is set up. Not in apps.py, where Django would take it for this app's own."""

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """Django's admin with our own site."""

    default_site = "shop.staff_site.StaffSite"

    def ready(self) -> None:
        """Find the admin classes, and drop those of allauth.

        Whoever may change an email address there would have the account that belongs to it.
        """
        super().ready()
        for model in apps.get_app_config("account").get_models():
            if admin.site.is_registered(model):
                admin.site.unregister(model)
