"""Installs the drill in each process that runs with tests.drills.settings.

This happens once the shop's own code is loaded.
"""

from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import import_string


class Drills(AppConfig):
    """Has no models; it is installed only if DEBUG is on."""

    name = "tests.drills"

    def ready(self) -> None:
        """Apply the drill's settings: a DynamoDB timeout, a disabled guard, kill points.

        Everything is imported by its dotted path, because models are loaded only now.
        """
        if seconds := getattr(settings, "DRILL_DYNAMODB_SECONDS", 0):
            import_string("shop.dynamo.table.TableMeta").read_timeout_seconds = seconds
        if name := getattr(settings, "DRILL_SABOTAGE", ""):
            import_string("tests.drills.sabotage.sabotage")(name)
        # After the sabotage, so that a kill point wraps the function that is really in use.
        if getattr(settings, "DRILL_KILLS", ""):
            import_string("tests.drills.points.lay_charges")()
