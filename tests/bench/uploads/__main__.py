"""`python -m tests.bench.uploads`: measure many uploads at once.

It measures how long 200 simultaneous uploads take until 200 products show all their renditions. The
uploads go to S3 with the signed forms that the browsers of staff get; the queue, the Lambda and the
results worker do the rest.
"""

import argparse
import os
import sys
from pathlib import Path

from infra.devstack.config import DEVSTACK


def main() -> None:
    """Replace this process with the command that measures, on a stack of its own."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.uploads", description="Many uploads at once."
    )
    parser.add_argument("--uploads", type=int, default=200, help="a product each")
    parser.add_argument("--size", default="1600x1200", help="of each picture, in pixels")
    parser.add_argument(
        "--data",
        type=Path,
        default=DEVSTACK / "bench-uploads",
        help="the folder that keeps the data",
    )
    arguments = parser.parse_args()
    stack = ["-m", "infra.devstack", "exec", "--data", str(arguments.data), "--", sys.executable]
    command = [*stack, "-m", "tests.bench.uploads.run", str(arguments.uploads), arguments.size]
    os.execv(sys.executable, [sys.executable, *command])  # noqa: S606 - a list, no shell


if __name__ == "__main__":
    main()
