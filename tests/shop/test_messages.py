"""A message always fits into its cookie, whoever wrote the names in it."""

import pytest
from django.contrib.messages import constants
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.html import format_html

from shop.formatting import format_names
from shop.messages import ShortMessageStorage


def send(*texts: str) -> list[str]:
    """Send messages with one response, and return what the next page shows."""
    request = RequestFactory().get("/")
    storage, response = ShortMessageStorage(request), HttpResponse()
    for text in texts:
        storage.add(constants.ERROR, text)
    assert storage.update(response) == [], "nothing is dropped"
    request.COOKIES["messages"] = response.cookies["messages"].value
    return [message.message for message in ShortMessageStorage(request)]


LONG = "".join(chr(0x4E00 + number * 7 % 20_000) for number in range(5000))


@pytest.mark.parametrize("text", ["x" * 5000, LONG, "😀🎁" * 2000, "<\"'&>" * 900])
def test_a_long_message_is_cut_and_not_dropped(text):
    [shown] = send(text)
    assert shown == f"{text[:249]}…"


def test_two_long_messages_fit():
    assert len(send(LONG, LONG[::-1])) == 2


def test_markup_is_kept_whole_or_not_at_all():
    short = format_html('<a href="/">{}</a>', "Pot & pan")
    long = format_html('<a href="/">{}</a>', "Pot & pan" * 99)
    assert send(short, long) == [short, f"{('Pot & pan' * 99)[:249]}…"]


def test_three_names_are_enough():
    assert format_names(["A"]) == "A"
    assert format_names(["A", "B", "C"]) == "A, B, C"
    assert format_names([*"ABCDE"]) == "A, B, C and 2 more"
    assert len(format_names(["長" * 255] * 30)) < 200
