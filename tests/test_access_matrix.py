"""Every address answers everybody as tests/access_rules.py says, GET and POST.

Permissions only add to each other. So a user with all permissions but those that a rule names shows
that no other one opens its addresses; those that it names are tried one by one.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test import Client

from accounts.models import User
from tests.access_rules import (
    ADMIN,
    EVERYBODY,
    MODELS,
    OWNER,
    SHOP,
    SIGNED_IN,
    Rule,
    rule_for,
)
from tests.addresses import Address, Rows, all_addresses, make_rows
from tests.factories import PASSWORD, make_staff, make_user
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
#: What a form may be sent that gives rights, a password or somebody's mailbox. It also confirms.
GREEDY = {
    "is_staff": "on",
    "is_superuser": "on",
    "is_active": "on",
    "email": "mine@example.com",
    "password": "x",
    "password1": PASSWORD,
    "password2": PASSWORD,
    "first_name": "Eve",
    "last_name": "E",
    "post": "yes",
    "action": "delete_selected",
}
ENDS_THE_SESSION = ("admin/logout/", "account/logout/")
REFUSED = {403: "closed", 404: "closed", 405: "405"}


class Cell(NamedTuple):
    """A question to the matrix."""

    address: Address
    method: str

    @property
    def rule(self) -> Rule:
        return rule_for(self.address.route, self.method)


def all_cells() -> list[Cell]:
    return [Cell(address, method) for address in all_addresses() for method in ("GET", "POST")]


class Visitor:
    """Somebody who asks for addresses, and whose requests leave nothing behind in PostgreSQL."""

    def __init__(self, rows: Rows, user: User | None = None) -> None:
        self.rows, self.user = rows, user
        self.client = sign_in(Client(), user) if user else Client()
        self.permissions = user.get_all_permissions() if user else set()
        self.known: set[int] = set()
        self.rights: list[object] = []

    def wrong(self, cells: Iterable[Cell]) -> list[str]:
        """Return a line for each answer that is not as its rule says."""
        self.known = set(User.objects.values_list("pk", flat=True))
        self.rights = rights(self.known)
        asked = [(cell, self.answer(cell), self.expected(cell)) for cell in cells]
        return [
            f"{method} {address.route}: {answer}, not {expected}"
            for (address, method), answer, expected in asked
            if answer not in expected
        ]

    def expected(self, cell: Cell) -> list[str]:
        rule = cell.rule
        if rule.who != EVERYBODY and self.user is None:
            return ["log in"]
        if cell.address.route.startswith("admin/") and rule.who != EVERYBODY and not self.is_staff:
            # Signed-in customers are refused by the page to which this leads.
            return ["closed" if cell.address.name == "admin:login" else "log in"]
        may = self._may(rule)
        if cell.method not in rule.methods:
            # Some views look at the method before they look at the permission.
            return ["405"] if may else ["405", "closed"]
        return ["open" if may else "closed"]

    @property
    def is_staff(self) -> bool:
        return self.user is not None and self.user.is_staff

    def _may(self, rule: Rule) -> bool:
        if rule.who in (SIGNED_IN, EVERYBODY):
            return True
        if rule.who == OWNER:
            return self.user == self.rows.owner
        is_superuser = self.user is not None and self.user.is_superuser
        return self.is_staff and rule.opens_for(self.permissions, is_superuser=is_superuser)

    def answer(self, cell: Cell) -> str:
        client = self.client if self.user else Client()
        path = self.rows.path(cell.address)
        with transaction.atomic():
            answer = client.get(path) if cell.method == "GET" else client.post(path, GREEDY)
            if cell.method == "POST":
                self._check_rights()
            transaction.set_rollback(True)
        if cell.address.route in ENDS_THE_SESSION and self.user:
            sign_in(self.client, self.user)
        if answer.headers.get("Location", "").startswith(("/account/login/", "/admin/login/")):
            return "log in"
        is_failure = answer.status_code >= 500
        return REFUSED.get(answer.status_code, str(answer.status_code) if is_failure else "open")

    def _check_rights(self) -> None:
        """Let nobody but a superuser have changed an account. Who signs up is a customer."""
        if self.user is None or not self.user.is_superuser:
            assert rights(self.known) == self.rights
            assert not User.objects.exclude(pk__in=self.known).filter(is_staff=True).exists()


def rights(known: set[int]) -> list[object]:
    """Return everything about accounts by which somebody gets in or may do something."""
    people = User.objects.filter(pk__in=known).values_list(
        *("pk", "email", "password", "is_staff", "is_superuser", "is_active"),
        *("groups__permissions", "user_permissions", "emailaddress__email"),
    )
    return [
        sorted(map(repr, people)),
        list(Group.objects.order_by("pk").values_list("permissions")),
    ]


@pytest.fixture
def rows() -> Rows:
    return make_rows(make_user())


@pytest.mark.parametrize("who", ["nobody", "owner", "other customer", "staff", "superuser"])
def test_answers_each_visitor_by_the_rules(rows: Rows, who: str) -> None:
    users = {"nobody": None, "owner": rows.owner, "other customer": make_user()}
    users |= {"staff": make_user(is_staff=True), "superuser": make_staff()}
    assert Visitor(rows, users[who]).wrong(all_cells()) == []


class Clerks:
    """Staff with some permissions, made once for each set of them."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        name = Concat(F("content_type__app_label"), Value("."), F("codename"))
        self.ids = dict(Permission.objects.annotate(full=name).values_list("full", "pk"))
        self.made: dict[frozenset[str], Visitor] = {}

    def with_(self, names: Iterable[str]) -> Visitor:
        wanted = frozenset(names)
        if wanted not in self.made:
            user = make_user(is_staff=True)
            user.user_permissions.set([self.ids[name] for name in wanted])
            self.made[wanted] = Visitor(self.rows, user)
        return self.made[wanted]


def cells_by_permissions() -> dict[frozenset[str], list[Cell]]:
    """Return the cells of the admin by the permissions that their rules name."""
    found: dict[frozenset[str], list[Cell]] = defaultdict(list)
    for cell in all_cells():
        if cell.address.route.startswith("admin/"):
            found[cell.rule.permissions].append(cell)
    return found


def test_opens_for_no_permission_but_those_that_the_rule_names(rows: Rows) -> None:
    clerks = Clerks(rows)
    for named, cells in cells_by_permissions().items():
        others = clerks.ids.keys() - named
        assert (named, clerks.with_(others).wrong(cells)) == (named, [])


def test_opens_for_each_permission_what_the_rules_say(rows: Rows) -> None:
    clerks = Clerks(rows)
    for named, cells in cells_by_permissions().items():
        together = [needed for cell in cells for needed in cell.rule.alternatives() if named]
        for names in {frozenset(needed) for needed in [*together, *({name} for name in named)]}:
            assert (names, clerks.with_(names).wrong(cells)) == (names, [])


def test_every_rule_is_of_an_address() -> None:
    """A rule that is left over would describe a page that is gone."""
    routes = [address.route for address in all_addresses()]
    left_over = [
        pattern
        for pattern, *_ in [*SHOP, *ADMIN]
        if not any(re.fullmatch(pattern, route) for route in routes)
    ]
    assert left_over == []
    assert [model for model in MODELS if f"admin/{model}/" not in routes] == []


def test_an_address_without_a_rule_is_an_error() -> None:
    with pytest.raises(LookupError):
        rule_for("account/everything/", "GET")
    with pytest.raises(LookupError):
        rule_for("admin/orders/order/{pk}/everything/", "GET")
