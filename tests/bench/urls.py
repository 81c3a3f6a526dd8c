"""The shop's URLs and those of the bare views."""

from django.urls import include, path

from shop.urls import urlpatterns as shop_urls
from tests.bench import bare

urlpatterns = [*shop_urls, path("bare/", include(bare.urlpatterns))]
