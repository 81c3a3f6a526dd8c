import pytest

from shop.email_address import InvalidEmail, clean_email

LONGEST = f"{'a' * 64}@{'.'.join(['b' * 61] * 3)}.cd"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Anna@Shop.Example\u200b\n", "anna@shop.example"),
        ("anna+mugs@shop.example", "anna+mugs@shop.example"),
        ("anna@Bu\u0308cher.example", "anna@bücher.example"),
        ("anna@xn--bcher-kva.example", "anna@bücher.example"),
        ("anna@ｂücher．example", "anna@bücher.example"),
        ("anna@straße.example", "anna@straße.example"),
        ("anna@例え.example", "anna@例え.example"),
        (LONGEST, LONGEST),
    ],
)
def test_keeps_an_address_in_one_form(typed: str, kept: str):
    assert clean_email(typed) == kept
    assert clean_email(kept) == kept


#: No mail that SES takes can go to any of these.
UNDELIVERABLE = [
    *("", "@", "anna", "anna@", "@shop.example", "anna@shop", "anna@localhost"),
    *("ſame@shop.example", "ànna@shop.example", '"an na"@shop.example', "an na@shop.example"),
    *("anna@[127.0.0.1]", "anna@127.0.0.1", "anna@[IPv6:::1]", "anna@shop.local"),
    *("anna@shop..example", "anna@-shop.example", "anna@shop.example.", "an..na@shop.example"),
    *("anna@shop.example, bob@shop.example", "Anna <anna@shop.example>", "anna@shop_.example"),
    *(f"{'a' * 65}@shop.example", f"a{LONGEST}", f"anna@{'b' * 250}.example", "anna@☃\u200d.a-"),
]


@pytest.mark.parametrize("typed", UNDELIVERABLE)
def test_refuses_an_address_that_no_mail_can_go_to(typed: str):
    with pytest.raises(InvalidEmail):
        clean_email(typed)


def test_says_which_part_is_wrong_where_that_helps():
    with pytest.raises(InvalidEmail, match="before the @"):
        clean_email("ſame@shop.example")
    with pytest.raises(InvalidEmail, match="at most 254"):
        clean_email(f"anna@{'b' * 250}.example")
