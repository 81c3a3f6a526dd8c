"""Documents: the data is frozen in a row first, then the PDF is made from that row."""

import uuid

from django.conf import settings
from django.db import models

from orders.models.order import Order
from orders.models.refund import Refund
from shop.formatting import format_datetime


class DocumentSeries(models.Model):
    """The last number given to a kind of document in a year.

    The row is locked while the next number is given, so there are no gaps.
    """

    kind = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "year"], name="one_series_a_kind_and_year")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"


class Invoice(models.Model):
    """An invoice, or a credit note for a refund.

    `data` is everything that the PDF shows; it never changes once issued.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", "Invoice"
        CREDIT_NOTE = "credit_note", "Credit note"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.INVOICE)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="invoices")
    refund = models.OneToOneField(
        Refund,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="credit_note",
        editable=False,
    )
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=20, unique=True)
    data = models.JSONField()
    # SHA-256 of `data` as canonical JSON, and of the PDF once it has been made.
    data_sha256 = models.CharField(max_length=64)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    storage_key = models.CharField(max_length=200, blank=True)
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "year", "sequence"], name="one_document_a_number"
            ),
            models.UniqueConstraint(
                fields=["order"], condition=models.Q(kind="invoice"), name="one_invoice_an_order"
            ),
        ]
        indexes = [
            models.Index(
                fields=["issued_at"], name="document_unmade", condition=models.Q(pdf_sha256="")
            )
        ]

    def __str__(self) -> str:
        return self.number


class DocumentDownload(models.Model):
    """Who got a link to a document, and when."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="downloads")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ip_address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.invoice_id} {format_datetime(self.created_at)}"
