"""Deterministic races.

A competing action runs once, exactly before or after a function of the shop.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any
from unittest.mock import patch


@contextmanager
def running(action: Callable[[], Any], *, before: str = "", after: str = "") -> Iterator[None]:
    """Run `action` the first time that a function is called.

    The function is named by its dotted path, such as `shop.tasks.relay_events`, in `before` or
    `after`. AssertionError is raised at the end of the block if it was never called.
    """
    target = before or after
    module, _, name = target.rpartition(".")
    original = getattr(__import__(module, fromlist=[name]), name)
    waiting = [action]

    @wraps(original)
    def raced(*args: Any, **kwargs: Any) -> Any:
        if before and waiting:
            waiting.pop()()
        result = original(*args, **kwargs)
        if after and waiting:
            waiting.pop()()
        return result

    with patch(target, raced):
        yield
    assert not waiting, f"{target} was never called"
