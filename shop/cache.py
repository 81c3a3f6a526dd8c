"""A cache of each process's own that keeps values as they are; Django's pickles them, which every
page pays for.
"""

import time
from collections import defaultdict
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

_kept: defaultdict[str, dict[str, tuple[float, Any]]] = defaultdict(dict)


class ProcessCache(BaseCache):
    """Keeps texts and other values that nobody changes. When it is full, it starts anew."""

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._name = name

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return what is kept under the key and has not expired."""
        expires, value = _kept[self._name].get(self.make_key(key, version), (0.0, None))
        return value if expires > time.monotonic() else default

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Keep a value for so many seconds; None keeps it until the process ends."""
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
        """Keep a value where there is none."""
        if self.has_key(key, version):
            return False
        self.set(key, value, timeout, version)
        return True

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget a value; say whether there was one."""
        return _kept[self._name].pop(self.make_key(key, version), None) is not None

    def clear(self) -> None:
        """Forget all."""
        _kept[self._name].clear()
