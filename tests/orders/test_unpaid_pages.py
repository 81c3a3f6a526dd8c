"""What a shopper with an unpaid order sees and may do."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orders import reconciliation
from orders.models import Order
from orders.payments.providers.dummy import DECLINED, LOST
from tests.factories import make_order, make_product, make_user
from tests.orders.checkout.test_pages import fill, order, to_review

pytestmark = pytest.mark.django_db


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def declined(client: Client, number: str = DECLINED) -> Order:
    """Order the last two units of something, with a card that is declined."""
    fill(client, make_product("Clay pot", stock_level=2), quantity=2)
    order(client, to_review(client, note="Ring twice"), card_number=number)
    return Order.objects.get()


@pytest.mark.parametrize("page", ["orders:order", "orders:pay"])
def test_its_pages_offer_to_change_or_cancel_it(client, page):
    placed = declined(client)
    shown = text(client, reverse(page, args=[placed.token]))
    assert f'action="{reverse("orders:change", args=[placed.token])}"' in shown
    assert f'formaction="{reverse("orders:cancel", args=[placed.token])}"' in shown


def test_changing_it_goes_on_in_the_cart_with_all_that_was_entered(client):
    placed = declined(client)
    assert client.post(reverse("orders:change", args=[placed.token])).url == reverse("carts:cart")
    cart = client.get(reverse("carts:cart"))
    assert [line.line.quantity for line in cart.context["contents"].lines] == [2]
    assert cart.context["contents"].is_orderable
    assert "Your items are back in your cart." in cart.content.decode()
    assert "unpaid order" not in cart.content.decode()
    review = client.get(reverse("orders:review"))
    assert "ada@example.com" in review.content.decode()
    assert "Ring twice" in review.content.decode()
    again = order(client, review)
    assert again.url != placed.secret_url()
    assert [each.status for each in Order.objects.order_by("pk")] == ["cancelled", "paid"]


def test_cancelling_it_says_where_the_goods_are(client):
    placed = declined(client)
    page = client.post(reverse("orders:cancel", args=[placed.token]), follow=True)
    assert page.redirect_chain == [(placed.secret_url(), 302)]
    assert "This order was cancelled" in page.content.decode()
    assert "Your items are back in your cart." in page.content.decode()
    assert client.cookies["cart_count"].value.startswith("2.")
    page = client.post(reverse("orders:cancel", args=[placed.token]), follow=True)
    assert "Your items are back in your cart." in page.content.decode()
    assert len(client.get(reverse("carts:cart")).context["contents"].lines) == 1


def test_it_can_be_changed_on_another_device_by_whoever_has_the_link(client):
    placed, phone = declined(client), Client()
    for _ in range(2):
        phone.post(reverse("orders:change", args=[placed.token]))
    assert [line.line.quantity for line in contents(phone).lines] == [2]
    assert "ada@example.com" in phone.get(reverse("orders:review")).content.decode()
    assert not contents(client).lines
    assert "back in your cart" not in text(client, placed.secret_url())


def contents(client: Client):
    return client.get(reverse("carts:cart")).context["contents"]


@pytest.mark.parametrize("page", ["orders:change", "orders:cancel"])
def test_strangers_and_links_change_nothing(client, page):
    placed = declined(client)
    assert client.get(reverse(page, args=[placed.token])).status_code == 405
    assert Client().post(reverse(page, args=["made-up"])).status_code == 404
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(reverse(page, args=[placed.token])).status_code == 403
    placed.refresh_from_db()
    assert placed.status == Order.Status.PENDING


def test_a_paid_order_stays(client):
    placed = make_order(make_user())
    assert "Change this order" not in text(client, placed.secret_url())
    page = client.post(reverse("orders:change", args=[placed.token]), follow=True)
    assert "is already paid" in page.content.decode()


def test_money_that_came_meanwhile_is_thanked_for(client):
    placed = declined(client, LOST)
    page = client.post(reverse("orders:change", args=[placed.token]), follow=True)
    assert "Thank you" in page.content.decode()
    placed.refresh_from_db()
    assert placed.status == Order.Status.PAID


def test_a_lapsed_order_leads_to_the_cart_that_is_full_again(client):
    placed = declined(client)
    Order.objects.update(placed_at=timezone.now() - timedelta(hours=1))
    list(reconciliation.reconcile())
    shown = text(client, placed.secret_url())
    assert "Your items are back in your cart." in shown
    assert f'href="{reverse("carts:cart")}">View cart' in shown
    assert [line.line.quantity for line in contents(client).lines] == [2]


@pytest.mark.parametrize("page", ["carts:cart", "orders:checkout"])
def test_cart_and_checkout_name_the_unpaid_order_that_holds_the_goods(client, page):
    placed = declined(client)
    fill(client)
    shown = text(client, reverse(page))
    assert "You have an unpaid order" in shown
    assert placed.secret_url() in shown
    assert reverse("orders:change", args=[placed.token]) in shown


def test_only_a_session_with_an_unpaid_order_pays_for_that(client, django_assert_num_queries):
    fill(client)
    with django_assert_num_queries(1):
        text(client, reverse("carts:cart"))
    placed = declined(client)
    with django_assert_num_queries(1):
        text(client, reverse("carts:cart"))
    fill(client, Order.objects.get().items.first().variant.product)
    Order.objects.filter(pk=placed.pk).update(status=Order.Status.CANCELLED)
    assert "unpaid order" not in text(client, reverse("carts:cart"))
