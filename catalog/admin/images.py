"""Pictures in the admin.

They are on their product's page, uploaded straight from the browser to S3, and on a page of their
own. For each file the browser requests a row and a signed form, posts the file to S3, and then
polls for the Lambda's progress.
"""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm, Script
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST

from catalog.images import uploads
from catalog.images.pipeline import check_announced, retry_images
from catalog.listing_columns import refresh_listings
from catalog.models import Product, ProductImage
from shop.admin import badge
from shop.foreign_json import parse_json
from shop.storages import product_images
from shop.templatetags.shop import rendition_url

IMAGE_KINDS = {"waiting": "open", "processing": "open", "ready": "good", "failed": "bad"}
UNFINISHED = {ProductImage.Status.WAITING, ProductImage.Status.PROCESSING}
FILES_AT_ONCE = 200


def thumbnail(image: Mapping[str, Any] | None) -> SafeString:
    """Return the smallest rendition of a picture; `image` is as from ProductImage.as_listing()."""
    if not image or not image["widths"]:
        return SafeString('<span class="thumb thumb-none"></span>')
    return format_html(
        '<img class="thumb" src="{}" alt="" loading="lazy">', rendition_url(image, 160)
    )


def picture_or_status(image: ProductImage) -> SafeString:
    """Return a picture if it is ready, or else what it is waiting for or why it failed."""
    if image.status == ProductImage.Status.READY:
        return thumbnail(image.as_listing())
    return format_html(
        "{} {}", badge(image.get_status_display(), IMAGE_KINDS[image.status]), image.error
    )


class ImageForm(ModelForm):
    """The position and the alternative text of one picture."""

    def shown(self) -> SafeString:
        """Return the picture, or its progress."""
        return picture_or_status(self.instance)

    def is_unfinished(self) -> bool:
        """Return whether the picture may still change by itself while staff look at it."""
        return self.instance.status in UNFINISHED


class ImageFormSet(BaseInlineFormSet):
    """The pictures of a product."""

    def save_existing(self, form: Any, obj: Any, commit: bool = True) -> Any:
        """Save only what staff may change.

        The Lambda's result may have arrived since the page was opened.
        """
        image = form.save(commit=False)
        if commit:
            image.save(update_fields=["position", "alt"])
        return image


class ImageInline(admin.TabularInline):
    """The pictures of a product, and the field for new ones."""

    model = ProductImage
    form = ImageForm
    formset = ImageFormSet
    template = "admin/catalog/product/pictures.html"
    fields = ("position", "alt")
    ordering = ("position", "pk")
    extra = 0

    class Media:
        js = (Script("js/admin-pictures.js", type="module"),)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: new ones come from ProductForm.new_images or from `pictures` below."""
        return False


@admin.register(ProductImage)
class ProductImageAdmin(admin.ModelAdmin):
    """Pictures, in order to find those that failed and retry them."""

    list_display = ("shown", "product", "state", "error", "source", "created_at")
    list_filter = ("status", "created_at")
    list_select_related = ("product",)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("product__name", "source_url", "original", "error")
    ordering = ("-created_at", "-pk")
    readonly_fields = (
        "shown",
        "product",
        "state",
        "error",
        "source",
        "width",
        "height",
        "created_at",
    )
    fields = (
        "shown",
        "product",
        "position",
        "alt",
        "state",
        "error",
        "source",
        "width",
        "height",
        "created_at",
    )
    actions = ("retry",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: pictures are added on their product's page."""
        return False

    def save_model(
        self, request: HttpRequest, obj: ProductImage, form: ModelForm, change: bool
    ) -> None:
        """Save only what staff may change."""
        obj.save(update_fields=["position", "alt"])
        refresh_listings([obj.product_id])

    def delete_model(self, request: HttpRequest, obj: ProductImage) -> None:
        """Delete the picture and refresh its product's listing."""
        super().delete_model(request, obj)
        refresh_listings([obj.product_id])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ProductImage]) -> None:
        """Delete the pictures and refresh their products' listings."""
        products = set(queryset.values_list("product", flat=True))
        super().delete_queryset(request, queryset)
        refresh_listings(products)

    @admin.display(description="")
    def shown(self, image: ProductImage) -> SafeString:
        return thumbnail(image.as_listing())

    @admin.display(description="status", ordering="status")
    def state(self, image: ProductImage) -> SafeString:
        return badge(image.get_status_display(), IMAGE_KINDS[image.status])

    @admin.display(description="fetched from", ordering="source_url")
    def source(self, image: ProductImage) -> SafeString | str:
        """Return the source URL, shortened."""
        if not image.source_url:
            return "uploaded"
        return format_html('<span class="address" title="{0}">{0}</span>', image.source_url)

    @admin.action(description="Fetch again, make renditions again", permissions=["change"])
    def retry(self, request: HttpRequest, images: QuerySet[ProductImage]) -> None:
        """Retry pictures that failed or got stuck."""
        again = retry_images(ProductImage.objects.filter(pk__in=images.values("pk")))
        self.message_user(
            request, f"{again} pictures are tried again within a minute.", messages.SUCCESS
        )


@require_http_methods(["GET", "POST"])
def pictures(request: HttpRequest, product: Product) -> HttpResponse:
    """Return the state of each picture of a product; for a POST request, begin uploads.

    POST `{"files": [{"type", "size"}]}`; the response, in the same order, is `{"files": [{"id",
    "alt", "form"} or {"error"}]}`, where `form` is what ProductImages.sign_post() returns. Answers
    400 for anything else, and for more than 200 files.
    """
    if request.method == "GET":
        return JsonResponse(
            {
                "pictures": [
                    _upload_state(image) for image in product.images.order_by("position", "pk")
                ]
            }
        )
    try:
        files = [
            (str(file["type"]), int(file["size"])) for file in parse_json(request.body)["files"]
        ]
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"error": "This is no list of files."}, status=HTTPStatus.BAD_REQUEST)
    if len(files) > FILES_AT_ONCE:
        message = f"At most {FILES_AT_ONCE} pictures are taken at once."
        return JsonResponse({"error": message}, status=HTTPStatus.BAD_REQUEST)
    return JsonResponse({"files": list(_begin_uploads(product, files))})


@require_POST
def abandon(request: HttpRequest, product: Product, image_id: int) -> HttpResponse:
    """Delete the row of an upload that failed in the browser."""
    uploads.abandon_upload(product, image_id)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _upload_state(image: ProductImage) -> dict[str, Any]:
    return {
        "id": image.pk,
        "unfinished": image.status in UNFINISHED,
        "shown": picture_or_status(image),
    }


def _begin_uploads(product: Product, files: list[tuple[str, int]]) -> Iterator[dict[str, Any]]:
    faults = [_upload_fault(content_type, size) for content_type, size in files]
    taken = [
        content_type
        for (content_type, _size), fault in zip(files, faults, strict=True)
        if not fault
    ]
    images = zip(uploads.begin_uploads(product, taken), taken, strict=True)
    for fault in faults:
        if fault:
            yield {"error": fault}
            continue
        image, content_type = next(images)
        form = product_images().sign_post(str(image.original), content_type)
        yield {"id": image.pk, "alt": image.alt, "form": form}


def _upload_fault(content_type: str, size: int) -> str:
    try:
        check_announced(content_type, size)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""
