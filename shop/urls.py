"""The root URLconf. This is the only module that knows every app."""

from django.contrib import admin
from django.urls import include, path

from shop import dev_mail

# allauth answers with it where one of its own limits is reached.
handler429 = "shop.limiter.too_many_attempts"
urlpatterns = [
    *dev_mail.urls(),
    path("admin/", admin.site.urls),
    path("account/", include("accounts.urls")),
    path("account/", include("allauth.account.urls")),
    path("cart/", include("carts.urls")),
    path("", include("orders.urls")),
    path("", include("catalog.urls")),
]
