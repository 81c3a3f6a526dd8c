"""Replaces functions of the shop in this process, wherever they were imported to."""

import sys
from collections.abc import Callable
from typing import Any

APPS = ("accounts", "catalog", "carts", "orders", "shop")

_replaced: list[tuple[Any, str, Any]] = []


def replace(owner: Any, name: str, wrap: Callable[[Any], Any]) -> None:
    """Put `wrap(original)` in the place of a module's or class's attribute, in all modules that
    hold it.
    """
    original = getattr(owner, name)
    replacement = wrap(original)
    modules = [module for key, module in list(sys.modules.items()) if key.partition(".")[0] in APPS]
    for holder in [
        owner,
        *(module for module in modules if vars(module).get(name) is original and module != owner),
    ]:
        setattr(holder, name, replacement)
        _replaced.append((holder, name, original))


def restore() -> None:
    """Put everything back, for a process that goes on: the tests'."""
    while _replaced:
        setattr(*_replaced.pop())
