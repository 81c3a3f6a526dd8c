"""Rounds of requests, to the bare view and the page in turn, so that noise affects both."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tests.bench.browser import COUNT, Browser
from tests.bench.pages import Page, Visit
from tests.bench.server import WORKERS, Cost, Server, cost

WARM_UP = 30


@dataclass(frozen=True)
class Result:
    """What a page and its bare view cost on a server.

    The costs are milliseconds per request, as medians of the rounds.
    """

    page: Page
    own: Cost
    bare: Cost
    sql: int
    dynamodb: tuple[str, ...]

    @property
    def ratio(self) -> float:
        """How many times the CPU of the bare view the application takes."""
        return self.own.web / self.bare.web

    @property
    def whole_ratio(self) -> float:
        """The same ratio including PostgreSQL's share."""
        return (self.own.web + self.own.database) / (self.bare.web + self.bare.database)

    @property
    def misses(self) -> list[str]:
        """The goals that are missed, out of CPU, SQL and DynamoDB."""
        over = {
            "CPU": self.ratio > self.page.goal,
            "SQL": self.sql > self.page.sql,
            "DynamoDB": len(self.dynamodb) > self.page.dynamodb,
        }
        return [name for name, missed in over.items() if missed]


class Lane:
    """A page on one server, with its shopper."""

    def __init__(self, server: Server, page: Page) -> None:
        self.server = server
        self.page = page
        self.browser = Browser(server.port)
        page.shopper(self.browser)
        self.own, self.bare = page.visit(), page.bare()
        self.costs: list[Cost] = []
        self.bare_costs: list[Cost] = []
        self.processes: tuple[list[int], list[int]] = [], []
        # Until every worker has answered and has its connection.
        while len(self.processes[1]) < WORKERS:
            for visit in (self.bare, self.own) * WARM_UP:
                visit(self.browser)
            self.processes = server.processes()

    def round(self, requests: int) -> None:
        """Request the bare view `requests` times, then the page."""
        self.bare_costs.append(self._measure(self.bare, requests))
        self.costs.append(self._measure(self.own, requests))

    def _measure(self, visit: Visit, requests: int) -> Cost:
        before = cost(*self.processes)
        for _ in range(requests):
            visit(self.browser)
        return (cost(*self.processes) - before).each(requests)

    def result(self) -> Result:
        """Return the medians and the calls."""
        sql, dynamodb = self._count(self.own)
        return Result(self.page, middle(self.costs), middle(self.bare_costs), sql, dynamodb)

    def _count(self, visit: Visit) -> tuple[int, tuple[str, ...]]:
        """Return the calls of a request.

        It is the fewest of five, because once a minute a request refreshes what its process caches.
        """
        self.browser.extra = COUNT
        answers = [visit(self.browser).headers for _ in range(5)]
        self.browser.extra = {}
        return min(
            (int(told["X-Bench-Sql"]), tuple(told["X-Bench-Dynamodb"].split())) for told in answers
        )


def middle(costs: Sequence[Cost]) -> Cost:
    """Return the median of each share."""
    return Cost(median(each.web for each in costs), median(each.database for each in costs))


def measure(page: Page, servers: Sequence[Server], *, rounds: int, requests: int) -> list[Result]:
    """Measure a page on every server, round by round."""
    lanes = [Lane(server, page) for server in servers]
    for _ in range(rounds):
        for lane in lanes:
            lane.round(requests)
    return [lane.result() for lane in lanes]
