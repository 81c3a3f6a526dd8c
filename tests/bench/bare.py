"""The lower limit for a Django page: the standard middleware and one query, without the shop.

Each view reads from the database what the page compared with it reads, and shows the least that
makes it such a page.
"""

import uuid

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import engines
from django.urls import path

from catalog.models import Product
from catalog.product_lists import COLUMNS, PAGE_SIZE
from tests.bench.catalogue import FULL_SHELF

#: The middleware that `startproject` writes.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
_COLUMNS = [name.strip() for name in COLUMNS.split(",")]
_PAGE = "<!DOCTYPE html><html lang=en><head><title>{{ title }}</title></head><body><h1>{{ title }}</h1>%s</body></html>"
_LIST = engines["django"].from_string(
    _PAGE
    % """<ul>{% for product in products %}<li><a href="/p/{{ product.slug }}/">
<img src="/pictures/{{ product.listing_image.id }}.webp" alt="">{{ product.name }}</a> {{ product.brand }}
<b>{{ product.listing_price }}</b>{% if not product.listing_in_stock %} Sold out{% endif %}</li>{% endfor %}</ul>"""
)
_ORDER = """
INSERT INTO orders_order (number, token, checkout_key, email, status, currency, items_total, shipping_total,
    shipping_tax, shipping_taxes, tax_removed, tax_included, voucher_code, cart_owner, cart_emptied, cart_return, placed_by,
    discount_total, tax_total, total, shipping_address, billing_address, shipping_method, note, placed_at)
VALUES (%s, %s, %s, 'guest@example.com', 'pending', 'EUR', 30, 5,
    0, '[]', 0, true, '', '', false, '', '{}', 0, 0, 35, '{}', '{}', 'Standard', '', now())
RETURNING id
"""
_ITEMS = """
INSERT INTO orders_orderitem (order_id, variant_id, name, sku, options, attributes, quantity, stock_taken, unit_price,
    total, discount, tax_class, tax_percent, tax)
SELECT %s, pk, 'A thing', '', '{}', '{}', 1, 1, 10, 10, 0, 'standard', 0, 0 FROM unnest(%s::bigint[]) AS pk
"""
_PRODUCT = engines["django"].from_string(
    _PAGE
    % """<p>{{ product.brand }}</p><b>{{ product.listing_price }}</b><p>{{ product.description }}</p>"""
)


def products(request: HttpRequest) -> HttpResponse:
    """Show 24 products of a category."""
    shown = Product.objects.filter(category=FULL_SHELF, status="active").order_by(
        "-created_at", "-pk"
    )
    context = {"title": "Products", "products": shown.values(*_COLUMNS)[:PAGE_SIZE]}
    return HttpResponse(_LIST.render(context, request))


def product(request: HttpRequest, slug: str) -> HttpResponse:
    shown = Product.objects.values(*_COLUMNS, "description").get(slug=slug)
    return HttpResponse(_PRODUCT.render({"title": shown["name"], "product": shown}, request))


@transaction.atomic
def order(request: HttpRequest) -> HttpResponse:
    """Write an order, its three items and the stock of three variants.

    These are five statements, as lean as they can be.
    """
    bought = [int(pk) for pk in request.POST.getlist("variant")]
    with connection.cursor() as cursor:
        cursor.execute(_ORDER, [uuid.uuid4().hex[:12], uuid.uuid4().hex, uuid.uuid4()])
        made = cursor.fetchone()[0]
        cursor.execute(_ITEMS, [made, bought])
        for pk in bought:
            cursor.execute(
                "UPDATE catalog_variant SET stock = stock - 1 WHERE id = %s AND stock >= 1", [pk]
            )
    return HttpResponseRedirect("/bare/products/")


urlpatterns = [
    path("products/", products),
    path("product/<slug:slug>/", product),
    path("order/", order),
]
