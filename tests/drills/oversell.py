"""Many shoppers order the same product at the same moment, over HTTP: `manage.py drill oversell`.

Preparing the carts is not what is tested, so only the last click happens at the same moment for
all. Some others hold a unit each by an order that they have not paid, and change it at that very
moment: their units may be bought, and each is in its shopper's cart once.

With the control, the guard of the stock is disabled in the drill's web processes; then it must
fail, or the drill proves nothing.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from carts.cart import Cart
from catalog import stock
from catalog.models import Variant
from orders.models import Order
from tests.drills.goods import make_delivery, make_product
from tests.drills.programs import DrillFailed, Programs, programs
from tests.drills.shopper import BROKEN, DECLINED, ORDER_PAGE, Answer, Shopper, WrongPage

PREPARE_AT_ONCE = 12
#: On a laptop the emulated DynamoDB shares the machine with all shoppers, and its speed is not what
#: is tested.
DYNAMODB_SECONDS = "20"
#: What the cart's page says to a shopper whose order was refused.
UNAVAILABLE = "available in the quantity you chose"
BOUGHT, SOLD_OUT = "bought", "sold out"
#: For one shopper who changes an unpaid order there are so many units for the others.
UNITS_PER_QUITTER = 5


@dataclass
class Round:
    """The result of one round; `breaches` lists what must not happen.

    `units` are for sale from the beginning, and one more for each of the `quitters`.
    """

    number: int
    units: int
    quitters: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    paid: int = 0
    left: int = 0
    breaches: list[str] = field(default_factory=list)
    prepared_in: float = 0.0
    ordered_in: float = 0.0

    def __str__(self) -> str:
        answers = ", ".join(f"{count} {answer}" for answer, count in sorted(self.answers.items()))
        seconds = f"prepared in {self.prepared_in:.1f} s, ordered in {self.ordered_in:.1f} s"
        outcome = "; ".join(self.breaches) or "ledger right"
        return (
            f"round {self.number}: {answers}; {self.paid} of {self.units} paid, "
            f"{self.quitters} given up, {self.left} left "
            f"({seconds}): {outcome}"
        )


def run(rounds: int, buyers: int, units: int, *, control: bool = False) -> Iterator[Round]:
    """Yield each round once it is over. With `control` the stock is not guarded."""
    sabotage = "read-then-write" if control else ""
    with programs(DRILL_SABOTAGE=sabotage, DRILL_DYNAMODB_SECONDS=DYNAMODB_SECONDS) as shop:
        make_delivery()
        shop.start_web(workers=4, threads=4)
        for number in range(1, rounds + 1):
            try:
                quitters = max(units // UNITS_PER_QUITTER, 1)
                yield _round(shop, Round(number, units, quitters), buyers)
            except WrongPage as page:
                raise DrillFailed(f"{page}\n{shop.log_of('web')[-3000:]}") from page


def _round(shop: Programs, result: Round, buyers: int) -> Round:
    variant = make_product(f"Drill {result.number}", result.units + result.quitters)
    started = time.monotonic()
    quitters = _prepare(shop.address, variant, result.quitters)
    orders = [shopper.order(DECLINED).location.removesuffix("pay/") for shopper in quitters]
    shoppers = _prepare(shop.address, variant, buyers)
    result.prepared_in = time.monotonic() - started
    starts: list[float] = []
    everybody = buyers + result.quitters
    barrier = threading.Barrier(everybody, action=lambda: starts.append(time.monotonic()))
    with ThreadPoolExecutor(everybody) as pool:
        given_up = pool.map(partial(_change, barrier=barrier), quitters, orders)
        answers = list(pool.map(partial(_order, barrier=barrier), shoppers))
        result.breaches += filter(None, given_up)
    result.ordered_in = time.monotonic() - starts[0]
    with ThreadPoolExecutor(PREPARE_AT_ONCE) as pool:
        result.answers.update(pool.map(_judge, shoppers, answers))
    _check(result, variant)
    result.breaches += filter(None, map(_look_into_cart, quitters))
    return result


def _prepare(address: str, variant: Variant, buyers: int) -> list[Shopper]:
    """Return shoppers who each have one unit in the cart and have reached the last button."""
    path = variant.product.get_absolute_url()

    def prepare(number: int) -> Shopper:
        shopper = Shopper(address, f"drill-{variant.pk}-{number}@example.com", tries=5)
        shopper.put_into_cart(path)
        shopper.go_to_review()
        # The click itself is never repeated: each one must be answered.
        shopper.tries = 1
        return shopper

    with ThreadPoolExecutor(PREPARE_AT_ONCE) as pool:
        return list(pool.map(prepare, range(buyers)))


def _order(shopper: Shopper, barrier: threading.Barrier) -> Answer | Exception:
    barrier.wait()
    try:
        return shopper.order()
    except BROKEN as error:
        return error


def _change(shopper: Shopper, order: str, barrier: threading.Barrier) -> str:
    """Change an unpaid order; return what went wrong."""
    barrier.wait()
    try:
        answer = shopper.post(f"{order}change/", {})
    except BROKEN as error:
        return repr(error)
    return "" if answer.location == "/cart/" else f"changing {order} leads to {answer.location}"


def _look_into_cart(shopper: Shopper) -> str:
    units = sum(line.quantity for line in Cart(shopper.cart_owner).lines())
    return "" if units == 1 else f"{units} units came back to {shopper.email}"


def _judge(shopper: Shopper, answer: Answer | Exception) -> str:
    """Return what a shopper was told: BOUGHT, SOLD_OUT, or whatever else it was."""
    if isinstance(answer, Exception):
        return repr(answer)
    if answer.status != 302:
        return f"a page with status {answer.status}"
    page = shopper.get(answer.location)
    if ORDER_PAGE.search(answer.location) and page.status == 200 and "Thank you, " in page.text:
        return BOUGHT
    if answer.location == "/cart/" and page.status == 200 and UNAVAILABLE in page.text:
        return SOLD_OUT
    return f"the page {answer.location}"


def _check(result: Round, variant: Variant) -> None:
    """Compare what the shoppers were told with the database."""
    result.paid = Order.objects.filter(items__variant=variant, status=Order.Status.PAID).count()
    result.left = Variant.objects.get(pk=variant.pk).stock
    others = set(result.answers) - {BOUGHT, SOLD_OUT}
    if others:
        result.breaches.append(f"answers that must not be: {', '.join(sorted(others))}")
    if result.answers[BOUGHT] != result.paid:
        result.breaches.append(f"{result.answers[BOUGHT]} shoppers were told that they bought it")
    fewest = min(result.units, sum(result.answers.values()))
    if result.paid < fewest or result.paid + result.left != result.units + result.quitters:
        result.breaches.append(f"{result.paid} orders for {result.units} units")
    result.breaches += [f"the ledger says {ledger}" for _variant, ledger in stock.differences()]
