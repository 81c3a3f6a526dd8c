"""Pots and tools for plants."""

from infra.demo.making import product, row, text

MARLOW = "Marlow Field"

PRODUCTS = (
    product(
        "field-pot",
        "Field Pot",
        category="plants-and-garden",
        brand=MARLOW,
        kind="Plant pot",
        code="FLD-POT",
        tags="terracotta, saucer, indoor, outdoor",
        about=text(
            "The classic pot, made properly: thick walls, a heavy rim, a hole in the bottom and a "
            "saucer under it. "
            "The clay is fired hotter than usual, so it stands a frost outdoors. In a year or two "
            "it grows the pale "
            "bloom that makes an old pot look like one. The plant in the picture has to be bought "
            "elsewhere.",
            "14, 18 or 22 cm across at the rim",
            "Terracotta from Impruneta, saucer included",
            "Frost-proof to -10 &deg;C when it can drain",
        ),
        options=("Size",),
        rows=(
            row("14 cm", price="16.00", stock=52, grams=950),
            row("18 cm", price="22.00", stock=38, grams=1700),
            row("22 cm", price="31.00", stock=3, grams=2900),
        ),
        pictures=(
            "Terracotta pot with a rubber plant",
            "The rim of the terracotta pot",
        ),
    ),
    product(
        "stilt-planter",
        "Stilt Planter",
        category="plants-and-garden",
        brand=MARLOW,
        kind="Plant stand",
        code="STL-PLT",
        tags="stoneware, oak, plant stand, indoor",
        about=text(
            "A plain cylinder held off the floor by a stand of oak, so that a plant gets more "
            "light and the floor "
            "less water. The stand can be turned over, which makes it low instead of high. A "
            "snake plant looks as if "
            "it had been drawn for it and forgives most kinds of neglect.",
            "Pot 24 cm across; 36 cm high with the stand, 30 cm turned over",
            "Glazed stoneware, oiled oak",
            "Watertight; stand comes in four parts",
        ),
        options=("Colour",),
        rows=(
            row("Ink", price="84.00", stock=10, grams=4200, picture=0),
            row("Chalk", price="84.00", stock=12, grams=4200, picture=1),
        ),
        pictures=(
            "Ink blue planter on an oak stand with a snake plant",
            "White planter on an oak stand with a snake plant",
            "Pot and stand close up",
        ),
    ),
    product(
        "swing-planter",
        "Swing Planter",
        category="plants-and-garden",
        brand="Studio Maren",
        kind="Hanging planter",
        code="SWG-PLT",
        tags="stoneware, hanging, cotton rope",
        about=text(
            "A bowl on three cotton cords for everything that trails. The cords meet in a turned "
            "oak ball and can be "
            "shortened with one knot. Water it in the sink and hang it back when it has stopped "
            "dripping, or keep the "
            "plant in its plastic pot inside. The hook for the ceiling is in the box.",
            "20 cm across, 13 cm high; cords 80 cm",
            "Speckled stoneware, cotton, oak",
            "Carries 5 kg with the hook supplied",
        ),
        rows=(row(price="42.00", stock=0, grams=1250),),
        pictures=(
            "Blush pink hanging planter with trailing leaves",
            "Trailing leaves over the rim",
        ),
    ),
    product(
        "long-reach-watering-can",
        "Long Reach Watering Can",
        category="plants-and-garden",
        brand=MARLOW,
        kind="Watering can",
        code="LNG-CAN",
        tags="steel, brass, indoor, balcony",
        about=text(
            "A can whose spout reaches the pot at the back without pushing over the one in front. "
            "The brass rose "
            "gives a fine, upright rain and unscrews when you want a jet. The handle runs from "
            "top to bottom in one "
            "curve, so your hand finds the balance whether the can is full or nearly empty.",
            "Holds 2.3 l; 24 cm high, 42 cm long",
            "Powder-coated galvanised steel, brass",
            "Do not let it freeze with water in it",
        ),
        options=("Colour",),
        rows=(
            row("Forest", price="58.00", stock=23, grams=980, picture=0),
            row("Blush", price="46.00", was="58.00", stock=9, grams=980, picture=1),
        ),
        pictures=(
            "Forest green watering can with a brass rose",
            "Blush pink watering can with a brass rose",
            "Watering can beside a potted plant",
        ),
    ),
    product(
        "three-hand-tools",
        "Three Hand Tools",
        category="plants-and-garden",
        brand=MARLOW,
        kind="Garden tools",
        code="HND-TLS",
        tags="garden, tools, ash, set of three",
        about=text(
            "A trowel, a fork and a weeder of stainless steel, each forged in one piece with its "
            "tang and driven deep "
            "into an ash handle. The edges are ground, not just stamped, and go into dry soil "
            "without complaint. "
            "Leather loops at the end are for the nail in the shed that has been waiting for them.",
            "Each about 31 cm long",
            "Stainless steel, ash, brass ferrules, leather",
            "Rinse, dry and oil the handles before winter",
        ),
        rows=(row(price="54.00", stock=18, grams=760),),
        pictures=(
            "Trowel, fork and weeder, seen from above",
            "Steel heads of the tools",
        ),
    ),
    product(
        "dew-mister",
        "Dew Mister",
        category="plants-and-garden",
        brand="Glashaus Nord",
        kind="Plant mister",
        code="DEW-MST",
        tags="glass, brass, indoor plants",
        about=text(
            "Ferns and calatheas come from wetter places than your living room. This mister gives "
            "them a fine cloud "
            "with every pull: the pump is solid brass with a real spring inside, and the ribbed "
            "glass shows how much "
            "is left. Rainwater keeps the nozzle free of lime and the leaves free of spots.",
            "Holds 300 ml; 17 cm high",
            "Teal glass, brass pump",
            "Empty it when not in use; descale with vinegar",
        ),
        rows=(row(price="34.00", was="41.00", stock=25, grams=420),),
        pictures=(
            "Teal glass plant mister with a brass pump",
            "The brass pump close up",
        ),
    ),
    product(
        "river-basket",
        "River Basket",
        category="plants-and-garden",
        brand="Fjellvev",
        kind="Basket",
        code="RVR-BSK",
        tags="seagrass, storage, leather handles",
        about=text(
            "A basket of seagrass with a painted lower half and two handles of saddle leather. It "
            "is stiff enough to "
            "keep its shape when empty and takes towels, toys, kindling, or a tree in its pot. "
            "The paint is thin and "
            "matt, so the weave still shows through it.",
            "38 cm across, 32 cm high",
            "Seagrass on a wire frame, leather",
            "Wipe with a damp cloth; not for wet rooms",
        ),
        options=("Colour",),
        rows=(
            row("Chalk", price="62.00", stock=20, grams=1350, picture=0),
            row("Rust", price="62.00", stock=8, grams=1350, picture=1),
        ),
        pictures=(
            "Woven basket with a white lower half, filled with towels",
            "Woven basket with a rust lower half and a small tree",
            "Weave and leather handle",
        ),
    ),
)
