"""The shop's production settings, with the bare views added to its pages.

The environment does the rest; see tests/bench/server.py.
"""

import os
from pathlib import Path

from shop.settings import *  # noqa: F403
from shop.settings import LIMITS

ROOT_URLCONF = "tests.bench.urls"
STATIC_ROOT = Path(os.environ["BENCH_STATIC_ROOT"])
# Counted as in production, but a bench is one shopper in a great hurry.
LIMITS = dict.fromkeys(LIMITS, (1000000000, 3600))
