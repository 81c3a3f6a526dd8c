import pytest

from shop.text import clean_code, clean_line, clean_number, clean_text

#: One word in eight scripts, as some keyboards send it, and as it is kept.
WORDS = {
    "Cafe\u0301 Mu\u0308ller": "Café Müller",
    "Αλε\u0301ξανδρος": "Αλέξανδρος",
    "Юрии\u0306": "Юрий",
    "می\u200cخواهم": "می\u200cخواهم",
    "שָׁלוֹם": "שָׁלוֹם",
    "น้ำผึ้ง": "น้ำผึ้ง",
    "क्\u200dषमा": "क्\u200dषमा",
    "山田葛\U000e0100 👩\u200d👩\u200d👧 ❤️ 𠮷": "山田葛\U000e0100 👩\u200d👩\u200d👧 ❤️ 𠮷",
}


@pytest.mark.parametrize(("typed", "kept"), WORDS.items())
def test_keeps_the_letters_of_all_scripts_and_composes_them(typed: str, kept: str):
    assert clean_line(typed) == kept
    assert clean_text(clean_text(typed)) == kept


@pytest.mark.parametrize(
    "blank",
    ["", " ", "\u200b", "\u3164", "\u2800", "\u115f\u1160", "\uffa0", "\u00ad", "\ufeff", "\u200d"]
    + ["\u2060", "\u202e", "\u3000", "\u00a0", "\ufe0f", "\u0301", "\u180e", "\x00", "\ufffc"]
    + ["\U000e0041", "\u061c\u200f", "\u200b \u3164 \u2800", "\n\n"],
)
def test_takes_what_nobody_can_see_for_empty(blank: str):
    assert clean_line(blank) == clean_text(blank) == clean_code(blank) == ""


def test_drops_what_nobody_can_see_from_words():
    assert clean_line("\ufeffTe\u00adst\u200b \u202eabc\u202c\x00\x1b\ud800") == "Test abc"
    assert clean_line("a\u200db\u200cc") == "abc"
    assert clean_line("می\u200c\u200c\u200cخواهم") == "می\u200cخواهم"


def test_puts_a_line_on_one_line():
    assert clean_line(" Anna\u00a0\u3000 Maria\r\n\tBerg\u2028") == "Anna Maria Berg"


def test_counts_a_line_break_once_whichever_system_it_is_from():
    assert clean_text("a\r\nb\rc\nd\u2028e\x0bf\x85g") == "a\nb\nc\nd\ne\nf\ng"
    assert clean_text("\r\n a\tb \r\n\r\nc ") == "a\tb \n\nc"


def test_reads_a_code_however_it_was_copied():
    for typed in (
        "welcome10\u200b",
        "ＷＥＬＣＯＭＥ１０",
        " Welcome 10\r\n",
        "\ufeffwel\u00adcome１0",
    ):
        assert clean_code(typed) == "WELCOME10"


def test_reads_the_digits_of_an_east_asian_keyboard():
    assert clean_number(" ＋８１　３-１２３４\u200b ") == "+81 3-1234"
