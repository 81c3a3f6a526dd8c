"""Puts the drill into each process that runs with tests.drills.settings, once the shop's own code
is loaded.
"""

from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import import_string


class Drills(AppConfig):
    """Has no models; only DEBUG installs it."""

    name = "tests.drills"

    def ready(self) -> None:
        """Switch a guard off, then lay the charges; by their paths, because models are loaded only
        now.
        """
        if seconds := getattr(settings, "DRILL_DYNAMODB_SECONDS", 0):
            import_string("shop.dynamo.table.TableMeta").read_timeout_seconds = seconds
        if name := getattr(settings, "DRILL_SABOTAGE", ""):
            import_string("tests.drills.sabotage.sabotage")(name)
        if getattr(settings, "DRILL_KILLS", ""):
            import_string("tests.drills.points.lay_charges")()
