"""The pictures that orders go on showing when their products have others, or none."""

from django.db.models.fields.json import KT

from orders.models import OrderItem


def shown_in_orders() -> set[str]:
    """Return the ids of the renditions that an order shows; see RENDITIONS_KEPT_BY in the
    settings.
    """
    ids = (
        OrderItem.objects.exclude(image=None)
        .order_by()
        .values_list(KT("image__id"), flat=True)
        .distinct()
    )
    return set(ids.iterator())
