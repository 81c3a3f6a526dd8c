"""What all domain errors have in common: a message for people and a code for programs."""

from typing import ClassVar


class DomainError(Exception):
    """A rule of the shop prevented an operation; `str()` is the message for people.

    `code` identifies the reason for programs, such as a page that offers the next step, or a
    response of the API. It is unique, and must never change once it has been released.
    """

    code: ClassVar[str]
