"""When something goes wrong in a checkout, its page says so and nothing is lost.

The order is paid once.
"""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from carts.cart import Cart
from catalog.models import Product, Variant
from orders.models import DummyCharge, Order, Payment, ShippingMethod, Voucher, VoucherUse
from orders.payments.providers.dummy import DECLINED, LOST, SECOND_STEP, WORKS
from orders.reconciliation import reconcile
from tests.e2e.buying import (
    ORDER_BUTTON,
    cart_owner,
    expect_thanks,
    fill_address,
    fill_card,
    order_of,
    press_order,
    put_into_cart,
    use_voucher,
)
from tests.e2e.conftest import NewPage
from tests.factories import make_product, make_shipping_method, make_voucher
from tests.orders.shopping import checkout, fill, new_cart

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def method() -> ShippingMethod:
    return make_shipping_method("Standard", "4.90")


@pytest.fixture
def product(method: ShippingMethod) -> Product:
    return make_product("Clay pot", price="20.00", stock_level=5)


@pytest.fixture
def page(new_page: NewPage, product: Product) -> Page:
    """Open the review of a cart with two clay pots."""
    page = new_page()
    put_into_cart(page, product, 2)
    fill_address(page)
    return page


def somebody_buys(
    product: Product, quantity: int, total: str, method: ShippingMethod, **wishes: str
) -> Order:
    cart = new_cart()
    fill(cart, product, quantity)
    return checkout(cart, total, shipping_method_id=method.pk, **wishes)


def assert_paid_once(order: Order, total: str, *, left: int) -> None:
    """Check that this order and everything it consists of exist once and are right."""
    order.refresh_from_db()
    assert (order.status, order.total) == (Order.Status.PAID, Decimal(total))
    charges = DummyCharge.objects.filter(
        status="succeeded", payment_id__in=order.payments.values("pk")
    )
    assert [charge.amount for charge in charges] == [order.total]
    assert [
        payment.amount for payment in order.payments.filter(status=Payment.Status.CAPTURED)
    ] == [order.total]
    assert_stock(left)


def assert_stock(left: int) -> None:
    variant = Variant.objects.get(product__name="Clay pot")
    assert variant.stock == left == sum(variant.movements.values_list("delta", flat=True))


def test_two_tabs_place_one_order(page: Page) -> None:
    tab = page.context.new_page()
    tab.goto("/checkout/review/")
    press_order(page, WORKS)
    order = expect_thanks(page)
    press_order(tab, WORKS)
    assert expect_thanks(tab) == order == Order.objects.get()
    assert_paid_once(order, "44.90", left=3)


def test_what_another_tab_put_into_the_cart_is_said(page: Page) -> None:
    tab = page.context.new_page()
    put_into_cart(tab, make_product("Salt jar", price="8.00"), 1)
    press_order(page, WORKS)
    notice = page.get_by_role("alert")
    expect(notice).to_contain_text("The total has changed to €52.90")
    expect(notice).to_contain_text("1 × Salt jar (€8.00) was added.")
    assert not Order.objects.exists()
    press_order(page)
    order = expect_thanks(page)
    assert sorted(order.items.values_list("name", "quantity")) == [("Clay pot", 2), ("Salt jar", 1)]
    assert_paid_once(order, "52.90", left=3)


def test_what_another_tab_changed_at_the_same_total_is_said(page: Page) -> None:
    tab = page.context.new_page()
    tab.goto("/cart/")
    tab.get_by_role("button", name="Gift-wrap Clay pot").click()
    expect(tab.get_by_text("Gift-wrapped")).to_be_visible()
    tab.goto("/checkout/")
    tab.get_by_role("group", name="Where it goes").get_by_role(
        "textbox", name="Street and number"
    ).fill("Lindenstraße 7")
    with tab.expect_navigation():
        tab.get_by_role("button", name="Go on to delivery").click()

    press_order(page, WORKS)
    notice = page.get_by_role("alert")
    expect(notice).to_contain_text("Your order has changed")
    expect(notice).to_contain_text("The delivery address has changed.")
    expect(notice).to_contain_text("Gift wrap was added to 2 × Clay pot.")
    expect(page.get_by_text("Lindenstraße 7")).to_be_visible()
    assert not Order.objects.exists()
    press_order(page)
    order = expect_thanks(page)
    assert order.shipping_address["line1"] == "Lindenstraße 7"
    assert order.items.get().attributes == {"gift_wrap": True}
    assert_paid_once(order, "44.90", left=3)


PRESS_TWICE = """button => {
  const seen = () => [button.textContent.trim(), button.getAttribute("aria-disabled")];
  button.click();
  const first = seen();
  button.click();
  window.dispatchEvent(new Event("pageshow"));
  return [first, seen()];
}"""


def test_a_second_press_does_nothing(page: Page) -> None:
    sent = []
    page.on("request", lambda request: sent.append(request.method))
    fill_card(page, WORKS)
    page.wait_for_load_state()  # the fields are there before the script has run
    pressed, back_from_the_cache = page.locator("[data-busy]").evaluate(PRESS_TWICE)
    assert pressed == ["Ordering…", "true"]
    assert back_from_the_cache == ["Order and pay €44.90", None]
    assert_paid_once(expect_thanks(page), "44.90", left=3)
    assert sent.count("POST") == 1
    assert Order.objects.count() == 1


def test_the_back_button_leads_to_the_order(page: Page) -> None:
    press_order(page, WORKS)
    order = expect_thanks(page)
    page.go_back()
    expect(page.get_by_text("You have ordered what was in your cart.")).to_be_visible()
    assert expect_thanks(page) == order == Order.objects.get()
    assert_paid_once(order, "44.90", left=3)


def test_every_step_can_be_loaded_again(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name="Change the address").click()
    page.reload()
    expect(
        page.get_by_role("group", name="Where it goes").get_by_role(
            "textbox", name="Street and number"
        )
    ).to_have_value("Hauptstraße 1")
    with page.expect_navigation():
        page.get_by_role("button", name="Go on to delivery").click()
    page.reload()
    expect(page.get_by_label(re.compile("Standard"))).to_be_checked()
    with page.expect_navigation():
        page.get_by_role("button", name="Go on to review").click()
    page.reload()
    press_order(page, DECLINED)
    expect(page.get_by_text("Your card was declined. Nothing was charged.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Pay your order")).to_be_visible()
    fill_card(page, WORKS)
    page.get_by_role("button", name="Pay €44.90").click()
    order = expect_thanks(page)
    page.reload()
    assert expect_thanks(page) == order == Order.objects.get()
    assert_paid_once(order, "44.90", left=3)


@pytest.mark.parametrize("javascript", [False, True], ids=["plain", "javascript"])
def test_a_price_that_changed_is_said_before_anything_is_taken(
    new_page: NewPage, product: Product, javascript: bool
) -> None:
    page = new_page(width=390, javascript=javascript)
    put_into_cart(page, product, 2)
    fill_address(page)
    Variant.objects.update(price=Decimal("21.50"))
    press_order(page, WORKS)
    notice = page.get_by_role("alert")
    expect(notice).to_contain_text("The total has changed to €47.90")
    expect(notice).to_contain_text("2 × Clay pot: €40.00 before, now €43.00.")
    assert not Order.objects.exists()
    assert_stock(5)
    expect(page.get_by_label("Card number")).to_have_value(WORKS)
    press_order(page)
    assert_paid_once(expect_thanks(page), "47.90", left=3)


def test_the_last_unit_is_lost_in_between(
    page: Page, product: Product, method: ShippingMethod
) -> None:
    put_into_cart(page, make_product("Salt jar", price="8.00"), 1)
    page.goto("/checkout/review/")
    somebody_buys(product, 4, "84.90", method)
    press_order(page, WORKS)
    expect(
        page.get_by_text(
            "Some items aren't available in the quantity you chose: Clay pot. Your order hasn't "
            "been placed yet."
        )
    ).to_be_visible()
    line = page.get_by_role("listitem").filter(has_text="Clay pot")
    expect(line).to_contain_text("Only 1 left")
    assert sorted(line.quantity for line in Cart(cart_owner(page)).lines()) == [1, 2]
    assert Order.objects.count() == 1

    line.get_by_role("button", name="Take 1").click()
    page.get_by_role("link", name="Checkout").click()
    expect(
        page.get_by_role("group", name="Where it goes").get_by_role(
            "textbox", name="Street and number"
        )
    ).to_have_value("Hauptstraße 1")
    page.get_by_role("button", name="Go on to delivery").click()
    page.get_by_role("button", name="Go on to review").click()
    press_order(page, WORKS)
    order = expect_thanks(page)
    assert sorted(order.items.values_list("name", "quantity")) == [("Clay pot", 1), ("Salt jar", 1)]
    assert_paid_once(order, "32.90", left=0)


def test_what_is_gone_can_be_taken_out(
    page: Page, product: Product, method: ShippingMethod
) -> None:
    put_into_cart(page, make_product("Salt jar", price="8.00"), 1)
    page.goto("/checkout/review/")
    somebody_buys(product, 5, "104.90", method)
    press_order(page, WORKS)
    expect(page.get_by_text("Sold out", exact=True)).to_be_visible()
    page.get_by_role("button", name="Remove: Clay pot").click()
    expect(page.get_by_role("link", name="Checkout")).to_be_visible()
    page.goto("/checkout/review/")
    press_order(page, WORKS)
    order = expect_thanks(page)
    assert [item.name for item in order.items.all()] == ["Salt jar"]
    assert_paid_once(order, "12.90", left=0)


@pytest.mark.parametrize("javascript", [False, True], ids=["plain", "javascript"])
def test_a_voucher_makes_it_cheaper(new_page: NewPage, product: Product, javascript: bool) -> None:
    make_voucher("TEN", max_uses=1)
    page = new_page(javascript=javascript)
    put_into_cart(page, product, 2)
    fill_address(page)
    fill_card(page, WORKS)
    use_voucher(page, "nine")
    expect(page.get_by_role("alert")).to_have_text("“NINE” isn't a valid code.")
    page.get_by_label("Voucher code").fill("t e n")
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_role("complementary")).to_contain_text("−€4.00")
    expect(page.get_by_role("button", name="Order and pay €40.90")).to_be_visible()
    if javascript:
        expect(page.get_by_label("Card number")).to_have_value(WORKS)
    press_order(page, WORKS)
    order = expect_thanks(page)
    assert (order.voucher_code, order.discount_total) == ("TEN", Decimal("4.00"))
    assert VoucherUse.objects.get().order == order
    assert Voucher.objects.get().uses == 1
    assert_paid_once(order, "40.90", left=3)


def test_a_voucher_can_be_taken_out_again(page: Page) -> None:
    make_voucher("TEN")
    use_voucher(page, "ten")
    page.get_by_role("button", name="Remove the voucher TEN").click()
    expect(page.get_by_text("Have a voucher?")).to_be_visible()
    press_order(page, WORKS)
    order = expect_thanks(page)
    assert (order.voucher_code, Voucher.objects.get().uses) == ("", 0)
    assert_paid_once(order, "44.90", left=3)


def test_a_voucher_is_used_up_in_between(
    page: Page, product: Product, method: ShippingMethod
) -> None:
    make_voucher("TEN", max_uses=1)
    use_voucher(page, "ten")
    expect(page.get_by_role("button", name="Order and pay €40.90")).to_be_visible()
    theirs = somebody_buys(product, 1, "22.90", method, voucher_code="TEN")
    press_order(page, WORKS)
    notice = page.get_by_role("alert")
    expect(notice).to_contain_text("“TEN” isn't a valid code.")
    expect(notice).to_contain_text("The total is now €44.90.")
    assert Order.objects.get() == theirs
    press_order(page)
    order = expect_thanks(page)
    assert order.voucher_code == ""
    assert VoucherUse.objects.get().order == theirs
    assert_paid_once(order, "44.90", left=2)


def test_a_second_step_is_confirmed(page: Page) -> None:
    press_order(page, SECOND_STEP)
    expect(page.get_by_role("heading", name="Confirm your payment")).to_be_visible()
    order = order_of(page)
    page.goto(order.secret_url())
    assert order.status == Order.Status.PENDING
    page.get_by_role("link", name="Go on to your bank").click()
    page.get_by_role("button", name="Confirm").click()
    assert expect_thanks(page) == order == Order.objects.get()
    assert_paid_once(order, "44.90", left=3)


def test_a_second_step_is_refused(page: Page) -> None:
    press_order(page, SECOND_STEP)
    page.get_by_role("button", name="Refuse").click()
    expect(page.get_by_text("Your card was declined. Nothing was charged.")).to_be_visible()
    assert order_of(page).payments.get().status == Payment.Status.FAILED
    fill_card(page, WORKS)
    page.get_by_role("button", name="Pay €44.90").click()
    assert_paid_once(expect_thanks(page), "44.90", left=3)


@pytest.mark.parametrize("who", ["shopper", "reconciler"])
def test_the_money_is_taken_and_the_answer_is_lost(page: Page, who: str) -> None:
    press_order(page, LOST)
    expect(
        page.get_by_role("heading", name="We do not know yet whether it is paid")
    ).to_be_visible()
    order = order_of(page)
    assert order.status == Order.Status.PENDING
    assert order.payments.get().status == Payment.Status.CREATED
    if who == "shopper":
        page.get_by_role("link", name="Ask again now").click()
    else:
        Payment.objects.update(updated_at=timezone.now() - timedelta(minutes=1))
        list(reconcile())
        page.reload()
    assert expect_thanks(page) == order
    assert_paid_once(order, "44.90", left=3)


def test_paying_again_after_a_lost_answer_charges_once(page: Page) -> None:
    press_order(page, LOST)
    page.get_by_role("link", name="Pay €44.90 now").click()
    fill_card(page, WORKS)
    page.get_by_role("button", name="Pay €44.90").click()
    assert_paid_once(expect_thanks(page), "44.90", left=3)
    assert DummyCharge.objects.count() == 1


def test_an_order_for_nothing_needs_no_card(page: Page, method: ShippingMethod) -> None:
    ShippingMethod.objects.update(price=0)
    make_voucher("ALL", value=100)
    page.reload()
    use_voucher(page, "all")
    expect(page.get_by_role("heading", name="There is nothing to pay")).to_be_visible()
    expect(page.get_by_label("Card number")).to_have_count(0)
    expect(page.get_by_role("button", name=ORDER_BUTTON)).to_have_text("Order, nothing to pay")
    press_order(page)
    order = expect_thanks(page)
    assert (order.status, order.total, order.payments.count()) == (Order.Status.PAID, Decimal(0), 0)
    assert not DummyCharge.objects.exists()
    assert_stock(3)


@pytest.mark.parametrize("javascript", [False, True], ids=["plain", "javascript"])
def test_the_address_of_the_invoice_is_asked_when_it_is_another(
    new_page: NewPage, product: Product, javascript: bool
) -> None:
    page = new_page(javascript=javascript)
    put_into_cart(page, product, 2)
    fill_address(page)
    page.get_by_role("link", name="Change the address").click()
    streets = page.get_by_role("textbox", name="Street and number")
    expect(streets).to_have_count(1)
    page.get_by_label("The invoice goes to another address").check()
    expect(streets).to_have_count(2)
    invoice = page.get_by_role("group", name="Invoice")
    for name, text in {
        "Full name": "Charles Babbage",
        "Street and number": "Dorset Street 1",
        "City": "London",
    }.items():
        invoice.get_by_role("textbox", name=name).fill(text)
    invoice.get_by_role("textbox", name="Postcode").fill("W1U 4EF")
    invoice.get_by_role("combobox", name="Country").select_option("GB")
    page.get_by_role("button", name="Go on to delivery").click()
    page.get_by_role("button", name="Go on to review").click()
    expect(page.get_by_text("Dorset Street 1")).to_be_visible()
    press_order(page, WORKS)
    order = expect_thanks(page)
    assert (order.billing_address["full_name"], order.shipping_address["full_name"]) == (
        "Charles Babbage",
        "Ada Lovelace",
    )
