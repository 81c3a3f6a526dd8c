"""Every address of the shop and of the admin, for tests that walk all of them."""

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.contrib.auth.models import Group
from django.urls import URLResolver, get_resolver

from accounts.models import User
from catalog.models import ProductImage, StockMovement
from orders.documents.issue import issue_invoice
from orders.fulfilment.returns import request_return
from orders.fulfilment.shipments import ship
from orders.models import OrderItem, Payment
from shop.models import Event
from tests import factories
from tests.orders.documents.papers import paid_order, refunded

_CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")
_GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()\\]|\\.)*\)")


@dataclass(frozen=True)
class Address:
    """A URL pattern: its name with namespaces, and its route with parameters, `c/{slug}/`."""

    name: str
    route: str

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.route)

    def path(self, values: Mapping[str, object]) -> str:
        """Return a path with these values of the parameters, which are not quoted."""
        return "/" + self.route.format(**values)


def all_addresses() -> list[Address]:
    """Return the addresses of the resolver in its order.

    Those that exist in DEBUG only are left out: shop.urls has them if a test module imports it,
    because pytest-django turns DEBUG off after that.
    """
    return [address for address in _walk(get_resolver()) if not address.route.startswith("dev/")]


def _walk(resolver: URLResolver, route: str = "", namespace: str = "") -> Iterator[Address]:
    for entry in resolver.url_patterns:
        text = _CONVERTER.sub(r"{\1}", _GROUP.sub(r"{\1}", str(entry.pattern)))
        text = text.removeprefix("^").removesuffix("$")
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, route + text, inner)
        else:
            yield Address(f"{namespace}{entry.name}", route + text)


@dataclass
class Rows:
    """A shop with a row of each kind, which belong to `owner`, and the values that name them."""

    owner: User
    #: Keys of rows by `app_model`.
    keys: dict[str, object] = field(default_factory=dict)
    #: Values of parameters by the name of the address, and by the parameter for all addresses.
    values: dict[str, dict[str, object]] = field(default_factory=dict)

    def values_for(self, address: Address) -> dict[str, object]:
        """Return values with which the address leads to the rows."""
        found = self.values[""] | self.values.get(address.name, {})
        if match := re.match("admin/([a-z]+)/([a-z]+)/", address.route):
            key = self.keys[f"{match[1]}_{match[2]}"]
            found |= {"object_id": key, "pk": key}
        return {name: found[name] for name in address.parameters}

    def path(self, address: Address) -> str:
        return address.path(self.values_for(address))


def make_rows(owner: User) -> Rows:
    """Make a shop with a row of each kind. Its orders are of the owner."""
    category = factories.make_category()
    product = factories.make_product(category=category)
    variant = product.variants.get()
    image = ProductImage.objects.create(product=product, original="uploads/a.jpg")
    order = paid_order(user=owner, variant=variant, quantity=2)
    shipment = ship(order, key=uuid.uuid4())
    item = OrderItem.objects.get(order=order)
    returned = request_return(order, key=uuid.uuid4(), quantities={item.pk: 1}, reason="Small.")
    invoice = issue_invoice(order)
    refund = refunded(order, amount=Decimal(1))
    keys = {
        "auth_group": Group.objects.create(name="Warehouse"),
        "accounts_user": owner,
        "shop_event": Event.objects.first(),
        "catalog_category": category,
        "catalog_product": product,
        "catalog_productimage": image,
        "catalog_variant": variant,
        "catalog_stockmovement": StockMovement.objects.filter(variant=variant).first(),
        "orders_order": order,
        "orders_payment": Payment.objects.get(order=order),
        "orders_refund": refund,
        "orders_shippingmethod": factories.make_shipping_method(),
        "orders_taxrate": factories.make_tax_rate(),
        "orders_taxrules": factories.make_tax_rules(),
        "orders_voucher": factories.make_voucher(),
    }
    general = {
        "token": order.token,
        "provider": "test",
        "number": 1,
        "app_label": "orders",
        "url": "no-such-page",
        "uidb36": "1",
        "key": "abc-def",
        "parent_id": category.pk,
        "image_id": image.pk,
        "return_id": returned.pk,
        "document": invoice.pk,
        "shipment": shipment.pk,
        "pk": factories.make_address(owner).pk,
        "slug": product.slug,
    }
    values = {"": general, "catalog:category": {"slug": category.slug}}
    values["orders:document"] = {"pk": invoice.pk}
    return Rows(owner, {name: row.pk for name, row in keys.items()}, values)
