"""Erase a person. What the law wants kept stays, without the person.

Orders stay as rows of the books: number, goods, amounts, country. Invoices and credit notes stay as
they were issued, because tax law requires them unchanged (in the EU: Directive 2006/112/EC, Article
244). Everything else goes: the account, addresses, notes, messages, cart and sessions.
"""

from typing import Any, NoReturn

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils import timezone

from accounts.devices import sign_out_others
from accounts.models import Address, User
from carts.cart import Cart
from orders.documents.issue import NotInvoiceable, issue_credit_note, issue_invoice
from orders.models import DocumentDownload, Order, Refund, Return, VoucherUse
from orders.models.order import make_token
from orders.personal_data.subject import Subject
from orders.states import (
    OPEN_DISPUTES,
    OPEN_PAYMENTS,
    OPEN_REFUNDS,
    OPEN_RETURNS,
    UNFINISHED_ORDERS,
    CartReturn,
)
from orders.timeline import forget_notifications
from shop.errors import DomainError
from shop.models import Event


class CannotErase(DomainError):
    """Nothing was erased; the message tells the person why."""

    code = "cannot_erase"


def erase(subject: Subject, *, session_key: str | None = None) -> int:
    """Erase a person and return how many orders are left without one.

    `session_key` is the session that asks for it, which stays for the answer. A crash in between
    leaves the account, so it can be repeated. Raises CannotErase and StoreUnavailable.
    """
    _check_erasable(subject)
    orders = list(subject.orders)
    for order in orders:
        _issue_documents(order)
    # DynamoDB first: once the rows are gone nobody could tell any more what belonged to the person.
    for order in orders:
        forget_notifications(order)
    if subject.user is not None:
        Cart(f"user-{subject.user.pk}").delete()
        sign_out_others(subject.user, session_key)
    _erase_rows(subject)
    return len(orders)


def _check_erasable(subject: Subject) -> None:
    user = subject.user
    if user and (user.is_staff or LogEntry.objects.filter(user=user).exists()):
        _refuse_staff()
    if subject.orders.filter(_is_unfinished()).exists():
        raise CannotErase(
            "An order is still open. You can delete your account once your orders have arrived or "
            "been cancelled, and all returns and refunds are complete."
        )
    numbers = list(subject.orders.values_list("number", flat=True))
    if Event.objects.waiting().filter(payload__order__number__in=numbers).exists():
        raise CannotErase("We're still sending you messages. Please try again in a few minutes.")


def _refuse_staff() -> NoReturn:
    raise CannotErase("Staff accounts can't be deleted here. Please ask an administrator.")


def _is_unfinished() -> Q:
    return (
        Q(status__in=UNFINISHED_ORDERS)
        | Q(payments__status__in=OPEN_PAYMENTS)
        | Q(payments__refunds__status__in=OPEN_REFUNDS)
        | Q(payments__disputes__status__in=OPEN_DISPUTES)
        | Q(returns__status__in=OPEN_RETURNS)
    )


def _issue_documents(order: Order) -> None:
    """Issue what is still due, while the address is known."""
    if order.paid_at is not None:
        issue_invoice(order)
    done = Refund.objects.filter(
        payment__order=order, status=Refund.Status.SUCCEEDED, credit_note=None
    )
    for refund in done:
        try:
            issue_credit_note(refund)
        except NotInvoiceable:  # Its money had never paid the order.
            continue


@transaction.atomic
def _erase_rows(subject: Subject) -> None:
    orders = list(subject.orders.select_for_update(no_key=True, of=("self",)))
    for order in orders:
        _erase_order(order)
    DocumentDownload.objects.filter(invoice__order__in=orders).update(user=None, ip_address=None)
    if subject.user is not None:
        _delete_user(subject.user)


def _erase_order(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(
        user=None,
        email="",
        note="",
        # The link in the person's mails leads nowhere now.
        token=make_token(),
        cart_owner="",
        cart_return=CartReturn.NONE,
        shipping_address=_place_of(order.shipping_address),
        billing_address=_place_of(order.billing_address),
        erased_at=timezone.now(),
    )
    for item in order.items.all():
        # Texts, such as that of an engraving, are the person's.
        item.attributes = {
            name: value for name, value in item.attributes.items() if not isinstance(value, str)
        }
        item.save(update_fields=["attributes"])
    Return.objects.filter(order=order).update(reason="", answer="")
    VoucherUse.objects.filter(order=order).update(user=None, customer=f"erased-{order.pk}")
    for event in Event.objects.of_order(order.number):
        event.payload = {"order": {"number": order.number}}
        event.save(update_fields=["payload"])


def _place_of(address: dict[str, Any]) -> dict[str, str]:
    """Return an address without anything but its country and region, which taxes depend on."""
    kept = {"country": address["country"], "region": address.get("region", "")}
    return dict.fromkeys(Address.FIELDS, "") | kept


def _delete_user(user: User) -> None:
    LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk)
    ).update(object_repr="erased", change_message="")
    try:
        user.delete()
    except ProtectedError:  # Somebody who was staff once: shipments and refunds name them.
        _refuse_staff()
