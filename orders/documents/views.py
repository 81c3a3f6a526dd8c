"""Documents for the shopper who knows the order's address: the way there is checked, logged and
short-lived.
"""

import logging
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.middleware import client_ip
from orders.documents.issue import issue_invoice
from orders.documents.storage import DocumentsUnavailable, download_link, make_pdf
from orders.models import DocumentDownload, Invoice, Order

logger = logging.getLogger(__name__)

UNAVAILABLE = "The document cannot be had just now. Please try again in a few minutes."


@never_cache
@require_GET
def document(request: HttpRequest, token: str, pk: UUID) -> HttpResponse:
    """Lead to the PDF of an invoice or credit note of the order that has this token."""
    return download(
        request,
        get_object_or_404(Invoice.objects.select_related("order"), pk=pk, order__token=token),
    )


@never_cache
@require_GET
def invoice(request: HttpRequest, token: str) -> HttpResponse:
    """Lead to the invoice of a paid order, which is issued now if it was not before."""
    order = get_object_or_404(Order, token=token, paid_at__isnull=False)
    return download(request, issue_invoice(order))


def download(request: HttpRequest, wanted: Invoice, *, page: str = "") -> HttpResponse:
    """Note who downloads, and redirect to a link of the bucket that lives for a minute; the caller
    has checked who.

    Where the bucket is away, `page` (by default the order's) says so.
    """
    try:
        location = download_link(make_pdf(wanted))
    except DocumentsUnavailable:
        logger.exception("Document %s cannot be had.", wanted.number)
        messages.warning(request, UNAVAILABLE)
        return redirect(page or wanted.order.get_absolute_url())
    user = request.user if request.user.is_authenticated else None
    DocumentDownload.objects.create(
        invoice=wanted, user=user, ip_address=client_ip(request) or None
    )
    return redirect(location)
