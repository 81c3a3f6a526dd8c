#!/usr/bin/env python
"""Django's command line for the shop.

On a laptop it finds the stack of `make run` by the file `.devstack/env`, which no other process of
the shop reads. The file is ignored if the environment names a database or a secret key: left behind
on a server, it must not turn DEBUG on.
"""

import os
import sys
from pathlib import Path

import environ
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    if {"DATABASE_URL", "SECRET_KEY"}.isdisjoint(os.environ):
        environ.Env.read_env(Path(__file__).with_name(".devstack") / "env")
    execute_from_command_line(sys.argv)
