"""Submits a form as people fill it, and judges what the shop makes of it.

Each submission is rolled back, so that the next one finds the same shop.
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import connection, transaction
from django.test import Client

from orders.payments.providers.dummy import WORKS
from shop.forms import CleanedField, CodeField, EmailField, TextField, URLField
from tests.factories import PASSWORD
from tests.form_walk import letters
from tests.form_walk.letters import Typed
from tests.form_walk.pages import Control, HtmlForm, Page

#: How much is written into a field without a limit of its own.
NO_LIMIT = 2_000
#: Values that are always taken, by the end of a control's name.
FITTING = {
    "email": "anna@fitting.example",
    "postcode": "10115",
    "slug": "fitting-slug",
    "-price": "10",
    "card_number": WORKS,
    "expiry": "12/49",
    "security_code": "123",
}
#: Choices without which a form doesn't read all its texts, or is refused.
CHOSEN = {"other_billing": "on", "address": "new", "value": "10"}
#: Fields whose forms do more to a text than to clean it.
TIDIED = {"postcode", "description"}
#: Forms that only look something up, or (AddEmailForm) ask for the password before they go on.
NOT_KEPT = {"LoginForm", "ResetPasswordForm", "FindOrderForm", "CardForm", "ConfirmCodeForm"}
NOT_KEPT |= {"AddEmailForm"}
#: Django's fields that take no text as it is: they read a value of another kind from it.
PARSED = (
    *(forms.IntegerField, forms.DecimalField, forms.DateField, forms.TimeField, forms.UUIDField),
    *(forms.SplitDateTimeField, forms.RegexField),
)
#: Tables that hold what was written only by the way.
ASIDE = {"django_admin_log"}


class Spy:
    """Notes every form that Django validates while it is installed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.validated: list[forms.BaseForm] = []
        #: Every field that was ever submitted, see names_of().
        self.walked: set[str] = set()
        #: Those of them whose text was kept at least once.
        self.kept: set[str] = set()
        #: A form of each class that was submitted.
        self.forms: dict[type, forms.BaseForm] = {}
        full_clean = forms.BaseForm.full_clean

        def noted(form: forms.BaseForm) -> None:
            full_clean(form)
            if form.is_bound:
                self.validated.append(form)
                self.forms[type(form)] = form

        monkeypatch.setattr(forms.BaseForm, "full_clean", noted)


def names_of(kind: type, field_name: str) -> set[str]:
    """Return the names of a field in the class of a form and in all its bases.

    By name, because the admin makes a class for each request.
    """
    bases = [base for base in kind.__mro__ if issubclass(base, forms.BaseForm)]
    return {f"{base.__module__}.{base.__name__}.{field_name}" for base in bases}


def find(validated: list[forms.BaseForm], control: str) -> tuple[forms.BaseForm, str] | None:
    """Return the form that reads a control, and the name of its field."""
    for form in reversed(validated):
        for name, found in form.fields.items():
            parts = len(getattr(found.widget, "widgets", ()))
            own = form.add_prefix(name)
            if control in {own, *(f"{own}_{number}" for number in range(parts))}:
                return form, name
    return None


@dataclass
class Answer:
    """What came back for a submission, and what every table held then."""

    status: int
    validated: list[forms.BaseForm]
    page: Page = field(default_factory=lambda: Page(""))
    rows: list[str] = field(default_factory=list)
    was_redirected: bool = False

    @property
    def errors(self) -> dict[str, list[str]]:
        """The errors of all forms by the name of the control; those of no field under ""."""
        found: dict[str, list[str]] = {}
        for form in self.validated:
            for name, messages in form.errors.items():
                control = "" if name == NON_FIELD_ERRORS else form.add_prefix(name)
                found.setdefault(control, []).extend(messages)
        return found

    def holds(self, value: str) -> bool:
        """Return whether a row holds a value, or the page, if it asks once more."""
        if self.was_redirected:
            return any(value in row for row in self.rows)
        sent = [control.value for form in self.page.forms for control in form.controls]
        return value in self.page.text or value in sent


@dataclass
class FormWalk:
    """The walk over one form, at its address, as one client."""

    client: Client
    path: str
    form: HtmlForm
    spy: Spy
    faults: list[str] = field(default_factory=list)
    submitted: int = 0

    @property
    def url(self) -> str:
        return self.path if self.form.action in {"", "."} else self.form.action

    def run(self) -> None:
        """Fill each text to its limit, and one over it, in each script."""
        self._keep_session()
        self._learn()
        if self.form.method == "post":
            self._spoil()
        for script in letters.WORDS if self.form.texts else ():
            if self.form.method == "get":
                self._search(script)
            else:
                self._fill_to_limit(script)
                self._fill_over(script)

    def _learn(self) -> None:
        """Submit the form as it is, to learn which fields stand behind its controls."""
        self.fields: dict[str, forms.Field] = {}
        if self.form.method == "get":
            return
        answer = self._submit({control.name: Typed("x", "x") for control in self.form.texts})
        for control in self.form.texts:
            if found := find(answer.validated, control.name):
                form, name = found
                self.fields[control.name] = form.fields[name]
                self.spy.walked |= names_of(type(form), name)
                if not is_clean(form.fields[name]):
                    self._note(f"{type(form).__name__}.{name} isn't cleaned (shop/forms.py)")
            else:
                self._note(f"no form reads {control.name}")

    def _spoil(self) -> None:
        """Send something else in each hidden control: the next page has a word for it."""
        for control in self.form.hidden:
            answer = self._submit({control.name: Typed("☃" * 40, "")})
            if answer.status < 400 and not answer.page.has_alert:
                self._note(f"nothing is said of a wrong {control.name} ({answer.status})")

    def _limit_of(self, control: Control) -> int | None:
        field = self.fields.get(control.name)
        if isinstance(field, SimpleArrayField):
            field = field.base_field
        return getattr(field, "max_length", None) or control.maxlength

    def _type(self, control: Control, script: str, *, over: bool = False) -> Typed:
        field = self.fields.get(control.name)
        length = (self._limit_of(control) or NO_LIMIT) + over
        if isinstance(field, EmailField):
            return letters.email(script, length - over, over=over)
        if isinstance(field, URLField):
            return letters.web_address(script, length)
        if isinstance(field, SimpleArrayField):
            parts = [letters.text(script, length) for _ in range(3)]
            return Typed(",".join(t.sent for t in parts), ",".join(t.kept for t in parts))
        typed = letters.text(script, length, lines=isinstance(field, TextField))
        if isinstance(field, CodeField):
            kept = field.cleaner(typed.sent)
            return Typed(typed.sent, kept) if len(kept) == len(typed.kept) else typed
        return typed

    def _fill_to_limit(self, script: str) -> None:
        """Every text is kept, or the page says why not; then without those that are not."""
        left = {control.name: self._type(control, script) for control in self.form.texts}
        for _attempt in range(3):
            answer = self._submit(left)
            self._check_said(answer, script)
            said = {name for name in left if name in answer.errors or name[:-2] in answer.errors}
            left = {name: typed for name, typed in left.items() if name not in said}
            if not left or not said:
                break
        if left and not answer.errors:
            self._check_kept(answer, left, script)

    def _fill_over(self, script: str) -> None:
        """What is one over its limit is refused at its field."""
        limited = [control for control in self.form.texts if self._limit_of(control)]
        typed = {control.name: self._type(control, script, over=True) for control in limited}
        answer = self._submit(typed)
        self._check_said(answer, script)
        for name in typed.keys() - answer.errors.keys():
            self._note(f"{script}: one over the limit of {name} is taken ({answer.status})")

    def _search(self, script: str) -> None:
        typed = {control.name: self._type(control, script) for control in self.form.texts}
        answer = self._submit(typed)
        if answer.status != 200:
            self._note(f"{script}: a search answers {answer.status}")

    def _check_said(self, answer: Answer, script: str) -> None:
        """Every error can be read on the page, and its control is marked."""
        if not answer.errors:
            return
        if not answer.page.has_alert:
            self._note(f"{script}: the page says nothing of {answer.errors}")
        if answer.was_redirected:  # The next page says it in its own words.
            return
        invalid = {c.name for form in answer.page.forms for c in form.texts if c.is_invalid}
        shown = {c.name for form in answer.page.forms for c in form.texts}
        for name, messages in answer.errors.items():
            for message in messages:
                if " ".join(message.split()) not in answer.page.text:
                    self._note(
                        f"{script}: the error of {name or 'no field'} isn't shown: {message}"
                    )
            if name in shown - invalid:
                self._note(f"{script}: {name} isn't marked as wrong")

    def _check_kept(self, answer: Answer, left: Mapping[str, Typed], script: str) -> None:
        for name, typed in left.items():
            form, field_name = find(answer.validated, name) or (None, "")
            if form is None or type(form).__name__ in NOT_KEPT:
                continue
            if isinstance(self.fields.get(name), PARSED):
                continue
            clean = form.cleaned_data.get(field_name)
            values = [str(value) for value in clean] if isinstance(clean, list) else [str(clean)]
            if field_name not in TIDIED and ",".join(values) != typed.kept:
                self._note(f"{script}: {name} is {ascii(clean)[:60]}, not {ascii(typed.kept)[:60]}")
            if not all(answer.holds(value) for value in values):
                self._note(f"{script}: {name} is in no row and on no page ({answer.status})")
            self.spy.kept |= names_of(type(form), field_name)

    def _submit(self, texts: Mapping[str, Typed]) -> Answer:
        self.submitted += 1
        data = sent_by(self.form) | {name: typed.sent for name, typed in texts.items()}
        del self.spy.validated[:]
        send = self.client.get if self.form.method == "get" else self.client.post
        with transaction.atomic():
            response = send(self.url, data)
            answer = Answer(response.status_code, list(self.spy.validated))
            if response.status_code == 302:
                answer.rows = all_rows() + list(strings_in(dict(self.client.session)))
                response = self.client.get(response.url, follow=True)
                answer.was_redirected = True
            if is_page(response):
                answer.page = Page(response.content.decode())
            transaction.set_rollback(True)
        if answer.was_redirected:
            self._restore_session()
        if answer.status >= 500:
            self._note(f"{answer.status} for {data}")
        return answer

    def _keep_session(self) -> None:
        """Remember who the client is; DynamoDB rolls nothing back."""
        self.cookies = copy.deepcopy(self.client.cookies)
        self.session = (
            dict(self.client.session.items())
            if settings.SESSION_COOKIE_NAME in self.cookies
            else None
        )

    def _restore_session(self) -> None:
        self.client.cookies = copy.deepcopy(self.cookies)
        if self.session is not None:
            session = self.client.session
            session.clear()
            session.update(self.session)
            session.save()

    def _note(self, fault: str) -> None:
        self.faults.append(f"{self.path} {self.form.action or '.'}: {fault}")


def is_clean(field: forms.Field) -> bool:
    """Return whether a field cleans its text, or reads something else from it."""
    base = field.base_field if isinstance(field, SimpleArrayField) else field
    return isinstance(base, (CleanedField, *PARSED))


def is_text(field: forms.Field) -> bool:
    """Return whether people write text into a field."""
    return isinstance(field, forms.CharField) and not isinstance(
        field.widget, forms.HiddenInput | forms.PasswordInput
    )


def is_page(response: Any) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")


def sent_by(form: HtmlForm) -> dict[str, Any]:
    """Return what a browser sends, with something fitting where the form is empty."""
    names = {control.name for control in form.controls}
    data: dict[str, Any] = {name: value for name, value in CHOSEN.items() if name in names}
    for control in form.controls:
        if control.kind == "submit" and control.name in data:
            continue  # the first button
        if control.is_sent and control.kind != "file":
            data.setdefault(control.name, value_of(control))
        elif control.kind == "radio" and control.is_required:
            data.setdefault(control.name, control.value)
    return data


def value_of(control: Control) -> str:
    """Return a value that fits a control: its own, the first choice, or what is asked for."""
    if control.kind == "password":
        return PASSWORD
    if control.name.startswith("item_"):
        return "1"
    if control.value:
        return control.value
    if control.options:
        return "DE" if "DE" in control.options else next(filter(None, control.options), "")
    fitting = [value for end, value in FITTING.items() if control.name.endswith(end)]
    return fitting[0] if fitting else "1" if control.is_required else ""


def strings_in(value: Any) -> Iterator[str]:
    """Yield every string in nested dicts and lists."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from strings_in(list(value.values()))
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from strings_in(entry)


def all_rows() -> list[str]:
    """Return every row of every table as text."""
    tables = {model._meta.db_table for model in apps.get_models() if not model._meta.proxy} - ASIDE
    query = " UNION ALL ".join(
        f'SELECT t::text FROM "{table}" AS t'  # noqa: S608 - the names of our own tables
        for table in sorted(tables)
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [row[0] for row in cursor.fetchall()]
