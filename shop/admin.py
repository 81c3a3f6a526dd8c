"""Admin classes that the apps share, and the outbox."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from shop.events import outbox
from shop.models import Event
from shop.money import PriceField, format_price

#: What no list may be filtered by: an answer to "begins with a?" tells a letter of it.
SECRETS = {"token", "checkout_key", "password"}


class ReadOnlyAdmin(admin.ModelAdmin):
    """A record of what happened, which can be viewed but never changed."""

    actions: tuple[Any, ...] | None = None
    show_full_result_count = False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Refuse filters by secrets."""
        if SECRETS.intersection(lookup.split("__")):
            return False
        return super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: these rows are written by our own code."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: history does not change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: history does not change."""
        return False


class ReadOnlyInline(admin.TabularInline):
    """Rows of history on the page of the object they belong to."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: these rows are written by our own code."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: history does not change."""
        return False


class PricesMixin(admin.options.BaseModelAdmin):
    """Shows prices in SHOP_CURRENCY in lists, and to those who may only view.

    Django would write the three decimals of the column, such as 500.000 JPY.
    """

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = super().get_list_display(request)  # type: ignore[misc]
        return [self.shown_price(name) for name in columns]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        # Without a row it is the form that adds one, which doesn't take the right to change rows.
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return [
            (title, options | {"fields": [self.shown_price(name) for name in options["fields"]]})
            for title, options in fieldsets
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Add what `get_fieldsets()` puts in the place of prices."""
        names = super().get_readonly_fields(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return names
        fields = [field.name for field in self.model._meta.concrete_fields]
        return [*names, *(self.shown_price(name) for name in fields if name not in names)]

    def shown_price(self, name: Any) -> Any:
        """Return what shows a field: a function for a price, for others their name."""
        fields = {field.name: field for field in self.model._meta.concrete_fields}
        field = fields.get(name) if isinstance(name, str) else None
        return _price_column(field) if isinstance(field, PriceField) else name


@cache
def _price_column(field: PriceField) -> Callable[[Any], str | None]:
    @admin.display(description=field.verbose_name, ordering=field.name, empty_value="")
    def column(row: Any) -> str | None:
        amount = getattr(row, field.name)
        return None if amount is None else format_price(amount)

    return column


def badge(text: str, kind: str) -> SafeString:
    """Return a status as HTML; `kind` is good, bad, open or quiet."""
    return format_html('<span class="badge badge-{}">{}</span>', kind, text)


class StateFilter(admin.SimpleListFilter):
    """Filters events by whether the relay has published them."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waiting", "Waiting"), ("aside", "Set aside"), ("published", "Published")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        conditions = {
            "waiting": Q(published_at=None, set_aside_at=None),
            "aside": Q(set_aside_at__isnull=False),
            "published": Q(published_at__isnull=False),
        }
        return queryset.filter(conditions.get(self.value() or "", Q()))


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """The outbox."""

    actions = ("try_again",)
    list_display = ("type", "created_at", "state", "error", "id")
    list_filter = ("type", StateFilter)
    search_fields = ("=id", "type", "payload__order__number")
    ordering = ("-created_at", "-pk")
    list_per_page = 50

    @admin.display(description="state")
    def state(self, event: Event) -> SafeString:
        """Show whether the relay has published the event or has given up on it."""
        if event.set_aside_at:
            return badge("Set aside", "bad")
        return badge("Published", "good") if event.published_at else badge("Waiting", "open")

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may change events, which is what a retry needs.

        This right is separate from has_change_permission(), as nobody may edit an event by hand.
        """
        return request.user.has_perm("shop.change_event")

    @admin.action(description="Try again what was set aside", permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Event]) -> None:
        """Let the relay try the selected events again."""
        ids = list(queryset.exclude(set_aside_at=None).values_list("pk", flat=True))
        count = outbox.retry(ids) if ids else 0
        self.message_user(request, f"{count} events get new tries.")
