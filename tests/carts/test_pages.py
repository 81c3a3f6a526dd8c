"""The cart's pages, as seen by a browser without JavaScript."""

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from carts.cart import Cart
from carts.lines import line_key
from carts.ownership import COOKIE
from carts.tables import CartLine
from catalog.models import Product, Variant
from tests.factories import make_product, make_user

pytestmark = pytest.mark.django_db


def add(client: Client, product: Product, quantity: int = 1, **data):
    data = {
        "variant": product.variants.get().pk,
        "quantity": quantity,
        "operation": uuid.uuid4().hex,
    } | data
    return client.post(reverse("carts:add"), data)


def page(client: Client) -> str:
    return client.get(reverse("carts:cart")).content.decode()


def test_an_empty_cart_invites(client):
    assert "Your cart is empty" in page(client)
    assert COOKIE not in client.cookies


def test_it_shows_what_was_added(client):
    answer = add(client, make_product("Clay pot", price="19.99"), 2, gift_wrap="on")
    assert answer.url == reverse("carts:cart")
    shown = page(client)
    assert "Clay pot" in shown
    assert "€39.98" in shown
    assert "Gift-wrapped" in shown
    assert client.cookies["cart_count"].value.startswith("2.")


def header_count(client: Client) -> str:
    """Return the number on the cart in the header of a page that reads neither cart nor session."""
    found = re.search(r'class="cart-count">(\d+)<', client.get("/").content.decode())
    return found[1] if found else ""


def test_the_count_in_the_header_belongs_to_its_cart(client):
    add(client, make_product(), 2)
    assert header_count(client) == "2"
    client.force_login(make_user())
    assert header_count(client) == "2", "the guest's cart comes along"
    page(client)
    assert header_count(client) == "2"
    client.post(reverse("account_logout"))
    assert header_count(client) == ""
    add(client, make_product())
    assert header_count(client) == "1"


def test_the_count_of_an_ended_session_is_not_shown_to_the_next_person(client):
    client.force_login(make_user())
    add(client, make_product(), 3)
    assert header_count(client) == "3"
    del client.cookies["sessionid"]
    assert header_count(client) == ""


@pytest.mark.parametrize("count", ["3", "3.", "0", "-3", "x" * 50, "²", "3.³"])
def test_a_count_that_names_no_cart_is_not_shown(client, count):
    client.cookies["cart_count"] = count
    assert header_count(client) == ""


def test_the_page_is_one_sql_query(client, django_assert_num_queries):
    for number in range(3):
        add(client, make_product(f"Pot {number}"))
    page(client)
    with django_assert_num_queries(1):
        page(client)


def test_a_double_click_counts_once(client):
    product, operation = make_product(), uuid.uuid4().hex
    for _ in range(2):
        add(client, product, operation=operation)
    assert [line["quantity"] for line in lines(client)] == [1]


def lines(client: Client) -> list[dict]:
    contents = client.get(reverse("carts:cart")).context["contents"]
    return [{"key": line.line.key, "quantity": line.line.quantity} for line in contents.lines]


def test_the_quantity_is_set_and_the_line_removed(client):
    add(client, make_product())
    [line] = lines(client)
    client.post(reverse("carts:set"), {"line": line["key"], "quantity": 4})
    assert lines(client)[0]["quantity"] == 4
    client.post(reverse("carts:remove"), {"line": line["key"]})
    assert lines(client) == []


def test_another_price_is_said(client):
    product = make_product(price="10.00")
    add(client, product)
    Variant.objects.update(price="12.00")
    shown = page(client)
    assert "was €10.00 when you added it" in shown
    assert "€12.00" in shown


def test_what_is_short_is_mended_in_one_click(client):
    product = make_product(stock_level=5)
    add(client, product, 5)
    Variant.objects.update(stock=2)
    shown = page(client)
    assert "Only 2 left" in shown
    assert reverse("orders:checkout") not in shown
    client.post(reverse("carts:set"), {"line": lines(client)[0]["key"], "quantity": 2})
    assert reverse("orders:checkout") in page(client)


def test_what_is_no_longer_sold_is_said_and_can_be_removed(client):
    add(client, make_product())
    Product.objects.update(status=Product.Status.ARCHIVED)
    assert "No longer sold" in page(client)


def test_a_sold_out_variant_is_not_added(client):
    product = make_product(stock_level=0)
    assert add(client, product).url == product.get_absolute_url()
    assert lines(client) == []


@pytest.mark.parametrize(
    "data",
    [
        {"quantity": "0"},
        {"quantity": "100"},
        {"quantity": "x"},
        {"operation": "'"},
        {"variant": "\x00"},
        {},
    ],
)
def test_bad_input_is_refused_and_nothing_is_lost(client, data):
    product = make_product()
    add(client, product)
    full = {
        "variant": product.variants.get().pk,
        "quantity": 1,
        "operation": uuid.uuid4().hex,
    } | data
    assert client.post(reverse("carts:add"), full if data else {}).status_code == 302
    assert len(lines(client)) == 1


@pytest.mark.parametrize(
    "cookie", ["anon-1", "user-1", "x" * 8000, "anon-" + "0" * 32, "a:b:c", "\x00é"]
)
def test_a_forged_cookie_is_an_empty_cart(client, cookie):
    client.cookies[COOKIE] = cookie
    assert "Your cart is empty" in page(client)


def test_a_guests_cart_becomes_the_users(client):
    user = make_user()
    product = make_product()
    add(client, product, 2)
    guest = client.cookies[COOKIE].value
    client.force_login(user)
    assert lines(client)[0]["quantity"] == 2
    assert client.cookies[COOKIE].value == ""
    assert [line.quantity for line in Cart(f"user-{user.pk}").lines()] == [2]
    client.cookies[COOKIE] = guest
    assert lines(client)[0]["quantity"] == 2, "the guest's cart is gone, an old cookie adds nothing"


def test_what_is_saved_for_later_is_not_ordered_and_comes_back(client):
    add(client, make_product("Clay pot"), 2)
    key = lines(client)[0]["key"]
    client.post(reverse("carts:save"), {"line": key})
    shown = page(client)
    assert "Saved for later" in shown
    assert "Your cart is empty" in shown
    assert client.get(reverse("orders:checkout")).url == reverse("carts:cart")
    client.post(reverse("carts:move_to_cart"), {"line": f"later#{key}"})
    assert lines(client) == [{"key": key, "quantity": 2}]


def test_an_expired_line_is_not_shown(client):
    add(client, make_product())
    for item in CartLine.scan():
        item.update([CartLine.expires_at.set(1)])
    assert "Your cart is empty" in page(client)


def test_htmx_gets_the_part_that_changed(client):
    product = make_product()
    add(client, product)
    answer = client.get(reverse("carts:cart"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in answer
    assert 'hx-swap-oob="true"' in answer


def test_a_cart_that_is_worth_more_than_an_order_can_be_says_so(client):
    product = make_product(price="999999999999.99", stock_level=5)
    add(client, product)
    assert reverse("orders:checkout") in page(client)
    add(client, product)
    shown = page(client)
    assert "An order can be worth up to €999,999,999,999.99. Please remove some items." in shown
    assert reverse("orders:checkout") not in shown
    assert client.get(reverse("orders:checkout")).url == reverse("carts:cart")


def test_a_merge_that_cuts_many_lines_names_three(client):
    user = make_user()
    for number in range(5):
        product = make_product(f"Pot {number}", stock_level=200)
        add(client, product, 60)
        add_for(user, product, 60)
    saved = make_product("Saved pot", stock_level=200)
    add(client, saved, 60)
    client.post(reverse("carts:save"), {"line": key_of(saved)})
    add_for(user, saved, 60)
    Cart(f"user-{user.pk}").save_for_later(key_of(saved))
    client.force_login(user)
    shown = page(client)
    assert "You can order up to 99 of Pot 0, Pot 1, Pot 2 and 3 more, so we kept 99." in shown


def key_of(product: Product) -> str:
    return line_key(product.pk, product.variants.get().pk)


def add_for(user: User, product: Product, quantity: int) -> None:
    cart, variant = Cart(f"user-{user.pk}"), product.variants.get()
    cart.add(key_of(product), quantity, price=variant.price, operation=uuid.uuid4().hex)


def test_one_plain_and_one_gift_wrapped_are_two_lines(client):
    product = make_product("Vase", stock_level=2)
    add(client, product)
    add(client, product, gift_wrap="on")
    add(client, product)
    shown = page(client)
    assert shown.count("Gift-wrapped") == 1
    assert [line["quantity"] for line in lines(client)] == [2, 1]
    assert "Sold out" in shown, "the lines share the stock"
    wrapped = lines(client)[1]["key"]
    client.post(reverse("carts:set"), {"line": wrapped, "quantity": 0})
    client.post(reverse("carts:gift_wrap"), {"line": key_of(product), "gift_wrap": "on"})
    assert lines(client) == [{"key": wrapped, "quantity": 2}]
