"""`manage.py documents list|render|verify`: invoices and credit notes."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management import BaseCommand, CommandError

from orders.documents.storage import make_documents
from orders.documents.verify import differences
from orders.models import Invoice

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


class Command(BaseCommand):
    """List what was issued, make what is missing, or compare rows, numbers and stored files."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["list", "render", "verify"])
        parser.add_argument(
            "--order", default="", help="with list: only the documents of this order (its number)"
        )
        parser.add_argument(
            "--all",
            action="store_true",
            help="with render: also issue for orders and refunds that are long past",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the action; verify exits with 1 on any difference."""
        if options["action"] == "list":
            self._list(options["order"])
        elif options["action"] == "render":
            for line in make_documents(BEGINNING if options["all"] else None):
                self.stdout.write(line)
        else:
            self._verify()

    def _list(self, order: str) -> None:
        issued = Invoice.objects.select_related("order").order_by("issued_at", "pk")
        for invoice in issued.filter(order__number=order) if order else issued:
            state = invoice.pdf_sha256[:12] or "no PDF yet"
            day, total = (
                invoice.data["issued_on"],
                f"{invoice.data['total']} {invoice.data['currency']}",
            )
            self.stdout.write(
                f"{invoice.number}  {day}  {invoice.order.number}  {total:>14}  {state}"
            )

    def _verify(self) -> None:
        found = list(differences())
        for line in found:
            self.stderr.write(line)
        if found:
            raise CommandError(f"{len(found)} differences.")
        self.stdout.write(f"{Invoice.objects.count()} documents stand as they were issued.")
