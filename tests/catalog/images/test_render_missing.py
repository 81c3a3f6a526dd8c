"""Old pictures get renditions at a width that was added later; no others are touched."""

import io

import pytest
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries

from catalog.images import renditions
from catalog.images.pipeline import apply_result
from catalog.models import Category, ProductImage
from tests.catalog.images.bucket import BUCKET, empty_bucket, make_ready, quiet_bucket
from tests.catalog.images.pictures import result
from tests.factories import make_category

__all__ = ["empty_bucket", "quiet_bucket"]

pytestmark = pytest.mark.django_db

OLD = [160, 320]
NEW = [160, 320, 480]


def make_image(width: int = 600, widths: list[int] = OLD, **fields: object) -> ProductImage:
    return make_ready(width=width, height=400, widths=widths, **fields)


def make_shown(widths: list[int]) -> Category:
    """Make a category with a picture that is shown at these widths."""
    image = make_image(widths=widths)
    category = make_category()
    Category.objects.filter(pk=category.pk).update(
        picture=image.original.name, listing_image=image.as_listing()
    )
    image.delete()
    category.refresh_from_db()
    return category


def render(*options: str) -> tuple[list[str], str]:
    """Return the output of the command and its warnings."""
    out, err = io.StringIO(), io.StringIO()
    call_command("images", "render", "--missing", *options, stdout=out, stderr=err)
    return out.getvalue().splitlines(), err.getvalue()


def rendered() -> set[str]:
    """Return the originals that the Lambda was notified of again."""
    return {entry.key for entry in BUCKET.objects.all() if BUCKET.Object(entry.key).metadata}


def test_renders_again_what_lacks_a_width_and_nothing_else() -> None:
    lacking = {make_image().original.name, make_image(480).original.name}
    make_image(widths=NEW)
    make_image(479)
    make_image(100, widths=[100])
    make_image(status=ProductImage.Status.PROCESSING, widths=[])
    make_image(status=ProductImage.Status.FAILED)
    make_image(original="")
    said, _ = render()
    assert said == ["2 pictures lack a width.", "2 are rendered again; their renditions follow."]
    assert rendered() == lacking


def test_only_tells_when_it_is_to_write_nothing() -> None:
    make_image()
    assert render("--dry-run") == (["1 pictures lack a width."], "")
    assert rendered() == set()


def test_does_nothing_where_nothing_is_missing() -> None:
    make_image(widths=NEW)
    make_shown(NEW)
    assert render() == (["0 pictures lack a width."], "")
    assert rendered() == set()


def test_looks_after_the_pictures_of_categories() -> None:
    shown = make_shown(OLD)
    make_shown(NEW)
    make_category()
    assert render()[0][0] == "1 pictures lack a width."
    assert rendered() == {shown.picture.name}


def test_leaves_a_picture_of_a_category_alone_that_is_not_yet_shown() -> None:
    category = make_shown(OLD)
    Category.objects.filter(pk=category.pk).update(picture="uploads/refused.jpg")
    assert render()[0] == ["0 pictures lack a width."]


def test_may_be_repeated_until_the_answer_is_there_and_then_does_nothing() -> None:
    image, category = make_image(), make_shown(OLD)
    assert render() == render()
    assert len(rendered()) == 2
    for key in (image.original.name, category.picture.name):
        apply_result(result(key, width=600, height=400, widths=NEW))
    assert render() == (["0 pictures lack a width."], "")


def test_tells_of_an_original_that_is_gone_and_goes_on() -> None:
    gone = make_image(original="uploads/gone.jpg")
    left = make_image()
    said, warned = render()
    assert said == ["2 pictures lack a width.", "1 are rendered again; their renditions follow."]
    assert warned == "uploads/gone.jpg is gone: its picture stays as it is.\n"
    assert rendered() == {left.original.name}
    gone.refresh_from_db()
    assert (gone.status, gone.widths) == (ProductImage.Status.READY, OLD)


def test_reads_page_by_page(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(renditions, "ROWS_AT_ONCE", 2)
    keys = [make_image().original.name for _ in range(5)]
    with django_assert_num_queries(5):  # three pages, the end, and no category
        assert list(renditions.originals_lacking_widths()) == keys
