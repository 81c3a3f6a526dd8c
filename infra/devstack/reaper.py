"""Stop a stack whose owner is gone: `python -m infra.devstack.reaper DATA`, started by
processes.Reaper.

Reads one JSON object a line from the owner. The end of the input without a "done" means that the
owner was killed.
"""

import json
import signal
import sys
from pathlib import Path

from infra.devstack.processes import Target, stop_all, sweep


def main() -> None:
    """Wait for the owner's end, then clean up after it unless it did so itself."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    targets = []
    for line in sys.stdin:
        message = json.loads(line)
        if message.get("done"):
            return
        targets.append(Target(**message))
    stop_all(targets)
    sweep(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
