"""Reads settings from environment variables, and refuses to start with wrong ones.

Each setting is a line in shop/settings.py that names its variable and its kind, which is one of
shop/variable_kinds.py. All faults are collected, so that one start tells of all of them, each with
its variable, what is wrong with it and an example.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

#: Values of variables with one of these words in their name are never printed.
_SECRET = re.compile("SECRET|PASSWORD|TOKEN|DATABASE_URL")
# Controls and line ends, and what is left of bytes that are no UTF-8.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True)
class Kind(Generic[T]):
    """What a variable may be.

    `parse` turns its text into a value, or raises ValueError with what is wrong, as a sentence.
    `example` is a text that it takes.
    """

    parse: Callable[[str], T]
    example: str


class Environment:
    """The variables of a process. An empty one counts as not set; spaces around a value don't."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._faults: list[str] = []

    def is_set(self, name: str) -> bool:
        """Return whether a variable has a value, right or wrong."""
        return bool(self._variables.get(name, "").strip())

    def read(self, name: str, kind: Kind[T], default: T) -> T:
        """Return the value of a variable, or `default` if it is not set or wrong."""
        text = self._variables.get(name, "").strip()
        try:
            return kind.parse(_without_controls(text)) if text else default
        except ValueError as error:
            self._note_wrong(name, text, error, kind.example)
            return default

    def require(self, name: str, kind: Kind[T], default: str = "") -> T:
        """Return the value of a variable that has to be set unless there is a default.

        The default is a text as in the environment, and is checked like one.
        """
        text = self._variables.get(name, "").strip() or default
        try:
            if text:
                return kind.parse(_without_controls(text))
            self.note_fault(f"{name} is not set.", f"{name}={kind.example}")
        except ValueError as error:
            self._note_wrong(name, text, error, kind.example)
        return kind.parse(kind.example)  # never used, because the faults are refused

    def note_fault(self, fault: str, example: str) -> None:
        """Have refuse_faults() say what is missing or wrong, and how it would be right."""
        self._faults.append(f"- {fault} For example: {example}")

    def refuse_faults(self) -> None:
        """Raise ImproperlyConfigured if anything is missing or wrong; the message lists it all."""
        if self._faults:
            hint = (
                "docs/configuration.md describes each variable; on a laptop `make run` sets them."
            )
            lines = ["The shop does not start with this environment:", *self._faults, hint]
            raise ImproperlyConfigured("\n".join(lines))

    def _note_wrong(self, name: str, text: str, error: ValueError, example: str) -> None:
        shown = name if _SECRET.search(name) else f"{name}={_shorten(text)}"
        self.note_fault(f"{shown} is wrong. {error}", f"{name}={example}")


def _without_controls(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("It has a line break, a control character or bytes that are no UTF-8.")
    return text


def _shorten(text: str) -> str:
    # ascii() keeps control characters out of terminals and logs.
    return ascii(text)[1:-1] if len(text) <= 60 else f"{ascii(text[:60])[1:-1]}..."
