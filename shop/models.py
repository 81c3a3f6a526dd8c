"""The outbox."""

import uuid

from django.db import models


class EventQuerySet(models.QuerySet["Event"]):
    """Questions about many events."""

    def waiting(self) -> "EventQuerySet":
        """Return what the relay has still to publish, oldest first."""
        return self.filter(published_at=None, set_aside_at=None).order_by("created_at", "pk")

    def unarchived(self) -> "EventQuerySet":
        """Return what is not yet in the event log of the analytics bucket, oldest first."""
        return self.filter(archived_at=None).order_by("created_at", "pk")

    def of_order(self, number: str) -> "EventQuerySet":
        """Return what happened to an order, in its order; by an index."""
        return self.filter(payload__order__number=number).order_by("created_at", "pk")


class Event(models.Model):
    """Something that happened, written in the transaction in which it happened; the relay sends it
    to SNS.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    type = models.CharField(max_length=50)
    payload = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    # When it was written to the event log of the analytics bucket.
    archived_at = models.DateTimeField(null=True, blank=True)
    # A poison event, which SNS refuses whenever it is tried, is set aside so that it blocks nobody.
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    set_aside_at = models.DateTimeField(null=True, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["created_at"],
                name="event_to_publish",
                condition=models.Q(published_at=None, set_aside_at=None),
            ),
            models.Index(
                fields=["created_at"], name="event_to_archive", condition=models.Q(archived_at=None)
            ),
            models.Index(
                fields=["created_at"],
                name="event_set_aside",
                condition=~models.Q(set_aside_at=None),
            ),
            # What happened to an order, for its page in the admin.
            models.Index(models.F("payload__order__number"), name="event_of_order"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.id}"
