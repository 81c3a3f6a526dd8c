"""Where the messages wait that the next page shows: in a cookie, which holds 2 KB."""

import html

from django.contrib.messages.storage.cookie import CookieStorage
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from shop.formatting import shorten

#: Of any script, two messages of this length fit; longer ones Django would drop without a word.
MOST_CHARACTERS = 250


class ShortMessageStorage(CookieStorage):
    """Cuts messages that are too long for the cookie, whoever wrote the names in them."""

    def add(self, level: int, message: str, extra_tags: str | None = "") -> None:
        """Queue a message. One with markup becomes plain text if it has to be cut."""
        if len(message) > MOST_CHARACTERS:
            plain = (
                html.unescape(strip_tags(message)) if isinstance(message, SafeString) else message
            )
            message = shorten(plain, MOST_CHARACTERS)
        super().add(level, message, extra_tags)
