"""`make bench`: what the shop's pages cost compared with bare Django views in the same run.

make bench ARGS="--pages home,cart" make bench ARGS="--products 1000,1000000"   does a page cost
more in a larger catalogue?
"""

import os
import sys

from tests.bench.arguments import parser


def main() -> None:
    """Replace this process with the command that measures, on a stack of its own."""
    arguments = parser().parse_args()
    stack = ["-m", "infra.devstack", "exec", "--data", str(arguments.data), "--", sys.executable]
    command = [sys.executable, *stack, "-m", "tests.bench.run", *sys.argv[1:]]
    os.execv(sys.executable, command)  # noqa: S606 - a list, no shell


if __name__ == "__main__":
    main()
