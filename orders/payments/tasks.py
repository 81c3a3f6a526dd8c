"""Celery task that checks slow payments in the background."""

import logging

from celery import Task, shared_task

from orders.models import Payment
from orders.payments import charge
from orders.payments.providers.base import PaymentError

logger = logging.getLogger(__name__)


@shared_task(name=charge.SETTLE_TASK, bind=True, max_retries=10, default_retry_delay=3)
def settle_payment(self: Task, payment_id: str) -> None:
    """Check a slow payment until the provider has decided.

    If this gives up, the reconciler takes over.
    """
    try:
        payment = charge.settle_payment(Payment.objects.get(pk=payment_id))
    except charge.WrongAmount:
        logger.exception("Payment %s has an amount that is not ours.", payment_id)
        return
    except PaymentError as error:
        raise self.retry(exc=error) from error
    if payment.status == Payment.Status.PROCESSING:
        raise self.retry()
