"""The demo catalogue: categories, products and customers."""

from infra.demo.customers import DEMO_CUSTOMERS
from infra.demo.goods import bags, desk, furniture, garden, kitchen, lighting, tableware, textiles
from infra.demo.model import DemoCategory, DemoProduct

__all__ = ["DEMO_CATEGORIES", "DEMO_CUSTOMERS", "DEMO_PRODUCTS"]

# A parent comes before its children.
DEMO_CATEGORIES: tuple[DemoCategory, ...] = (
    DemoCategory(
        "tableware",
        "Tableware",
        "Stoneware, porcelain and glass for tables that are used every day.",
    ),
    DemoCategory(
        "mugs-and-cups", "Mugs and Cups", "For coffee, tea and the water by the bed.", "tableware"
    ),
    DemoCategory(
        "plates-and-bowls",
        "Plates and Bowls",
        "Sizes that stack and glazes that last.",
        "tableware",
    ),
    DemoCategory(
        "jugs-and-vases", "Jugs and Vases", "To pour from, or to put a branch in.", "tableware"
    ),
    DemoCategory(
        "kitchen", "Kitchen", "Tools that do one thing well, and pots that will be handed down."
    ),
    DemoCategory(
        "furniture", "Furniture", "Solid wood, honest joints, and covers that come off for washing."
    ),
    DemoCategory(
        "seating", "Seating", "Chairs, stools, and places to stay in for the evening.", "furniture"
    ),
    DemoCategory("tables", "Tables", "To write at, to eat at, to put the cup on.", "furniture"),
    DemoCategory(
        "storage-and-mirrors",
        "Storage and Mirrors",
        "For what you want to see and what you do not.",
        "furniture",
    ),
    DemoCategory(
        "lighting", "Lighting", "Warm light in the right place: pendants, lamps and candles."
    ),
    DemoCategory(
        "textiles-and-bath",
        "Textiles and Bath",
        "Linen, wool and cotton, and a good piece of soap.",
    ),
    DemoCategory(
        "plants-and-garden",
        "Plants and Garden",
        "Pots, cans and tools for window sills and for real gardens.",
    ),
    DemoCategory(
        "bags", "Bags and Travel", "Canvas and leather for the market, the office and the weekend."
    ),
    DemoCategory("desk-and-paper", "Desk and Paper", "For those who still write things down."),
)

SHELVES = (tableware, kitchen, furniture, lighting, textiles, garden, bags, desk)


def _mixed() -> tuple[DemoProduct, ...]:
    """Return all products, with those of one group spread out.

    A list of the newest products then shows something of everything.
    """
    places = [
        ((index + 0.5) / len(shelf.PRODUCTS), number, product)
        for number, shelf in enumerate(SHELVES)
        for index, product in enumerate(shelf.PRODUCTS)
    ]
    return tuple(product for _, _, product in sorted(places, key=lambda place: place[:2]))


DEMO_PRODUCTS: tuple[DemoProduct, ...] = _mixed()
