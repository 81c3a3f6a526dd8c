"""Money in a column."""

from django.db import models


class Amount(models.DecimalField):
    """A DecimalField for money: two digits, up to 9,999,999,999.99."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs |= {"max_digits": 12, "decimal_places": 2}
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
