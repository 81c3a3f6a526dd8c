"""`manage.py fetch_pages PATH...`: check that pages answer, in this process and environment."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.test import Client


class Command(BaseCommand):
    """Fetch pages of the shop without a web server.

    It is used to see which pages work while a part of the shop is unavailable.
    """

    help = "Fetch pages in this process and fail unless each answers 200."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the status of each page; exit with 1 if one is not 200."""
        host = settings.ALLOWED_HOSTS[0].lstrip(".")
        client = Client(
            SERVER_NAME=host, raise_request_exception=False, headers={"X-Forwarded-Proto": "https"}
        )
        statuses = {path: client.get(path).status_code for path in options["paths"]}
        for path, status in statuses.items():
            self.stdout.write(f"{status} {path}")
        if set(statuses.values()) != {200}:
            raise CommandError("Not all of them answer 200.")
