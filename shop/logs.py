"""Keeps secrets out of the logs: addresses of orders, links to reset a password, sessions, keys.

Every line passes a RedactingFormatter, with its traceback. Django's own handlers and gunicorn's are
replaced by it, since they write the addresses of requests.
"""

import logging
import re

#: What stands before a secret. A slash may be escaped, as in `?next=%2Forders%2F`.
_MARKS = (
    # Twenty-four characters are an order's token; see make_token() in orders/models/order.py.
    r"(?:/|%2F)orders(?:/|%2F)(?=[\w-]{24})",
    r"\btoken\W{1,5}(?=[\w-]{24})",
    r"(?:/|%2F)password(?:/|%2F)reset(?:/|%2F)key(?:/|%2F)",
    r"\b(?:sessionid|csrftoken)=",
    r"\bAuthorization['\"]?[:=]\s*['\"]?(?:\w+\s+)?",
    # Links that a bucket takes from anybody, in both versions of the signature.
    r"\bX-Amz-(?:Signature|Credential|Security-Token)=",
    r"\b(?:Signature|AWSAccessKeyId)=",
    # Stripe's client secrets, with which a browser confirms a payment.
    r"\bpi_\w+_secret_",
)
_SECRET = re.compile(rf"({'|'.join(_MARKS)})[^\s\"'&;,?/%)\]>]+", re.IGNORECASE)
REDACTED = "[secret]"


def redact(text: str) -> str:
    """Return text with each secret in it replaced by REDACTED."""
    return _SECRET.sub(rf"\1{REDACTED}", text)


class RedactingFormatter(logging.Formatter):
    """Formats a record as usual, without secrets."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and the traceback if there is one."""
        return redact(super().format(record))
