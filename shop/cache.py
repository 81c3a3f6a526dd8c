"""A per-process cache that stores values as they are.

Django's local-memory cache pickles them, which every page would pay for.
"""

import time
from collections import defaultdict
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

_kept: defaultdict[str, dict[str, tuple[float, Any]]] = defaultdict(dict)


class ProcessCache(BaseCache):
    """Stores strings and other values that nobody modifies. When it is full, it is emptied."""

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._name = name

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return the value stored under a key, or `default` if there is none or it has expired."""
        expires, value = _kept[self._name].get(self.make_key(key, version), (0.0, None))
        return value if expires > time.monotonic() else default

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Store a value for `timeout` seconds; None keeps it until the process ends."""
        kept = _kept[self._name]
        if len(kept) >= self._max_entries:
            kept.clear()
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        kept[self.make_key(key, version)] = (
            float("inf") if seconds is None else time.monotonic() + seconds,
            value,
        )

    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Store a value unless there is one already; return whether it was stored."""
        if self.has_key(key, version):
            return False
        self.set(key, value, timeout, version)
        return True

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Delete a value; return whether there was one."""
        return _kept[self._name].pop(self.make_key(key, version), None) is not None

    def clear(self) -> None:
        """Delete all values."""
        _kept[self._name].clear()
