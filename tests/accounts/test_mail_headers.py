"""Account mails leave whatever the shop is called, and go where order mails go."""

import email
from email.policy import default

import pytest
from django.core.mail import EmailMessage, get_connection

from accounts.tasks import deliver_mail
from shop.email_address import mailbox
from tests.infra.lambdas.test_recipients import SHOP_NAMES
from tests.mail import mails_to


@pytest.fixture(autouse=True)
def real_backend(settings) -> None:
    """Send by SES, where pytest-django would keep mails in memory."""
    settings.EMAIL_BACKEND = "anymail.backends.amazon_ses.EmailBackend"


@pytest.mark.parametrize("name", ["Trivet", *SHOP_NAMES])
def test_any_name_of_the_shop_is_a_sender(settings, name: str) -> None:
    settings.DEFAULT_FROM_EMAIL = mailbox(name, settings.SHOP_EMAIL_FROM)
    deliver_mail("Your code", "123", "", ["anna@names.example"])
    assert mails_to("anna@names.example")[0]["Subject"] == "Your code"
    # The emulated SES keeps no sender, so what was sent is built again.
    backend = get_connection()
    payload = backend.build_message_payload(EmailMessage("", "", to=["anna@names.example"]), {})
    backend.open()
    payload.finalize_payload()
    message = email.message_from_bytes(payload.params["Content"]["Raw"]["Data"], policy=default)
    (sender,) = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, settings.SHOP_EMAIL_FROM)


def test_a_domain_with_umlauts_is_in_punycode_on_the_wire() -> None:
    deliver_mail("Your code", "123", "", ["anna@straße.example"])
    assert mails_to("anna@xn--strae-oqa.example")


def test_the_shop_may_have_a_domain_with_umlauts() -> None:
    assert mailbox("Mugs", "shop@bücher.example") == "Mugs <shop@xn--bcher-kva.example>"
