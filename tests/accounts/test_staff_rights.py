"""No permission leads to the rights, the password or the account of somebody else."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from accounts.models import User
from tests.admin_forms import filled
from tests.factories import PASSWORD, make_order, make_user
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
USERS = "/admin/accounts/user/"
#: What a form may ask for that gives rights, a password or somebody's mailbox.
GREEDY = {
    "is_staff": "on",
    "is_superuser": "on",
    "is_active": "on",
    "email": "mine@example.com",
    "password": "x",
    "password1": PASSWORD,
    "password2": PASSWORD,
    "usable_password": "true",
    "verified": "on",
    "primary": "on",
    "_save": "Save",
}


def clerk(*permissions: str) -> User:
    """Make a member of staff with permissions such as `accounts.change_user`."""
    user = make_user(is_staff=True)
    for name in permissions:
        app, codename = name.split(".")
        user.user_permissions.add(
            Permission.objects.get(content_type__app_label=app, codename=codename)
        )
    return user


def change_page(user: User) -> str:
    return f"{USERS}{user.pk}/change/"


def rights() -> list[object]:
    """Return everything about all accounts by which somebody gets in or may do something."""
    rows = User.objects.order_by("pk").values_list(
        *("pk", "email", "password", "is_staff", "is_superuser", "is_active"),
        *("groups__permissions", "user_permissions"),
    )
    addresses = User.objects.order_by("pk").values_list("emailaddress__email")
    return [list(rows), list(addresses), list(Group.objects.values_list("permissions"))]


@pytest.fixture
def helper(client: Client) -> Client:
    """Return a client of staff who may do everything with people short of being a superuser."""
    names = [f"accounts.{act}_user" for act in ("add", "change", "delete", "view")]
    names += [f"account.{act}_emailaddress" for act in ("add", "change", "delete", "view")]
    names += [f"auth.{act}_group" for act in ("add", "change", "delete", "view")]
    return sign_in(client, clerk(*names))


def test_shows_and_takes_only_the_name_of_a_customer(helper: Client) -> None:
    alice = make_user()
    before = rights()
    page = helper.get(change_page(alice))
    assert set(page.context["adminform"].form.fields) == {"first_name", "last_name"}
    sent = filled(helper, change_page(alice)) | GREEDY | {"first_name": "Ada"}
    assert helper.post(change_page(alice), sent).url == USERS
    alice.refresh_from_db()
    assert alice.first_name == "Ada"
    assert rights() == before


@pytest.mark.parametrize("rights_of", [{"is_staff": True}, {"is_superuser": True}])
def test_hides_the_accounts_of_staff_from_staff(helper: Client, rights_of: dict[str, bool]) -> None:
    boss = make_user("boss@example.com", **rights_of)
    before = rights()
    assert boss.email not in helper.get(USERS).content.decode()
    for page in ("change", "delete", "history", "password"):
        url = f"{USERS}{boss.pk}/{page}/"
        assert helper.get(url).status_code != 200
        assert helper.post(url, GREEDY | {"post": "yes"}).status_code != 200
    sent = {"action": "delete_selected", "_selected_action": [boss.pk], "post": "yes"}
    helper.post(USERS, sent)
    assert rights() == before


def test_lets_nobody_else_add_users_or_touch_groups(helper: Client) -> None:
    group = Group.objects.create(name="All")
    before = rights()
    groups = "/admin/auth/group/"
    for url in (f"{USERS}add/", groups, f"{groups}add/", f"{groups}{group.pk}/change/"):
        assert helper.get(url).status_code == 403
        assert helper.post(url, GREEDY | {"name": "New"}).status_code == 403
    assert rights() == before
    assert Group.objects.count() == 1


def test_has_no_pages_of_allauth_for_email_addresses(helper: Client, staff: Client) -> None:
    for client in (helper, staff):
        assert client.get("/admin/account/emailaddress/").status_code == 404
        assert client.get("/admin/account/").status_code == 404


def test_sets_nobodys_password(staff: Client) -> None:
    alice = make_user()
    before = rights()
    staff.post(f"{USERS}{alice.pk}/password/", GREEDY, follow=True)
    assert rights() == before
    assert "password" not in staff.get(change_page(alice)).context["adminform"].form.fields


def test_lets_a_superuser_give_rights(staff: Client) -> None:
    alice = make_user()
    sent = filled(staff, change_page(alice)) | {"is_staff": "on"}
    assert staff.post(change_page(alice), sent).status_code == 302
    alice.refresh_from_db()
    assert alice.is_staff


def test_does_not_filter_by_secrets(staff: Client) -> None:
    token = make_order().token
    for lookup in (f"token__startswith={token[0]}", "user__password__startswith=a"):
        assert staff.get(f"/admin/orders/order/?{lookup}").status_code == 400
    assert staff.get(f"{USERS}?password__startswith=a").status_code == 400
