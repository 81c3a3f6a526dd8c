"""The demo's staff and customers, and the orders of the last 60 days.

They are created without events, so that nobody is sent any email.
"""

import random
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.models import Address, User
from catalog import stock
from catalog.listing_columns import refresh_listings
from catalog.models import StockMovement, TaxClass, Variant
from infra.demo.model import DemoCustomer, in_shop_currency
from orders.models import (
    DeliveryTax,
    DummyCharge,
    DummyRefund,
    Order,
    OrderItem,
    Payment,
    Refund,
    ShippingMethod,
    TaxRate,
    TaxRules,
    Voucher,
)
from orders.payments.providers import dummy as provider
from orders.pricing.quote import Quote, new_item, quote_items
from shop.money import ZERO

STAFF_EMAIL = "staff@trivet.example"
STAFF_PASSWORD = "trivet"  # noqa: S105 - for the demo, on a laptop only
CUSTOMER_PASSWORD = "trivet-demo"  # noqa: S105 - likewise
EUROPE = [
    "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
]  # fmt: skip
METHODS: tuple[tuple[str, str, str, str | None, list[str], int, int], ...] = (
    ("Standard", "By parcel, tracked.", "4.90", "75.00", EUROPE, 2, 4),
    ("Express", "At your door the next working day or the one after.", "12.90", None, EUROPE, 1, 2),
    ("Worldwide", "By air mail, with tracking.", "19.00", None, [], 6, 12),
)
# Standard and reduced rate, in percent, as of 2026; check them again before you sell.
TAX_RATES = {
    "AT": ("20", "10"),
    "BE": ("21", "6"),
    "CH": ("8.1", "2.6"),
    "CZ": ("21", "12"),
    "DE": ("19", "7"),
    "DK": ("25", None),
    "ES": ("21", "10"),
    "FR": ("20", "5.5"),
    "GB": ("20", "5"),
    "IE": ("23", "13.5"),
    "IT": ("22", "10"),
    "LU": ("17", "8"),
    "NL": ("21", "9"),
    "PL": ("23", "8"),
    "PT": ("23", "13"),
    "SE": ("25", "12"),
}
VOUCHERS: tuple[dict[str, Any], ...] = (
    {
        "code": "WELCOME10",
        "kind": Voucher.Kind.PERCENT,
        "value": Decimal(10),
        "once_per_customer": True,
    },
    {
        "code": "FIVE",
        "kind": Voucher.Kind.FIXED,
        "value": Decimal(5),
        "minimum": Decimal(30),
        "max_uses": 500,
    },
    {"code": "FREEDELIVERY", "kind": Voucher.Kind.FREE_DELIVERY, "minimum": Decimal(20)},
)
DAYS = 60
# A fixed seed, so that every machine gets the same orders.
SEED = 20_11
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "demo.trivet.example")

EXPIRED, DECLINED = "expired", "declined"
# The relative weight of each fate, for orders of four days ago or older and for recent ones.
FATES = {
    Order.Status.PAID: 4,
    Order.Status.FULFILLED: 78,
    Order.Status.REFUNDED: 6,
    EXPIRED: 6,
    DECLINED: 6,
}
FRESH_FATES = {Order.Status.PAID: 70, Order.Status.FULFILLED: 20, DECLINED: 10}
#: The status of an order with this fate, that of its payment, and that of the test provider's
#: charge.
OUTCOMES = {
    Order.Status.PAID: (Order.Status.PAID, Payment.Status.CAPTURED, provider.SUCCEEDED),
    Order.Status.FULFILLED: (Order.Status.FULFILLED, Payment.Status.CAPTURED, provider.SUCCEEDED),
    Order.Status.REFUNDED: (Order.Status.REFUNDED, Payment.Status.REFUNDED, provider.SUCCEEDED),
    EXPIRED: (Order.Status.CANCELLED, Payment.Status.CANCELLED, provider.CANCELLED),
    DECLINED: (Order.Status.CANCELLED, Payment.Status.FAILED, provider.FAILED),
}


@dataclass(frozen=True)
class Plan:
    """An order before it is written to the database."""

    key: uuid.UUID
    customer: DemoCustomer
    is_guest: bool
    placed_at: datetime
    fate: str
    wanted: dict[int, int]


def make_staff() -> None:
    """Create the member of staff who may do everything."""
    if not User.objects.filter(email=STAFF_EMAIL).exists():
        User.objects.create_superuser(
            STAFF_EMAIL, STAFF_PASSWORD, first_name="Robin", last_name="Staff"
        )


@transaction.atomic
def make_customers(customers: list[DemoCustomer]) -> None:
    """Create the missing customers, each with a confirmed email and one postal address."""
    known = set(User.objects.values_list("email", flat=True))
    missing = [customer for customer in customers if customer.email not in known]
    # One hash for all of them, because Argon2 deliberately takes a quarter of a second.
    password = make_password(CUSTOMER_PASSWORD) if missing else ""
    joined = timezone.now() - timedelta(days=DAYS + 30)
    for customer in missing:
        names = {"first_name": customer.first_name, "last_name": customer.last_name}
        user = User.objects.create(
            email=customer.email, password=password, date_joined=joined, **names
        )
        user.confirm_email()
        Address.objects.create(user=user, is_default=True, **_address(customer))


def _address(customer: DemoCustomer) -> dict[str, str]:
    return {name: getattr(customer.address, name) for name in Address.FIELDS}


def make_taxes_and_vouchers() -> None:
    """Create tax rates for some countries and some vouchers, unless the shop has its own."""
    if not TaxRate.objects.exists():
        TaxRate.objects.bulk_create(
            TaxRate(country=country, tax_class=tax_class, percent=Decimal(percent))
            for country, percents in TAX_RATES.items()
            for tax_class, percent in zip(
                (TaxClass.STANDARD, TaxClass.REDUCED), percents, strict=True
            )
            if percent
        )
        # Delivery is part of the sale of goods in the European Union, and in Great Britain.
        TaxRules.objects.bulk_create(
            TaxRules(country=country, delivery=DeliveryTax.GOODS)
            for country in TAX_RATES
            if country != "CH"
        )
    if not Voucher.objects.exists():
        Voucher.objects.bulk_create(Voucher(**fields) for fields in vouchers())


def vouchers() -> Iterator[dict[str, Any]]:
    """Yield the fields of VOUCHERS, with amounts in the shop's currency."""
    for fields in VOUCHERS:
        amounts = {"minimum"} | ({"value"} if fields["kind"] == Voucher.Kind.FIXED else set())
        yield fields | {name: in_shop_currency(fields[name]) for name in amounts & fields.keys()}


def make_shipping_methods() -> None:
    """Create the delivery methods, unless the shop has some."""
    if ShippingMethod.objects.exists():
        return
    for position, (name, description, price, free_from, countries, days_min, days_max) in enumerate(
        METHODS
    ):
        ShippingMethod.objects.create(
            name=name,
            description=description,
            price=in_shop_currency(Decimal(price)),
            free_from=in_shop_currency(Decimal(free_from)) if free_from else None,
            countries=countries,
            days_min=days_min,
            days_max=days_max,
            position=position,
        )


def order_key(number: int) -> uuid.UUID:
    """Return the checkout key of a demo order, which keeps it from being created twice."""
    return uuid.uuid5(NAMESPACE, str(number))


@transaction.atomic
def make_orders(customers: list[DemoCustomer], slugs: list[str], count: int) -> int:
    """Create orders for products with these slugs, all or none; return how many were created.

    Afterwards the stock is what it was before.
    """
    variants = {
        variant.pk: variant
        for variant in Variant.objects.filter(product__slug__in=slugs)
        .select_related("product")
        .order_by("pk")
    }
    if Order.objects.filter(checkout_key=order_key(0)).exists() or not variants:
        return 0
    plans = _plans(customers, sorted(variants), count)
    levels = {pk: variant.stock for pk, variant in variants.items()}
    _deliver(plans, variants)
    users = {
        user.email: user
        for user in User.objects.filter(email__in=[each.email for each in customers])
    }
    methods = list(ShippingMethod.objects.filter(is_active=True).order_by("position", "pk"))
    for plan in plans:
        method = next(each for each in methods if each.reaches(plan.customer.address.country))
        _write_order(plan, variants, method, None if plan.is_guest else users[plan.customer.email])
    stock.set_levels(levels, note="Stock-taking")
    refresh_listings({variant.product_id for variant in variants.values()})
    return len(plans)


def _plans(customers: list[DemoCustomer], variant_ids: list[int], count: int) -> list[Plan]:
    chance = random.Random(SEED)  # noqa: S311 - nothing here is secret
    favourites = [chance.paretovariate(1.2) for _ in variant_ids]
    plans = []
    for number in range(count):
        # From 60 days ago until yesterday evening, with slightly more in recent days.
        days_ago = 1 + (DAYS - 1) * chance.random() ** 1.3
        fates = FRESH_FATES if days_ago < 4 else FATES
        chosen = set(chance.choices(variant_ids, favourites, k=chance.choice([1, 1, 2, 2, 3, 4])))
        plans.append(
            Plan(
                key=order_key(number),
                customer=chance.choice(customers),
                is_guest=chance.random() < 0.3,
                placed_at=timezone.now() - timedelta(days=days_ago),
                fate=chance.choices(list(fates), list(fates.values()))[0],
                wanted={variant_id: chance.choice([1, 1, 1, 2]) for variant_id in sorted(chosen)},
            )
        )
    return sorted(plans, key=lambda plan: plan.placed_at)


def _deliver(plans: list[Plan], variants: dict[int, Variant]) -> None:
    """Add everything that will be ordered to the stock, on the day before the first order."""
    ordered: Counter[int] = Counter()
    for plan in plans:
        ordered.update(plan.wanted)
    stock.set_levels(
        {pk: variant.stock + ordered[pk] for pk, variant in variants.items()}, note="Delivery"
    )
    opening = StockMovement.objects.filter(variant__in=variants, order_number="")
    opening.update(created_at=timezone.now() - timedelta(days=DAYS + 1))


def _write_order(
    plan: Plan, variants: dict[int, Variant], method: ShippingMethod, user: User | None
) -> None:
    status, _payment_status, _charge = OUTCOMES[plan.fate]
    address = _address(plan.customer)
    amounts = _quote(plan, variants, method)
    order = Order.objects.create(
        checkout_key=plan.key,
        user=user,
        email=user.email if user else _guest_email(plan.customer),
        status=status,
        currency=settings.SHOP_CURRENCY,
        items_total=amounts.items_total,
        shipping_total=amounts.shipping_total,
        shipping_tax=amounts.shipping_tax,
        shipping_taxes=[part.as_json() for part in amounts.delivery],
        tax_total=amounts.tax_total,
        tax_included=amounts.tax_included,
        total=amounts.total,
        shipping_address=address,
        billing_address=address,
        shipping_method=method.name,
        placed_at=plan.placed_at,
        paid_at=plan.placed_at + timedelta(minutes=1) if status != Order.Status.CANCELLED else None,
        cancelled_at=_cancelled_at(plan) if status == Order.Status.CANCELLED else None,
    )
    taken = _write_items(order, plan, amounts)
    _write_payment(order, plan)
    _give_back(order, plan, taken)


def _quote(plan: Plan, variants: dict[int, Variant], method: ShippingMethod) -> Quote:
    items = [new_item(variants[pk], quantity) for pk, quantity in plan.wanted.items()]
    return quote_items(
        items,
        delivery=method.price_for(sum((item.total for item in items), ZERO)),
        tax=TaxRate.objects.terms_in(plan.customer.address.country),
        tax_included=settings.SHOP_PRICES_INCLUDE_TAX,
    )


def _guest_email(customer: DemoCustomer) -> str:
    return f"{customer.email.partition('@')[0]}@guest.example"


def _cancelled_at(plan: Plan) -> datetime:
    return plan.placed_at + timedelta(minutes=settings.CHECKOUT_EXPIRY_MINUTES)


def _write_items(order: Order, plan: Plan, amounts: Quote) -> dict[int, int]:
    taken = stock.take(plan.wanted, order_number=order.number)
    StockMovement.objects.filter(order_number=order.number).update(created_at=plan.placed_at)
    for item in amounts.items:
        item.order, item.stock_taken = order, taken[item.variant_id].quantity
    OrderItem.objects.bulk_create(amounts.items)
    return {pk: got.quantity for pk, got in taken.items()}


def _write_payment(order: Order, plan: Plan) -> None:
    """Write the payment and the test provider's record of it, so that it can be refunded."""
    _status, payment_status, charge_status = OUTCOMES[plan.fate]
    reference = f"test_{uuid.uuid5(plan.key, 'charge').hex[:20]}"
    payment = Payment.objects.create(
        id=uuid.uuid5(plan.key, "payment"),
        order=order,
        provider="test",
        transaction_id=reference,
        amount=order.total,
        currency=order.currency,
        status=payment_status,
        error="Your card was declined. Nothing was charged." if plan.fate == DECLINED else "",
    )
    Payment.objects.filter(pk=payment.pk).update(
        created_at=plan.placed_at, updated_at=plan.placed_at
    )
    charge = {"amount": order.total, "currency": order.currency, "status": charge_status}
    made = DummyCharge.objects.create(
        idempotency_key=str(payment.pk), payment_id=payment.pk, reference=reference, **charge
    )
    if order.status == Order.Status.REFUNDED:
        _write_refund(payment, made, plan)


def _write_refund(payment: Payment, charge: DummyCharge, plan: Plan) -> None:
    refund = Refund.objects.create(
        id=uuid.uuid5(plan.key, "refund"),
        payment=payment,
        transaction_id=f"test_re_{uuid.uuid5(plan.key, 'refund').hex[:20]}",
        amount=payment.amount,
        currency=payment.currency,
        status=Refund.Status.SUCCEEDED,
        reason="Sent back.",
    )
    moment = min(plan.placed_at + timedelta(days=7), timezone.now())
    Refund.objects.filter(pk=refund.pk).update(created_at=moment, updated_at=moment)
    Payment.objects.filter(pk=payment.pk).update(refunded=payment.amount)
    DummyRefund.objects.create(
        idempotency_key=str(refund.pk),
        charge=charge,
        reference=refund.transaction_id,
        amount=payment.amount,
    )


def _give_back(order: Order, plan: Plan, taken: dict[int, int]) -> None:
    """Return the goods of a cancelled or refunded order to the stock.

    A cancelled order returns them at once, a refunded one a week later.
    """
    if order.status == Order.Status.CANCELLED:
        reason, moment = StockMovement.Reason.RELEASE, _cancelled_at(plan)
    elif order.status == Order.Status.REFUNDED:
        reason, moment = (
            StockMovement.Reason.RETURN,
            min(plan.placed_at + timedelta(days=7), timezone.now()),
        )
    else:
        return
    stock.give_back(taken, reason=reason, order_number=order.number)
    StockMovement.objects.filter(order_number=order.number, reason=reason).update(created_at=moment)
