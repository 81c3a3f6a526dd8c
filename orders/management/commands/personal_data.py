"""`manage.py personal_data export|erase EMAIL`: what customers may ask the shop for."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from orders.personal_data.erase import CannotErase, erase
from orders.personal_data.export import export
from orders.personal_data.subject import Subject
from shop.dynamo.table import StoreUnavailable


class Command(BaseCommand):
    help = (
        "Prints what the shop knows about a person as JSON, or erases the person. It works for "
        "accounts and for guests. Invoices stay as they were issued."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["export", "erase"])
        parser.add_argument("email", help="the person's email")
        parser.add_argument("--yes", action="store_true", help="erase without asking")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the export, or how many orders are left without a person."""
        subject = Subject.of_email(options["email"])
        if subject.user is None and not subject.orders.exists():
            raise CommandError(f"Nobody with the email {options['email']} is known here.")
        try:
            if options["action"] == "export":
                text = json.dumps(
                    export(subject), cls=DjangoJSONEncoder, indent=2, ensure_ascii=False
                )
                self.stdout.write(text)
                return
            self._confirm(subject, sure=options["yes"])
            left = erase(subject)
        except CannotErase as error:
            raise CommandError(str(error)) from error
        except StoreUnavailable as error:
            raise CommandError(
                "DynamoDB cannot be reached, so the account is still there. Try again later."
            ) from error
        self.stdout.write(f"Erased; {left} orders stay in the books, without the person.")

    def _confirm(self, subject: Subject, *, sure: bool) -> None:
        count = subject.orders.count()
        question = f"Erase {subject.email} and the person behind {count} orders? [yes/no] "
        if not sure and input(question).strip().lower() != "yes":
            raise CommandError("Nothing was erased.")
