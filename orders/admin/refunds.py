"""The pages on which staff give money back and cancel orders: what will happen is shown first, and
happens once.

Refunds need the permission `orders.add_refund`. To cancel needs `orders.change_order`, and for a
paid order, whose money goes back with it, `orders.add_refund` as well.
"""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from accounts.models import User
from orders.admin.refund_forms import ActForm, Line, RefundForm
from orders.cancellation import cancel_order
from orders.models import Order, Refund
from orders.payments.charge import WrongAmount
from orders.payments.providers.base import PaymentError
from orders.payments.refunds import (
    Refundable,
    RefundRefused,
    WrongRefund,
    refund,
    refundable,
)
from orders.units import units_of
from shop.admin import ReadOnlyAdmin
from shop.money import format_money

CANCELLABLE = (Order.Status.PENDING, Order.Status.PAID)
CHANGED = "Something changed since this page was opened. Look again at what will happen now."


class OrderPages(ReadOnlyAdmin):
    """An order's pages that act."""

    def get_urls(self) -> list[URLPattern]:
        """Add the pages."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/refund/", view(self.refund_view), name="orders_order_refund"),
            path("<int:pk>/cancel/", view(self.cancel_view), name="orders_order_cancel"),
            *super().get_urls(),
        ]

    def buttons(self, request: HttpRequest, order: Order) -> dict[str, bool]:
        """Say which of the pages this member of staff may use for an order now."""
        may_refund = request.user.has_perm("orders.add_refund")
        return {
            "can_refund": may_refund and refundable(order).amount > 0,
            "can_cancel": order.status in CANCELLABLE and self._may_cancel(request, order),
        }

    def _may_cancel(self, request: HttpRequest, order: Order) -> bool:
        needed = ["orders.change_order"] + ["orders.add_refund"] * (
            order.status != Order.Status.PENDING
        )
        return request.user.has_perms(needed)

    def refund_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask how much to refund, show what will happen, and then let it happen."""
        if not (self.has_view_permission(request) and request.user.has_perm("orders.add_refund")):
            raise PermissionDenied
        order = get_object_or_404(Order, pk=pk)
        # In this order: a refund that was begun after the look at what is left is refused or found
        # again by its key.
        left = refundable(order)
        begun = _begun(request, order)
        if begun is not None:
            return self._after_refund(request, order, begun)
        if not left.amount:
            self.message_user(request, "Nothing is left to refund.", messages.WARNING)
            return redirect("admin:orders_order_change", pk)
        form = RefundForm(request.POST or None, order=order, left=left)
        if not form.is_valid() or "back" in request.POST:
            return self._page(request, order, "refund", form, left=left)
        if request.POST.get("shown") != str(form.cleaned_data["amount"]):
            notice = CHANGED if "shown" in request.POST else ""
            return self._page(request, order, "refund_confirm", form, left=left, notice=notice)
        return self._refund(request, order, form)

    def _refund(self, request: HttpRequest, order: Order, form: RefundForm) -> HttpResponse:
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
            return self._page(request, order, "refund", form, left=form.left)
        except WrongRefund as error:
            self.message_user(request, str(error), messages.ERROR)
            begun = Refund.objects.get(pk=given["key"])
        return self._after_refund(request, order, begun)

    def _after_refund(self, request: HttpRequest, order: Order, begun: Refund) -> HttpResponse:
        lines = [
            f"{line.quantity} × {line.item.name}"
            for line in begun.items.select_related("item").order_by("pk")
        ]
        what = (
            f"Refund of {format_money(begun.amount, begun.currency)} "
            f"({', '.join(lines) or 'an amount'})"
        )
        restock = ", back into stock" if begun.restock else ""
        self._log_once(request, order, begun.pk, f"{what}{restock}: {begun.reason}")
        if request.POST.get("shown") == str(begun.amount):
            messages.add_message(request, *_outcome(begun))
        else:
            amount = format_money(begun.amount, begun.currency)
            text = (
                f"This form has refunded {amount} already, and nothing more now. To refund more, "
                "open it anew."
            )
            self.message_user(request, text, messages.WARNING)
        return redirect("admin:orders_order_change", order.pk)

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what cancelling does, and then do it."""
        if not (self.has_view_permission(request) and request.user.has_perm("orders.change_order")):
            raise PermissionDenied
        order = get_object_or_404(Order, pk=pk)
        if order.status not in CANCELLABLE:
            return self._after_cancel(request, order)
        if not self._may_cancel(request, order):
            raise PermissionDenied
        left = refundable(order)
        form = ActForm(request.POST or None)
        if not form.is_valid():
            return self._cancel_page(request, order, form, left)
        if request.POST.get("shown") != str(left.amount):
            return self._cancel_page(request, order, form, left, notice=CHANGED)
        return self._cancel(request, order, form, left)

    def _cancel(
        self, request: HttpRequest, order: Order, form: ActForm, left: Refundable
    ) -> HttpResponse:
        key, reason = form.cleaned_data["key"], form.cleaned_data["reason"]
        try:
            cancel_order(order, key=key, reason=reason, actor=cast(User, request.user))
        except PaymentError:
            text = (
                "The payment provider does not answer, so it is not known whether the order was "
                "paid. Try again soon."
            )
            form.add_error(None, text)
        except (RefundRefused, WrongAmount, WrongRefund) as error:
            form.add_error(None, str(error))
        order.refresh_from_db()
        if order.status in CANCELLABLE:
            return self._cancel_page(request, order, form, left)
        return self._after_cancel(request, order, reason)

    def _cancel_page(
        self, request: HttpRequest, order: Order, form: ActForm, left: Refundable, **more: Any
    ) -> HttpResponse:
        back = [
            Line(units.item, units.to_restock)
            for units in units_of(order).values()
            if units.to_restock
        ]
        return self._page(request, order, "cancel", form, left=left, back=back, **more)

    def _page(
        self, request: HttpRequest, order: Order, name: str, form: ActForm, **more: Any
    ) -> HttpResponse:
        titles = {
            "refund": "Refund",
            "refund_confirm": "Refund this?",
            "cancel": "Cancel the order?",
        }
        context = {
            **self.admin_site.each_context(request),
            "title": titles[name],
            "subtitle": f"Order {order.number}",
        }
        context |= {"order": order, "form": form, "opts": self.opts, **more}
        return TemplateResponse(request, f"admin/orders/order/{name}.html", context)

    def _after_cancel(self, request: HttpRequest, order: Order, reason: str = "") -> HttpResponse:
        """Say how the order stands after a cancel; `reason` is given where this request has done
        it.
        """
        if order.status not in (Order.Status.CANCELLED, Order.Status.REFUNDED):
            text = (
                f"The order is {order.get_status_display().lower()}, so it cannot be cancelled. "
                "Refund it instead."
            )
            self.message_user(request, text, messages.WARNING)
        elif request.method == "POST":
            begun = _begun(request, order)
            self.message_user(request, "The order is cancelled.", messages.SUCCESS)
            if begun is not None:
                messages.add_message(request, *_outcome(begun))
            if reason:
                money = f", refund of {format_money(begun.amount, begun.currency)}" if begun else ""
                self._log_once(request, order, request.POST["key"], f"Cancelled{money}: {reason}")
        else:
            self.message_user(
                request,
                f"The order is {order.get_status_display().lower()} already.",
                messages.WARNING,
            )
        return redirect("admin:orders_order_change", order.pk)

    def _log_once(self, request: HttpRequest, order: Order, key: UUID | str, text: str) -> None:
        """Write a line of the order's history, once for each key: two clicks at the same moment are
        one act.
        """
        with transaction.atomic():
            Order.objects.select_for_update(no_key=True).get(pk=order.pk)
            entries = LogEntry.objects.filter(
                object_id=str(order.pk), change_message__endswith=f"({key})"
            )
            if not entries.exists():
                self.log_change(request, order, f"{text} ({key})")


def _begun(request: HttpRequest, order: Order) -> Refund | None:
    """Return the refund that the sent form began before, if it did."""
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        return None
    return Refund.objects.filter(pk=key, payment__order=order).first()


def _outcome(begun: Refund) -> tuple[int, str]:
    """Return what the provider said of a refund, as a message's level and text."""
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
