"""A catalogue of any size, generated inside PostgreSQL in seconds.

It has 40 categories, and its products have one to four variants.
"""

from django.core.management import call_command
from django.db import connection, transaction

from accounts.models import User
from catalog.models import Category, Product
from orders.models import ShippingMethod, TaxRate

#: The root categories, and what is in the five child categories of each.
SHELVES = {
    "Kitchen": ["kettle", "pan", "ladle", "colander", "grater"],
    "Table": ["plate", "bowl", "mug", "carafe", "napkin"],
    "Bath": ["towel", "soap", "brush", "mirror", "basket"],
    "Bedroom": ["pillow", "blanket", "quilt", "hanger", "hook"],
    "Light": ["lamp", "lantern", "candle", "shade", "bulb"],
    "Garden": ["pot", "trowel", "bench", "hose", "rake"],
    "Desk": ["pen", "notebook", "tray", "ruler", "clock"],
    "Bags": ["satchel", "purse", "backpack", "tote", "pouch"],
}
NOUNS = [noun for nouns in SHELVES.values() for noun in nouns]
#: The id of the first child category. It has a fortieth of the catalogue, a root has an eighth.
FULL_SHELF = 2
#: Products that everybody buys. They have so much stock that a benchmark does not sell them out.
HOT = 30
#: One product in forty has this word in its name.
COMMON_WORD = NOUNS[0]

# `h` is a number that looks random but is the same in every run.
_ITEMS = """
WITH item AS (
    SELECT i, (i::bigint * 2654435761 %% 4294967296) AS h, (%(nouns)s::text[])[i %% 40 + 1] AS noun,
        (ARRAY['Plain','Round','Tall','Small','Heavy','Folding','Quiet','Bright'])[i / 40 %% 8 + 1] AS adjective,
        (ARRAY['oak','linen','steel','clay','glass','wool','brass','enamel','copper','slate','jute'])[i / 7 %% 11 + 1]
            AS material
    FROM generate_series(1, %(count)s) AS i
)
"""
_PICTURE = """jsonb_build_object('id', md5(i || '-1'), 'widths', ARRAY[160, 320, 480, 640, 960, 1600], 'width', 1600,
    'height', 1200, 'alt', adjective || ' ' || noun, 'colour', '#c9b7a0',
    'preview', 'data:image/webp;base64,' || repeat(md5(i::text), 8))"""
_DESCRIPTION = """format('<p>A %%s %%s made of %%s. %%s</p><ul><li>Height: %%s cm</li><li>Material: %%s</li></ul>',
    lower(adjective), noun, material, repeat('It does its job every day for years, and looks well while it does. ', 8),
    10 + h %% 40, material)"""
_PRODUCTS = f"""
INSERT INTO catalog_product (id, name, slug, description, category_id, brand, product_type, tags, option_names, status,
    tax_class, seo_title, seo_description, created_at, updated_at, listing_price, listing_compare_at_price,
    listing_price_varies, listing_in_stock, listing_image, search_vector)
SELECT i, name, 'product-' || i, text, category, brand, noun, ARRAY[material], CASE WHEN h %% 4 > 0
    THEN ARRAY['Size'] ELSE '{{}}'::text[] END, 'active', 'standard', '', '', moment, moment, price,
    CASE WHEN h %% 9 = 0 THEN price + 10 END, h %% 4 > 1, h %% 20 > 0, picture,
    setweight(to_tsvector('english', name), 'A') || setweight(to_tsvector('english', brand || ' ' || material), 'B')
        || setweight(to_tsvector('english', 'BENCH-' || i || '-0'), 'C') || setweight(to_tsvector('english', text), 'D')
FROM (
    SELECT i, h, noun, material, adjective || ' ' || material || ' ' || noun || ' ' || i AS name,
        (i %% 40) / 5 * 6 + i %% 5 + 2 AS category, 'Maker ' || h %% 200 AS brand, {_DESCRIPTION} AS text,
        timestamptz '2024-01-01' + i * interval '1 second' AS moment, 5 + h %% 20000 / 100.0 AS price,
        {_PICTURE} AS picture
    FROM item
) AS made
"""  # noqa: S608 - only constants are put in
_PICTURES = """
INSERT INTO catalog_productimage (product_id, position, alt, original, source_url, status, error, width, height, widths,
    colour, preview, created_at)
SELECT i, n, adjective || ' ' || noun, 'uploads/' || md5(i || '-' || n) || '.jpg', '', 'ready', '', 1600, 1200,
    ARRAY[160, 320, 480, 640, 960, 1600], '#c9b7a0', 'data:image/webp;base64,' || repeat(md5(i::text), 8), now()
FROM item CROSS JOIN generate_series(1, 3) AS n
"""
_VARIANTS = """
INSERT INTO catalog_variant (id, product_id, sku, options, position, price, compare_at_price, stock, track_stock,
    allow_backorder, weight_grams, barcode, requires_shipping, taxable)
SELECT 4 * i + n, i, 'BENCH-' || i || '-' || n, CASE WHEN h %% 4 > 0
    THEN jsonb_build_object('Size', (ARRAY['Small','Medium','Large','Huge'])[n + 1]) ELSE '{}' END, n,
    5 + h %% 20000 / 100.0 + n, CASE WHEN h %% 9 = 0 THEN 15 + h %% 20000 / 100.0 + n END,
    CASE WHEN i <= %(hot)s THEN 1000000 WHEN h %% 20 > 0 THEN 3 + h %% 90 ELSE 0 END, true, false, 400, '', true, true
FROM item CROSS JOIN LATERAL generate_series(0, (h %% 4)::int) AS n
"""


#: The signed-in user. Rows have the same ids in catalogues of every size, so that one shopper can
#: visit all of them.
USER = {"pk": 1, "email": "alice@example.com", "password": "!of nobody"}


def first_variant(product: int) -> int:
    """Return the id of a product's first variant."""
    return 4 * product


def ensure_catalogue(count: int) -> bool:
    """Create `count` products in an empty database; return False if there already are products."""
    if Product.objects.exists():
        return False
    values = {"nouns": NOUNS, "count": count, "hot": HOT}
    with transaction.atomic(), connection.cursor() as cursor:
        User.objects.create(**USER)
        _make_categories()
        for statement in (_PRODUCTS, _PICTURES, _VARIANTS):
            cursor.execute(_ITEMS + statement, values)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return True


def _make_categories() -> None:
    """Create eight roots with five children each, with ids from 1 in the order of the tree."""
    numbers = iter(range(1, 6 * len(SHELVES) + 1))
    for name, nouns in SHELVES.items():
        root = Category.objects.add_root({"id": next(numbers), "name": name, "slug": name.lower()})
        for noun in nouns:
            Category.objects.add_child(
                root, {"id": next(numbers), "name": f"{noun.title()}s", "slug": f"{noun}s"}
            )


def prepare(count: int) -> None:
    """Migrate the database, fill it, and collect the static files."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    ensure_catalogue(count)
    if not ShippingMethod.objects.exists():
        ShippingMethod.objects.create(name="Standard", price=5)
        TaxRate.objects.create(country="DE", percent=19)
    call_command("collectstatic", interactive=False, verbosity=0)
