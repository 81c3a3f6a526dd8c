"""Work for Celery."""

import logging

from celery import Task, shared_task

from orders import paying
from orders.models import Payment

logger = logging.getLogger(__name__)


@shared_task(name="orders.tasks.reconcile_orders")
def reconcile_orders() -> None:
    """Settle what is left over; beat calls this each minute."""
    for line in paying.reconcile():
        logger.info("%s", line)


@shared_task(name="orders.tasks.settle_payment", bind=True, max_retries=10, default_retry_delay=3)
def settle_payment(self: Task, payment_id: str) -> None:
    """Ask after a slow payment until the provider has decided; the reconciler takes over where this gives up."""
    if paying.settle(Payment.objects.get(pk=payment_id)).status == Payment.Status.PROCESSING:
        raise self.retry()
