"""All addresses. Only this module and shop/api.py know every app."""

from django.contrib import admin
from django.urls import include, path

from shop import dev, health

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    *dev.urls(),
    path("admin/", admin.site.urls),
    path("account/", include("accounts.urls")),
    path("account/", include("allauth.account.urls")),
    path("cart/", include("carts.urls")),
    path("", include("orders.urls")),
    path("", include("catalog.urls")),
]
