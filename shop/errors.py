"""What every error of the domain has: words for people, and a code for programs."""

from typing import ClassVar


class DomainError(Exception):
    """A rule of the shop was in the way; `str()` says it to people.

    `code` names the reason for programs, such as pages that lead on and answers of the API. It is
    unique, and never changes once it was released.
    """

    code: ClassVar[str]
