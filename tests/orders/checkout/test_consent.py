"""What the review showed is ordered, or the review comes again and says what has changed."""

import uuid
from collections.abc import Callable
from dataclasses import fields, replace
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from carts.lines import line_key
from catalog.models import Product, Variant
from orders.checkout.place import OrderChanged, place_order
from orders.checkout.request import PlaceOrderRequest
from orders.checkout.review import sign_parts
from orders.models import Order, ShippingMethod
from orders.payments.providers.dummy import WORKS
from tests.factories import (
    ADDRESS,
    make_product,
    make_shipping_method,
    make_tax_rate,
    make_user,
    make_voucher,
)
from tests.orders.shopping import CARD, agree, fill, new_cart

pytestmark = pytest.mark.django_db(transaction=True)

CONTACT = ADDRESS | {"email": "ada@example.com"}
BILLING = {
    "other_billing": "on",
    "billing-full_name": "Charles Babbage",
    "billing-line1": "Dorset Street 1",
    "billing-postcode": "W1U 4EF",
    "billing-city": "London",
    "billing-country": "GB",
}


def put_into_cart(client: Client, product: Product, **data: str) -> None:
    wanted = {"variant": product.variants.get().pk, "quantity": 1, "operation": uuid.uuid4().hex}
    client.post(reverse("carts:add"), wanted | data)


def enter(client: Client, **changes: str) -> None:
    client.post(reverse("orders:checkout"), CONTACT | changes)


def choose(client: Client, name: str = "Standard") -> None:
    method = ShippingMethod.objects.get(name=name)
    client.post(reverse("orders:delivery"), {"shipping_method": method.pk})


def pot() -> Product:
    return Product.objects.get(name="Clay pot")


def line_of(product: Product, **attributes: object) -> str:
    return line_key(product.pk, product.variants.get().pk, attributes)


@pytest.fixture
def page(client: Client):
    """Return the review of one clay pot and one vase, of which each costs 10.00."""
    make_shipping_method("Standard", "4.90")
    make_shipping_method("Express", "4.90", position=1)
    make_voucher("TEN")
    for name in ("Clay pot", "Vase"):
        put_into_cart(client, make_product(name))
    enter(client)
    choose(client)
    return client.get(reverse("orders:review"))


def press(client: Client, page, **changes: str):
    shown = {"key": page.context["key"].hex, "agreed": page.context["agreed"]}
    return client.post(reverse("orders:review"), CARD | shown | changes)


def wrap(client: Client) -> None:
    data = {"line": line_of(pot()), "gift_wrap": "on"}
    client.post(reverse("carts:gift_wrap"), data)


def swap(client: Client) -> None:
    client.post(reverse("carts:remove"), {"line": line_of(pot())})
    put_into_cart(client, make_product("Salt jar"))


def set_quantity(client: Client) -> None:
    client.post(reverse("carts:set"), {"line": line_of(pot()), "quantity": 2})


def use_voucher(client: Client) -> None:
    client.post(reverse("orders:voucher"), {"code": "ten", "back": "orders:review"})


OTHER_TAB: dict[str, tuple[Callable[[Client], object], str]] = {
    "email": (
        lambda client: enter(client, email="eve@example.com"),
        "Email: ada@example.com before, now eve@example.com.",
    ),
    "address": (lambda c: enter(c, line1="Elsewhere 1"), "The delivery address has changed."),
    "phone": (lambda c: enter(c, phone="030 1234567"), "The delivery address has changed."),
    "billing": (lambda c: enter(c, **BILLING), "The billing address has changed."),
    "note": (lambda c: enter(c, note="Ring twice."), "The order note has changed."),
    "method": (
        lambda c: choose(c, "Express"),
        "Delivery method: Standard before, now Express.",
    ),
    "voucher": (use_voucher, "Discount code TEN was added."),
    "wishes": (wrap, "Gift wrap was added to 1 × Clay pot."),
    "goods": (swap, "1 × Clay pot (€10.00) was removed."),
    "quantity": (set_quantity, "1 × Clay pot is now 2 × Clay pot: €10.00 before, now €20.00."),
    # The shop changes what the page showed.
    "price": (
        lambda _: Variant.objects.filter(product=pot()).update(price="9.00"),
        "1 × Clay pot: €10.00 before, now €9.00.",
    ),
    "name": (
        lambda _: Product.objects.filter(name="Clay pot").update(name="Tin pot"),
        "1 × Clay pot is now 1 × Tin pot: €10.00 before, now €10.00.",
    ),
    "delivery time": (
        lambda _: ShippingMethod.objects.update(days_max=9),
        "Delivery method: the details of Standard have changed.",
    ),
    "delivery price": (
        lambda _: ShippingMethod.objects.update(price="5.90"),
        "Delivery: €4.90 before, now €5.90.",
    ),
    "tax": (lambda _: make_tax_rate("20"), "Tax: €0.00 before, now €4.16."),
}


@pytest.mark.parametrize("change", OTHER_TAB)
def test_what_changed_since_the_page_is_said_and_asked_again(client, page, change):
    act, sentence = OTHER_TAB[change]
    act(client)
    again = press(client, page)
    assert again.status_code == 200
    assert not Order.objects.exists()
    assert sentence in again.context["changes"]
    assert "been placed yet" in again.content.decode()
    assert WORKS in again.content.decode(), "the card need not be typed again"
    press(client, again)
    order = Order.objects.get()
    assert order.total == again.context["quote"].total
    assert order.email in again.content.decode()
    assert order.shipping_address["line1"] in again.content.decode()


def test_goods_of_the_same_total_are_said_both_ways(client, page):
    swap(client)
    assert press(client, page).context["changes"] == [
        "1 × Salt jar (€10.00) was added.",
        "1 × Clay pot (€10.00) was removed.",
    ]


def test_removed_wishes_and_codes_are_said(client, page):
    wrap(client)
    use_voucher(client)
    enter(client, **BILLING)
    page = client.get(reverse("orders:review"))
    unwrap = {"line": line_of(pot(), gift_wrap=True)}
    client.post(reverse("carts:gift_wrap"), unwrap)
    client.post(reverse("orders:voucher"), {"code": "", "back": "orders:review"})
    enter(client)
    again = press(client, page)
    assert again.context["changes"] == [
        "The billing address has changed.",
        "Discount code TEN was removed.",
        "Gift wrap was removed from 1 × Clay pot.",
        "Discount: €2.00 before, now €0.00.",
    ]
    assert "The total has changed to €24.90" in again.content.decode()


def test_a_card_that_was_mistyped_does_not_hide_what_changed(client, page):
    wrap(client)
    again = press(client, page, card_number="1")
    assert again.context["form"].errors
    assert again.context["changes"] == ["Gift wrap was added to 1 × Clay pot."]


@pytest.mark.parametrize(
    "forgery",
    [
        {"agreed": ""},
        {"agreed": "x"},
        {"agreed": "\x00"},
        {"agreed": "e30:1tYhzN:" + "x" * 43},
        {"key": "0" * 32},
        {"key": ""},
        {"key": "x"},
        {"provider": "x" * 21},
    ],
    ids=str,
)
def test_a_page_that_nothing_proves_is_shown_again(client, page, forgery):
    again = press(client, page, **forgery)
    assert again.status_code == 200
    assert "Please review your order again" in again.content.decode()
    assert not Order.objects.exists()
    press(client, again)
    assert Order.objects.count() == 1


def test_what_another_shopper_agreed_to_is_not_agreed(client, page):
    other = Client()
    for name in ("Clay pot", "Vase"):
        put_into_cart(other, Product.objects.get(name=name))
    enter(other)
    choose(other)
    mine = other.get(reverse("orders:review"))
    again = press(other, mine, agreed=page.context["agreed"], key=page.context["key"].hex)
    assert "Please review your order again" in again.content.decode()
    assert not Order.objects.exists()


def test_the_key_of_another_shopper_leads_to_nobodys_order(client, page):
    press(client, page)
    stolen = {"key": page.context["key"].hex, "agreed": page.context["agreed"]}
    thief = Client()
    put_into_cart(thief, Product.objects.get(name="Vase"))
    assert thief.post(reverse("orders:review"), CARD | stolen).url == reverse("orders:checkout")
    enter(thief)
    choose(thief)
    assert thief.post(reverse("orders:review"), CARD | stolen).status_code == 200
    thief.force_login(make_user())
    assert thief.post(reverse("orders:review"), CARD | stolen).status_code == 200
    assert Order.objects.count() == 1


def test_two_shoppers_with_one_key_have_an_order_each():
    key, method, product = uuid.uuid4(), make_shipping_method().pk, make_product()
    placed = []
    for _ in range(2):
        cart = new_cart()
        fill(cart, product)
        placed.append(place_order(agree(cart, key=key, shipping_method_id=method), cart).order)
        again = place_order(agree(cart, key=key, shipping_method_id=method), cart).order
        assert again == placed[-1]
    assert placed[0] != placed[1]


#: What these say is not shown, or is itself how a shopper agrees.
NOT_SHOWN = {"client_address", "key", "agreed", "provider", "payment_details"}


def test_every_wish_of_a_request_is_part_of_what_is_agreed():
    cart = new_cart()
    fill(cart, make_product())
    make_voucher("TEN")
    request = agree(cart)
    others = {
        "email": "eve@example.com",
        "shipping_address": ADDRESS | {"city": "Potsdam"},
        "shipping_method_id": make_shipping_method("Other", "4.90").pk,
        "user": make_user(),
        "billing_address": ADDRESS | {"city": "Potsdam"},
        "note": "Ring twice.",
        "voucher_code": "TEN",
    }
    assert {each.name for each in fields(PlaceOrderRequest)} == others.keys() | NOT_SHOWN
    for name, value in others.items():
        with pytest.raises(OrderChanged) as changed:
            place_order(replace(request, **{name: value}), cart)
        assert changed.value.changes, name
    assert place_order(request, cart).order.total == Decimal("14.90")


def test_the_account_is_part_of_what_is_agreed():
    cart = new_cart()
    fill(cart, make_product())
    with pytest.raises(OrderChanged) as changed:
        place_order(replace(agree(cart), user=make_user()), cart)
    assert changed.value.changes == ["You're signed in with another account."]


def test_a_method_that_is_no_longer_offered_is_not_reviewed(client, page):
    ShippingMethod.objects.filter(name="Standard").update(is_active=False)
    answer = client.get(reverse("orders:review"), follow=True)
    assert answer.redirect_chain == [(reverse("orders:delivery"), 302)]
    assert "no longer offered" in answer.content.decode()
    choose(client, "Express")
    ShippingMethod.objects.filter(name="Express").update(countries=["AT"])
    assert client.get(reverse("orders:review")).url == reverse("orders:delivery")
    ShippingMethod.objects.update(countries=[], max_weight_grams=1)
    Variant.objects.update(weight_grams=2)
    assert client.get(reverse("orders:review")).url == reverse("orders:delivery")


def test_100_lines_of_long_names_fit_into_the_button():
    cart = new_cart()
    for number in range(100):
        product = make_product("長" * 250 + str(number), price="12345.67", stock_level=99)
        fill(cart, product, 99, engraving="ß" * 200)
    request = agree(cart, email=f"{'a' * 60}@example.com", note="x" * 500)
    assert len(request.agreed) < 20_000
    assert place_order(request, cart).order.items.count() == 100


def test_a_signature_is_for_one_key_and_one_cart():
    assert sign_parts({}, uuid.UUID(int=1), "a") != sign_parts({}, uuid.UUID(int=2), "a")
