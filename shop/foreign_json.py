"""JSON that strangers write."""

import json
from typing import Any


def parse_json(text: bytes | str) -> Any:
    """Return the value of JSON text. Raises ValueError for whatever is not JSON (RFC 8259).

    Python alone also takes NaN and Infinity, makes infinity of 1e999, and raises RecursionError for
    text that is nested too deeply.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("The JSON text is nested too deeply.") from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON.")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError("A number is too large.")
    return number
