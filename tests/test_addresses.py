"""The walk over all addresses finds them, and the rows that they lead to."""

import pytest

from tests.addresses import all_addresses, make_rows
from tests.factories import make_staff
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
#: The last resort of the admin, and a step of a payment that isn't under way.
NOT_FOUND = {"admin/{url}", "orders/{token}/pay/confirm/"}


def test_every_address_leads_to_a_row_or_a_page(client):
    staff = make_staff()
    rows = make_rows(staff)
    wrong = {}
    for address in all_addresses():
        sign_in(client, staff)  # again each time: one of the addresses signs out
        status = client.get(rows.path(address)).status_code
        if status >= 404 and status != 405 and address.route not in NOT_FOUND:
            wrong[address.route] = status
    assert wrong == {}


def test_it_finds_the_addresses_of_every_app():
    names = {address.name for address in all_addresses()}
    assert names >= {
        *["catalog:product", "carts:add", "orders:pay", "orders:webhook", "accounts:overview"],
        *["account_reset_password_from_key", "admin:orders_order_change", "admin:app_list"],
    }
    assert not [address for address in all_addresses() if set(address.route) & set("<>()?^$")]
