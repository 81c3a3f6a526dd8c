"""The catalogue's pages.

They are the same for every visitor, so none of them reads the session or the cart.
"""

import uuid
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.text import Truncator
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from catalog import option_picker, product_lists
from catalog.category_tree import category_tree, find_category
from catalog.descriptions import as_text, clean_html
from catalog.listing_columns import is_sale
from catalog.models import Product, Variant
from catalog.product_queries import find_product, variants_of
from catalog.search import clean, search_products
from catalog.structured_data import product_data

RELATED = 4


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the newest products, products on sale, and the root categories."""
    context = {
        "categories": category_tree().roots,
        "newest": product_lists.newest(8),
        "reduced": product_lists.on_sale(4),
    }
    return render(request, "catalog/home.html", context)


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the products of a category and its descendants, sorted and filtered as the URL says."""
    node = find_category(slug)
    number = product_lists.page_number(request.GET.get("page", ""))
    if node is None or number is None:
        raise Http404
    sort = request.GET.get("sort", "")
    wanted: dict[str, Any] = {
        "sort": sort if sort in product_lists.SORTS else "newest",
        "in_stock": "in_stock" in request.GET,
        "on_sale": "on_sale" in request.GET,
    }
    page = product_lists.in_categories(list(node.ids()), number=number, **wanted)
    if number > 1 and not page.products:
        raise Http404
    context = wanted | {
        "category": node,
        "section": node.section,
        "page": page,
        "sorts": product_lists.SORTS.items(),
    }
    return render(request, "catalog/category.html", context)


# With a stored page, the back button would bring back an `operation` that has been counted already.
@cache_control(private=True, no_store=True)
@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a product and the variant that the URL selects."""
    shown, ready = find_product(slug) or (None, [])
    if shown is None or (shown.status != Product.Status.ACTIVE and not request.user.is_staff):
        raise Http404
    variants = variants_of(shown)
    chosen = option_picker.choose(variants, request.GET.get("variant", ""))
    node = category_tree().by_id.get(shown.category_id or 0)
    pictures = _pictures(ready, shown, chosen)
    text = shown.seo_description or Truncator(as_text(shown.description)).chars(155)
    related = product_lists.related(shown.pk, shown.category_id, RELATED)
    context = {
        "product": shown,
        "category": node,
        "section": node.section if node else "",
        "trail": [*node.trail, node] if node else [],
        "pictures": pictures,
        "text": text,
        # It was cleaned when it was stored. It is cleaned again here, where unsafe HTML would do
        # harm.
        "description": mark_safe(clean_html(shown.description)),  # noqa: S308
        "related": related,
        "related_ids": [row["id"] for row in related],
        "structured": product_data(shown, variants, pictures, text=text, address=settings.SHOP_URL),
    }
    return render(
        request, "catalog/product.html", context | _offer_context(shown, variants, chosen)
    )


def _offer_context(
    shown: Product, variants: list[Variant], chosen: Variant | None
) -> dict[str, Any]:
    """Return the context of the part of the page that changes with the chosen variant."""
    if chosen is None:
        return {"variant": None}
    names = shown.option_names or list(chosen.options)
    was = chosen.compare_at_price if is_sale(chosen) else None
    return {
        "was": was,
        "saving": was - chosen.price if was else None,
        "variant": chosen,
        "options": option_picker.options(names, variants, chosen),
        "stock": option_picker.stock_of(chosen),
        "most": chosen.sellable(99),
        # Identifies one addition to the cart, so that a double click counts once.
        "operation": uuid.uuid4().hex,
    }


def _pictures(
    ready: list[dict[str, Any]], shown: Product, chosen: Variant | None
) -> list[dict[str, Any]]:
    """Return the pictures as templates need them, the chosen variant's first."""
    if chosen and chosen.image_id:
        ready.sort(key=lambda picture: picture["pk"] != chosen.image_id)
    return [picture | {"alt": picture["alt"] or shown.name} for picture in ready]


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show the products that match the words in `q`."""
    q = clean(request.GET.get("q", ""))
    number = product_lists.page_number(request.GET.get("page", ""))
    if number is None:
        raise Http404
    page = search_products(q, number=number) if q else product_lists.Page()
    context = {"q": q, "page": page, "categories": category_tree().roots}
    return render(request, "catalog/search.html", context)
