"""`manage.py notifications list|resend|redrive`: list notifications, or send them again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from orders import timeline
from orders.models import Order
from shop.dynamo.table import StoreUnavailable
from shop.events import dead_letters


class Command(BaseCommand):
    help = (
        "Lists the notifications of an order, sends a mail again, or gives dead letters another "
        "chance."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        listed = actions.add_parser("list", help="what happened to an order, and who was told")
        listed.add_argument("order", help="its number")
        again = actions.add_parser("resend", help="send a mail of an order again")
        again.add_argument("order", help="its number")
        again.add_argument(
            "kind", nargs="?", default="", help="such as order_shipped; the last mail if left out"
        )
        redrive = actions.add_parser(
            "redrive", help="put what failed back into the queue; beat does it by itself"
        )
        redrive.add_argument(
            "--all", action="store_true", help="also what has still to wait, or was given up"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "redrive":
            done = dead_letters.redrive("notifications", everything=options["all"])
            self.stdout.write(
                f"{done.moved} went back, {done.waiting} have to wait, {done.given_up} were given "
                "up."
            )
            return
        order = Order.objects.filter(number=options["order"].upper()).first()
        if order is None:
            raise CommandError(f"There is no order {options['order']}.")
        if options["action"] == "list":
            self._list(order)
        else:
            self._resend(order, options["kind"])

    def _list(self, order: Order) -> None:
        found = timeline.timeline(order)
        for entry in found.entries:
            self.stdout.write(
                f"{timezone.localtime(entry.at).isoformat(' ', 'seconds')}  {entry.state:<9}  "
                f"{entry.what}  {entry.detail}".rstrip()
            )
        if not found.complete:
            raise CommandError("DynamoDB does not answer: who was told is missing here.")

    def _resend(self, order: Order, kind: str) -> None:
        try:
            sent = timeline.resend(order, kind)
        except timeline.UnknownNotification as error:
            raise CommandError(str(error)) from error
        except StoreUnavailable as error:
            raise CommandError("DynamoDB does not answer. Try again later.") from error
        self.stdout.write(f"{sent} will go to {order.email} again.")
