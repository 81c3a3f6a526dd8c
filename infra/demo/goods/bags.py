"""Bags, a bottle and an umbrella."""

from infra.demo.making import product, row, text

PONS = "Atelier Pons"

PRODUCTS = (
    product(
        "market-tote",
        "Market Tote",
        category="bags",
        brand=PONS,
        kind="Tote bag",
        code="MKT-TOT",
        tags="canvas, leather, shopping, everyday",
        about=text(
            "A tote that stands up on its own while you look for the coins. The canvas is heavy, "
            "the base is doubled, "
            "and the handles are long enough to go over a winter coat. Inside there is one pocket "
            "with a zip and one "
            "without; outside there is one for the tickets.",
            "42 cm wide, 38 cm high, 14 cm deep; holds 18 l",
            "16 oz organic cotton canvas, vegetable-tanned leather",
            "Brush off dirt, spot clean with cold water",
        ),
        options=("Colour",),
        rows=(
            row("Oat", price="79.00", stock=34, grams=620, picture=0),
            row("Ink", price="79.00", stock=27, grams=620, picture=1),
        ),
        pictures=(
            "Oat canvas tote with leather handles",
            "Ink blue canvas tote with leather handles",
            "Cross-stitched leather handle",
        ),
    ),
    product(
        "rambler-backpack",
        "Rambler Backpack",
        category="bags",
        brand=PONS,
        kind="Backpack",
        code="RMB-BPK",
        tags="waxed canvas, laptop, leather, travel",
        about=text(
            "A roll-top in waxed canvas that takes a laptop and a loaf, or two days of clothes. "
            "Rain runs off; scuffs "
            "become part of it. The straps are padded with felt instead of foam, so they do not "
            "flatten, and the "
            "buckles hide magnets: it looks like work to open and is not.",
            "30 x 46 x 15 cm; 20 l, up to 26 l unrolled",
            "Waxed cotton canvas, bridle leather, brass",
            "Padded sleeve for a 15-inch laptop",
            "Re-wax once a year; do not machine wash",
        ),
        options=("Colour",),
        rows=(
            row("Moss", price="189.00", stock=15, grams=1380, picture=0),
            row("Navy", price="189.00", stock=11, grams=1380, picture=1),
            row("Rust", price="149.00", was="189.00", stock=2, grams=1380, picture=2),
        ),
        pictures=(
            "Moss green backpack with leather straps",
            "Navy backpack with leather straps",
            "Rust red backpack with leather straps",
            "Brass buckles and waxed canvas",
        ),
    ),
    product(
        "friday-weekender",
        "Friday Weekender",
        category="bags",
        brand=PONS,
        kind="Travel bag",
        code="FRI-WKD",
        tags="canvas, leather, travel, cabin size",
        about=text(
            "Packed on Thursday night, under the desk on Friday, on the train by six. The base is "
            "leather and can be "
            "put down anywhere; the mouth opens wide on a brass zip that runs well past the "
            "corners. It keeps within "
            "the cabin limits of the airlines that still have generous ones.",
            "52 cm wide, 32 cm high, 24 cm deep; holds 36 l",
            "18 oz canvas, full-grain leather, cotton lining",
            "Removable shoulder strap included",
            "Leather wants balm twice a year",
        ),
        rows=(row(price="245.00", stock=9, grams=1900),),
        pictures=(
            "Navy travel bag with a leather base",
            "Leather base and handle fixing",
        ),
    ),
    product(
        "odds-and-ends-pouch",
        "Odds and Ends Pouch",
        category="bags",
        brand=PONS,
        kind="Pouch",
        code="ODD-PCH",
        tags="canvas, zip, travel, gift",
        about=text(
            "For pens, for plasters, for the charger and the foreign coins. The pouch is cut from "
            "the ends of the "
            "bolts that our bags are made of, so the stripes depend on the season, and is lined "
            "with a cotton that "
            "can be wiped. The zip is brass, and the tab at the side is there to hold on to while "
            "you pull.",
            "24 x 14 cm",
            "Canvas, cotton lining, leather tabs",
            "Wash by hand in cold water",
        ),
        options=("Colour",),
        rows=(
            row("Mustard", price="28.00", stock=39, grams=110, picture=0),
            row("Teal", price="28.00", stock=31, grams=110, picture=1),
        ),
        pictures=(
            "Mustard striped pouch with a brass zip",
            "Teal and apricot pouch with a brass zip",
        ),
    ),
    product(
        "crook-umbrella",
        "Crook Umbrella",
        category="bags",
        brand=PONS,
        kind="Umbrella",
        code="CRK-UMB",
        tags="umbrella, oak handle, windproof",
        about=text(
            "A full-size umbrella with eight ribs of fibreglass that bend in a gust and come "
            "back. The handle is a "
            "steamed oak crook, pleasant in the hand and easy to hang over an arm. The seams are "
            "taped, and any part "
            "can be repaired: send it to us and we will, for the price of the part.",
            "88 cm long, 106 cm across when open",
            "Recycled polyester pongee, steel shaft, oak",
            "Tested in wind of 80 km/h",
            "Dry it open",
        ),
        options=("Colour",),
        rows=(
            row("Mustard", price="64.00", stock=22, grams=540, picture=0),
            row("Forest", price="64.00", stock=16, grams=540, picture=1),
        ),
        pictures=(
            "Open mustard umbrella with an oak crook",
            "Open forest green umbrella with a cream border",
            "Panels of the umbrella",
        ),
    ),
    product(
        "trail-bottle",
        "Trail Bottle",
        category="bags",
        brand="Quillon",
        kind="Bottle",
        code="TRL-BTL",
        tags="steel, insulated, oak lid, travel",
        about=text(
            "Double steel walls with nothing between them keep tea hot for twelve hours and water "
            "cold for a day. The "
            "mouth is wide enough for ice cubes and for a brush. The lid is oak over steel, with "
            "a loop that fits two "
            "fingers or a carabiner, and has been left in a closed car in August by way of a test.",
            "500 or 750 ml",
            "Stainless steel 18/8, powder coating, oak",
            "Body is dishwasher safe; rinse the lid",
        ),
        options=("Colour", "Size"),
        rows=(
            row("Forest", "500 ml", price="36.00", stock=43, grams=340, picture=0),
            row("Forest", "750 ml", price="42.00", stock=29, grams=430, picture=0),
            row("Apricot", "500 ml", price="36.00", stock=18, grams=340, picture=1),
            row("Apricot", "750 ml", price="42.00", stock=0, grams=430, picture=1),
        ),
        pictures=(
            "Forest green steel bottle with an oak lid",
            "Apricot steel bottle with an oak lid",
            "Oak lid and loop",
        ),
    ),
)
