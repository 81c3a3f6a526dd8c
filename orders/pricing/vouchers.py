"""Voucher codes: whether one applies, what it takes off, and how its uses are counted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from catalog.models import Category
from orders.models import Order, OrderItem, Voucher, VoucherUse
from shop.errors import DomainError
from shop.money import ZERO, format_money, to_cents


class VoucherRefused(DomainError):
    """The voucher does not apply to this order; the message tells the shopper why."""

    code = "voucher_refused"


@dataclass(frozen=True)
class Discount:
    """What a voucher gives: an amount off the items of some variants (by pk), or free delivery."""

    amount: Decimal = ZERO
    variants: Collection[int] = ()
    free_delivery: bool = False


NO_DISCOUNT = Discount()


def find_voucher(code: str) -> Voucher:
    """Return the active voucher with a code as shoppers type it. Raises VoucherRefused."""
    voucher = Voucher.objects.filter(code=clean_code(code), is_active=True).first()
    if voucher is None:
        raise VoucherRefused(f"There is no voucher {code!r}.")
    return voucher


def clean_code(code: str) -> str:
    """Return a code as it is stored: in upper case, without spaces."""
    return "".join(code.split()).upper()


def discount_for(voucher: Voucher, items: Sequence[OrderItem], customer: str) -> Discount:
    """Return what a voucher takes off unsaved items. Raises VoucherRefused.

    `customer` is what `customer_identity()` returns, or empty as long as it is unknown who orders.
    """
    _check_validity(voucher, timezone.now())
    if voucher.max_uses is not None and voucher.uses >= voucher.max_uses:
        raise VoucherRefused(f"The voucher {voucher.code} is used up.")
    is_once = bool(customer) and voucher.once_per_customer
    if is_once and voucher.used_by.filter(customer=customer).exists():
        raise VoucherRefused(f"You have used the voucher {voucher.code} already.")
    eligible = _eligible_items(voucher, items)
    worth = sum((item.total for item in eligible), ZERO)
    if not eligible:
        raise VoucherRefused(f"The voucher {voucher.code} is not for anything in your cart.")
    if worth < voucher.minimum:
        least, yours = format_money(voucher.minimum), format_money(worth)
        raise VoucherRefused(
            f"The voucher {voucher.code} needs goods worth {least}; yours are {yours}."
        )
    variants = {item.variant_id for item in eligible}
    is_free_delivery = voucher.kind == Voucher.Kind.FREE_DELIVERY
    return Discount(_discount_amount(voucher, worth), variants, is_free_delivery)


def _check_validity(voucher: Voucher, now: datetime) -> None:
    if voucher.starts_at and now < voucher.starts_at:
        raise VoucherRefused(f"The voucher {voucher.code} is not valid yet.")
    if voucher.ends_at and now >= voucher.ends_at:
        raise VoucherRefused(f"The voucher {voucher.code} is no longer valid.")


def _eligible_items(voucher: Voucher, items: Sequence[OrderItem]) -> list[OrderItem]:
    """Return the items in a voucher's categories and their subcategories, or all if it has none."""
    paths = list(voucher.categories.values_list("path", flat=True))
    if not paths:
        return list(items)
    below = Q()
    for path in paths:
        below |= Q(path__startswith=path)
    categories = set(Category.objects.filter(below).values_list("pk", flat=True))
    return [item for item in items if item.variant.product.category_id in categories]


def _discount_amount(voucher: Voucher, worth: Decimal) -> Decimal:
    if voucher.kind == Voucher.Kind.PERCENT:
        return to_cents(worth * voucher.value / 100)
    return min(voucher.value, worth) if voucher.kind == Voucher.Kind.FIXED else ZERO


def use_voucher(voucher: Voucher, order: Order, customer: str) -> None:
    """Count a use, in the caller's transaction, which must be rolled back on VoucherRefused."""
    # The limit is checked by the UPDATE itself, so that two orders cannot both get the last use.
    free = Voucher.objects.filter(
        Q(max_uses=None) | Q(uses__lt=F("max_uses")), pk=voucher.pk, is_active=True
    )
    if not free.update(uses=F("uses") + 1):
        raise VoucherRefused(f"The voucher {voucher.code} is used up.")
    try:
        # A savepoint, because PostgreSQL refuses further queries after the IntegrityError.
        with transaction.atomic():
            VoucherUse.objects.create(
                voucher=voucher, order=order, customer=customer, once=voucher.once_per_customer
            )
    except IntegrityError as error:
        raise VoucherRefused(f"You have used the voucher {voucher.code} already.") from error


def release_voucher(order: Order) -> None:
    """Release the use of an order that was cancelled, in the caller's transaction.

    It does nothing if the order used none.
    """
    for used in VoucherUse.objects.filter(order=order):
        used.delete()
        Voucher.objects.filter(pk=used.voucher_id).update(uses=F("uses") - 1)


def reuse_voucher(order: Order) -> None:
    """Count the use of an order that is revived.

    Raises VoucherRefused if others have used the voucher up in the meantime.
    """
    voucher = (
        Voucher.objects.filter(code=order.voucher_code).first() if order.voucher_code else None
    )
    if voucher is not None:
        use_voucher(voucher, order, customer_identity(order.user, order.email))


def customer_identity(user: User | None, email: str) -> str:
    """Return for whom a voucher's use is counted.

    That is the account's e-mail, or the guest's, in lower case.
    """
    return (user.email if user else email).lower()
