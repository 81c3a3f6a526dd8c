"""Users and their addresses in the admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.models import Address, User


def _lower_and_free(form: forms.ModelForm) -> str:
    email: str = form.cleaned_data["email"].lower()
    if User.objects.filter(email=email).exclude(pk=form.instance.pk).exists():
        raise ValidationError("There is a user with this e-mail already.")
    return email


class NewUserForm(AdminUserCreationForm):
    """Creates a user from an e-mail address and a password."""

    class Meta:
        model = User
        fields = ("email",)

    def clean_email(self) -> str:
        """Return the address in lower case; refuse one that another user has."""
        return _lower_and_free(self)


class UserForm(UserChangeForm):
    """Changes a user."""

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


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """Users, who log in by e-mail address."""

    form = UserForm
    add_form = NewUserForm
    list_display = (
        "email",
        "first_name",
        "last_name",
        "is_staff",
        "is_active",
        "date_joined",
        "last_login",
    )
    list_filter = ("is_staff", "is_superuser", "is_active", "date_joined")
    search_fields = ("email", "first_name", "last_name")
    ordering = ("-date_joined", "-pk")
    readonly_fields = ("last_login", "date_joined")
    show_full_result_count = False
    fieldsets = (
        (None, {"fields": ("email", "password", "first_name", "last_name")}),
        (
            "What they may do",
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        ("When", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("email", "usable_password", "password1", "password2"),
            },
        ),
    )

    def get_inlines(self, request: HttpRequest, obj: User | None) -> list[Any]:
        """Show an address book only for users that already exist."""
        return [AddressInline] if obj else []

    def save_model(
        self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool
    ) -> None:
        """Save the user; an e-mail address entered by staff counts as confirmed."""
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            obj.confirm_email()
