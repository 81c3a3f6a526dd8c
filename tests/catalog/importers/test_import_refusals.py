"""Importing a Shopify export: invalid rows, strict runs, and files of another kind."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalog.importers.report import ImportRefused
from catalog.importers.shopify import import_products
from catalog.models import Category, Product, ProductImage, Variant
from tests.catalog.importers.shopify import COLUMNS, LARGE_POT, POT, SAMPLES, export, problems, run
from tests.factories import make_product

pytestmark = pytest.mark.django_db


def broken_copy(tmp_path: Path) -> Path:
    """Break three rows.

    Line 5 has no title, the price on line 7 is not a number, and line 9 starts in the middle.
    """
    lines = SAMPLES[0].read_text().splitlines()
    lines[4] = lines[4].replace(",Cream Sofa,", ",,")
    lines[6] = lines[6].replace(",29.99,", ",cheap,")
    handle = lines[8].partition(",")[0]
    lines[8] = f"{handle},,,,,,,,Large,,,,,,0,,1,deny,manual,5.00" + "," * 27
    path = tmp_path / "broken.csv"
    path.write_text("\n".join(lines))
    return path


def test_three_broken_rows_are_reported_with_their_lines_and_the_rest_is_imported(
    tmp_path: Path,
) -> None:
    with broken_copy(tmp_path).open("rb") as file:
        report = import_products(file)
    assert problems(report) == {
        5: "cream-sofa has no title.",
        7: "Variant Price 'cheap' is not a number such as 1234.50.",
        9: "wooden-outdoor-table has no first row, with a title.",
    }
    assert report.products.created == 17


def test_the_command_lists_them(tmp_path: Path) -> None:
    out = io.StringIO()
    call_command("import_products", str(broken_copy(tmp_path)), stdout=out)
    assert "3 rows were skipped:\n  Line 5: cream-sofa has no title.\n  Line 7: " in out.getvalue()


def test_a_strict_run_stops_at_the_first_and_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(
        CommandError, match=r"broken.csv: Line 5: cream-sofa has no title. Nothing was imported."
    ):
        call_command("import_products", str(broken_copy(tmp_path)), "--strict")
    assert not any(model.objects.exists() for model in (Product, Variant, ProductImage, Category))


def test_a_bad_variant_skips_its_row_a_bad_first_row_its_product() -> None:
    report = run(POT, LARGE_POT | {"Variant Price": "-1"})
    assert problems(report) == {3: "Variant Price -1 is negative."}
    assert list(Variant.objects.values_list("sku", flat=True)) == ["POT-S"]
    report = run(POT | {"Handle": "b", "Variant Price": ""}, LARGE_POT | {"Handle": "b"})
    assert problems(report) == {2: "Variant Price is empty. Its other rows are skipped too: 3."}


def test_the_line_is_the_one_of_the_file_also_behind_a_text_of_many_lines() -> None:
    report = run(POT | {"Body (HTML)": "<p>\na\nb\n</p>"}, LARGE_POT | {"Variant Price": "x"})
    assert list(problems(report)) == [6]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"Variant Inventory Qty": "1.5"}, "Variant Inventory Qty '1.5' is not a whole number"),
        ({"Variant Inventory Qty": "9" * 5000}, "is not a whole number"),
        ({"Variant Price": "9,99"}, "is not a number"),
        ({"Variant Price": "NaN"}, "is not a number"),
        ({"Variant Price": "1e3"}, "is not a number"),
        ({"Variant Price": "9.999"}, "9.999: Amounts in EUR have 2 decimals at most."),
        ({"Variant Price": "9999999999999"}, "too high"),
        ({"Variant Grams": "heavy"}, "not a weight in grams"),
        ({"Title": "x" * 256}, "Title has 256 characters; at most 255 are kept."),
        ({"Tags": "x" * 81}, "at most 80"),
        ({"Vendor": "a\0b"}, "Vendor holds a NUL character."),
        ({"Option1 Value": ""}, "The option Size has no value."),
        ({"Option2 Value": "Red"}, "An option value has no option name."),
        ({"Option2 Name": "Size", "Option2 Value": "x"}, "Two options have the same name."),
        ({"Handle": "a/b"}, "holds what an address cannot"),
        ({"Handle": ""}, "The row has no handle."),
        ({"Variant Inventory Policy": "maybe"}, "neither deny nor continue"),
        ({"Published": "perhaps"}, "neither true nor false"),
        ({"Image Src": "javascript:alert(1)"}, "is not a web address"),
        ({"Image Src": "https://example.com/a.jpg", "Image Position": "first"}, "Image Position"),
        ({"Variant Barcode": "4.00638E+12"}, "damaged by a spreadsheet"),
    ],
)
def test_it_says_what_is_wrong_with_a_row(cells: dict[str, str], reason: str) -> None:
    report = run(POT | cells)
    assert [problem.line for problem in report.problems] == [2]
    assert reason in report.problems[0].reason
    assert not Product.objects.exists()


def test_it_refuses_a_fourth_option() -> None:
    columns = [*COLUMNS, "Option4 Name", "Option4 Value"]
    report = import_products(
        export(POT | {"Option4 Name": "Glaze", "Option4 Value": "Matt"}, columns=columns)
    )
    assert problems(report) == {2: "The product has more than 3 options."}


def test_it_refuses_the_same_options_and_the_same_sku_twice() -> None:
    same_options = LARGE_POT | {"Option1 Value": "Small"}
    same_sku = LARGE_POT | {"Option1 Value": "Huge", "Variant SKU": "POT-S"}
    assert problems(run(POT, same_options, same_sku)) == {
        3: "The same options are on line 2.",
        4: "The SKU POT-S is on line 2 already.",
    }


def test_it_refuses_the_sku_of_another_product() -> None:
    other = make_product(slug="other")
    Variant.objects.filter(product=other).update(sku="POT-L")
    report = run(POT, LARGE_POT)
    assert problems(report) == {3: "The SKU POT-L belongs to the product other."}
    assert report.variants.created == 1


def test_it_refuses_rows_of_a_product_that_are_not_together() -> None:
    between = POT | {"Handle": "other", "Variant SKU": "OTHER"}
    report = run(POT, between, LARGE_POT)
    assert list(problems(report)) == [4]
    assert "began on line 2" in report.problems[0].reason


def test_a_row_with_too_few_fields_or_an_open_quotation_mark_is_skipped() -> None:
    text = export(POT).getvalue()
    assert list(problems(import_products(io.BytesIO(text + b"pot,,\r\n")))) == [3]
    assert list(problems(import_products(io.BytesIO(text + b'pot,"open\r\n,,\r\n')))) == [3]


REFUSED = [
    (b"", "The file is empty."),
    (b" \n\n", "The file is empty."),
    (
        b"Name,Cost\nPot,1\n",
        "Missing columns: Handle, Title, Option1 Name, Option1 Value, Variant Price.",
    ),
    (b"PK\x03\x04\x14\0", "an Excel workbook"),
    (b"\xff\xfeH\0a\0", "UTF-16"),
    (b"\x7fELF\0\0\0", "not text"),
    (b"Handle,Title,Handle,Option1 Name,Option1 Value,Variant Price\n", "twice: Handle"),
]


@pytest.mark.parametrize(("content", "message"), REFUSED)
def test_it_refuses_what_is_no_such_export(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "products.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=message):
        call_command("import_products", str(path))


def test_it_refuses_latin_1_and_names_the_byte() -> None:
    row = POT | {"Title": "Café"}
    with pytest.raises(ImportRefused, match=r"not UTF-8 \(byte 0xE9 at offset \d+, line 3\)"):
        import_products(export(POT | {"Handle": "a"}, row, encoding="latin-1"))
    assert not Product.objects.exists()


def test_it_refuses_a_folder_and_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Is a directory"):
        call_command("import_products", str(tmp_path))
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_products", str(tmp_path / "none.csv"))
