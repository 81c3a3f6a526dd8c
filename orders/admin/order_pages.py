"""What the pages on which staff act on an order share: permissions, layout and history.

Each page is a view of its own; OrderAdmin.get_urls() lists them.
"""

from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from accounts.models import User
from accounts.reauthentication import require_recent_password
from orders.models import Order


def may_view(request: HttpRequest) -> bool:
    """Return whether this member of staff may view orders."""
    return request.user.has_perm("orders.view_order") or request.user.has_perm(
        "orders.change_order"
    )


def order_for(request: HttpRequest, pk: int, permission: str) -> Order:
    """Return an order to staff who may view orders and have the permission.

    Raises PermissionDenied and Http404.
    """
    if not (may_view(request) and request.user.has_perm(permission)):
        raise PermissionDenied
    return get_object_or_404(Order, pk=pk)


def require_password_for_money(request: HttpRequest, order: Order) -> None:
    """Ask for the password before money of a large order goes back.

    The order's total decides, not the amount of one refund: many small ones are a large one. Raises
    ReauthenticationRequired, which allauth answers.
    """
    if order.total > settings.SHOP_REFUND_PASSWORD_ABOVE:
        require_recent_password(request)


def render_page(
    request: HttpRequest, order: Order, name: str, title: str, **more: Any
) -> HttpResponse:
    """Render `admin/orders/order/<name>.html`, a page below that of the order."""
    context = admin.site.each_context(request) | {
        "title": title,
        "subtitle": f"Order {order.number}",
        "order": order,
        "opts": Order._meta,
    }
    return TemplateResponse(request, f"admin/orders/order/{name}.html", context | more)


def back_to_order(pk: int) -> HttpResponse:
    return redirect("admin:orders_order_change", pk)


def form_key(request: HttpRequest) -> UUID | None:
    """Return the key that makes a submitted form act once, or None."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return None


def log_change(request: HttpRequest, order: Order, text: str) -> None:
    """Add an entry to the order's history."""
    user = cast(User, request.user)
    LogEntry.objects.log_actions(user.pk, [order], CHANGE, text, single_object=True)


def log_once(request: HttpRequest, order: Order, key: UUID, text: str) -> None:
    """Add an entry to the order's history, once for each key.

    Two clicks at the same moment are one action.
    """
    with transaction.atomic():
        # The lock lets the second of two clicks see the entry of the first.
        Order.objects.select_for_update(no_key=True).get(pk=order.pk)
        entries = LogEntry.objects.filter(
            object_id=str(order.pk), change_message__endswith=f"({key})"
        )
        if not entries.exists():
            log_change(request, order, f"{text} ({key})")
