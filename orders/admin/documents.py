"""An order's documents, for staff: invoice, credit notes and packing slips.

They need `orders.view_order`.
"""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse

from orders.admin.shipments import ParcelPages
from orders.documents.issue import issue_invoice
from orders.documents.pdf.packing_slip import packing_slips, print_slips, slip_of
from orders.documents.views import download
from orders.models import Invoice, Order, Shipment


class DocumentPages(ParcelPages):
    """The addresses of an order's documents, and the packing slips of many orders."""

    actions = ("print_packing_slips",)

    def get_urls(self) -> list[URLPattern]:
        """Add the addresses."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/invoice/", view(self.invoice_view), name="orders_order_invoice"),
            path(
                "<int:pk>/documents/<uuid:document>/",
                view(self.document_view),
                name="orders_order_document",
            ),
            path("<int:pk>/packing-slip/", view(self.slip_view), name="orders_order_slip"),
            path(
                "<int:pk>/packing-slip/<uuid:shipment>/",
                view(self.slip_view),
                name="orders_order_parcel_slip",
            ),
            *super().get_urls(),
        ]

    @staticmethod
    def documents(order: Order) -> dict[str, Any]:
        """Return what the order's page shows of its documents."""
        return {"documents": list(order.invoices.order_by("issued_at", "pk"))}

    def invoice_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lead to the invoice of a paid order, which is issued now if it was not before."""
        self._check(request)
        return self._download(
            request, issue_invoice(get_object_or_404(Order, pk=pk, paid_at__isnull=False))
        )

    def document_view(self, request: HttpRequest, pk: int, document: UUID) -> HttpResponse:
        """Lead to an invoice or credit note of an order."""
        self._check(request)
        return self._download(request, get_object_or_404(Invoice, pk=document, order=pk))

    @staticmethod
    def _download(request: HttpRequest, invoice: Invoice) -> HttpResponse:
        return download(
            request, invoice, page=reverse("admin:orders_order_change", args=[invoice.order_id])
        )

    def slip_view(
        self, request: HttpRequest, pk: int, shipment: UUID | None = None
    ) -> HttpResponse:
        """Show the packing slip of a parcel, or of what is still to be sent."""
        self._check(request)
        if shipment is None:
            return _pdf(packing_slips([get_object_or_404(Order, pk=pk)]))
        parcel = get_object_or_404(Shipment.objects.select_related("order"), pk=shipment, order=pk)
        return _pdf(print_slips([slip_of(parcel)]))

    @admin.action(description="Print packing slips", permissions=["view"])
    def print_packing_slips(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse:
        """Show one PDF with the packing slips of the chosen orders, the oldest order first."""
        return _pdf(packing_slips(queryset.order_by("placed_at", "pk")))

    def _check(self, request: HttpRequest) -> None:
        """Tell staff who may not see orders that there is nothing, as any stranger."""
        if not self.has_view_permission(request):
            raise Http404


def _pdf(pdf: bytes) -> HttpResponse:
    headers = {
        "Content-Disposition": 'inline; filename="packing-slips.pdf"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)
