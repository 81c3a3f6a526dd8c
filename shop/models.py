"""The outbox."""

import uuid

from django.db import models


class EventQuerySet(models.QuerySet["Event"]):
    """Questions about many events."""

    def waiting(self) -> "EventQuerySet":
        """Return what the relay has still to publish, oldest first."""
        return self.filter(published_at=None).order_by("created_at", "pk")


class Event(models.Model):
    """Something that happened, written in the transaction in which it happened; the relay sends it to SNS."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    type = models.CharField(max_length=50)
    payload = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], name="event_waiting", condition=models.Q(published_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.id}"
