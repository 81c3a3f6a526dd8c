"""Replaces functions of the shop in this process, wherever they were imported to."""

import sys
from collections.abc import Callable
from typing import Any

APPS = ("accounts", "catalog", "carts", "orders", "shop")


def replace(owner: Any, name: str, wrap: Callable[[Any], Any]) -> None:
    """Put `wrap(original)` in the place of a module's or class's attribute, in all modules that hold it."""
    original = getattr(owner, name)
    replacement = wrap(original)
    setattr(owner, name, replacement)
    for module_name, module in list(sys.modules.items()):
        if module_name.partition(".")[0] in APPS and vars(module).get(name) is original:
            setattr(module, name, replacement)
