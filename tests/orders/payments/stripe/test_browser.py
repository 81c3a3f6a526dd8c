"""Our script on the payment page, in a real Chromium, with a stand-in for Stripe's own script."""

from collections.abc import Iterator

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, expect

from orders.models import Order, Payment
from tests.e2e.conftest import note_violation
from tests.orders.payments.stripe.account import DECLINED, WORKS
from tests.orders.payments.stripe.server import StripeServer
from tests.orders.shopping import place

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

# The parts of https://js.stripe.com/v3/ that we call. A checkbox stands for the card: if it is
# ticked, the card works.
STRIPE_JS = """
window.Stripe = (key) => ({
  elements: ({ clientSecret, appearance }) => ({
    clientSecret, update() {},
    create: () => ({ on() {}, mount(place) {
      place.innerHTML = `<label><input type="checkbox"> Good card</label>`
        + ` <i>${key} ${appearance.theme}</i>`;
    } }),
  }),
  confirmPayment: async ({ elements, confirmParams }) => {
    const good = document.querySelector("[data-stripe-element] input").checked;
    const error = await window.shopperPays(elements.clientSecret, good);
    if (!error) await new Promise(() => { window.location.assign(confirmParams.return_url); });
    return { error };
  },
});
"""


@pytest.fixture(scope="module")
def chromium(browser: Browser) -> Iterator[Browser]:
    yield browser
    # While this thread runs an event loop, it has a second connection besides its usual one.
    connections.close_all()


@pytest.fixture(autouse=True)
def own_url(live_server, settings) -> None:
    """Stripe sends shoppers back to SHOP_URL, whatever host they came by."""
    settings.SHOP_URL = live_server.url


@pytest.fixture
def page(chromium: Browser, server: StripeServer, live_server, settings) -> Iterator[Page]:
    settings.SHOP_URL = live_server.url  # Stripe sends the shopper back there

    def shopper_pays(client_secret: str, good: bool) -> dict | None:
        intent_id = client_secret.partition("_secret")[0]
        with server.lock:
            intent = server.account.retrieve_intent(intent_id)
            if intent["status"] == "succeeded":
                return {"message": "It is paid.", "payment_intent": {"status": "succeeded"}}
            server.account.confirm(intent_id, WORKS if good else DECLINED)
        return None if good else {"message": "Your card was declined."}

    context = chromium.new_context(color_scheme="dark")
    context.set_default_timeout(15_000)
    violations = []
    context.on("console", lambda message: note_violation(message, violations))
    page = context.new_page()
    page.expose_function("shopperPays", shopper_pays)
    page.route(
        "https://js.stripe.com/v3/",
        lambda route: route.fulfill(body=STRIPE_JS, content_type="text/javascript"),
    )
    yield page
    context.close()
    assert violations == []


def test_a_declined_card_and_then_one_that_works_pay_once(live_server, server, provider, page):
    order = place(provider="stripe")
    page.goto(f"{live_server.url}/orders/{order.token}/pay/")
    button = page.get_by_role("button", name="Pay €14.90")
    button.click()  # begins the payment; a page that is only looked at does not
    expect(page.get_by_text("pk_test_the_shops_own night")).to_be_visible()

    button.click()
    expect(page.get_by_role("alert")).to_have_text("Your card was declined.")
    expect(button).to_be_enabled()

    page.get_by_label("Good card").check()
    button.click()
    page.wait_for_url(f"**/orders/{order.token}/")
    assert Order.objects.get().status == Order.Status.PAID
    assert Payment.objects.get().status == Payment.Status.CAPTURED
    assert len(server.account.intents) == 1
    assert server.account.received() == 1490


def test_it_goes_on_to_the_order_when_it_was_paid_in_another_tab(
    live_server, server, provider, page
):
    order = place(provider="stripe")
    page.goto(f"{live_server.url}/orders/{order.token}/pay/")
    page.get_by_role("button", name="Pay €14.90").click()
    expect(page.get_by_label("Good card")).to_be_visible()
    with server.lock:
        server.account.confirm(Payment.objects.get().transaction_id)
    page.get_by_role("button", name="Pay €14.90").click()
    page.wait_for_url(f"**/orders/{order.token}/")
    assert Order.objects.get().status == Order.Status.PAID


def test_it_says_so_when_stripes_script_does_not_load(live_server, provider, page):
    page.route("https://js.stripe.com/v3/", lambda route: route.abort())
    page.goto(f"{live_server.url}/orders/{place(provider='stripe').token}/pay/")
    page.get_by_role("button", name="Pay €14.90").click()
    expect(page.get_by_role("alert")).to_contain_text("could not be loaded")
