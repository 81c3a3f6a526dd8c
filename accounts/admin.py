"""People in the admin: no permission leads to the rights of somebody else.

See docs/decisions/0024-staff-and-people.md.
"""

from functools import partial
from typing import Any, ClassVar, cast

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Address, User
from accounts.reauthentication import PasswordAgainMixin
from shop.forms import LineField

PROFILE = ("email", "first_name", "last_name")


def _lower_and_free(form: forms.ModelForm) -> str:
    email: str = form.cleaned_data["email"].lower()
    if User.objects.filter(email=email).exclude(pk=form.instance.pk).exists():
        raise ValidationError("There is a user with this e-mail already.")
    return email


class NewUserForm(forms.ModelForm):
    """Creates a user from an email address. A password is only chosen by its owner."""

    class Meta:
        model = User
        fields = ("email",)

    def clean_email(self) -> str:
        """Return the address in lower case; refuse one that another user has."""
        return _lower_and_free(self)


class UserForm(UserChangeForm):
    """Changes a user, but not the password."""

    password = None  # type: ignore[assignment]

    def clean_email(self) -> str:
        """Return the address in lower case; refuse one that another user has."""
        return _lower_and_free(self)


class AddressInline(admin.TabularInline):
    """A user's address book, read-only."""

    model = Address
    fields = ("full_name", "line1", "postcode", "city", "country", "is_default")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: only shoppers change their address books."""
        return False


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(PasswordAgainMixin, DjangoGroupAdmin):
    """Groups of rights, for superusers."""

    # Django's own column, which doesn't bring a field of ours.
    formfield_overrides: ClassVar[dict[type[models.Field], Any]] = {
        models.CharField: {"form_class": LineField}
    }

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether it is a superuser."""
        return request.user.is_superuser

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return whether it is a superuser."""
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether it is a superuser."""
        return request.user.is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether it is a superuser."""
        return request.user.is_superuser


@admin.register(User)
class UserAdmin(PasswordAgainMixin, DjangoUserAdmin):
    """Users, who log in by email address."""

    form = UserForm
    add_form = NewUserForm
    list_display = (*PROFILE, "is_staff", "is_active", "date_joined", "last_login")
    list_filter = ("is_staff", "is_superuser", "is_active", "date_joined")
    search_fields = PROFILE
    ordering = ("-date_joined", "-pk")
    show_full_result_count = False
    fieldsets = (
        (None, {"fields": PROFILE}),
        (
            "What they may do",
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        ("When", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email",)}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Show only superusers the accounts of staff; lists, actions and forms all start here."""
        users = User.objects.manageable_by(cast(User, request.user))
        return users.order_by(*self.ordering)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return whether it is a superuser: the email address of a new account counts as confirmed.

        Customers sign up.
        """
        return request.user.is_superuser

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Leave out rights for those who are no superusers."""
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if request.user.is_superuser else (fieldsets[0], fieldsets[-1])

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Lock the email address for others as well: whoever has its mailbox has the account."""
        email = () if request.user.is_superuser else ("email",)
        return ("last_login", "date_joined", *email)

    def get_inlines(self, request: HttpRequest, obj: User | None) -> list[Any]:
        """Show an address book only for users that already exist."""
        return [AddressInline] if obj else []

    def get_urls(self) -> list[Any]:
        """Leave out the page that sets somebody's password; they get a link by mail."""
        return [url for url in super().get_urls() if url.name != "auth_user_password_change"]

    def save_model(
        self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool
    ) -> None:
        """Save the user; an email address entered by a superuser counts as confirmed."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            obj.confirm_email()
        if change and "email" in form.changed_data:
            transaction.on_commit(partial(_tell_old_address, obj, form.initial["email"]))


def _tell_old_address(user: User, old: str) -> None:
    context = {"from_email": old, "to_email": user.email}
    get_adapter().send_notification_mail(
        "account/email/email_changed", user, context=context, email=old
    )
