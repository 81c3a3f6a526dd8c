"""The images that orders still show after their products have got others, or none."""

from django.db.models.fields.json import KT

from orders.models import OrderItem


def shown_in_orders() -> set[str]:
    """Return the ids of the renditions that orders show; see the RENDITIONS_KEPT_BY setting."""
    ids = (
        OrderItem.objects.exclude(image=None)
        .order_by()
        .values_list(KT("image__id"), flat=True)
        .distinct()
    )
    return set(ids.iterator())
