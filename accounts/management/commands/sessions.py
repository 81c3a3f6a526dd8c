"""`manage.py sessions list|revoke USER`: list or end a user's sessions."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.devices import Device, devices_of, sign_out_others
from accounts.models import User
from shop.dynamo.table import StoreUnavailable
from shop.formatting import format_moment


class Command(BaseCommand):
    """List or end the sessions of a user."""

    help = "List the devices on which a user is signed in, or sign them all out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["list", "revoke"])
        parser.add_argument("user", help="the user's e-mail address")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line per device, or the number of sessions that were ended."""
        try:
            user = User.objects.get_by_natural_key(options["user"])
        except User.DoesNotExist as error:
            raise CommandError(f"There is no user {options['user']}.") from error
        try:
            if options["action"] == "revoke":
                self.stdout.write(f"{sign_out_others(user)} signed out.")
                return
            devices = devices_of(user)
        except StoreUnavailable as error:
            raise CommandError(
                "DynamoDB cannot be reached. Nothing was changed; please try again."
            ) from error
        for device in devices:
            self.stdout.write(_device_line(device))
        self.stdout.write(f"{len(devices)} signed in.")


def _device_line(device: Device) -> str:
    since = format_moment(device.first_seen) if device.first_seen else "unknown"
    last = format_moment(device.last_seen)
    return f"{device.browser:24} {device.ip_address:40} since {since}, last seen {last}"
