"""Shoppers in threads who retry, click twice, switch cards or leave, while processes die."""

import threading
import uuid
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

from catalog.models import Variant
from tests.drills.chance import chance
from tests.drills.shopper import (
    ANSWER_LOST,
    BROKEN,
    DECLINED,
    ORDER_PAGE,
    SECOND_STEP,
    SLOW,
    WORKS,
    Answer,
    Shopper,
    WrongPage,
    card,
)

CARDS = [WORKS] * 8 + [DECLINED] * 3 + [SECOND_STEP] * 3 + [SLOW] * 3 + [ANSWER_LOST] * 3
MOST_TRIES = 12
#: On the page of an order that its shopper may change or cancel.
WITHDRAW = "Change this order"


@dataclass
class Visit:
    """A shopper who has pressed "Order and pay", and what was in the cart at that moment.

    `units` has the units of each variant by its pk.
    """

    shopper: Shopper
    names: list[str]
    units: Counter[int]


@dataclass
class Crowd:
    """All shoppers of a drill.

    `answers` counts the answers they got, `wrong` lists those that must not occur.
    """

    address: str
    goods: Sequence[Variant]
    visits: list[Visit] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def shop(self) -> None:
        """Go shopping again and again until `over` is set."""
        while not self.over.is_set():
            email = f"drill-{uuid.uuid4().hex[:16]}@example.com"
            shopper = Shopper(self.address, email, tries=chance.randint(2, MOST_TRIES))
            try:
                self._visit(shopper)
            except BROKEN:
                self.answers["gave up on a broken connection"] += 1
            except WrongPage as page:
                self._note(page.answer)
            self.answers["tried again"] += shopper.repeats

    def _visit(self, shopper: Shopper) -> None:
        wanted = chance.sample(self.goods, chance.randint(1, 3))
        units: Counter[int] = Counter()
        for variant in wanted:
            for gift_wrap in chance.choice([[False], [True], [False, True]]):
                path, quantity = variant.product.get_absolute_url(), chance.randint(1, 3)
                shopper.put_into_cart(path, quantity, gift_wrap=gift_wrap)
                units[variant.pk] += quantity
        shopper.go_to_review()
        names = [variant.product.name for variant in wanted]
        self.visits.append(Visit(shopper, names, units))
        answer = self._press(shopper, chance.choice(CARDS))
        self._note(answer)
        self._go_on(shopper, answer)

    def _press(self, shopper: Shopper, number: str) -> Answer:
        """Press the last button, sometimes twice at the same moment."""
        if chance.random() > 0.3:
            return shopper.order(number)
        with ThreadPoolExecutor(1) as pool:
            second = pool.submit(shopper.order, number)
            with suppress(*BROKEN):
                shopper.order(number)
            return second.result()

    def _go_on(self, shopper: Shopper, answer: Answer) -> None:
        """Do what the shop asks for next, or leave."""
        if answer.location.endswith("/pay/confirm/") and chance.random() < 0.8:
            answer = shopper.post(answer.location, {"refuse": "1"} if chance.random() < 0.2 else {})
        elif ORDER_PAGE.search(answer.location):
            page = shopper.get(answer.location)
            if WITHDRAW not in page.text or chance.random() < 0.3:
                return
            if chance.random() < 0.4:
                self._withdraw(shopper, page.path)
                return
            answer = shopper.post(f"{page.path}pay/", card(chance.choice(CARDS)))
        elif answer.location.endswith("/pay/") and chance.random() < 0.4:
            self._withdraw(shopper, answer.location.removesuffix("pay/"))
            return
        elif answer.location.endswith("/pay/") and chance.random() < 0.7:
            answer = shopper.post(answer.location, card(WORKS))
        else:
            return
        self._note(answer)

    def _withdraw(self, shopper: Shopper, page: str) -> None:
        """Change or cancel an unpaid order, sometimes twice at once; then perhaps order anew."""
        button = f"{page}{chance.choice(['change', 'cancel'])}/"
        with ThreadPoolExecutor(1) as pool:
            second = pool.submit(shopper.post, button, {}) if chance.random() < 0.3 else None
            answer = shopper.post(button, {})
            if second is not None:
                with suppress(*BROKEN):
                    second.result()
        self._note(answer)
        if answer.location != "/cart/" or chance.random() < 0.3:
            return
        shopper.go_to_review()
        self._note(shopper.order(chance.choice(CARDS)))

    def _note(self, answer: Answer) -> None:
        """Count an answer. A server error is wrong whatever was going on, except for a 503."""
        place = ORDER_PAGE.sub("/orders/.../", answer.location) or answer.path
        self.answers[
            f"{answer.status} {place}" if answer.status != 302 else f"sent to {_shape(place)}"
        ] += 1
        if answer.status >= 500 and answer.status != 503:
            self.wrong.append(f"{_shape(answer.path)} answered {answer.status}")


def _shape(path: str) -> str:
    """Return a path without the secret in it."""
    parts = path.split("/")
    return "/".join([*parts[:2], "...", *parts[3:]]) if parts[1:2] == ["orders"] else path
