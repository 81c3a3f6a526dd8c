"""A template tag for pages that may lead to an order that waits for its payment."""

from django import template

from orders.checkout import session
from orders.models import Order

register = template.Library()


@register.simple_tag(takes_context=True)
def unpaid_order(context: template.Context) -> Order | None:
    """Return the order that this visitor has left unpaid, if any; only then it takes a query."""
    return session.unpaid_order(context["request"].session)
