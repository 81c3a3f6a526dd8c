"""Voucher codes: whether one applies, what it takes off, and how its uses are counted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from catalog.models import Category
from orders.models import Order, OrderItem, Voucher, VoucherUse
from shop.errors import DomainError
from shop.money import ZERO, format_price, round_price
from shop.text import clean_code


class VoucherRefused(DomainError):
    """The voucher does not apply to this order; the message tells the shopper why.

    It is the same for every code that nobody could use now, so that nobody learns which codes
    exist. Reasons are told of codes that are valid at the moment. Guessing is slowed by the limits.
    """

    code = "voucher_refused"

    @classmethod
    def invalid(cls, code: str) -> "VoucherRefused":
        """Return the refusal of a code that is unknown, inactive, out of its time or used up."""
        return cls(f"“{code}” isn't a valid code.")


@dataclass(frozen=True)
class Discount:
    """What a voucher gives: an amount off the items of some variants (by pk), or free delivery."""

    amount: Decimal = ZERO
    variants: Collection[int] = ()
    free_delivery: bool = False


NO_DISCOUNT = Discount()
USED_ALREADY = "You've already used this code."


def find_voucher(code: str) -> Voucher:
    """Return the active voucher with a code as shoppers type it. Raises VoucherRefused."""
    code = clean_code(code)
    voucher = Voucher.objects.filter(code=code, is_active=True).first()
    if voucher is None:
        raise VoucherRefused.invalid(code)
    return voucher


def discount_for(
    voucher: Voucher,
    items: Sequence[OrderItem],
    customer: User | None,
    delivery: Decimal | None = None,
) -> Discount:
    """Return what a voucher takes off unsaved items. Raises VoucherRefused.

    `customer` is the account that orders, None for a guest. `delivery` is the price of the delivery
    without the voucher, None as long as it is unknown. A voucher that would change nothing is
    refused, so that its use is kept for another order.
    """
    if not voucher.is_valid_at(timezone.now()):
        raise VoucherRefused.invalid(voucher.code)
    if voucher.once_per_customer:
        _check_first_use(voucher, customer)
    eligible = _eligible_items(voucher, items)
    worth = sum((item.total for item in eligible), ZERO)
    if not eligible:
        raise VoucherRefused(f"“{voucher.code}” doesn't apply to your items.")
    if worth < voucher.minimum:
        least = format_price(voucher.minimum)
        raise VoucherRefused(f"“{voucher.code}” requires a minimum spend of {least}.")
    variants = {item.variant_id for item in eligible}
    if voucher.kind == Voucher.Kind.FREE_DELIVERY:
        if delivery == 0:
            raise VoucherRefused(f"Delivery is free already, so “{voucher.code}” isn't needed.")
        return Discount(ZERO, variants, free_delivery=True)
    amount = _discount_amount(voucher, worth)
    if not amount:
        raise VoucherRefused(f"“{voucher.code}” takes nothing off your items.")
    return Discount(amount, variants)


def _check_first_use(voucher: Voucher, customer: User | None) -> None:
    """Refuse a second use of a voucher that everybody may use once.

    Only an account has proven its email. A guest could type anybody's, to learn whether they have
    ordered, or to use up their voucher.
    """
    if customer is None:
        raise VoucherRefused("Sign in to use this code.")
    same = Q(user=customer) | Q(customer=mailbox_of(customer.email))
    if voucher.used_by.filter(same, once=True).exists():
        raise VoucherRefused(USED_ALREADY)


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
        return round_price(worth * voucher.value / 100)
    return min(voucher.value, worth)


def use_voucher(voucher: Voucher, order: Order) -> None:
    """Count a use, in the caller's transaction, which must be rolled back on VoucherRefused."""
    # The limit is checked by the UPDATE itself, so that two orders cannot both get the last use.
    free = Voucher.objects.filter(
        Q(max_uses=None) | Q(uses__lt=F("max_uses")), pk=voucher.pk, is_active=True
    )
    if not free.update(uses=F("uses") + 1):
        raise VoucherRefused.invalid(voucher.code)
    try:
        # A savepoint, because PostgreSQL refuses further queries after the IntegrityError.
        with transaction.atomic():
            VoucherUse.objects.create(
                voucher=voucher,
                order=order,
                user=order.user,
                customer=mailbox_of(order.user.email if order.user else order.email),
                once=voucher.once_per_customer and order.user is not None,
            )
    except IntegrityError as error:
        raise VoucherRefused(USED_ALREADY) from error


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
        use_voucher(voucher, order)


def mailbox_of(email: str) -> str:
    """Return the mailbox behind an email: in lower case and without a tag, as in `ada+shop@`."""
    local, _, domain = email.lower().rpartition("@")
    # A "+" in front would leave nothing.
    return f"{local.partition('+')[0] or local}@{domain}"
