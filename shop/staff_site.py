"""The admin site of this shop: Django's, without the doors that go round our own."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse

#: Redirects to the page of any object, without asking for a permission.
LEFT_OUT = ("view_on_site",)


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
        """Send guests to the login page of the shop, so that its rate limits apply to staff too."""
        return secure_admin_login(super().login)(request, extra_context)
