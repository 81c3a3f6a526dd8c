"""Documents for shoppers who know the order's URL.

Access is checked and logged, and the links are short-lived.
"""

import logging
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from orders.documents.issue import issue_invoice
from orders.documents.storage import DocumentsUnavailable, download_link, make_pdf
from orders.models import DocumentDownload, Invoice, Order
from shop.client_address import client_address

logger = logging.getLogger(__name__)

UNAVAILABLE = "The document cannot be had just now. Please try again in a few minutes."


@never_cache
@require_GET
def document(request: HttpRequest, token: str, pk: UUID) -> HttpResponse:
    """Redirect to the PDF of an invoice or credit note of the order with this token."""
    return download(
        request,
        get_object_or_404(Invoice.objects.select_related("order"), pk=pk, order__token=token),
    )


@never_cache
@require_GET
def invoice(request: HttpRequest, token: str) -> HttpResponse:
    """Redirect to the invoice of a paid order; issue it now if that has not been done."""
    order = get_object_or_404(Order, token=token, paid_at__isnull=False)
    return download(request, issue_invoice(order))


def download(request: HttpRequest, wanted: Invoice, *, page: str = "") -> HttpResponse:
    """Log the download, and redirect to a link to the bucket that is valid for a minute.

    The caller has checked who may download. If the bucket is unavailable, `page` says so, by
    default the order's page.
    """
    try:
        # Before the log entry, which is only written for a link that was handed out.
        location = download_link(make_pdf(wanted))
    except DocumentsUnavailable:
        logger.exception("Document %s cannot be had.", wanted.number)
        messages.warning(request, UNAVAILABLE)
        return redirect(page or wanted.order.secret_url())
    user = request.user if request.user.is_authenticated else None
    DocumentDownload.objects.create(
        invoice=wanted, user=user, ip_address=client_address(request) or None
    )
    return redirect(location)
