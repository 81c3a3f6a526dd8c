"""Asks after slow payments in the background."""

import logging

from botocore.exceptions import BotoCoreError, ClientError
from celery import Task, shared_task
from kombu.exceptions import OperationalError

from orders.models import Payment
from orders.payments import charge

logger = logging.getLogger(__name__)


@shared_task(name="orders.tasks.settle_payment", bind=True, max_retries=10, default_retry_delay=3)
def settle_payment(self: Task, payment_id: str) -> None:
    """Ask after a slow payment until the provider has decided; the reconciler takes over where this
    gives up.
    """
    if (
        charge.settle_payment(Payment.objects.get(pk=payment_id)).status
        == Payment.Status.PROCESSING
    ):
        raise self.retry()


def settle_later(payment: Payment) -> None:
    """Have a worker ask after a slow payment soon; where the queue is away, the reconciler does it
    a little later.
    """
    try:
        settle_payment.apply_async([str(payment.pk)], countdown=3, retry=False)
    except (OperationalError, BotoCoreError, ClientError):
        logger.exception(
            "Payment %s waits for the reconciler: the queue cannot be reached.", payment.pk
        )
