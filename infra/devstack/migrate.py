"""Migrate the database and create the cache table in one start of Django instead of two."""

import os
import sys

import django
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

OUTDATED = (
    "trivet: the data in .devstack is that of an older Trivet, from which no migration leads on. "
    "Delete it and start again: make clean run"
)


def is_outdated() -> bool:
    """Return whether migrations have been applied that this version no longer has."""
    loader = MigrationLoader(connection)
    ours = loader.migrated_apps
    return any(
        app in ours and (app, name) not in loader.disk_migrations
        for app, name in loader.applied_migrations
    )


def main() -> int:
    """Migrate the database; return the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    django.setup()
    if is_outdated():
        print(OUTDATED, file=sys.stderr)
        return 1
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
