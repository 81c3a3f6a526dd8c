"""The checkout's pages, as seen by a browser without JavaScript."""

import uuid
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Address
from catalog.models import Product, Variant
from orders.models import Order, Payment, Voucher
from orders.payments import refunds
from orders.payments.providers.dummy import DECLINED, SLOW, WORKS
from tests.factories import (
    ADDRESS,
    make_address,
    make_order,
    make_product,
    make_shipping_method,
    make_tax_rate,
    make_user,
    make_voucher,
)

pytestmark = pytest.mark.django_db

CARD = {"card_number": WORKS, "expiry": "12/49", "security_code": "123"}


def fill(client: Client, product: Product | None = None, quantity: int = 1) -> Product:
    product = product or make_product(price="10.00", stock_level=5)
    data = {
        "variant": product.variants.get().pk,
        "quantity": quantity,
        "operation": uuid.uuid4().hex,
    }
    client.post(reverse("carts:add"), data)
    return product


def to_review(client: Client, **address):
    method = make_shipping_method(price="4.90")
    answer = client.post(
        reverse("orders:checkout"), ADDRESS | {"email": "ada@example.com"} | address
    )
    assert answer.url == reverse("orders:delivery"), answer.context["form"].errors
    answer = client.post(reverse("orders:delivery"), {"shipping_method": method.pk})
    assert answer.url == reverse("orders:review")
    return client.get(reverse("orders:review"))


def order(client: Client, page, **changes):
    shown = {"key": page.context["key"].hex, "agreed": page.context["agreed"]}
    data = CARD | shown | changes
    return client.post(reverse("orders:review"), data)


def test_a_guest_buys(client):
    product = fill(client, quantity=2)
    page = to_review(client)
    assert "€24.90" in page.content.decode()
    answer = order(client, page)
    placed = Order.objects.get()
    assert answer.url == placed.secret_url()
    assert (placed.status, placed.total, placed.user) == (Order.Status.PAID, Decimal("24.90"), None)
    assert "Thank you, Ada Lovelace" in client.get(answer.url).content.decode()
    assert product.variants.get().stock == 3
    assert "Your cart is empty" in client.get(reverse("carts:cart")).content.decode()


def test_a_user_buys_and_keeps_the_address(client):
    user = make_user()
    client.force_login(user)
    fill(client)
    order(client, to_review(client, save_address="on"))
    assert Order.objects.get().user == user
    assert user.addresses.get().city == "Berlin"


BILLING = {
    "full_name": "Charles Babbage",
    "company": "Analytical Engines",
    "line1": "Dorset Street 1",
    "postcode": "W1U 4EF",
    "city": "London",
    "country": "GB",
}


def billing(**changes: str) -> dict[str, str]:
    return {"other_billing": "on"} | {
        f"billing-{name}": value for name, value in (BILLING | changes).items()
    }


def test_the_invoice_can_go_to_another_address(client):
    fill(client)
    page = to_review(client, **billing())
    assert "Dorset Street 1" in page.content.decode()
    answer = order(client, page)
    placed = Order.objects.get()
    assert placed.shipping_address["full_name"] == "Ada Lovelace"
    assert placed.billing_address == BILLING | {"line2": "", "region": "", "phone": ""}
    assert "Dorset Street 1" in text_of(client, placed)
    assert answer.url == placed.secret_url()


def test_the_address_of_the_invoice_is_kept_and_can_be_taken_back(client):
    fill(client)
    to_review(client, **billing())
    shown = client.get(reverse("orders:checkout")).context
    assert (shown["form"]["other_billing"].value(), shown["billing"]["line1"].value()) == (
        True,
        "Dorset Street 1",
    )
    page = to_review(client)
    assert "Dorset Street 1" not in page.content.decode()
    order(client, page)
    placed = Order.objects.get()
    assert placed.billing_address == placed.shipping_address


def test_what_is_wrong_with_the_address_of_the_invoice_is_said_beside_its_field(client):
    fill(client)
    answer = client.post(
        reverse("orders:checkout"),
        ADDRESS | {"email": "ada@example.com"} | billing(postcode="10969 Berlin"),
    )
    assert answer.status_code == 200
    assert answer.context["form"].errors == {}
    assert list(answer.context["billing"].errors) == ["postcode"]
    assert "Please look at the marked field below." in answer.content.decode()
    assert "Dorset Street 1" in answer.content.decode(), "nothing that was typed is lost"


def test_a_declined_card_can_be_followed_by_another(client):
    fill(client)
    answer = order(client, to_review(client), card_number=DECLINED)
    placed = Order.objects.get()
    assert answer.url == reverse("orders:pay", args=[placed.token])
    assert "Your card was declined" in client.get(answer.url).content.decode()
    answer = client.post(answer.url, CARD)
    assert answer.url == placed.secret_url()
    placed.refresh_from_db()
    assert placed.status == Order.Status.PAID


def test_a_slow_card_is_said_to_be_processed(client):
    fill(client)
    answer = order(client, to_review(client), card_number=SLOW)
    assert "being processed" in client.get(answer.url).content.decode()
    assert Payment.objects.get().status == Payment.Status.PROCESSING


def test_the_button_pressed_twice_orders_once(client):
    fill(client)
    page = to_review(client)
    assert order(client, page).url == order(client, page).url
    assert Order.objects.count() == 1


def test_another_total_is_said_and_nothing_is_ordered(client):
    fill(client)
    page = to_review(client)
    Variant.objects.update(price="11.00")
    answer = order(client, page)
    text = answer.content.decode()
    assert "The total has changed to €15.90" in text
    assert "1 × Clay pot: €10.00 before, now €11.00." in text
    assert WORKS in text, "the card need not be typed again"
    assert not Order.objects.exists()
    assert order(client, answer).url == Order.objects.get().secret_url()


def test_what_is_sold_out_in_between_leads_back_to_the_cart(client):
    fill(client)
    page = to_review(client)
    Variant.objects.update(stock=0)
    assert order(client, page).url == reverse("carts:cart")
    assert "Sold out" in client.get(reverse("carts:cart")).content.decode()


def test_thirty_lines_that_sell_out_at_once_are_said(client, settings):
    settings.DEBUG = True  # A message that its cookie cannot hold is an exception then.
    for number in range(30):
        fill(client, make_product("長い名前" * 60 + f" {number}", price="1.00"))
    page = to_review(client)
    Variant.objects.update(stock=0)
    shown = client.get(order(client, page).url).content.decode()
    assert "Some items aren&#x27;t available in the quantity you chose: 長い名前" in shown
    assert "… and 27 more. Your order hasn&#x27;t been placed yet." in shown


def test_a_total_that_only_delivery_makes_too_large_is_said_before_the_review(client):
    fill(client, make_product(price="999999999999.99"))
    assert client.get(reverse("orders:checkout")).status_code == 200
    method = make_shipping_method(price="4.90")
    client.post(reverse("orders:checkout"), ADDRESS | {"email": "ada@example.com"})
    answer = client.post(reverse("orders:delivery"), {"shipping_method": method.pk}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("carts:cart")
    assert "An order can be worth up to €999,999,999,999.99." in answer.content.decode()


@pytest.mark.parametrize("field", ["full_name", "line1", "city", "country", "email", "postcode"])
def test_what_is_missing_is_said_beside_its_field(client, field):
    fill(client)
    answer = client.post(
        reverse("orders:checkout"), ADDRESS | {"email": "ada@example.com", field: ""}
    )
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert ADDRESS["line1"] in answer.content.decode() or field == "line1", (
        "nothing that was typed is lost"
    )


@pytest.mark.parametrize("page", ["orders:checkout", "orders:delivery", "orders:review"])
def test_an_empty_cart_has_no_checkout(client, page):
    assert client.get(reverse(page)).status_code == 302


def test_a_country_without_delivery_is_said(client):
    fill(client)
    method = make_shipping_method(countries=["DE"])
    client.post(reverse("orders:checkout"), ADDRESS | {"email": "ada@example.com"})
    method.countries = ["AT"]
    method.save()
    assert "we don't deliver to Germany" in client.get(reverse("orders:delivery")).content.decode()


def test_nobody_guesses_an_order(client):
    assert client.get(reverse("orders:order", args=["x" * 24])).status_code == 404
    assert client.get("/orders/%00/pay/").status_code == 404


def text_of(client: Client, page: Order | str) -> str:
    url = page.secret_url() if isinstance(page, Order) else reverse(page)
    return client.get(url).content.decode()


def use(client: Client, code: str, back: str = "orders:review") -> str:
    answer = client.post(reverse("orders:voucher"), {"code": code, "back": back})
    assert answer.url == f"{reverse(back)}#voucher"
    return text_of(client, back)


def test_a_voucher_is_shown_with_a_way_to_take_it_out(client):
    make_voucher("TEN")
    fill(client, quantity=2)
    to_review(client)
    shown = use(client, " ten ")
    assert "Discount (TEN)" in shown
    assert "Order and pay €22.90" in shown
    assert "Remove" in shown
    assert "Order and pay €24.90" in use(client, "")


@pytest.mark.parametrize("back", ["orders:delivery", "orders:review"])
def test_a_voucher_that_is_refused_is_said_beside_its_field_once(client, back):
    fill(client)
    to_review(client)
    shown = use(client, "nine", back)
    assert "“NINE” isn&#x27;t a valid code." in shown
    assert 'value="NINE"' in shown
    assert "a valid code" not in text_of(client, back)


def test_free_delivery_is_shown_where_the_delivery_is_chosen(client):
    make_voucher("FREE", kind="free_delivery", value=0)
    fill(client)
    to_review(client)
    assert "€4.90" in text_of(client, "orders:delivery")
    assert "€4.90" not in use(client, "free", "orders:delivery")
    assert "free (FREE)" in text_of(client, "orders:review")


def test_free_delivery_is_refused_as_soon_as_free_delivery_is_chosen(client):
    make_voucher("FREE", kind="free_delivery", value=0)
    make_shipping_method("Pick-up", "0.00")
    fill(client)
    client.post(reverse("orders:checkout"), ADDRESS | {"email": "ada@example.com"})
    assert "free (FREE)" not in use(client, "free", "orders:delivery")
    pick_up = client.get(reverse("orders:delivery")).context["offers"][0].method
    chosen = client.post(reverse("orders:delivery"), {"shipping_method": pick_up.pk}, follow=True)
    assert "Delivery is free already, so “FREE” isn&#x27;t needed." in chosen.content.decode()
    assert "Delivery is free already" in use(client, "free")
    order(client, client.get(reverse("orders:review")))
    assert (Order.objects.get().voucher_code, Voucher.objects.get().uses) == ("", 0)


def test_tax_is_added_where_prices_are_without_it(client, settings):
    settings.SHOP_PRICES_INCLUDE_TAX = False
    make_tax_rate("20")
    fill(client)
    assert "It is added at checkout." in text_of(client, "carts:cart")
    assert "depends on the country" in text_of(client, "orders:checkout")
    page = to_review(client)
    assert "€2.98" in page.content.decode()
    order(client, page)
    shown = text_of(client, Order.objects.get())
    assert "€17.88" in shown
    assert "Including" not in shown


def test_tax_that_is_included_is_named(client):
    make_tax_rate("20")
    fill(client)
    assert "Including €2.49 tax." in to_review(client).content.decode()


def test_a_saved_address_is_taken_whatever_the_fields_say(client):
    user = make_user()
    make_address(user)
    london = make_address(
        user, full_name="Charles Babbage", city="London", country="GB", postcode="W1U 4EF"
    )
    client.force_login(user)
    fill(client)
    make_shipping_method()
    answer = client.post(
        reverse("orders:checkout"), {"email": user.email, "address": london.pk, "city": "Nowhere"}
    )
    assert answer.url == reverse("orders:delivery")
    assert client.get(reverse("orders:checkout")).context["chosen"] == london
    assert client.session["checkout"]["address"] == london.as_dict()


def test_shows_a_saved_address_in_one_line(client):
    user = make_user()
    make_address(
        user,
        company="A & B",
        line2="Floor 2",
        city="Boston",
        region="MA",
        country="US",
        postcode="02108",
    )
    client.force_login(user)
    fill(client)
    page = client.get(reverse("orders:checkout")).content.decode()
    assert "<strong>Ada Lovelace, A &amp; B</strong>" in page
    assert ">Lindenstraße 7, Floor 2, Boston, MA 02108, United States<" in page


def test_nobody_takes_an_address_of_another(client):
    make_address(make_user())
    strange = Address.objects.get()
    client.force_login(make_user())
    fill(client)
    answer = client.post(
        reverse("orders:checkout"), {"email": "bob@example.com", "address": strange.pk}
    )
    assert "full_name" in answer.context["form"].errors


def test_the_way_back_leads_to_the_order(client):
    fill(client)
    order(client, to_review(client))
    placed = Order.objects.get()
    assert (
        client.get(reverse("orders:review"), follow=True).redirect_chain[-1][0]
        == placed.secret_url()
    )


def test_an_old_page_leaves_a_new_checkout_alone(client):
    fill(client)
    old = to_review(client)
    order(client, old)
    fill(client, quantity=2)
    to_review(client)
    assert order(client, old).url == Order.objects.get().secret_url()
    assert client.get(reverse("orders:review")).status_code == 200
    assert client.cookies["cart_count"].value.startswith("2.")


def test_paying_goes_on_at_the_provider_that_was_chosen(client, settings):
    settings.PAYMENT_PROVIDERS_OFFERED = ["stripe", "test"]
    fill(client)
    order(client, to_review(client), card_number=DECLINED, provider="test")
    page = client.get(reverse("orders:pay", args=[Order.objects.get().token]))
    assert page.context["chosen"] == "test"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("partly_fulfilled", "A part of your order is on its way"),
        ("fulfilled", "Your order is on its way"),
        ("cancelled", "and your money goes back to you"),
    ],
)
def test_an_order_says_what_became_of_it(client, status, words):
    assert words in text_of(client, make_order(status=status))


def test_an_unpaid_order_that_was_cancelled_owes_nothing(client):
    placed = make_order(status="cancelled")
    placed.payments.update(status="cancelled")
    assert "and nothing is owed" in text_of(client, placed)


def test_refunds_are_told(client):
    placed = make_order()
    refunds.refund(placed, key=uuid.uuid4(), amount=Decimal(3), reason="The lid had a chip.")
    shown = text_of(client, placed)
    assert "We have sent €3.00 back to you." in shown
    assert "The lid had a chip." in shown
    assert "€3.00 of it refunded" in shown
    refunds.refund(placed, key=uuid.uuid4())
    assert "This order was refunded" in text_of(client, placed)


def test_a_page_that_waits_hears_only_of_news(client):
    fill(client)
    order(client, to_review(client), card_number=SLOW)
    page = Order.objects.get().secret_url()
    assert client.get(page, {"seen": "processing"}).status_code == 204
    Payment.objects.update(status="captured")
    assert client.get(page, {"seen": "processing"}).status_code == 200


@pytest.mark.parametrize(
    "typed", ["ＷＥＬＣＯＭＥ１０", "welcome10\u200b", "\ufeff Welcome\u00a010 "]
)
def test_a_voucher_is_taken_however_its_code_was_copied(client, typed):
    make_voucher("WELCOME10")
    fill(client, quantity=2)
    to_review(client)
    assert "Discount (WELCOME10)" in use(client, typed)


def test_a_name_that_nobody_can_see_is_asked_for_again(client):
    fill(client)
    for blank in ("\u200b", "\u3164", "\u2800 \u00ad"):
        answer = client.post(
            reverse("orders:checkout"), ADDRESS | {"email": "a@b.example", "full_name": blank}
        )
        assert answer.context["form"].errors.keys() == {"full_name"}


def test_a_note_of_many_short_lines_fits(client):
    """495 characters with 30 line breaks, which browsers send as two characters each."""
    fill(client)
    note = "\r\n".join(["a" * 15] * 31)
    contact = ADDRESS | {"email": "ada@example.com", "note": note}
    assert client.post(reverse("orders:checkout"), contact).url == reverse("orders:delivery")
    assert client.session["checkout"]["note"] == note.replace("\r\n", "\n")
