"""URLs of the account pages; allauth's own URLs are included next to them in shop/urls.py."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache

from accounts import views


def _own(route: str, view: Any, name: str) -> URLPattern:
    """Return a URL pattern for a page that requires login and is never cached."""
    return path(route, never_cache(login_required(view)), name=name)


app_name = "accounts"
urlpatterns = [
    _own("", views.OverviewView.as_view(), name="overview"),
    _own("orders/", views.OrdersView.as_view(), name="orders"),
    _own("devices/", views.devices, name="devices"),
    _own("devices/sign-out/", views.sign_out, name="sign_out"),
    _own("profile/", views.profile, name="profile"),
    _own("addresses/", views.AddressesView.as_view(), name="addresses"),
    _own("addresses/add/", views.add_address, name="address_add"),
    _own("addresses/<int:pk>/", views.edit_address, name="address_edit"),
    _own("addresses/<int:pk>/delete/", views.delete_address, name="address_delete"),
    _own("addresses/<int:pk>/default/", views.make_default, name="address_default"),
]
