"""Mails go to the address that the shop keeps, or are given up where none can go."""

import email
from email.policy import default
from types import ModuleType

import pytest

from orders import invariants
from shop.email_address import clean_email
from tests.infra.lambdas.conftest import Aws
from tests.infra.lambdas.orders import body, make_event, paid_event
from tests.infra.lambdas.test_notification_flow import ALL_SENT, inbox, log_entries
from tests.shop.test_email_address import UNDELIVERABLE

#: Names of shops that a header put together as text would break or change.
SHOP_NAMES = [
    *("Smith, Jones & Co", "Mugs; and more", "Mugs @ Home", "Mugs: the shop", 'The "Best" Mugs'),
    *("Back\\slash", "Mugs (Berlin)", "Mugs <mugs@evil.example>", "Mugs. Ltd.", "日本の店、東京"),
    *('Bücher, Müller; "Haus" @ Köln: x', "Ελλάδα <x@evil.example>", "🎁 Gifts, Ltd"),
]


def test_a_domain_with_umlauts_is_in_punycode_on_the_wire(aws: Aws) -> None:
    address = "anna@bücher.example"
    assert clean_email("Anna@Bücher.example") == address
    event = paid_event(email=address)
    assert aws.invoke("notifications", body(event)) == ALL_SENT
    number = event["payload"]["order"]["number"]
    (mail,) = [
        mail for mail in inbox(aws, "anna@xn--bcher-kva.example") if number in mail["Subject"]
    ]
    assert not inbox(aws, address)
    (entry,) = log_entries(aws, number)
    assert (entry["recipient"], entry["sent"]) == (address, True)


@pytest.mark.parametrize("address", [address for address in UNDELIVERABLE if address])
def test_the_lambda_refuses_what_the_shop_refuses(recipients: ModuleType, address: str) -> None:
    with pytest.raises(recipients.Undeliverable):
        recipients.ascii_address(address)


@pytest.mark.parametrize("address", ["ſame@shop.example", "a@[127.0.0.1]", "a@localhost"])
def test_an_address_that_no_mail_can_go_to_is_given_up_once(aws: Aws, address: str) -> None:
    """The message isn't returned as failed, so it goes round no dead letters."""
    event = paid_event(email=address)
    for _delivery in range(2):
        assert aws.invoke("notifications", body(event)) == ALL_SENT
    (entry,) = log_entries(aws, event["payload"]["order"]["number"])
    assert (entry["sent"], entry["final"]) == (False, True)
    assert entry["error"].startswith("Undeliverable: ")


def test_the_check_of_invariants_does_not_wait_for_what_was_given_up(aws: Aws) -> None:
    given_up, waiting = paid_event(email="a@localhost"), paid_event()
    aws.invoke("notifications", body(given_up))
    assert list(invariants.notified_once(given_up["payload"]["order"]["number"])) == []
    # The control: nobody has sent this one, or given it up.
    assert list(invariants.notified_once(waiting["payload"]["order"]["number"]))


def test_other_recipients_of_the_same_event_are_still_told(aws: Aws) -> None:
    order = paid_event(email="a@localhost")["payload"]["order"]
    refund = {"amount": "79.00", "error": "The card is closed."}
    event = make_event("refund.failed", {"order": order, "refund": refund})
    assert aws.invoke("notifications", body(event)) == ALL_SENT
    assert [entry["sent"] for entry in log_entries(aws, order["number"])] == [True, True]


@pytest.mark.parametrize("name", SHOP_NAMES)
def test_any_name_of_the_shop_is_a_sender(mails: ModuleType, name: str) -> None:
    mail = mails.render("order_confirmation", paid_event()["payload"], shop_name=name)
    raw = mail.as_bytes(
        sender_name=name, sender="shop@shop.example", recipient="anna@xn--bcher-kva.example"
    )
    raw.decode("ascii")
    message = email.message_from_bytes(raw, policy=default)
    (sender,) = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, "shop@shop.example")
    assert name in message["Subject"]


def test_a_name_on_two_lines_begins_no_header(mails: ModuleType) -> None:
    mail = mails.render("order_confirmation", paid_event()["payload"], shop_name="A\r\nBcc: b@c.de")
    raw = mail.as_bytes(
        sender_name="A\r\nBcc: b@c.de", sender="shop@shop.example", recipient="a@shop.example"
    )
    assert email.message_from_bytes(raw)["Bcc"] is None
