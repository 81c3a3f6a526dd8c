"""Email addresses as SES takes them."""

from email_validator import EmailNotValidError, validate_email


class Undeliverable(Exception):
    """No mail can ever go to this address, so there is nothing to try again."""


def ascii_address(address: str) -> str:
    """Return an address with its domain in Punycode. Raises Undeliverable.

    SES takes no international domain as people write it, and knows no SMTPUTF8:
    https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Destination.html. The shop refuses
    the same addresses with the same check (shop/email_address.py); orders may be older than it.
    """
    try:
        valid = validate_email(
            address, allow_smtputf8=False, check_deliverability=False, strict=True
        )
    except EmailNotValidError as error:
        raise Undeliverable(str(error)) from error
    if valid.ascii_email is None:  # Only with SMTPUTF8, which is not allowed above.
        raise Undeliverable("It has no form in ASCII.")
    return valid.ascii_email
