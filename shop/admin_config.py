"""How the admin is set up. Not in apps.py, where Django would take it for this app's own."""

from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """Django's admin with our own site."""

    default_site = "shop.staff_site.StaffSite"
