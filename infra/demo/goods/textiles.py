"""Cushions, blankets, towels, rugs and soap."""

from infra.demo.making import product, row, text

FJELLVEV, SAVON = "Fjellvev", "Savon Courbe"

PRODUCTS = (
    product(
        "deckchair-cushion",
        "Deckchair Cushion",
        category="textiles-and-bath",
        brand=FJELLVEV,
        kind="Cushion",
        code="DCK-CSH",
        tags="linen, striped, feather, washable",
        about=text(
            "Wide stripes woven, not printed, so they run through to the back of the cloth. The "
            "linen is washed "
            "before it is sewn and has already done its shrinking. A contrasting piping goes all "
            "the way round, the "
            "zip hides under it, and the inner cushion of feathers is included.",
            "50 x 50 cm or 40 x 60 cm",
            "Cover: pure linen; filling: duck feathers in cotton",
            "Wash the cover at 40 &deg;C, iron damp",
        ),
        options=("Colour", "Size"),
        rows=(
            row("Rust", "50 x 50 cm", price="49.00", stock=24, grams=780, picture=0),
            row("Rust", "40 x 60 cm", price="52.00", stock=12, grams=800, picture=0),
            row("Sage", "50 x 50 cm", price="49.00", stock=17, grams=780, picture=1),
            row("Sage", "40 x 60 cm", price="52.00", stock=0, grams=800, picture=1),
        ),
        pictures=(
            "Cushion with rust red stripes",
            "Cushion with sage green stripes",
            "Woven stripes and piping",
        ),
    ),
    product(
        "hillside-cushion",
        "Hillside Cushion",
        category="textiles-and-bath",
        brand=FJELLVEV,
        kind="Cushion",
        code="HIL-CSH",
        tags="cotton, embroidered, feather",
        about=text(
            "Rows of small hills embroidered in cream yarn on a heavy cotton. The stitches lie "
            "close and flat, so the "
            "cushion can be leaned on without leaving a pattern on your cheek. Each cover takes "
            "the machine forty "
            "minutes and a person ten more, who cuts the threads at the back.",
            "50 x 50 cm",
            "Cover: organic cotton; filling: duck feathers in cotton",
            "Wash inside out at 30 &deg;C",
        ),
        rows=(row(price="44.00", was="56.00", stock=21, grams=820),),
        pictures=(
            "Mustard cushion with embroidered arcs",
            "Embroidered arcs close up",
        ),
    ),
    product(
        "fell-blanket",
        "Fell Blanket",
        category="textiles-and-bath",
        brand=FJELLVEV,
        kind="Blanket",
        code="FEL-BLK",
        tags="wool, throw, fringe, woven in Norway",
        about=text(
            "Woven from Norwegian lambswool on looms from the 1960s, then washed in soft water "
            "until it fulls and "
            "blooms. It is warm without being heavy and does not itch through a shirt. Two cream "
            "bands cross it at "
            "either end, and the fringe is twisted by hand.",
            "130 x 190 cm and fringe",
            "Pure new wool, 780 g",
            "Air it overnight rather than wash it; wool programme when needed",
        ),
        options=("Colour",),
        rows=(
            row("Moss", price="129.00", stock=19, grams=820, picture=0),
            row("Clay", price="129.00", stock=14, grams=820, picture=1),
            row("Navy", price="129.00", stock=2, grams=820, picture=2),
        ),
        pictures=(
            "Folded moss green blanket with cream bands",
            "Folded clay red blanket with cream bands",
            "Folded navy blanket with cream bands",
            "Weave and twisted fringe",
        ),
    ),
    product(
        "honeycomb-towel",
        "Honeycomb Towel",
        category="textiles-and-bath",
        brand=FJELLVEV,
        kind="Towel",
        code="HNY-TWL",
        tags="cotton, waffle, quick drying",
        about=text(
            "A waffle towel that dries you and then itself, in half the time of terry. The cells "
            "are woven deep, so "
            "it takes up more water than its weight suggests, and it folds small enough for a gym "
            "bag. It will shrink "
            "by a few centimetres in its first wash; the sizes below are after that.",
            "Hand 50 x 80 cm, bath 75 x 140 cm",
            "Organic cotton, 240 g/m&sup2;",
            "Wash at 60 &deg;C without softener, tumble or line dry",
        ),
        options=("Colour", "Size"),
        rows=(
            row("Sky", "Hand", price="18.50", stock=41, grams=140, picture=0),
            row("Sky", "Bath", price="39.00", stock=26, grams=330, picture=0),
            row("Blush", "Hand", price="18.50", stock=33, grams=140, picture=1),
            row("Blush", "Bath", price="39.00", stock=0, grams=330, picture=1),
            row("Chalk", "Hand", price="18.50", stock=50, grams=140, picture=2),
            row("Chalk", "Bath", price="39.00", stock=37, grams=330, picture=2),
        ),
        pictures=(
            "Sky blue waffle towel on a peg",
            "Blush pink waffle towel on a peg",
            "White waffle towel with rust stripes on a peg",
            "The cells of the waffle weave",
        ),
    ),
    product(
        "two-tea-towels",
        "Two Tea Towels",
        category="textiles-and-bath",
        brand=FJELLVEV,
        kind="Tea towel",
        code="TEA-TWL",
        tags="linen, kitchen, set of two, gift",
        about=text(
            "One with a red grid, one with a blue border: the two tea towels that hang in every "
            "good kitchen of our "
            "childhood. Linen takes up water at once and leaves no fluff on glasses. They are "
            "stiff at first, as they "
            "should be, and get softer with every wash for about ten years.",
            "Set of two, 50 x 70 cm each",
            "Half linen, half cotton",
            "Wash at 60 &deg;C; a loop is sewn to one corner",
        ),
        rows=(row(price="26.00", stock=55, grams=210),),
        pictures=(
            "Two folded tea towels, red and blue",
            "Woven border close up",
        ),
    ),
    product(
        "steppe-rug",
        "Steppe Rug",
        category="textiles-and-bath",
        brand=FJELLVEV,
        kind="Rug",
        code="STP-RUG",
        tags="wool, kilim, flat woven, reversible",
        about=text(
            "A flat-woven rug with three pairs of diamonds, made on a hand loom in the kilim way: "
            "both sides are the "
            "same, so it can be turned when one has seen enough. The wool comes undyed in oat and "
            "dyed in rust and "
            "ink. It lies flat from the first day; on stone floors we recommend a felt underlay.",
            "70 x 140 cm or 140 x 200 cm",
            "Wool on a cotton warp, 1,600 g/m&sup2;",
            "Vacuum without a brush, blot spills with cold water",
        ),
        options=("Size",),
        rows=(
            row("70 x 140 cm", price="159.00", was="198.00", stock=11, grams=1600),
            row("140 x 200 cm", price="398.00", stock=5, grams=4500),
        ),
        pictures=(
            "Flat-woven rug with diamonds, seen from above",
            "Diamond pattern close up",
        ),
    ),
    product(
        "everyday-soap",
        "Everyday Soap",
        category="textiles-and-bath",
        brand=SAVON,
        kind="Soap",
        code="EVD-SOP",
        tags="soap, olive oil, set of two, plastic free",
        about=text(
            "Two bars of cold-stirred soap: one green with sage and clay, one pink with rose "
            "geranium. They rest for "
            "six weeks before they are wrapped, which makes them hard and long-lasting. The "
            "lather is fine rather "
            "than showy and does not leave the skin tight.",
            "Two bars of 100 g; dish not included",
            "Olive, coconut and rapeseed oil, no palm oil",
            "Keep dry between uses: it lasts twice as long",
        ),
        rows=(row(price="17.00", stock=60, grams=220),),
        pictures=(
            "Two bars of soap on a terrazzo dish",
            "Soap bars beside a bottle of hand soap",
        ),
    ),
    product(
        "amber-hand-soap",
        "Amber Hand Soap",
        category="textiles-and-bath",
        brand=SAVON,
        kind="Hand soap",
        code="AMB-SOP",
        tags="soap, refillable, glass, bathroom",
        about=text(
            "Liquid soap in a bottle of brown glass that you will want to keep. The scent is "
            "bergamot with a little "
            "black pepper, and gone from your hands by the time you sit down to eat. When it is "
            "empty, fill it again: "
            "the pump comes apart for cleaning, and our refill costs half as much.",
            "400 ml; 18 cm high",
            "Glass bottle, pump of recycled plastic",
            "Plant-based, free of perfume allergens on the EU list",
        ),
        rows=(row(price="21.00", stock=47, grams=640),),
        pictures=(
            "Brown glass bottle of hand soap with a pump",
            "Label and shoulder of the bottle",
        ),
    ),
)
