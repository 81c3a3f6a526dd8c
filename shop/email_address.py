"""Email addresses: which ones the shop takes, and the one form in which it keeps them."""

from email.utils import formataddr

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from shop.errors import DomainError
from shop.text import clean_line

#: RFC 5321, 4.5.3.1: a path of 256 characters, less its brackets. Columns have it as max_length.
MAX_LENGTH = 254


class InvalidEmail(DomainError):
    """No mail can be sent to this address; the message says what is wrong with it."""

    code = "invalid_email"


def clean_email(text: str) -> str:
    """Return an address in lower case, with an international domain in its own letters.

    The notification Lambda and anymail put such a domain into Punycode when they send. SES takes
    neither letters beyond ASCII before the @ (SMTPUTF8) nor addresses without a public domain, so
    those are refused: quoted local parts, IP addresses, `localhost`. Raises InvalidEmail.
    """
    address = clean_line(text).lower()
    if len(address) > MAX_LENGTH:
        raise InvalidEmail(f"Email addresses have at most {MAX_LENGTH} characters.")
    if not address.partition("@")[0].isascii():
        raise InvalidEmail("We can't send email to addresses with special letters before the @.")
    try:
        return _validate(address).normalized
    except EmailNotValidError as error:
        raise InvalidEmail("Enter a valid email address, e.g. name@example.com.") from error


def mailbox(name: str, address: str) -> str:
    """Return a valid address with a name, any text on a line, as headers of mails have it.

    The domain is in Punycode, and the name is quoted or encoded where it needs to be.
    """
    return formataddr((name, _validate(address).ascii_email or address))


def _validate(address: str) -> ValidatedEmail:
    # `strict` also holds the local part to the 64 characters of RFC 5321.
    return validate_email(address, allow_smtputf8=False, check_deliverability=False, strict=True)
