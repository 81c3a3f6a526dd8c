"""Lamps and candles."""

from infra.demo.making import product, row, text

OSTARA = "Ostara Works"

PRODUCTS = (
    product(
        "dome-pendant",
        "Dome Pendant",
        category="lighting",
        brand=OSTARA,
        kind="Pendant lamp",
        code="DOM-PND",
        tags="steel, brass, dining table, dimmable",
        about=text(
            "A spun steel dome that puts a wide pool of light on the table and leaves the rest of "
            "the room in peace. "
            "The inside is painted a warm white; the brass cap has slots that let the heat out "
            "and throw a small star "
            "on the ceiling. Hang it 60 to 70 cm above the table top.",
            "45 cm across, 24 cm high; 2.5 m of cloth cable",
            "Powder-coated steel, brushed brass",
            "E27 socket, up to 15 W LED, bulb not included",
            "Should be fitted by an electrician",
        ),
        options=("Colour",),
        rows=(
            row("Rust", price="139.00", stock=12, grams=1900, picture=0),
            row("Forest", price="139.00", stock=9, grams=1900, picture=1),
            row("Chalk", price="139.00", stock=15, grams=1900, picture=2),
        ),
        pictures=(
            "Rust red dome pendant, lit",
            "Forest green dome pendant, lit",
            "Chalk white dome pendant, lit",
            "Dome pendant above a small table",
        ),
    ),
    product(
        "paper-moon-lantern",
        "Paper Moon Lantern",
        category="lighting",
        brand=OSTARA,
        kind="Pendant lamp",
        code="PPR-MON",
        tags="paper, bamboo, soft light",
        about=text(
            "Mulberry paper on a spiral of bamboo, folded flat in its box and round again in a "
            "minute. The light is "
            "even from every side and kind to faces, which makes it right for a bedroom or the "
            "corner by the sofa. "
            "The larger size is generous: measure first, then order.",
            "40 or 60 cm across",
            "Mulberry paper, bamboo, oak ring",
            "For an E27 pendant cord, LED up to 10 W; cord not included",
            "Dust with a soft brush",
        ),
        options=("Size",),
        rows=(
            row("40 cm", price="36.00", stock=45, grams=260),
            row("60 cm", price="54.00", stock=28, grams=420),
        ),
        pictures=(
            "Round paper lantern, lit",
            "Paper lantern above a stool and a plant",
        ),
    ),
    product(
        "morel-lamp",
        "Morel Lamp",
        category="lighting",
        brand=OSTARA,
        kind="Table lamp",
        code="MRL-LMP",
        tags="table lamp, dimmer, bedside",
        about=text(
            "A lamp with the outline of something you might find after rain. The cap is made of "
            "the same coated metal "
            "as the stem and hides the bulb entirely; what you see is a warm glow under the brim. "
            "A dial at the foot "
            "dims it down to the brightness of a candle.",
            "34 cm high, 32 cm across",
            "Powder-coated aluminium, weighted foot",
            "LED included (6 W, 2700 K, replaceable), dimmable",
            "1.8 m cloth cable",
        ),
        options=("Colour",),
        rows=(
            row("Apricot", price="118.00", stock=16, grams=1700, picture=0),
            row("Sage", price="118.00", stock=2, grams=1700, picture=1),
        ),
        pictures=(
            "Apricot table lamp in the shape of a mushroom",
            "Sage green table lamp in the shape of a mushroom",
            "The lamp at night beside books",
        ),
    ),
    product(
        "pebble-table-lamp",
        "Pebble Table Lamp",
        category="lighting",
        brand="Studio Maren",
        kind="Table lamp",
        code="PBL-LMP",
        tags="stoneware, linen, living room",
        about=text(
            "The base is thrown like a jar, glazed like a jar, and heavy enough to stay where it "
            "is put. On top sits "
            "a shade of washed linen that turns any bulb into evening light. The seam of the "
            "shade can be turned to "
            "the wall, and the shade can be taken off and replaced.",
            "48 cm high; shade 34 cm across",
            "Stoneware, brass, linen",
            "E27 socket, LED up to 10 W, bulb not included",
            "2 m cloth cable with a switch",
        ),
        options=("Colour",),
        rows=(
            row("Teal", price="145.00", stock=10, grams=2600, picture=0),
            row("Chalk", price="145.00", stock=6, grams=2600, picture=1),
        ),
        pictures=(
            "Teal stoneware lamp with a linen shade",
            "Chalk white stoneware lamp with a linen shade",
            "Linen shade and glazed base",
        ),
    ),
    product(
        "draughtsman-lamp",
        "Draughtsman Lamp",
        category="lighting",
        brand=OSTARA,
        kind="Desk lamp",
        code="DRF-LMP",
        tags="desk lamp, adjustable, work",
        about=text(
            "Two arms, three joints and a head that stays where you leave it. The brass joints "
            "are friction joints of "
            "the old kind: a quarter turn with a coin makes them tighter. The head turns all the "
            "way round, so the "
            "lamp can light a drawing, a keyboard, or the wall behind the screen.",
            "Reaches 62 cm; foot 18 cm across",
            "Coated steel, solid brass",
            "E14 socket, LED up to 7 W included",
            "Cable 2 m with an inline switch",
        ),
        options=("Colour",),
        rows=(
            row("Forest", price="129.00", stock=11, grams=2300, picture=0),
            row("Rust", price="129.00", stock=0, grams=2300, picture=1),
        ),
        pictures=(
            "Forest green desk lamp with brass joints",
            "Rust red desk lamp with brass joints",
            "The head of the desk lamp",
        ),
    ),
    product(
        "heron-floor-lamp",
        "Heron Floor Lamp",
        category="lighting",
        brand=OSTARA,
        kind="Floor lamp",
        code="HRN-FLR",
        tags="oak, linen, living room",
        about=text(
            "Three slim oak legs and a drum of linen, tall enough to read under from a deep "
            "armchair. The legs fold "
            "together for moving house. A switch with two steps hangs from a short chain under "
            "the shade: one for "
            "company and one for small print.",
            "152 cm high; shade 45 cm across, feet 55 cm apart",
            "Oiled oak, brass, washed linen",
            "E27 socket, LED up to 15 W, bulb not included",
            "Put together in five minutes with the key in the box",
        ),
        rows=(row(price="229.00", was="279.00", stock=8, grams=5200),),
        pictures=(
            "Tripod floor lamp with a linen shade",
            "Linen drum and oak legs",
        ),
    ),
    product(
        "evening-candle",
        "Evening Candle",
        category="lighting",
        brand="Savon Courbe",
        kind="Candle",
        code="EVE-CND",
        tags="candle, scented, rapeseed wax, gift",
        about=text(
            "Rapeseed wax with a cotton wick, poured by hand into coloured glass. The scents are "
            "quiet: Resin smells "
            "of pine and a cold church, Fig Leaf of a garden wall in July. Let the whole surface "
            "melt the first time "
            "you light it and it will burn evenly to the end. The glass makes a good tumbler "
            "afterwards.",
            "220 g of wax, burns for about 45 hours",
            "9 cm high, 8 cm across",
            "Rapeseed wax, cotton wick, oils without phthalates",
            "Never leave it burning alone",
        ),
        options=("Scent",),
        rows=(
            row("Resin", price="32.00", stock=36, grams=510, picture=0),
            row("Fig Leaf", price="32.00", stock=29, grams=510, picture=1),
        ),
        pictures=(
            "Candle burning in amber glass",
            "Candle burning in green glass",
            "Candle beside a pile of books",
        ),
    ),
    product(
        "taper-trio",
        "Taper Trio",
        category="lighting",
        brand=OSTARA,
        kind="Candlesticks",
        code="TPR-TRI",
        tags="brass, candlesticks, set of three, dining",
        about=text(
            "Three candlesticks turned from solid brass, each to a different height, with feet "
            "broad enough for a "
            "table where people reach across each other. The brass is not lacquered: leave it and "
            "it will go brown "
            "and soft, rub it and it will shine. Three dinner candles come in the box to begin "
            "with.",
            "9, 17 and 27 cm high; for candles of 22 mm",
            "Solid brass, felt under the foot",
            "Polish with a dry cloth, or do not",
        ),
        rows=(row(price="92.00", stock=13, grams=1480),),
        pictures=(
            "Three brass candlesticks with burning tapers",
            "Brass cup and taper close up",
        ),
    ),
)
