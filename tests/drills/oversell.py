"""Many shoppers order the same product at the same moment, over HTTP: `manage.py drill oversell`.

Preparing the carts is not what is tested, so only the last click happens at the same moment for
all. With the control, the guard of the stock is disabled in the drill's web processes; then it must
fail, or the drill proves nothing.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from catalog import stock
from catalog.models import Variant
from orders.models import Order
from tests.drills.goods import make_delivery, make_product
from tests.drills.programs import DrillFailed, Programs, programs
from tests.drills.shopper import BROKEN, ORDER_PAGE, Answer, Shopper, WrongPage

PREPARE_AT_ONCE = 12
#: On a laptop the emulated DynamoDB shares the machine with all shoppers, and its speed is not what
#: is tested.
DYNAMODB_SECONDS = "20"
BOUGHT, SOLD_OUT = "bought", "sold out"


@dataclass
class Round:
    """The result of one round; `breaches` lists what must not happen."""

    number: int
    units: int
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
            f"round {self.number}: {answers}; {self.paid} of {self.units} paid, {self.left} left "
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
                yield _round(shop, Round(number, units), buyers)
            except WrongPage as page:
                raise DrillFailed(f"{page}\n{shop.log_of('web')[-3000:]}") from page


def _round(shop: Programs, result: Round, buyers: int) -> Round:
    variant = make_product(f"Drill {result.number}", result.units)
    started = time.monotonic()
    shoppers = _prepare(shop.address, variant, buyers)
    result.prepared_in = time.monotonic() - started
    starts: list[float] = []
    barrier = threading.Barrier(buyers, action=lambda: starts.append(time.monotonic()))
    with ThreadPoolExecutor(buyers) as pool:
        answers = list(pool.map(lambda shopper: _order(shopper, barrier), shoppers))
    result.ordered_in = time.monotonic() - starts[0]
    with ThreadPoolExecutor(PREPARE_AT_ONCE) as pool:
        result.answers.update(pool.map(_judge, shoppers, answers))
    _check(result, variant)
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


def _judge(shopper: Shopper, answer: Answer | Exception) -> str:
    """Return what a shopper was told: BOUGHT, SOLD_OUT, or whatever else it was."""
    if isinstance(answer, Exception):
        return repr(answer)
    if answer.status != 302:
        return f"a page with status {answer.status}"
    page = shopper.get(answer.location)
    if ORDER_PAGE.search(answer.location) and page.status == 200 and "Thank you, " in page.text:
        return BOUGHT
    if answer.location == "/cart/" and page.status == 200 and "Sold out" in page.text:
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
    if (result.paid, result.left) != (min(result.units, sum(result.answers.values())), 0):
        result.breaches.append(f"{result.paid} orders for {result.units} units")
    result.breaches += [f"the ledger says {ledger}" for _variant, ledger in stock.differences()]
