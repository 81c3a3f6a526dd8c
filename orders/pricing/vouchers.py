"""Codes that make an order cheaper: whether one counts, what it takes off, and the count of its
uses.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from catalog.models import Category, Variant
from orders.models import Order, Voucher, VoucherUse
from orders.pricing.quote import Discount, Goods, percent_of
from shop.money import ZERO, format_money


class VoucherRefused(Exception):
    """The voucher does not count for this order; the message says why, to the shopper."""


def find_voucher(code: str) -> Voucher | None:
    """Return the voucher of a code as a shopper types it, None for no code.

    Raises VoucherRefused.
    """
    if not code:
        return None
    voucher = Voucher.objects.filter(code=clean_code(code), is_active=True).first()
    if voucher is None:
        raise VoucherRefused(f"There is no voucher {code!r}.")
    return voucher


def clean_code(code: str) -> str:
    """Return a code as it is stored: capitals, no spaces."""
    return "".join(code.split()).upper()


def discount_for(
    voucher: Voucher, goods: Sequence[Goods], variants: Sequence[Variant], customer: str
) -> Discount:
    """Return what a voucher takes off; `variants` stand beside `goods`. Raises VoucherRefused."""
    _check_validity(voucher, timezone.now())
    if voucher.max_uses is not None and voucher.uses >= voucher.max_uses:
        raise VoucherRefused(f"The voucher {voucher.code} is used up.")
    if (
        customer
        and voucher.once_per_customer
        and voucher.used_by.filter(customer=customer).exists()
    ):
        raise VoucherRefused(f"You have used the voucher {voucher.code} already.")
    keys = _eligible_lines(voucher, goods, variants)
    eligible = sum((line.total for line in goods if line.key in keys), ZERO)
    if not keys:
        raise VoucherRefused(f"The voucher {voucher.code} is not for anything in your cart.")
    if eligible < voucher.minimum:
        least, yours = format_money(voucher.minimum), format_money(eligible)
        raise VoucherRefused(
            f"The voucher {voucher.code} needs goods worth {least}; yours are {yours}."
        )
    return Discount(
        _discount_amount(voucher, eligible), keys, voucher.kind == Voucher.Kind.FREE_DELIVERY
    )


def _check_validity(voucher: Voucher, now: datetime) -> None:
    if voucher.starts_at and now < voucher.starts_at:
        raise VoucherRefused(f"The voucher {voucher.code} is not valid yet.")
    if voucher.ends_at and now >= voucher.ends_at:
        raise VoucherRefused(f"The voucher {voucher.code} is no longer valid.")


def _eligible_lines(
    voucher: Voucher, goods: Sequence[Goods], variants: Sequence[Variant]
) -> set[int]:
    """Return the keys of the lines that the voucher is for: those of its categories and all that is
    below them.
    """
    paths = list(voucher.categories.values_list("path", flat=True))
    if not paths:
        return {line.key for line in goods}
    below = Q()
    for path in paths:
        below |= Q(path__startswith=path)
    shelves = set(Category.objects.filter(below).values_list("pk", flat=True))
    return {
        line.key
        for line, variant in zip(goods, variants, strict=True)
        if variant.product.category_id in shelves
    }


def _discount_amount(voucher: Voucher, eligible: Decimal) -> Decimal:
    if voucher.kind == Voucher.Kind.PERCENT:
        return percent_of(eligible, voucher.value)
    return min(voucher.value, eligible) if voucher.kind == Voucher.Kind.FIXED else ZERO


def use_voucher(voucher: Voucher, order: Order, customer: str) -> None:
    """Count a use inside the caller's transaction, which must be rolled back on VoucherRefused."""
    free = Voucher.objects.filter(
        Q(max_uses=None) | Q(uses__lt=F("max_uses")), pk=voucher.pk, is_active=True
    )
    if not free.update(uses=F("uses") + 1):
        raise VoucherRefused(f"The voucher {voucher.code} is used up.")
    try:
        with transaction.atomic():
            VoucherUse.objects.create(
                voucher=voucher, order=order, customer=customer, once=voucher.once_per_customer
            )
    except IntegrityError as error:
        raise VoucherRefused(f"You have used the voucher {voucher.code} already.") from error


def release_voucher(order: Order) -> None:
    """Give back the use of an order that died, inside the caller's transaction; nothing where it
    used none.
    """
    for used in VoucherUse.objects.filter(order=order):
        used.delete()
        Voucher.objects.filter(pk=used.voucher_id).update(uses=F("uses") - 1)


def reuse_voucher(order: Order) -> None:
    """Count the use of an order that lives again.

    Raises VoucherRefused where others have used it up meanwhile.
    """
    voucher = (
        Voucher.objects.filter(code=order.voucher_code).first() if order.voucher_code else None
    )
    if voucher is not None:
        use_voucher(voucher, order, customer_identity(order))


def customer_identity(order: Order) -> str:
    """Return who a use counts for: the account's e-mail, or the guest's."""
    return (order.user.email if order.user else order.email).lower()
