"""Users and their addresses."""

from typing import Any, ClassVar

from django.apps import apps
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from shop.countries import country_choices
from shop.email_address import InvalidEmail, clean_email
from shop.fields import EmailField, LineField, NumberField


class UserManager(BaseUserManager["User"]):
    """Creates users whose login is their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user.

        The address is stored in one form, so that it is the same login however it is typed.
        Raises InvalidEmail.
        """
        user = self.model(email=clean_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a superuser, who can log in without confirming the address by mail."""
        user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
        user.confirm_email()
        return user

    def manageable_by(self, actor: "User") -> models.QuerySet["User"]:
        """Return whom a member of staff may open, change or delete, given the permission for it.

        Only superusers reach accounts with rights: otherwise one right would lead to all of them.
        """
        return self.all() if actor.is_superuser else self.filter(is_staff=False, is_superuser=False)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a user by e-mail address, however it is typed."""
        try:
            return self.get(email=clean_email(username or ""))
        except InvalidEmail as error:
            raise self.model.DoesNotExist from error


class User(AbstractUser):
    """A shopper or a member of staff."""

    username = None  # type: ignore[assignment]
    email = EmailField("e-mail", unique=True)
    first_name = LineField("first name", max_length=150, blank=True)
    last_name = LineField("last name", max_length=150, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta(AbstractUser.Meta):
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what ends all sessions when it changes: the password's hash, and being staff.

        Who becomes staff signs in anew, so that the session ends like those of staff.
        """
        return salted_hmac(
            "accounts.User", f"{self.password}{self.is_staff}", secret=secret, algorithm="sha256"
        ).hexdigest()

    @transaction.atomic
    def confirm_email(self) -> None:
        """Mark the e-mail address as confirmed, on the authority of staff or of a command.

        The user's other addresses are deleted.
        """
        addresses = apps.get_model("account", "EmailAddress")._default_manager
        addresses.filter(user_id=self.pk).exclude(email=self.email).delete()
        addresses.update_or_create(
            user_id=self.pk, email=self.email, defaults={"verified": True, "primary": True}
        )


class AddressFields(models.Model):
    """A postal address, as carriers need it."""

    full_name = LineField("full name", max_length=120)
    company = LineField(max_length=120, blank=True)
    line1 = LineField("street and number", max_length=200)
    line2 = LineField("flat, floor, c/o", max_length=200, blank=True)
    postcode = NumberField(max_length=20, blank=True)
    city = LineField(max_length=120, blank=True)
    region = LineField("state or region", max_length=120, blank=True)
    country = models.CharField(max_length=2, choices=country_choices)
    phone = NumberField(max_length=40, blank=True, help_text="Only for the carrier.")

    FIELDS = (
        "full_name",
        "company",
        "line1",
        "line2",
        "postcode",
        "city",
        "region",
        "country",
        "phone",
    )

    class Meta:
        abstract = True

    def as_dict(self) -> dict[str, str]:
        """Return the fields as a dict, the copy that an order keeps."""
        return {name: getattr(self, name) for name in self.FIELDS}


class Address(AddressFields):
    """An entry in a user's address book."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="addresses")
    is_default = models.BooleanField("use this one first", default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "addresses"
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(is_default=True),
                name="one_default_address_a_user",
            )
        ]

    def __str__(self) -> str:
        return f"{self.full_name}, {self.line1}, {self.city}"
