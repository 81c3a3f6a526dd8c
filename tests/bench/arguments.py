"""The command line of the benchmark."""

import argparse
from pathlib import Path

from infra.devstack.config import DEVSTACK


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m tests.bench", description="What the shop's pages cost."
    )
    made.add_argument(
        "--pages", default="", help="names, separated by commas; all of them otherwise"
    )
    made.add_argument(
        "--products", default="20000", help="the size of the catalogue; several are compared"
    )
    made.add_argument("--rounds", type=int, default=15, help="the median of so many is taken")
    made.add_argument(
        "--requests", type=int, default=30, help="to the page and to the bare view, in each round"
    )
    made.add_argument(
        "--data", type=Path, default=DEVSTACK / "bench", help="the folder that keeps the catalogue"
    )
    return made
