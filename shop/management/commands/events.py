"""`manage.py events status|retry|replay`: inspect the outbox and send events again."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.forms import DateTimeField

from shop.events import outbox

#: A lag of more than this many seconds means trouble: events are sent within one second and logged
#: within ten.
LATE = 60.0


class Command(BaseCommand):
    """Print the state of the outbox, retry events or replay them."""

    help = "Shows how the outbox stands (exit code 1 in trouble), and has events sent again."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser(
            "status", help="print backlog and lag; exit 1 if anything is set aside or late"
        )
        retry = actions.add_parser("retry", help="give new tries to events that were set aside")
        retry.add_argument(
            "ids", nargs="*", type=UUID, metavar="ID", help="all of them if none is named"
        )
        replay = actions.add_parser("replay", help="publish events again, under their own ids")
        replay.add_argument(
            "--since", required=True, help="a time in UTC, such as 2026-11-01T00:00"
        )
        replay.add_argument("--type", default="", help="this type only, such as order.paid")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "status":
            self._status()
        elif options["action"] == "retry":
            self.stdout.write(f"{outbox.retry(options['ids'])} events get new tries.")
        else:
            self._replay(options["since"], options["type"])

    def _status(self) -> None:
        now = outbox.status()
        self.stdout.write(
            f"{now.backlog} wait for the relay, the oldest for {now.lag_seconds:.0f} s"
        )
        self.stdout.write(
            f"{now.unarchived} are not in the event log, the oldest for "
            f"{now.archive_lag_seconds:.0f} s"
        )
        self.stdout.write(f"{now.set_aside} were refused and are set aside")
        if now.set_aside or max(now.lag_seconds, now.archive_lag_seconds) > LATE:
            raise CommandError(
                "Something is wrong: does the relay run? `events retry` tries again what was set "
                "aside."
            )

    def _replay(self, since: str, event_type: str) -> None:
        try:
            count = outbox.replay(DateTimeField().clean(since), event_type)
        except ValidationError as error:
            raise CommandError(f"--since: {' '.join(error.messages)}") from error
        except outbox.TooOld as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{count} events will be published again. Consumers know them by their ids."
        )
