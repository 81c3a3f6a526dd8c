"""Celery task that checks slow payments in the background."""

from celery import Task, shared_task

from orders.models import Payment
from orders.payments import charge


@shared_task(name=charge.SETTLE_TASK, bind=True, max_retries=10, default_retry_delay=3)
def settle_payment(self: Task, payment_id: str) -> None:
    """Check a slow payment until the provider has decided.

    If this gives up, the reconciler takes over.
    """
    payment = charge.settle_payment(Payment.objects.get(pk=payment_id))
    if payment.status == Payment.Status.PROCESSING:
        raise self.retry()
