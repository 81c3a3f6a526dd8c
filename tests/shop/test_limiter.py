"""Attempts are counted exactly, by whom, and only for as long as the limit says."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings as shop_settings
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory, override_settings

from shop import limiter
from shop.limiter import (
    LimitMiddleware,
    TooManyAttempts,
    clear_expired_attempts,
    count_attempt,
    forgive_attempt,
)
from shop.models import Attempts

pytestmark = pytest.mark.django_db

HERE, THERE = "192.0.2.7", "192.0.2.8"


@pytest.fixture(autouse=True)
def limits(settings) -> None:
    settings.LIMITS = {
        "knock.address": (3, 600),
        "knock.email": (2, 60),
        "knock.session": None,
        "knock.everyone": (50, 600),
    }


def refused(**subjects: str) -> int:
    """Return after how many seconds to try again, 0 if it was not refused."""
    try:
        count_attempt("knock", **subjects)
    except TooManyAttempts as error:
        return error.retry_after
    return 0


def pass_time(seconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE shop_attempts SET ends_at = ends_at - %s * interval '1s'", [seconds])


def test_refuses_what_exceeds_the_limit_and_says_until_when() -> None:
    assert [refused(address=HERE) for _ in range(3)] == [0, 0, 0]
    assert 595 < refused(address=HERE) <= 600
    assert refused(address=THERE) == 0


def test_waiting_is_not_prolonged_by_trying_on() -> None:
    for _ in range(9):
        refused(address=HERE)
    pass_time(500)
    assert 95 < refused(address=HERE) <= 100
    pass_time(101)
    assert [refused(address=HERE) for _ in range(4)][:3] == [0, 0, 0]


def test_counts_each_subject_and_says_the_longest_wait() -> None:
    assert [refused(address=HERE, email="a@example.com") for _ in range(2)] == [0, 0]
    assert 55 < refused(address=HERE, email="a@example.com") <= 60
    assert 595 < refused(address=HERE, email="a@example.com") <= 600
    assert refused(address=THERE, email="b@example.com") == 0


def test_counts_an_ipv6_network_once() -> None:
    for number in range(3):
        assert refused(address=f"2001:db8::{number}") == 0
    assert refused(address="2001:db8::ffff:1")
    assert not refused(address="2001:db8:0:1::1")


def test_counts_nobody_unknown_and_no_limit_that_is_off() -> None:
    assert not any(refused(address="", session=HERE) for _ in range(9))
    assert not Attempts.objects.exists()


def test_a_subject_without_a_limit_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        count_attempt("knock", adress=HERE)


def test_forgives_what_turned_out_well() -> None:
    for _ in range(9):
        assert refused(address=HERE) == 0
        forgive_attempt("knock", address=HERE)
    forgive_attempt("knock", address=THERE)  # Never below nothing.
    assert [bool(refused(address=THERE)) for _ in range(4)] == [False, False, False, True]


def test_takes_one_statement(django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        count_attempt("knock", address=HERE, email="a@example.com", everyone="all")


def test_stores_neither_addresses_nor_emails() -> None:
    count_attempt("knock", address=HERE, email="a@example.com")
    assert all(len(key) == 32 for key in Attempts.objects.values_list("key", flat=True))


def test_forgets_what_has_expired() -> None:
    refused(email="a@example.com")
    refused(address=HERE)
    pass_time(61)
    clear_expired_attempts()
    assert Attempts.objects.count() == 1


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (541, "10 minutes"),
        (9e3, "3 hours"),
    ],
)
def test_says_the_wait_in_words(seconds: float, words: str) -> None:
    assert str(TooManyAttempts(seconds)) == f"Too many attempts. Please try again in {words}."


def test_an_error_that_no_view_catches_becomes_a_page(client: Client) -> None:
    request = client.get("/account/login/").wsgi_request

    def answer(_: object):
        return middleware.process_exception(request, TooManyAttempts(600))

    middleware = LimitMiddleware(answer)
    response = middleware(request)
    assert (response.status_code, response.headers["Retry-After"]) == (429, "600")
    assert "Please try again in 10 minutes." in response.content.decode()
    assert middleware.process_exception(RequestFactory().get("/"), ValueError()) is None


# Races: threads with connections of their own, then processes.


def in_threads(work, times: int) -> list:
    def connected(_: int):
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(connected, range(times)))


@pytest.mark.django_db(transaction=True)
def test_lets_exactly_as_many_through_as_the_limit_says() -> None:
    for number in range(5):
        answers = in_threads(lambda who=f"192.0.2.{number}": refused(address=who, everyone=who), 40)
        assert answers.count(0) == 3


@pytest.mark.django_db(transaction=True)
def test_the_default_cache_could_not_do_that() -> None:
    """The control: a count that is read and then written loses some."""
    cache.set("knocks", 0)
    in_threads(lambda: cache.set("knocks", cache.get("knocks") + 1), 40)
    assert cache.get("knocks") < 40


@pytest.mark.django_db(transaction=True)
def test_locks_its_rows_in_one_order() -> None:
    """Two subjects, named in both orders and forgiven meanwhile: no deadlock, nothing lost."""

    def both_ways() -> None:
        for pair in ({"address": HERE, "everyone": "all"}, {"everyone": "all", "address": HERE}):
            limiter._add(1, "knock", pair)
        limiter._add(-1, "knock", {"everyone": "all", "address": HERE})

    in_threads(both_ways, 200)
    assert set(Attempts.objects.values_list("count", flat=True)) == {200}


@pytest.mark.django_db(transaction=True)
def test_is_cleared_while_it_counts() -> None:
    def count_and_clear() -> None:
        count_attempt("knock", everyone="all", session="s")
        clear_expired_attempts()

    with override_settings(LIMITS=shop_settings.LIMITS | {"knock.everyone": (10_000, 1)}):
        in_threads(count_and_clear, 200)


PROGRAM = """
import django
django.setup()
from django.conf import settings
from shop.limiter import TooManyAttempts, count_attempt
settings.LIMITS = {"knock.everyone": (50, 600)}
passed = 0
for _ in range(40):
    try:
        count_attempt("knock", everyone="all")
        passed += 1
    except TooManyAttempts:
        pass
print(passed)
"""


@pytest.mark.django_db(transaction=True)
def test_all_processes_see_one_count() -> None:
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    environment = os.environ | {
        "DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}",
        "DJANGO_SETTINGS_MODULE": "shop.settings",
    }
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            cwd=shop_settings.BASE_DIR,
            env=environment,
            stdout=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    assert sum(int(process.communicate()[0]) for process in processes) == 50
