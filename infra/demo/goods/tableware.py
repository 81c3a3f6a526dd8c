"""Cups, plates, bowls, jugs and vases."""

from infra.demo.making import product, row, text

HAVRE, MAREN = "Havre & Lund", "Studio Maren"

CUPS = (
    product(
        "ilse-mug",
        "Ilse Mug",
        category="mugs-and-cups",
        brand=HAVRE,
        kind="Mug",
        code="ILSE-MUG",
        tags="stoneware, speckled, breakfast, dishwasher safe",
        about=text(
            "A straight-sided mug with a handle that takes three fingers. It is thrown in "
            "iron-rich stoneware, so "
            "each one carries its own scatter of dark specks under a satin glaze. The rim is "
            "thin, the foot is wide, "
            "and it keeps coffee warm for the length of a chapter.",
            "Holds 350 ml; 9 cm high, 8.5 cm across",
            "Stoneware, food-safe glaze free of lead and cadmium",
            "Dishwasher and microwave safe",
            "Made in small batches in Aarhus, so shades vary a little",
        ),
        options=("Colour",),
        rows=(
            row("Oat", price="24.00", stock=48, grams=390, picture=0),
            row("Moss", price="24.00", stock=31, grams=390, picture=1),
            row("Ink", price="24.00", stock=2, grams=390, picture=2),
            row("Rust", price="24.00", stock=0, grams=390, picture=3),
        ),
        pictures=(
            "Ilse mug in oat with a bare clay foot",
            "Ilse mug in moss green",
            "Ilse mug in ink blue",
            "Ilse mug in rust red",
            "Three Ilse mugs side by side",
        ),
    ),
    product(
        "small-hours-espresso-cup",
        "Small Hours Espresso Cup",
        category="mugs-and-cups",
        brand=HAVRE,
        kind="Espresso cup",
        code="SHE-CUP",
        tags="stoneware, coffee, set of two, gift",
        about=text(
            "Two small cups with saucers, sized for a double espresso and its crema. The walls "
            "are thick enough to "
            "hold the heat, and the saucer has a shallow well so that the cup sits still when you "
            "carry it to the "
            "desk. Packed as a pair in a plain cardboard box that needs no further wrapping.",
            "Set of two cups and two saucers",
            "Cup holds 90 ml; saucer 13 cm across",
            "Glazed stoneware",
            "Dishwasher safe; not for the oven",
        ),
        options=("Colour",),
        rows=(
            row("Rust", price="38.00", stock=26, grams=720, picture=0),
            row("Chalk", price="38.00", stock=19, grams=720, picture=1),
        ),
        pictures=(
            "Rust red espresso cup on its saucer",
            "Chalk white espresso cup on its saucer",
            "Espresso cup beside a pile of books",
        ),
    ),
    product(
        "kiln-tea-bowl",
        "Kiln Tea Bowl",
        category="mugs-and-cups",
        brand=MAREN,
        kind="Tea bowl",
        code="KLN-BWL",
        tags="stoneware, tea, hand thrown, one of a kind",
        about=text(
            "A bowl for tea without a handle, meant to be held in both hands. The glaze is poured "
            "rather than dipped, "
            "and stops where it likes; below it the clay stays bare and slightly rough. No two "
            "are the same, and ours "
            "come straight from the shelf of the studio, so the picture is a close relative of "
            "the one you will get.",
            "About 320 ml; 7 cm high, 12 cm across",
            "Hand-thrown stoneware, teal ash glaze",
            "Wash by hand with a soft sponge",
        ),
        rows=(row(price="34.00", stock=0, grams=340),),
        pictures=(
            "Tea bowl with a poured teal glaze over bare clay",
            "The rim and the glaze of the tea bowl",
        ),
    ),
    product(
        "rill-tumbler",
        "Rill Tumbler",
        category="mugs-and-cups",
        brand="Glashaus Nord",
        kind="Glass",
        code="RILL-TMB",
        tags="glass, ribbed, set of four, stackable",
        about=text(
            "A ribbed tumbler that does for water in the morning and wine at night. The ribs are "
            "pressed on the "
            "inside, which leaves the outside smooth to hold and throws fine stripes of light on "
            "the table. They "
            "stack in fours without getting stuck, and survive being knocked over.",
            "Set of four, 280 ml each",
            "9.5 cm high, 7.5 cm across",
            "Tempered soda-lime glass with 30% recycled content",
            "Dishwasher safe; suits hot drinks up to 70 &deg;C",
        ),
        options=("Colour",),
        rows=(
            row("Clear", price="32.00", stock=40, grams=980, picture=0),
            row("Apricot", price="36.00", stock=14, grams=980, picture=1),
        ),
        pictures=(
            "Clear ribbed tumbler with water",
            "Apricot ribbed tumbler with water",
            "Ribbed tumbler beside lemons and a pear",
        ),
    ),
)

PLATES = (
    product(
        "ilse-plate",
        "Ilse Plate",
        category="plates-and-bowls",
        brand=HAVRE,
        kind="Plate",
        code="ILSE-PLT",
        tags="stoneware, speckled, dishwasher safe, everyday",
        about=text(
            "The plate that goes with the Ilse mug: oat-coloured stoneware with a rim brushed in "
            "rust slip by hand. "
            "The well is flat enough to cut on and deep enough to keep a sauce where it belongs. "
            "The small size suits "
            "breakfast and cake, the large one dinner; both stack neatly and fit an ordinary "
            "dishwasher.",
            "Small 21 cm, large 27 cm across",
            "Stoneware with a satin glaze",
            "Dishwasher, microwave and oven safe up to 180 &deg;C",
            "Sold one by one",
        ),
        options=("Size",),
        rows=(
            row("21 cm", price="22.00", stock=64, grams=520),
            row("27 cm", price="29.00", stock=52, grams=880),
        ),
        pictures=(
            "Oat plate with a rust red rim, seen from above",
            "The plate on a striped linen cloth",
            "Speckled glaze and the brushed rim",
        ),
    ),
    product(
        "lagoon-pasta-bowl",
        "Lagoon Pasta Bowl",
        category="plates-and-bowls",
        brand=HAVRE,
        kind="Bowl",
        code="LGN-PST",
        tags="stoneware, pasta, dishwasher safe",
        about=text(
            "Wide like a plate and deep like a bowl, for everything that would slide off the one "
            "and drown in the "
            "other: pasta, risotto, salads with a dressing. It stands on a raised foot ring, so "
            "it can be carried hot "
            "without burning your fingers, and the glaze pools a shade darker in the middle.",
            "24 cm across, 6 cm deep, holds 900 ml",
            "Stoneware, reactive glaze",
            "Dishwasher and microwave safe",
        ),
        options=("Colour",),
        rows=(
            row("Teal", price="27.00", was="33.00", stock=37, grams=760, picture=0),
            row("Chalk", price="27.00", was="33.00", stock=22, grams=760, picture=1),
        ),
        pictures=(
            "Wide teal bowl on a foot ring",
            "Wide chalk white bowl on a foot ring",
            "The glaze inside the teal bowl",
        ),
    ),
    product(
        "three-nest-bowls",
        "Three Nest Bowls",
        category="plates-and-bowls",
        brand=MAREN,
        kind="Bowl set",
        code="NST-BWL",
        tags="stoneware, set of three, baking, storage",
        about=text(
            "One bowl for the dough, one for the salad, one for the olives. They were drawn as a "
            "family, so each "
            "rests inside the next with a finger of air between them and the whole set takes the "
            "room of a single "
            "bowl. The three glazes were chosen to look well in any order.",
            "Set of three: 15, 20 and 25 cm across",
            "400 ml, 1.1 l and 2.3 l",
            "Speckled stoneware, oven safe up to 200 &deg;C",
            "Dishwasher safe",
        ),
        rows=(row(price="78.00", stock=17, grams=2450),),
        pictures=(
            "Three bowls, each inside the next",
            "The rims of the three bowls",
        ),
    ),
)

JUGS = (
    product(
        "maren-teapot",
        "Maren Teapot",
        category="jugs-and-vases",
        brand=MAREN,
        kind="Teapot",
        code="MRN-TPT",
        tags="stoneware, tea, oak knob, made to pour",
        about=text(
            "A round pot for three large cups. Much of the work went into the spout: it is cut "
            "sharp below the lip, "
            "and pours without a drip however slowly you tilt it. The lid sits deep and stays on, "
            "and its oak knob "
            "does not get hot. A row of fine holes behind the spout keeps the leaves in.",
            "Holds 900 ml; 15 cm high",
            "Stoneware, oiled oak knob",
            "Rinse with hot water; wash the lid by hand",
        ),
        options=("Colour",),
        rows=(
            row("Moss", price="74.00", stock=12, grams=980, picture=0),
            row("Chalk", price="74.00", stock=3, grams=980, picture=1),
        ),
        pictures=(
            "Round moss green teapot with an oak knob",
            "Round chalk white teapot with an oak knob",
            "Teapot with a mug and a vase",
        ),
    ),
    product(
        "harbour-jug",
        "Harbour Jug",
        category="jugs-and-vases",
        brand=HAVRE,
        kind="Jug",
        code="HRB-JUG",
        tags="stoneware, water, flowers",
        about=text(
            "A jug with a full belly and a firm handle, set low so that the weight stays under "
            "your hand. It is at "
            "home with water and lemon at lunch and with a bunch of tulips for the rest of the "
            "week. The glaze runs "
            "over the rim and down to the foot, so it wipes clean inside and out.",
            "Holds 1.4 l; 22 cm high",
            "Speckled stoneware",
            "Dishwasher safe",
        ),
        rows=(row(price="46.00", was="58.00", stock=24, grams=1150),),
        pictures=(
            "Chalk white speckled jug",
            "Jug beside lemons and a pear",
        ),
    ),
    product(
        "still-carafe",
        "Still Carafe",
        category="jugs-and-vases",
        brand="Glashaus Nord",
        kind="Carafe",
        code="STL-CRF",
        tags="glass, cork, water, mouth blown",
        about=text(
            "Mouth-blown glass with a soft shoulder and a ball of cork to close it. The neck is "
            "narrow enough to hold "
            "back ice and wide enough for a bottle brush. The cork is turned from one piece, "
            "floats if you drop it "
            "in, and can be replaced: write to us and we will send you a new one for the price of "
            "the stamp.",
            "Holds 1 l; 29 cm high with its cork",
            "Borosilicate glass, natural cork",
            "Glass is dishwasher safe; wipe the cork",
        ),
        rows=(row(price="42.00", stock=28, grams=560),),
        pictures=(
            "Glass carafe of water with a ball of cork",
            "The neck of the carafe and its cork",
        ),
    ),
    product(
        "moon-vase",
        "Moon Vase",
        category="jugs-and-vases",
        brand=MAREN,
        kind="Vase",
        code="MON-VAS",
        tags="earthenware, flowers, hand thrown",
        about=text(
            "A round vase with a small mouth that holds a few branches upright without any help. "
            "It is thrown in two "
            "halves and joined at the widest point, where you can feel a faint line if you look "
            "for it. The matt slip "
            "outside is dry to the touch; inside, it is glazed and watertight.",
            "23 cm high, 21 cm across; mouth 8 cm",
            "Earthenware, glazed inside",
            "Wipe outside with a dry cloth; put felt under it on waxed wood",
        ),
        options=("Colour",),
        rows=(
            row("Terracotta", price="64.00", stock=15, grams=1750, picture=0),
            row("Ink", price="64.00", stock=11, grams=1750, picture=1),
        ),
        pictures=(
            "Round terracotta vase with branches",
            "Round ink blue vase with eucalyptus",
            "The mouth of the moon vase",
        ),
    ),
    product(
        "flute-vase",
        "Flute Vase",
        category="jugs-and-vases",
        brand=MAREN,
        kind="Vase",
        code="FLT-VAS",
        tags="porcelain, ribbed, single stem",
        about=text(
            "A tall bottle of white porcelain with flutes cut by hand from neck to foot. The cut "
            "takes a day and a "
            "steady wrist, and gives every rib a slightly different edge to catch the light. It "
            "wants one stem, or "
            "none at all: on a windowsill it is enough to watch the shadows move across it.",
            "26 cm high, 17 cm across; neck 5 cm",
            "Unglazed porcelain outside, glazed inside",
            "Wash by hand; stains come off with baking soda",
        ),
        rows=(row(price="86.00", stock=3, grams=1320),),
        pictures=(
            "White fluted bottle vase",
            "The hand-cut flutes",
        ),
    ),
)

PRODUCTS = CUPS + PLATES + JUGS
