"""The catalogue's Celery tasks.

What there is to do is recorded in the database; beat picks up what a lost message has left undone.
"""

from datetime import datetime

from celery import shared_task

from catalog.images import pipeline


@shared_task
def fetch_waiting_images() -> int:
    """Start one task for each picture that waits to be fetched; return how many."""
    claimed = pipeline.claim_waiting()
    for image_id, claim in claimed:
        fetch_image.delay(image_id, claim.isoformat())
    return len(claimed)


@shared_task
def fetch_image(image_id: int, claim: str) -> None:
    """Fetch one picture that `fetch_waiting_images` has claimed."""
    pipeline.fetch_original(image_id, datetime.fromisoformat(claim))
