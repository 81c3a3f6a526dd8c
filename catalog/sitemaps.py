"""robots.txt and the sitemap.

Each part of the sitemap covers a range of product ids, so that no part costs more as the catalogue
grows.
"""

from django.conf import settings
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.category_tree import category_tree
from catalog.models import Product

# sitemaps.org allows 50,000 URLs in a file.
PART = 10_000


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Serve robots.txt."""
    return render(request, "catalog/robots.txt", content_type="text/plain")


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """List the parts of the sitemap."""
    context = {"parts": range(1, _last_part() + 1)}
    return render(request, "catalog/sitemap_index.xml", context, content_type="application/xml")


@require_safe
def sitemap(request: HttpRequest, number: int) -> HttpResponse:
    """List the products whose ids are in one range; the first part also lists the categories."""
    if not 1 <= number <= _last_part():
        raise Http404
    ids = ((number - 1) * PART, number * PART - 1)
    context = {
        "address": settings.SHOP_URL,
        "categories": category_tree().by_id.values() if number == 1 else [],
        "products": Product.objects.on_sale_now()
        .filter(pk__range=ids)
        .only("slug", "updated_at")
        .order_by("pk"),
    }
    return render(request, "catalog/sitemap.xml", context, content_type="application/xml")


def _last_part() -> int:
    return (Product.objects.aggregate(last=Max("pk"))["last"] or 0) // PART + 1
