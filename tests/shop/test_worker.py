"""A worker repeats its steps, pauses a step that fails, and ends at once when told to."""

import os
import signal
import threading
import time

import pytest
from botocore.exceptions import BotoCoreError

from shop.worker import LONGEST_PAUSE, Step, Worker


def stop_worker() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def away() -> None:
    raise BotoCoreError


def test_pauses_longer_and_longer_up_to_a_limit():
    step = Step("step", away)
    pauses = []
    for _ in range(8):
        step.run()
        pauses.append(round(step.seconds_left()))
    assert pauses == [1, 2, 4, 8, 16, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]


def test_forgets_its_faults_when_it_succeeds():
    works = iter([away, away, lambda: 1, away])
    step = Step("step", lambda: next(works)())
    pauses = []
    for _ in range(4):
        step.run()
        pauses.append(round(step.seconds_left()))
    assert pauses == [1, 2, 0, 1]


def test_is_due_at_once_only_while_there_is_more_to_do():
    counts = iter([10, 9, 0, None])
    step = Step("step", lambda: next(counts), full=10, every=5)
    due = []
    for _ in range(4):
        step.run()
        due.append(round(step.seconds_left()))
    assert due == [0, 5, 5, 5]


def test_a_step_that_fails_does_not_hold_up_the_other():
    calls = {"bad": 0, "good": 0}

    def fail() -> None:
        calls["bad"] += 1
        raise ZeroDivisionError

    def work() -> None:
        calls["good"] += 1
        if calls["good"] == 20:
            stop_worker()

    Worker("test").run(Step("bad", fail), Step("good", work, every=0.01))
    assert calls == {"bad": 1, "good": 20}


def test_tells_of_a_fault_of_its_own_with_a_traceback(caplog: pytest.LogCaptureFixture):
    Step("lost", away).run()
    Step("wrong", lambda: 1 // 0).run()
    lost, wrong = caplog.records
    assert lost.getMessage().startswith("lost: BotoCoreError: ")
    assert lost.exc_info is None
    assert wrong.getMessage().endswith("again in 1 s")
    assert wrong.exc_info


@pytest.mark.parametrize("work", [away, lambda: 0])
def test_a_signal_ends_a_wait_at_once(work):
    def work_and_be_stopped() -> int:
        threading.Timer(0.2, stop_worker).start()
        return work()

    began = time.monotonic()
    step = Step("step", work_and_be_stopped, every=30)
    step.faults = 5
    Worker("test").run(step)
    assert time.monotonic() - began < 2


def test_a_signal_lets_a_step_end():
    done = []

    def work() -> None:
        stop_worker()
        time.sleep(0.1)
        done.append(True)

    Worker("test").run(Step("step", work))
    assert done == [True]
