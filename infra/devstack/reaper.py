"""Stop a stack whose owner is gone: `python -m infra.devstack.reaper DATA`.

Started by processes.Reaper. It reads one JSON object per line from the owner. If the input ends
without a "done", the owner was killed.
"""

import json
import signal
import sys
from pathlib import Path

from infra.devstack.processes import Target, stop_all, sweep


def main() -> None:
    """Wait until the owner ends, then clean up after it unless it did so itself."""
    # Whatever ends the owner must not end the reaper too.
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
