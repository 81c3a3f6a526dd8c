"""`python -m tests.shop.events.relay_that_dies LIVES BATCH`: relays that kill themselves between
publishing and marking.

Each life is a process of its own. It sends one batch as it should, and is dead (SIGKILL, by its own
hand) when the second has reached SNS and is not marked. Prints how many were killed.
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
    outbox._sns()  # Made once, used by no two at once: it has no connection yet.
    killed = 0
    for _ in range(lives):
        child = (
            os.fork()
        )  # No connection of PostgreSQL or SNS is open here: a life shares none with another.
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
