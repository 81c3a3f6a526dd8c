"""Make PDFs, keep them in the order-documents bucket, and create short-lived links to them.

An object is written once and never again: S3 refuses the conditional put if the key exists. What is
stored under the key then is the document, whoever made it.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.db.models import QuerySet
from django.utils import timezone

from orders.documents.issue import NotInvoiceable, issue_credit_note, issue_invoice
from orders.documents.pdf.invoice import render
from orders.models import Invoice, Order, Refund
from shop.errors import DomainError
from shop.storages import OrderDocuments

logger = logging.getLogger(__name__)

#: How far back Celery beat looks for what has no document yet. Anything older gets its document
#: when somebody asks for it.
LOOKBACK = timedelta(days=7)
LINK_SECONDS = 60


class DocumentsUnavailable(DomainError):
    """The bucket does not answer."""

    code = "documents_unavailable"


def make_documents(since: datetime | None = None) -> Iterator[str]:
    """Issue missing invoices and credit notes, and make missing PDFs; yield a line for each.

    They are issued for what was paid or refunded since a moment, by default LOOKBACK ago.
    """
    since = since or timezone.now() - LOOKBACK
    for order in orders_without_invoice(since):
        yield from _attempt_document(f"order {order.number}", partial(_issue_invoice, order))
    for refund in refunds_without_credit_note(since):
        yield from _attempt_document(f"refund {refund.pk}", partial(_issue_credit_note, refund))
    # However old they are: a crash or an unavailable bucket may have left rows without a PDF.
    for invoice in Invoice.objects.filter(pdf_sha256="").order_by("issued_at", "pk"):
        yield from _attempt_document(invoice.number, partial(_make_pdf, invoice))


def _attempt_document(what: str, act: Callable[[], str]) -> Iterator[str]:
    """Do one thing; a document that cannot be made now must not keep the others waiting."""
    try:
        yield f"{what}: {act()}"
    # The query also finds refunds of money that never paid an order; those get no credit note.
    except NotInvoiceable:
        return
    except DocumentsUnavailable:
        logger.exception("The document of %s waits.", what)


def _issue_invoice(order: Order) -> str:
    return issue_invoice(order).number


def _issue_credit_note(refund: Refund) -> str:
    return issue_credit_note(refund).number


def _make_pdf(invoice: Invoice) -> str:
    return make_pdf(invoice).storage_key


def orders_without_invoice(since: datetime) -> QuerySet[Order]:
    """Return the paid orders that were placed since a moment and have no invoice."""
    billed = Invoice.objects.filter(kind=Invoice.Kind.INVOICE).values("order")
    recent = Order.objects.filter(placed_at__gte=since, paid_at__isnull=False)
    return recent.exclude(pk__in=billed).order_by("paid_at", "pk")


def refunds_without_credit_note(since: datetime) -> QuerySet[Refund]:
    """Return the refunds that succeeded since a moment, of paid orders, without a credit note."""
    done = Refund.objects.filter(status=Refund.Status.SUCCEEDED, updated_at__gte=since)
    return done.filter(credit_note=None, payment__order__paid_at__isnull=False).order_by(
        "updated_at", "pk"
    )


def make_pdf(invoice: Invoice) -> Invoice:
    """Render an invoice or credit note, store it, and record its hash and key.

    Raises DocumentsUnavailable.
    """
    if invoice.pdf_sha256:
        return invoice
    key = f"{invoice.kind}/{invoice.year}/{invoice.number}.pdf"
    # Hash what is stored, which another process may have rendered.
    kept = _put_once(key, render(invoice))
    fields = {"pdf_sha256": hashlib.sha256(kept).hexdigest(), "storage_key": key}
    Invoice.objects.filter(pk=invoice.pk, pdf_sha256="").update(**fields)
    for name, value in fields.items():
        setattr(invoice, name, value)
    return invoice


def _put_once(key: str, pdf: bytes) -> bytes:
    """Write an object if there is none, and return what is stored now.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """
    item = _stored_object(key)
    try:
        item.put(
            Body=pdf,
            ContentType="application/pdf",
            CacheControl="private, no-store",
            IfNoneMatch="*",
        )
    except ClientError as error:
        # 412 means that the object exists.
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 412:
            raise DocumentsUnavailable(str(error)) from error
        return read_pdf(key)
    except BotoCoreError as error:
        raise DocumentsUnavailable(str(error)) from error
    return pdf


@cache
def _documents_bucket() -> OrderDocuments:
    """Return the bucket with less patience than botocore's minutes: a page may be waiting."""
    # A client_config replaces the one of django-storages, so its settings must be repeated.
    usual = OrderDocuments()
    config = Config(
        s3={"addressing_style": usual.addressing_style},
        signature_version=usual.signature_version,
        connect_timeout=3,
        read_timeout=10,
        retries={"max_attempts": 1},
    )
    return OrderDocuments(client_config=config)


def _stored_object(key: str) -> Any:
    return _documents_bucket().bucket.Object(key)


def read_pdf(key: str) -> bytes:
    """Return a stored PDF. Raises DocumentsUnavailable."""
    try:
        return bytes(_stored_object(key).get()["Body"].read())
    except (ClientError, BotoCoreError) as error:
        raise DocumentsUnavailable(str(error)) from error


def download_link(invoice: Invoice, *, seconds: int = LINK_SECONDS) -> str:
    """Return a URL with which anyone can download a stored PDF, by default for a minute."""
    parameters = {
        "ResponseContentDisposition": f'attachment; filename="{invoice.number}.pdf"',
        "ResponseCacheControl": "private, no-store",
        "ResponseContentType": "application/pdf",
    }
    return str(_documents_bucket().url(invoice.storage_key, parameters=parameters, expire=seconds))
