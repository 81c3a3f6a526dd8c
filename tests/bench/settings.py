"""The shop's production settings, with the bare views added to its pages.

The environment does the rest; see tests/bench/server.py.
"""

import os
from pathlib import Path

from shop.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
STATIC_ROOT = Path(os.environ["BENCH_STATIC_ROOT"])
