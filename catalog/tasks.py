"""Celery tasks of the catalogue.

What is to be done is in the database; beat finds what a lost message left undone.
"""

from datetime import datetime

from celery import shared_task

from catalog.images import pipeline


@shared_task
def fetch_waiting_images() -> int:
    """Hand out the pictures that wait to be fetched, a task each; return how many."""
    claimed = pipeline.claim_waiting()
    for image_id, claim in claimed:
        fetch_image.delay(image_id, claim.isoformat())
    return len(claimed)


@shared_task
def fetch_image(image_id: int, claim: str) -> None:
    """Fetch one picture that `fetch_waiting_images` claimed."""
    pipeline.fetch_original(image_id, datetime.fromisoformat(claim))
