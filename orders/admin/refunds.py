"""The page on which staff refund money: it first shows what will happen, and acts once.

It requires the permission `orders.add_refund`.
"""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from orders.admin.order_pages import (
    back_to_order,
    form_key,
    log_once,
    order_for,
    render_page,
    require_password_for_money,
)
from orders.admin.refund_forms import RefundForm
from orders.models import Order, Refund
from orders.payments.refunds import RefundRefused, WrongRefund, refund, refundable
from shop.money import format_money, plain_money

CHANGED = "Something changed since this page was opened. Look again at what will happen now."


def refund_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask how much to refund, show what will happen, then do it."""
    order = order_for(request, pk, "orders.add_refund")
    require_password_for_money(request, order)
    # In this order: a refund that begins after the first query is either found by its key or
    # refused.
    left = refundable(order)
    begun = refund_of_form(request, order)
    if begun is not None:
        return _after_refund(request, order, begun)
    if not left.amount:
        messages.warning(request, "Nothing is left to refund.")
        return back_to_order(pk)
    form = RefundForm(request.POST or None, order=order, left=left)
    if not form.is_valid() or "back" in request.POST:
        return render_page(request, order, "refund", "Refund", form=form, left=left)
    # Staff confirmed the amount that they saw; if it has changed, they must see the new one first.
    amount = plain_money(form.cleaned_data["amount"], order.currency)
    if request.POST.get("shown") != amount:
        notice = CHANGED if "shown" in request.POST else ""
        shown = {"form": form, "left": left, "notice": notice}
        return render_page(request, order, "refund_confirm", "Refund this?", **shown)
    return _refund_order(request, order, form)


def _refund_order(request: HttpRequest, order: Order, form: RefundForm) -> HttpResponse:
    given = form.cleaned_data
    try:
        begun = refund(
            order,
            key=given["key"],
            amount=given["amount"],
            quantities={line.item.pk: line.units for line in form.lines},
            restock=given["restock"],
            reason=given["reason"],
            actor=cast(User, request.user),
        )
    except RefundRefused as error:
        form.add_error(None, str(error))
        return render_page(request, order, "refund", "Refund", form=form, left=form.left)
    except WrongRefund as error:
        messages.error(request, str(error))
        begun = Refund.objects.get(pk=given["key"])
    return _after_refund(request, order, begun)


def _after_refund(request: HttpRequest, order: Order, begun: Refund) -> HttpResponse:
    lines = [
        f"{line.quantity} × {line.item.name}"
        for line in begun.items.select_related("item").order_by("pk")
    ]
    what = (
        f"Refund of {format_money(begun.amount, begun.currency)} "
        f"({', '.join(lines) or 'an amount'})"
    )
    restock = ", back into stock" if begun.restock else ""
    log_once(request, order, begun.pk, f"{what}{restock}: {begun.reason}")
    if request.POST.get("shown") == plain_money(begun.amount, begun.currency):
        messages.add_message(request, *refund_message(begun))
    else:
        amount = format_money(begun.amount, begun.currency)
        text = (
            f"This form has refunded {amount} already, and nothing more now. To refund more, "
            "open it anew."
        )
        messages.warning(request, text)
    return back_to_order(order.pk)


def refund_of_form(request: HttpRequest, order: Order) -> Refund | None:
    """Return the refund that an earlier submission of this form has started, if any."""
    key = form_key(request)
    return Refund.objects.filter(pk=key, payment__order=order).first() if key else None


def refund_message(begun: Refund) -> tuple[int, str]:
    """Return the level and text of a message about the provider's answer to a refund."""
    amount = format_money(begun.amount, begun.currency)
    return {
        Refund.Status.SUCCEEDED: (messages.SUCCESS, f"{amount} is refunded."),
        Refund.Status.PROCESSING: (
            messages.INFO,
            f"The provider is processing the refund of {amount}.",
        ),
        Refund.Status.CREATED: (
            messages.WARNING,
            f"The provider has not answered clearly yet. The shop asks again every minute; "
            f"do not refund the {amount} a second time.",
        ),
        Refund.Status.FAILED: (
            messages.ERROR,
            f"The provider refused the refund of {amount}: {begun.error or 'it gave no reason'}",
        ),
    }[Refund.Status(begun.status)]
