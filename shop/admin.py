"""The staff's site: its name, its login, and the outbox."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from shop.models import Event

admin.site.site_header = f"{settings.SHOP_NAME} staff"
admin.site.site_title = f"{settings.SHOP_NAME} staff"
admin.site.index_title = "What would you like to do?"
# One login page for all, so that its rate limits hold here too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that tell what happened: to be looked at, never to be changed."""

    actions = None
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: our own code writes these."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: history does not change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: history does not change."""
        return False


class ReadOnlyInline(admin.TabularInline):
    """Rows of history on the page of what they belong to."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: our own code writes these."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: history does not change."""
        return False


def badge(text: str, kind: str) -> SafeString:
    """Show a status; `kind` is good, bad, open or quiet."""
    return format_html('<span class="badge badge-{}">{}</span>', kind, text)


class PublishedFilter(admin.SimpleListFilter):
    """Sent to SNS already, or not yet."""

    title = "published"
    parameter_name = "published"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the two choices."""
        return [("yes", "Published"), ("no", "Waiting")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        """Filter."""
        if self.value() is None:
            return queryset
        return queryset.filter(published_at__isnull=self.value() == "no")


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """The outbox."""

    list_display = ("type", "created_at", "state", "id")
    list_filter = ("type", PublishedFilter)
    search_fields = ("=id", "type", "payload__order__number")
    ordering = ("-created_at", "-pk")
    list_per_page = 50

    @admin.display(description="state")
    def state(self, event: Event) -> SafeString:
        """Show whether the relay has sent it."""
        return badge("Published", "good") if event.published_at else badge("Waiting", "open")
