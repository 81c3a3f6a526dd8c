"""The documents of an order for staff: invoice, credit notes and packing slips.

They require the permission to view orders.
"""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from orders.admin.order_pages import may_view
from orders.documents.issue import issue_invoice
from orders.documents.pdf.packing_slip import packing_slips, print_slips, slip_of
from orders.documents.views import download
from orders.models import Invoice, Order, Shipment


def invoice_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Redirect to the invoice of a paid order; issue it now if that has not been done."""
    _require_view(request)
    return _redirect_to_pdf(
        request, issue_invoice(get_object_or_404(Order, pk=pk, paid_at__isnull=False))
    )


def document_view(request: HttpRequest, pk: int, document: UUID) -> HttpResponse:
    """Redirect to an invoice or credit note of an order."""
    _require_view(request)
    return _redirect_to_pdf(request, get_object_or_404(Invoice, pk=document, order=pk))


def slip_view(request: HttpRequest, pk: int, shipment: UUID | None = None) -> HttpResponse:
    """Show the packing slip of a shipment, or of what is left to ship."""
    _require_view(request)
    if shipment is None:
        return _pdf(packing_slips([get_object_or_404(Order, pk=pk)]))
    parcel = get_object_or_404(Shipment.objects.select_related("order"), pk=shipment, order=pk)
    return _pdf(print_slips([slip_of(parcel)]))


@admin.action(description="Print packing slips", permissions=["view"])
def print_packing_slips(
    model_admin: Any, request: HttpRequest, queryset: QuerySet[Order]
) -> HttpResponse:
    """Show one PDF with the packing slips of the selected orders, oldest order first."""
    return _pdf(packing_slips(queryset.order_by("placed_at", "pk")))


def _require_view(request: HttpRequest) -> None:
    """Raise Http404 for staff who may not view orders, as for any stranger."""
    if not may_view(request):
        raise Http404


def _redirect_to_pdf(request: HttpRequest, invoice: Invoice) -> HttpResponse:
    order_page = reverse("admin:orders_order_change", args=[invoice.order_id])
    return download(request, invoice, page=order_page)


def _pdf(pdf: bytes) -> HttpResponse:
    headers = {
        "Content-Disposition": 'inline; filename="packing-slips.pdf"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)
