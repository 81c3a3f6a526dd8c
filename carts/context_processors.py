"""What every template knows of the cart."""

from django.http import HttpRequest

from carts.ownership import shown_count


def cart(request: HttpRequest) -> dict[str, int]:
    """Return the number on the cart, as its cookie has it; no look-up is made here."""
    return {"cart_count": shown_count(request)}
