"""Text fields of forms and columns clean what is typed before they check and count it."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from accounts.models import User
from orders.checkout.views import ContactForm, VoucherForm
from orders.models import Order, Return, Voucher
from shop.forms import column_field

LINES = "\r\n".join(["a" * 15] * 31)  # 495 characters and 30 line breaks


def test_counts_a_line_break_of_a_note_once():
    note = column_field(Order, "note")
    assert len(LINES) == 525
    assert note.clean(LINES + "\r\n") == LINES.replace("\r\n", "\n")
    with pytest.raises(ValidationError, match="this has 501"):
        note.clean(LINES + "b" * 6)


def test_takes_the_limits_of_the_columns():
    fields = ContactForm.base_fields | {"code": VoucherForm.base_fields["code"]}
    assert fields["email"].max_length == Order._meta.get_field("email").max_length == 254
    assert fields["note"].max_length == Order._meta.get_field("note").max_length
    assert fields["code"].max_length == Voucher._meta.get_field("code").max_length


def test_counts_a_code_after_it_is_cleaned():
    code = column_field(Voucher, "code")
    assert code.clean(" ".join("ｗ" * 40)) == "W" * 40
    with pytest.raises(ValidationError, match="at most 40"):
        code.clean("\ufdfa" * 3)  # one character, eighteen letters


def test_refuses_an_address_at_its_field():
    form = ContactForm({"email": f"anna@{'b' * 250}.example"})
    assert form.errors["email"] == ["Email addresses have at most 254 characters."]
    form = ContactForm({"email": "ſame@shop.example"})
    assert "before the @" in form.errors["email"][0]


def test_models_are_cleaned_without_a_form():
    user = User(email="Anna@Bücher.Example\u200b", first_name=" Anna\u3164\n ", password="x")
    user.clean_fields()
    assert (user.email, user.first_name) == ("anna@bücher.example", "Anna")
    with pytest.raises(ValidationError, match="valid email"):
        User._meta.get_field("email").clean("anna@localhost", None)


def test_migrations_see_the_columns_of_django():
    for column, kind in (("reason", "CharField"), ("id", "UUIDField")):
        assert Return._meta.get_field(column).deconstruct()[1] == f"django.db.models.{kind}"
    assert isinstance(Return._meta.get_field("reason"), models.CharField)


#: Where a message is for whoever imports, deploys or reads logs.
FOR_OPERATORS = ("catalog/importers/", "orders/payments/providers/", "management/")


def test_no_message_shows_people_how_python_writes_a_text():
    root = Path(settings.BASE_DIR)
    files = [
        path
        for app in ("accounts", "carts", "catalog", "orders", "shop")
        for path in (root / app).rglob("*.py")
    ]
    found = [
        f"{path.relative_to(root)}:{node.lineno}"
        for path in files
        if not any(part in path.as_posix() for part in FOR_OPERATORS)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FormattedValue) and node.conversion == ord("r")
    ]
    assert found == []
