"""Every address that takes a POST from strangers has a limit, or a reason to have none."""

import pytest
from django.conf import settings
from django.test import Client

from tests.addresses import Address, all_addresses, make_rows
from tests.factories import make_staff

pytestmark = pytest.mark.django_db

#: Which of LIMITS slows each address down.
LIMITED = {
    "orders:review": "unpaid_orders",
    "orders:voucher": "voucher",
    "orders:pay": "pay",
    "orders:find": "find_order",
    "orders:return_items": "return_items",
    "orders:webhook": "webhook_refused",
    "account_login": "password",
    "account_signup": "password",
    "account_reauthenticate": "password",
}
#: Limited by allauth, by address and account: ACCOUNT_RATE_LIMITS.
BY_ALLAUTH = {
    "account_reset_password",
    "account_reset_password_from_key",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_change_password",
    "account_set_password",
    "account_email",
}
#: They need an account or the secret address of an order, or cost no more than a page.
FREE = {
    "carts:add": "one write of a cart of their own",
    "carts:set": "one write of a cart of their own",
    "carts:remove": "one write of a cart of their own",
    "carts:save": "one write of a cart of their own",
    "carts:move_to_cart": "one write of a cart of their own",
    "carts:gift_wrap": "one write of a cart of their own",
    "orders:checkout": "kept in the session",
    "orders:delivery": "kept in the session",
    "orders:change": "ends an unpaid order of their own, once; placing is limited",
    "orders:cancel": "ends an unpaid order of their own, once; placing is limited",
    "orders:dummy_challenge": "of the test provider, once a payment",
    "account_logout": "ends a session",
}


def takes_post(address: Address, path: str) -> bool:
    """Return whether a stranger's POST reaches a view: it is neither refused nor led to log in."""
    answer = Client().post(path)
    to_login = answer.status_code == 302 and answer.url.startswith("/account/login/")
    return answer.status_code != 405 and not to_login


def test_every_address_that_strangers_post_to_is_limited_or_known_to_be_harmless() -> None:
    rows = make_rows(make_staff())
    found = {
        address.name
        for address in all_addresses()
        # The pages of dev/ are there with DEBUG only, which other tests turn on.
        if not address.route.startswith(("admin/", "dev/"))
        and takes_post(address, rows.path(address))
    }
    assert found - BY_ALLAUTH == (LIMITED.keys() - {"account_reauthenticate"}) | FREE.keys()


def test_every_limit_has_an_address() -> None:
    actions = {name.partition(".")[0] for name in settings.LIMITS}
    assert actions == {*LIMITED.values(), "unpaid_units"}
