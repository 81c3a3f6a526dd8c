"""`python -m infra.devstack run | exec -- COMMAND | clean`: what `make` calls."""

import argparse
import os
import sys
from pathlib import Path

from infra.devstack import supervise
from infra.devstack.config import DEVSTACK
from infra.devstack.errors import StackError
from infra.devstack.stack import wipe_everything


def main() -> int:
    """Run the action named on the command line and return its exit code."""
    arguments = _parser().parse_args()
    try:
        if arguments.action == "run":
            return supervise.run(arguments.data or DEVSTACK / "data", arguments.port)
        if arguments.action == "exec":
            return supervise.run_command(arguments.data or DEVSTACK / "test", arguments.command)
        wipe_everything(supervise.say)
    except StackError as error:
        print(f"trivet: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.devstack", description="The embedded development stack."
    )
    actions = parser.add_subparsers(dest="action", required=True)
    run = actions.add_parser("run", help="run the shop and everything that it needs, until Ctrl-C")
    port = int(os.environ.get("PORT") or 8000)
    run.add_argument(
        "--port",
        type=int,
        default=port,
        help="the web server's; PostgreSQL and AWS take the next two",
    )
    execute = actions.add_parser(
        "exec", help="run a command with a stack of its own, on free ports"
    )
    for action in (run, execute):
        action.add_argument("--data", type=Path, help="the folder that keeps the data")
    execute.add_argument("command", nargs="+", metavar="COMMAND", help="after --")
    actions.add_parser("clean", help="delete the data of every stack below .devstack")
    return parser


if __name__ == "__main__":
    sys.exit(main())
