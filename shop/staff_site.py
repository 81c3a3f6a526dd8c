"""The admin site of this shop: Django's, without the doors that go round our own."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.views import logout
from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

#: The first redirects to the page of any object without asking for a permission; the second follows
#: Django's own change of password.
LEFT_OUT = ("view_on_site", "password_change_done")


class StaffSite(AdminSite):
    """The pages of staff, behind the login page of everybody."""

    site_header = f"{settings.SHOP_NAME} staff"
    site_title = f"{settings.SHOP_NAME} staff"
    index_title = "What would you like to do?"

    def get_urls(self) -> list[Any]:
        """Return Django's URLs without those in LEFT_OUT."""
        return [url for url in super().get_urls() if getattr(url, "name", None) not in LEFT_OUT]

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send guests to the login page of the shop, and staff who are signed in to the index.

        Django's own form takes any number of passwords. Raises PermissionDenied for customers.
        """
        if self.has_permission(request):
            return redirect("admin:index")
        return secure_admin_login(super().login)(request, extra_context)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send staff to the page of the shop, which limits attempts and tells them by mail."""
        return redirect("account_change_password")

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Sign staff out as everybody."""
        return logout(request)
