"""Importing a Shopify export: what is kept, and that a second run changes nothing."""

import io
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.importers.shopify import import_products
from catalog.models import Category, Product, ProductImage, StockMovement, Variant
from tests.catalog.importers.shopify import COLUMNS, LARGE_POT, POT, SAMPLES, export, problems, run
from tests.factories import make_category

pytestmark = pytest.mark.django_db


def command(path: Path, *options: str) -> str:
    out = io.StringIO()
    call_command("import_products", str(path), *options, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("sample", "products", "variants", "images"),
    [(SAMPLES[0], 20, 21, 21), (SAMPLES[1], 20, 22, 20)],
)
def test_it_imports_shopifys_own_samples_and_a_second_run_changes_nothing(
    sample: Path, products: int, variants: int, images: int
) -> None:
    first = command(sample)
    assert f"products: {products} created, 0 updated, 0 unchanged" in first
    assert f"variants: {variants} created" in first
    assert f"pictures: {images} created" in first
    assert "rows were skipped" not in first
    before = (
        list(Product.objects.order_by("pk").values()),
        list(Variant.objects.order_by("pk").values()),
    )
    movements = StockMovement.objects.count()

    assert "0 changes." in command(sample).splitlines()
    assert before == (
        list(Product.objects.order_by("pk").values()),
        list(Variant.objects.order_by("pk").values()),
    )
    assert StockMovement.objects.count() == movements


def test_it_says_at_the_end_what_has_no_place() -> None:
    text = command(SAMPLES[0])
    assert "Variant Weight Unit (21 rows, such as kg)" in text
    assert "Gift Card (20 rows, such as false)" in text


def test_it_keeps_everything_that_has_a_place() -> None:
    image = {
        "Image Src": "https://example.com/a.jpg",
        "Image Position": "1",
        "Image Alt Text": "A pot",
    }
    seo = {"SEO Title": "Buy pots", "SEO Description": "Pots of clay"}
    run(POT | image | seo, LARGE_POT | {"Variant Image": "https://example.com/large.jpg"})
    product = Product.objects.get(slug="pot")
    assert (product.name, product.brand, product.product_type) == ("Pot", "Potter", "Outdoor")
    assert (product.tags, product.option_names, product.status) == (
        ["Pot", "Plants"],
        ["Size"],
        "active",
    )
    assert (product.seo_title, product.seo_description) == ("Buy pots", "Pots of clay")
    small, large = product.variants.order_by("position")
    assert (small.sku, small.options, small.price, small.stock) == (
        "POT-S",
        {"Size": "Small"},
        Decimal("9.99"),
        3,
    )
    assert (small.track_stock, small.allow_backorder, small.weight_grams) == (True, False, 500)
    assert (large.compare_at_price, large.barcode, large.allow_backorder) == (
        Decimal(20),
        "4006381333931",
        True,
    )
    first, second = product.images.order_by("position")
    assert (first.source_url, first.alt, first.status) == (
        "https://example.com/a.jpg",
        "A pot",
        "waiting",
    )
    assert large.image == second
    assert second.position == 2
    assert set(StockMovement.objects.values_list("variant__sku", "delta", "reason")) == {
        ("POT-S", 3, "import"),
        ("POT-L", 1, "import"),
    }
    assert (product.listing_price, product.listing_price_varies, product.listing_in_stock) == (
        Decimal("9.99"),
        True,
        True,
    )


def test_a_plain_product_has_one_variant_and_an_untracked_one_keeps_its_quantity() -> None:
    plain = {"Option1 Name": "Title", "Option1 Value": "Default Title", "Variant SKU": ""}
    run(POT | plain | {"Variant Inventory Tracker": ""})
    variant = Variant.objects.get()
    assert (variant.sku, variant.options, variant.product.option_names) == (None, {}, [])
    assert (variant.track_stock, variant.stock) == (False, 3)


def test_variants_without_a_sku_are_found_again_by_their_options() -> None:
    rows = POT | {"Variant SKU": ""}, LARGE_POT | {"Variant SKU": ""}
    run(*rows)
    ids = set(Variant.objects.values_list("pk", flat=True))
    report = run(rows[0] | {"Variant Price": "8.00", "Variant Inventory Qty": "7"}, rows[1])
    assert set(Variant.objects.values_list("pk", flat=True)) == ids
    assert (report.variants.updated, report.variants.unchanged) == (1, 1)
    changed = Variant.objects.get(options={"Size": "Small"})
    assert (changed.price, changed.stock) == (Decimal("8.00"), 7)
    assert list(changed.movements.order_by("pk").values_list("delta", flat=True)) == [3, 4]


def test_two_variants_may_exchange_their_options() -> None:
    run(POT, LARGE_POT)
    report = run(POT | {"Option1 Value": "Large"}, LARGE_POT | {"Option1 Value": "Small"})
    assert report.variants.updated == 2
    assert Variant.objects.get(sku="POT-S").options == {"Size": "Large"}


def test_two_variants_may_exchange_their_skus_without_options_changing_hands() -> None:
    run(POT, LARGE_POT)
    run(POT | {"Variant SKU": "NEW"}, LARGE_POT | {"Variant SKU": "POT-S"})
    assert Variant.objects.count() == 2
    assert Variant.objects.get(sku="POT-S").options == {"Size": "Large"}


def test_options_that_a_variant_of_the_shop_keeps_are_not_taken_from_it() -> None:
    run(POT, LARGE_POT)
    report = run(POT | {"Option1 Value": "Large"})
    assert problems(report) == {
        2: "Its options are those of another variant in the shop (Large (SKU POT-L))."
    }
    assert Variant.objects.get(sku="POT-S").options == {"Size": "Small"}


def test_a_variant_that_left_the_file_stays_and_is_reported() -> None:
    run(POT, LARGE_POT)
    report = run(POT)
    assert report.gone == ["pot: Large (SKU POT-L)"]
    assert report.changes == 0
    assert Variant.objects.count() == 2


def test_only_what_changed_is_touched() -> None:
    other = POT | {"Handle": "other", "Variant SKU": "OTHER"}
    run(POT, other)
    before = dict(Product.objects.values_list("slug", "updated_at"))
    report = run(POT | {"Title": "Clay pot"}, other)
    after = dict(Product.objects.values_list("slug", "updated_at"))
    assert (report.products.updated, report.products.unchanged) == (1, 1)
    assert after["other"] == before["other"]
    assert after["pot"] > before["pot"]


def test_it_makes_a_category_of_the_type_and_leaves_the_choice_of_staff_alone() -> None:
    run(POT)
    product = Product.objects.get()
    assert (product.category.name, product.category.depth) == ("Outdoor", 1)
    product.category = make_category("Balcony")
    product.save()
    assert run(POT).changes == 0
    assert Product.objects.get().category.name == "Balcony"


def test_it_uses_a_category_that_is_called_as_the_type() -> None:
    shelf = make_category("Outdoor", parent=make_category("Garden"))
    run(POT | {"Type": "outdoor"})
    assert Product.objects.get().category == shelf
    assert Category.objects.count() == 2


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        ({"Published": "true"}, "active"),
        ({"Published": "FALSE"}, "draft"),
        ({"Published": "true", "Status": "draft"}, "draft"),
        ({"Published": "false", "Status": "active"}, "draft"),
        ({"Published": "true", "Status": "archived"}, "archived"),
    ],
)
def test_it_hides_what_is_not_published(cells: dict[str, str], status: str) -> None:
    import_products(
        export(POT | cells, columns=[*COLUMNS, "Status"] if "Status" in cells else COLUMNS)
    )
    assert Product.objects.get().status == status


def test_it_removes_what_is_unsafe_from_html_and_says_so() -> None:
    body = (
        '<div onclick="x()"><p style="color:red">Clay<script>alert(1)</script>'
        "<img src=x onerror=y></p></div>"
    )
    link = '<a href="javascript:x()">A</a> <a href="https://example.com">B</a>'
    report = run(POT | {"Body (HTML)": body + link})
    description = Product.objects.get().description
    for unsafe in ("script", "onclick", "onerror", "style", "<img"):
        assert unsafe not in description
    assert '<a href="https://example.com"' in description
    assert report.left_out["Body (HTML): <img>"].rows == 1
    assert run(POT | {"Body (HTML)": body + link}).changes == 0


@pytest.mark.parametrize(
    "style", [{"delimiter": ";"}, {"delimiter": "\t"}, {"encoding": "utf-8-sig"}]
)
def test_it_reads_what_excel_makes_of_a_file(style: dict[str, str]) -> None:
    row = POT | {
        "Body (HTML)": "<p>One\r\ntwo</p>",
        "Published": "TRUE",
        "Variant Barcode": "'0123456789",
    }
    assert import_products(export(row, LARGE_POT, {}, **style)).variants.created == 2
    assert Variant.objects.get(sku="POT-S").barcode == "0123456789"


def test_a_column_that_is_not_there_leaves_its_values_alone() -> None:
    run(POT)
    columns = [
        name for name in COLUMNS if name not in ("Tags", "Variant Inventory Qty", "SEO Title")
    ]
    row = {name: value for name, value in POT.items() if name in columns}
    assert import_products(export(row, columns=columns)).changes == 0
    assert Variant.objects.get().stock == 3


def test_a_dry_run_writes_nothing() -> None:
    assert "variants: 21 created" in command(SAMPLES[0], "--dry-run")
    assert not Product.objects.exists()
    assert not Category.objects.exists()


def test_a_negative_stock_is_none_and_is_told() -> None:
    report = run(POT | {"Variant Inventory Qty": "-2"})
    assert Variant.objects.get().stock == 0
    assert problems(report) == {}
    assert report.left_out["Variant Inventory Qty below 0 (imported as 0)"].example == "-2"


def test_the_number_of_queries_does_not_grow_with_the_products() -> None:
    def queries(count: int, prefix: str) -> int:
        rows = [
            POT | {"Handle": f"{prefix}-{number}", "Variant SKU": f"{prefix}-{number}"}
            for number in range(count)
        ]
        with CaptureQueriesContext(connection) as captured:
            run(*rows)
        return len(captured)

    queries(1, "warm-up")
    assert queries(60, "many") == queries(2, "few")


@pytest.mark.slow
def test_a_large_file_is_read_in_batches() -> None:
    rows = [
        POT | {"Handle": f"pot-{number}", "Variant SKU": f"SKU-{number}"} for number in range(1050)
    ]
    seen = []
    report = import_products(export(*rows), progress=lambda done, total: seen.append((done, total)))
    assert report.products.created == 1050
    assert len(seen) == 11
    assert seen[-1] == (1051, 1051)
    assert ProductImage.objects.count() == 0
    assert import_products(export(*rows)).changes == 0
