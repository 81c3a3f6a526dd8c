"""`manage.py load_demo`: a shop to explore, with products, pictures, customers and orders."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.images.results import ResultQueue
from catalog.models import Product
from infra.demo import load, orders
from infra.demo.model import DemoCategory, DemoProduct
from infra.demo.products import DEMO_CATEGORIES, DEMO_CUSTOMERS, DEMO_PRODUCTS
from orders.models import Order

SAY_EVERY_SECONDS = 10.0
# If no rendition appears for this long, nobody is making them: there is no Lambda, or
# process_image_results is not running.
PATIENCE_SECONDS = 90.0


class Command(BaseCommand):
    """Load the demo.

    Whatever already exists is left unchanged, so an interrupted run can simply be repeated.
    """

    help = (
        "Loads the demo catalogue with its pictures, customers and orders. A second run changes "
        "nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="do nothing in a shop that has products of its own",
        )
        parser.add_argument(
            "--products", type=int, default=len(DEMO_PRODUCTS), help="how many products"
        )
        parser.add_argument("--orders", type=int, default=120, help="how many orders")
        parser.add_argument("--without-pictures", action="store_true", help="upload no pictures")
        parser.add_argument(
            "--process-results",
            action="store_true",
            help="do the work of process_image_results, if that is not running",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load what is missing."""
        # Without an endpoint of its own the shop talks to the real AWS: this is production.
        if not settings.AWS_ENDPOINT_URL:
            raise CommandError(
                "load_demo makes accounts whose passwords everybody knows: never in a real shop."
            )
        if options["if_empty"] and Product.objects.exists() and not _was_interrupted():
            self.stdout.write("The shop has products already: no demo is loaded.")
            return
        self._last_said = 0.0
        products = list(DEMO_PRODUCTS[: options["products"]])
        orders.make_staff()
        orders.make_shipping_methods()
        orders.make_taxes_and_vouchers()
        load.load_goods(list(DEMO_CATEGORIES), products)
        if not options["without_pictures"]:
            self._pictures(
                list(DEMO_CATEGORIES), products, process_results=options["process_results"]
            )
        # Last, because orders keep a copy of the picture, and because the first order marks the
        # demo as complete.
        orders.make_customers(list(DEMO_CUSTOMERS))
        made = orders.make_orders(
            list(DEMO_CUSTOMERS), [product.slug for product in products], options["orders"]
        )
        self.stdout.write(f"The demo is loaded: {len(products)} products, {made} new orders.")
        self.stdout.write(f"Staff: {orders.STAFF_EMAIL}, password {orders.STAFF_PASSWORD}")
        self.stdout.write(
            f"Customer: {DEMO_CUSTOMERS[0].email}, password {orders.CUSTOMER_PASSWORD}"
        )

    def _pictures(
        self, categories: list[DemoCategory], products: list[DemoProduct], *, process_results: bool
    ) -> None:
        uploads = load.missing_pictures(categories, products)
        queue = ResultQueue() if process_results else None
        for done, upload in enumerate(uploads, 1):
            upload()
            self._say(f"{done} of {len(uploads)} pictures are uploaded.")
            if queue:
                queue.work_through(queue.receive(0))
        self._wait(categories, products, queue)

    def _wait(
        self, categories: list[DemoCategory], products: list[DemoProduct], queue: ResultQueue | None
    ) -> None:
        left, moved_at = load.unfinished(categories, products), time.monotonic()
        while left:
            self._say(f"{left} pictures wait for their renditions.")
            if queue:
                queue.work_through(queue.receive(1))
            else:
                time.sleep(0.5)
            before, left = left, load.unfinished(categories, products)
            if left < before:
                moved_at = time.monotonic()
            elif time.monotonic() - moved_at > PATIENCE_SECONDS:
                self.stderr.write(
                    f"{left} pictures have no renditions yet. Is process_image_results running?"
                )
                return

    def _say(self, message: str) -> None:
        if time.monotonic() - self._last_said >= SAY_EVERY_SECONDS:
            self._last_said = time.monotonic()
            self.stdout.write(message)


def _was_interrupted() -> bool:
    """Return whether an earlier run created products of the demo but did not finish."""
    begun = Product.objects.filter(slug__in=[product.slug for product in DEMO_PRODUCTS]).exists()
    return begun and not Order.objects.filter(checkout_key=orders.order_key(0)).exists()
