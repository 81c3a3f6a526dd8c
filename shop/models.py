"""The outbox, and the counts of the limiter."""

import uuid

from django.db import models

from shop.formatting import format_datetime


class EventQuerySet(models.QuerySet["Event"]):
    """Queries over the outbox."""

    def waiting(self) -> "EventQuerySet":
        """Return the events that the relay still has to publish, oldest first."""
        return self.filter(published_at=None, set_aside_at=None).order_by("created_at", "pk")

    def unarchived(self) -> "EventQuerySet":
        """Return the events not yet in the analytics bucket's event log, oldest first."""
        return self.filter(archived_at=None).order_by("created_at", "pk")

    def of_order(self, number: str) -> "EventQuerySet":
        """Return the events of an order, oldest first; this uses an index."""
        return self.filter(payload__order__number=number).order_by("created_at", "pk")


class Event(models.Model):
    """Something that happened, written in the transaction of the change itself.

    The relay sends it to SNS.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    type = models.CharField(max_length=50)
    payload = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    # When it was written to the event log of the analytics bucket.
    archived_at = models.DateTimeField(null=True, blank=True)
    # An event that SNS refuses on every attempt is set aside, so that it does not block the others.
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
            # For the events of an order, on its page in the admin.
            models.Index(models.F("payload__order__number"), name="event_of_order"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.id}"


class Attempts(models.Model):
    """How often somebody has tried something lately; only `shop/limiter.py` writes it.

    The table is unlogged: a count costs no flush to disk, and after a crash counting begins anew.
    """

    # A keyed hash of the limit and of who tried.
    key = models.CharField(max_length=32, primary_key=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "shop_attempts"

    def __str__(self) -> str:
        return f"{self.count} until {format_datetime(self.ends_at)}"
