"""The category tree in the admin."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from treebeard.admin import TreeAdmin

from catalog.admin import forms
from catalog.admin.images import thumbnail
from catalog.images import uploads
from catalog.listing_columns import refresh_listings
from catalog.models import Category, Product


@admin.register(Category)
class CategoryAdmin(TreeAdmin):
    """The category tree; categories are moved by drag and drop or with the form."""

    most_upload_bytes = settings.UPLOAD_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    form = forms.CategoryForm
    list_display = ("name", "slug", "picture_shown", "products")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = ("picture_shown",)
    fieldsets = (
        (None, {"fields": ("name", "slug", "description")}),
        ("Picture", {"fields": ("picture_shown", "new_picture", "remove_picture")}),
        ("Place in the tree", {"fields": ("treebeard_position", "treebeard_ref_node")}),
    )

    def get_urls(self) -> list[Any]:
        """Leave out treebeard's translations, which nothing loads and anybody could open."""
        return [url for url in super().get_urls() if url.name != "javascript-catalog"]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list also after a form without an action, where treebeard misses a parent."""
        request._treebeard_parent = None  # type: ignore[attr-defined]
        return super().changelist_view(request, extra_context)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        """Add the number of products."""
        products = (
            Product.objects.filter(category=OuterRef("pk"))
            .order_by()
            .values("category")
            .annotate(n=Count("pk"))
        )
        return super().get_queryset(request).annotate(product_count=Subquery(products.values("n")))

    def children_view(self, request: HttpRequest, parent_id: str) -> HttpResponse:
        """Return the children of a category; answer 404 to a key or a filter that isn't one."""
        try:
            return super().children_view(request, parent_id)
        except (IncorrectLookupParameters, ValueError) as error:
            raise Http404 from error

    def view_on_site(self, category: Category) -> str:
        """Return the category's page in the shop."""
        return category.get_absolute_url()

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        """Save the category, store a new picture, and update search if the name has changed."""
        super().save_model(request, obj, form, change)
        if form.cleaned_data["new_picture"]:
            uploads.replace_picture(obj, form.cleaned_data["new_picture"])
        elif form.cleaned_data["remove_picture"]:
            uploads.remove_picture(obj)
        if change and "name" in form.changed_data:
            refresh_listings(list(obj.products.values_list("pk", flat=True)))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Include all descendants, because they are deleted along with a category."""
        below = Q()
        for category in objs:
            below |= Q(path__startswith=category.path)
        return super().get_deleted_objects(
            Category.objects.filter(below) if below else objs, request
        )

    @admin.display(description="picture")
    def picture_shown(self, category: Category) -> SafeString:
        return thumbnail(category.listing_image)

    @admin.display(description="products")
    def products(self, category: Any) -> int:
        return category.product_count or 0
