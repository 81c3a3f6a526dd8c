"""Work for Celery."""

import logging

from botocore.exceptions import BotoCoreError, ClientError
from celery import Task, shared_task
from kombu.exceptions import OperationalError

from orders import paying, reconciling
from orders.documents import storage
from orders.models import Payment

logger = logging.getLogger(__name__)


@shared_task(name="orders.tasks.reconcile_orders")
def reconcile_orders() -> None:
    """Settle what is left over; beat calls this each minute."""
    for line in reconciling.reconcile():
        logger.info("%s", line)


@shared_task(name="orders.tasks.make_documents")
def make_documents() -> None:
    """Issue invoices and credit notes that are due, and make their PDFs; beat calls this every few seconds."""
    for line in storage.make_documents():
        logger.info("%s", line)


@shared_task(name="orders.tasks.settle_payment", bind=True, max_retries=10, default_retry_delay=3)
def settle_payment(self: Task, payment_id: str) -> None:
    """Ask after a slow payment until the provider has decided; the reconciler takes over where this gives up."""
    if paying.settle(Payment.objects.get(pk=payment_id)).status == Payment.Status.PROCESSING:
        raise self.retry()


def settle_later(payment: Payment) -> None:
    """Have a worker ask after a slow payment soon; where the queue is away, the reconciler does it a little later."""
    try:
        settle_payment.apply_async([str(payment.pk)], countdown=3, retry=False)
    except (OperationalError, BotoCoreError, ClientError):
        logger.exception("Payment %s waits for the reconciler: the queue cannot be reached.", payment.pk)
