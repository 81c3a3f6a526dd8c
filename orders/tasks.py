"""Celery tasks. Celery looks for tasks in this module only, not in the packages below."""

import logging

from celery import shared_task

from orders import reconciliation
from orders.documents import storage
from orders.payments.tasks import settle_payment

__all__ = ["make_documents", "reconcile", "settle_payment"]

logger = logging.getLogger(__name__)


@shared_task(name="orders.tasks.reconcile")
def reconcile(job: str) -> None:
    """Settle what was left open; `job` is one of reconciliation.JOBS, each a task of its own."""
    for line in reconciliation.run_job(job):
        logger.info("%s", line)


@shared_task(name="orders.tasks.make_documents")
def make_documents() -> None:
    """Issue invoices and credit notes that are due, and make their PDFs.

    Celery beat calls this every few seconds.
    """
    for line in storage.make_documents():
        logger.info("%s", line)
