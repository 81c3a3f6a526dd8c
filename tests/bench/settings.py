"""The shop's settings as production has them, with the bare views beside its pages.

The environment does the rest: see tests/bench/server.py.
"""

import os
from pathlib import Path

from shop.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
STATIC_ROOT = Path(os.environ["BENCH_STATIC_ROOT"])
