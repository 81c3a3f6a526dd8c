"""`python -m tests.shop.events.relay_that_dies LIVES BATCH`: relays that die while publishing.

Each life is a process of its own. It sends one batch normally and kills itself with SIGKILL when
the second batch has reached SNS but is not yet marked as published. The number of processes that
were killed is printed.
"""

import os
import signal
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
django.setup()

from shop.events import outbox  # noqa: E402 - models need Django to be set up
from tests.racing import running  # noqa: E402


def main(lives: int, batch: int) -> None:
    outbox.topic_arn("order-events")
    outbox._sns()  # cached for all lives; it has no connection yet, so none is shared
    killed = 0
    for _ in range(lives):
        child = os.fork()  # no connection to PostgreSQL or SNS is open that it could share
        if child == 0:
            live(batch)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    print(killed)


def live(batch: int) -> None:
    outbox.BATCH = batch
    outbox.relay_batch()
    with running(lambda: os.kill(os.getpid(), signal.SIGKILL), after="shop.events.outbox._send"):
        outbox.relay_batch()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
