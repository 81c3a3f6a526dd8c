"""Every form of the shop and of the admin, filled to the limit of each field and one over it.

The pages are found by the resolver, and the forms on them. What is written either ends in a row as
it was meant, or the page says why it doesn't. Then the classes are counted: a form or a field that
was on none of these pages fails the last tests.
"""

import ast
import importlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.addresses import Rows, all_addresses, make_rows
from tests.factories import ADDRESS, PASSWORD, make_product, make_shipping_method, make_staff
from tests.form_walk.pages import Page
from tests.form_walk.walking import FormWalk, Spy, is_page, is_text
from tests.orders.documents.papers import bought
from tests.orders.shopping import place
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.xdist_group("form_walk")]
APPS = ("accounts", "carts", "catalog", "orders", "shop")
#: Fields that nobody writes into.
UNSEEN = {
    # Hidden controls of the cart and the checkout.
    "carts.forms.AddForm.operation",
    *[f"carts.forms.{form}.line" for form in ("LineForm", "QuantityForm", "GiftWrapForm")],
    *[f"orders.checkout.views.PlaceForm.{name}" for name in ("key", "agreed", "provider")],
    # Taken out by their own forms.
    *[f"accounts.admin.UserForm.{name}" for name in ("password", "username")],
    "accounts.allauth_forms.SignupForm.username",
}
ADDRESS_FORMS = ("accounts.forms.AddressForm", "accounts.forms.AddressBookForm")
ADDRESS_FORMS += ("orders.checkout.views.ContactForm", "orders.admin.corrections.CorrectionForm")
CARD = "orders.payments.providers.dummy.CardForm"
#: Fields whose letters no row ever holds.
NEVER_KEPT = {
    # They are of forms that only look something up, or ask for the password first.
    *[f"accounts.allauth_forms.{field}" for field in ("LoginForm.login", "ConfirmCodeForm.code")],
    *[f"accounts.allauth_forms.RelabelMixin.{name}" for name in ("login", "code")],
    *[f"accounts.allauth_forms.{form}.email" for form in ("AddEmailForm", "ResetPasswordForm")],
    *[f"orders.views.FindOrderForm.{name}" for name in ("email", "number")],
    # They take digits, amounts or dates.
    *[f"{form}.phone" for form in ADDRESS_FORMS],
    *[f"{form}.postcode" for form in (*ADDRESS_FORMS, "orders.checkout.views.BillingForm")],
    *[f"orders.admin.refund_forms.{form}.amount" for form in ("ActionForm", "RefundForm")],
    *[f"orders.admin.vouchers.VoucherForm.{name}" for name in ("starts_at", "ends_at")],
    *[f"{CARD}.{name}" for name in ("card_number", "expiry", "security_code")],
    # Letters of A to Z only.
    "catalog.admin.forms.CategoryForm.slug",
}


@dataclass
class Walk:
    """What a walk over all pages found."""

    faults: list[str]
    spy: Spy
    submitted: int


def fill_checkout(client: Client) -> None:
    """Put something into the cart, and go to the review."""
    variant = make_product(stock_level=50).variants.get()
    data = {"variant": variant.pk, "quantity": 1, "operation": uuid.uuid4().hex}
    client.post(reverse("carts:add"), data)
    client.post(reverse("orders:checkout"), ADDRESS | {"email": "ada@example.com"})
    method = make_shipping_method(price="4.90")
    client.post(reverse("orders:delivery"), {"shipping_method": method.pk})


def paths_of(rows: Rows) -> Iterator[str]:
    """Yield the paths of all pages; those of an order also for one to ship and one to pay."""
    orders = [bought(), place()]
    for address in all_addresses():
        if "logout" in address.name:
            continue
        values = rows.values_for(address)
        yield address.path(values)
        for order in orders:
            if "token" in values:
                yield address.path(values | {"token": order.token})
            elif address.name.startswith("admin:orders_order_"):
                key = "object_id" if "object_id" in values else "pk"
                yield address.path(values | {key: order.pk})


@pytest.fixture(scope="module")
def walk(django_db_setup: None, django_db_blocker) -> Walk:
    """Walk once for all tests of this module, and leave no row behind."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(
            settings, "PASSWORD_HASHERS", ["django.contrib.auth.hashers.MD5PasswordHasher"]
        )
        walked = walk_all(Spy(patch))
        transaction.set_rollback(True)
    return walked


def walk_all(spy: Spy) -> Walk:
    owner = make_staff()
    rows = make_rows(owner)
    client, guest, newcomer = (Client(raise_request_exception=False) for _ in range(3))
    sign_in(client, owner)
    fill_checkout(client)
    fill_checkout(guest)
    new = {"email": "newcomer@shop.example", "password1": PASSWORD}
    newcomer.post(reverse("account_signup"), new)
    walks: dict[tuple[str, ...], FormWalk] = {}
    for path in dict.fromkeys(paths_of(rows)):
        for who in (client, guest, newcomer):
            response = who.get(path)
            html = response.content.decode() if is_page(response) else ""
            for form in Page(html).forms:
                if (form.texts or form.hidden) and form.shape not in walks:
                    walks[form.shape] = FormWalk(who, path, form, spy)
                    walks[form.shape].run()
    faults = [fault for done in walks.values() for fault in done.faults]
    submitted = sum(done.submitted for done in walks.values())
    return Walk(faults, spy, submitted)


def test_every_text_is_kept_as_it_was_meant_or_refused_in_words(walk: Walk) -> None:
    assert not walk.faults, "\n".join(walk.faults)
    assert walk.submitted > 500


def own_forms() -> Iterator[type[forms.BaseForm]]:
    """Yield every form class of our apps, and allauth's that stand behind them."""
    root = Path(settings.BASE_DIR)
    for path in [path for app in APPS for path in (root / app).rglob("*.py")]:
        text = path.read_text()
        if "Form" not in text or "migrations" in path.parts:
            continue
        module = importlib.import_module(".".join(path.relative_to(root).with_suffix("").parts))
        for node in ast.parse(text).body:
            kind = getattr(module, node.name) if isinstance(node, ast.ClassDef) else None
            if isinstance(kind, type) and issubclass(kind, forms.BaseForm):
                yield kind


def test_no_form_was_on_none_of_the_pages(walk: Walk) -> None:
    texts = {
        f"{kind.__module__}.{kind.__name__}.{name}"
        for kind in own_forms()
        for name, field in kind.base_fields.items()
        if is_text(field)
    }
    missing = sorted(texts - walk.spy.walked - UNSEEN)
    assert not missing, "\n".join(missing)


def test_every_text_was_kept_in_some_script(walk: Walk) -> None:
    """The control: a form that always finds something else to refuse would show nothing."""
    own = {name for name in walk.spy.walked if name.startswith(APPS)}
    never = sorted(own - walk.spy.kept - NEVER_KEPT)
    assert not never, "\n".join(never)


def test_no_limit_is_above_that_of_its_column(walk: Walk) -> None:
    wrong = []
    for form in walk.spy.forms.values():
        columns = {}
        if isinstance(form, forms.BaseModelForm):
            columns = {column.name: column for column in form._meta.model._meta.fields}
        for name, field in form.fields.items():
            column = getattr(field, "column", None) or columns.get(name)
            most, limit = getattr(column, "max_length", None), getattr(field, "max_length", None)
            if is_text(field) and most is not None and (limit is None or limit > most):
                wrong.append(
                    f"{type(form).__name__}.{name}: {limit} in the form, {most} in the row"
                )
    assert not wrong, "\n".join(wrong)
