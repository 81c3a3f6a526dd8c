"""Replaces functions of the shop in this process, in every module that has imported them."""

import sys
from collections.abc import Callable
from typing import Any

APPS = ("accounts", "catalog", "carts", "orders", "shop")

_replaced: list[tuple[Any, str, Any]] = []


def replace(owner: Any, name: str, wrap: Callable[[Any], Any]) -> None:
    """Replace an attribute of a module or class with `wrap(original)`.

    It is replaced in every module that holds it.
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
    """Undo all replacements, for a process that goes on afterwards, such as that of the tests."""
    # In reverse order, in case one attribute was replaced twice.
    while _replaced:
        setattr(*_replaced.pop())
