"""A database of an older version is told apart from one that can be migrated."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from infra.devstack.migrate import is_outdated

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def older_migration():
    recorder = MigrationRecorder(connection)
    recorder.record_applied("orders", "0002_money")
    yield
    recorder.record_unapplied("orders", "0002_money")


def run_migrate() -> "subprocess.CompletedProcess[str]":
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    return subprocess.run(
        [sys.executable, "-m", "infra.devstack.migrate"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_database_of_this_version_is_migrated():
    assert not is_outdated()
    assert run_migrate().returncode == 0


def test_one_of_an_older_version_is_refused_with_what_to_do(older_migration):
    assert is_outdated()
    done = run_migrate()
    assert done.returncode == 1
    assert done.stderr.strip().endswith("Delete it and start again: make clean run")
