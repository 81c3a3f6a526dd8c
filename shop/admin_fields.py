"""Form fields of the admin."""

from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import lazy

from shop.formatting import format_date, format_time


class ShopTimeField(forms.SplitDateTimeField):
    """Asks for a date and a time by the shop's clock, and names its time zone.

    When the clocks go back, an hour comes twice: its first is taken, or its second with `later`.
    When they go forward, one is skipped, and refused.
    """

    widget = AdminSplitDateTime

    def __init__(self, *, later: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs | {"help_text": lazy(_zone_hint, str)()})
        self.fold = int(later)

    def compress(self, data_list: tuple[date, time] | None) -> datetime | None:
        """Return the moment in UTC. Raises ValidationError for half of one, or a skipped time."""
        try:
            moment = super().compress(data_list)
        except ValidationError as error:
            if error.code != "ambiguous_timezone" or not data_list:
                raise
            moment = _read_odd_time(datetime.combine(*data_list), self.fold)
        # Python compares two moments of one time zone by their wall time, which may be twice.
        return moment.astimezone(UTC) if moment else None


def _zone_hint() -> str:
    return f"Time zone of the shop: {settings.TIME_ZONE}."


def _read_odd_time(typed: datetime, fold: int) -> datetime:
    """Return a time that comes twice; raise ValidationError for one that is skipped."""
    moment = timezone.make_aware(typed)
    # In UTC and back, because arithmetic on local times sees no gap.
    shown = format_time(moment.astimezone(UTC))
    if shown == format_time(moment):
        return moment.replace(fold=fold)
    raise ValidationError(
        f"The clocks go forward on {format_date(moment)}, so there's no such time. "
        f"Enter {shown}, for example.",
        code="skipped_time",
    )
