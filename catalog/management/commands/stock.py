"""`manage.py stock set|add|verify`: count, correct and check the stock."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from catalog import stock
from catalog.listing_columns import refresh_listings
from catalog.models import Variant

MAX_LEVEL = 2_147_483_647


class Command(BaseCommand):
    """Change the stock of a variant, stating a reason, or compare all stock with the ledger."""

    help = (
        "Set the stock of a variant, add to it, or verify that all stock is the sum of its ledger."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        for name, number in (
            ("set", "what was counted"),
            ("add", "how many more; negative for fewer"),
        ):
            action = actions.add_parser(name)
            action.add_argument("sku")
            action.add_argument("number", type=int, help=number)
            action.add_argument("--reason", required=True, help="why, for the ledger")
        actions.add_parser("verify")

    def handle(self, *args: Any, **options: Any) -> None:
        """Change the stock and print the new level.

        `verify` prints each difference from the ledger, and fails if there are any.
        """
        if options["action"] == "verify":
            self._verify()
        else:
            self._change(**{name: options[name] for name in ("action", "sku", "number", "reason")})

    def _verify(self) -> None:
        wrong = stock.differences()
        for variant, ledger in wrong:
            self.stdout.write(
                f"{variant.sku or variant.pk} {variant}: stock {variant.stock}, ledger {ledger}"
            )
        if wrong:
            raise CommandError(
                f"{len(wrong)} of {Variant.objects.count()} variants differ from their ledger."
            )
        self.stdout.write(f"All {Variant.objects.count()} variants agree with their ledger.")

    def _change(self, action: str, sku: str, number: int, reason: str) -> None:
        variant = Variant.objects.filter(sku=sku).first()
        if variant is None:
            raise CommandError(f"There is no variant with the SKU {sku}.")
        level = number if action == "set" else variant.stock + number
        if level > MAX_LEVEL or (action == "set" and number < 0):
            raise CommandError("The stock is a number from 0 to 2,147,483,647.")
        if len(reason) > 200:
            raise CommandError("A reason has at most 200 characters.")
        try:
            self._write(variant, action, number, reason)
        except stock.OutOfStock as error:
            raise CommandError(
                f"Of {sku} there are {variant.stock}; {-number} cannot be taken away."
            ) from error
        variant.refresh_from_db()
        self.stdout.write(f"{sku}: {variant.stock}")

    @transaction.atomic
    def _write(self, variant: Variant, action: str, number: int, reason: str) -> None:
        if action == "set":
            stock.set_level(variant, number, note=reason)
        else:
            stock.adjust(variant, number, note=reason)
        refresh_listings([variant.product_id])
