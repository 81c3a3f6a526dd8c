"""Chairs, tables, shelves and mirrors."""

from infra.demo.making import product, row, text

BRENNHOLT, LINDQUIST = "Brennholt", "Lindquist & Daughters"

SEATING = (
    product(
        "alma-chair",
        "Alma Chair",
        category="seating",
        brand=BRENNHOLT,
        kind="Dining chair",
        code="ALM-CHR",
        tags="solid wood, dining, woven seat",
        about=text(
            "A light chair with a bent top rail that meets your back where it should. Four "
            "spindles give a little "
            "when you lean, and the woven seat gives a little more. It weighs under five kilos, "
            "so it can be lifted "
            "with one hand, and everything that holds it together is wood and glue.",
            "84 cm high, 50 cm wide, 52 cm deep; seat at 45 cm",
            "Solid oak or walnut, cotton webbing",
            "Carries 130 kg; arrives assembled",
            "Wipe with a damp cloth, oil once a year",
        ),
        options=("Wood",),
        rows=(
            row("Oak", price="289.00", stock=18, grams=4700, picture=0),
            row("Walnut", price="349.00", stock=6, grams=4900, picture=1),
        ),
        pictures=(
            "Oak chair with a woven seat",
            "Walnut chair with a woven seat",
            "Bent rail and spindles",
        ),
    ),
    product(
        "milking-stool",
        "Milking Stool",
        category="seating",
        brand=BRENNHOLT,
        kind="Stool",
        code="MLK-STL",
        tags="solid wood, stool, three legs",
        about=text(
            "Three legs never wobble, whatever the floor has in mind. The seat is hollowed by "
            "hand, just enough to be "
            "comfortable for an hour, and the stretchers are pegged through. Pull it up to the "
            "table, stand a plant "
            "on it, or put it beside the bath for the book you mean to read there.",
            "45 cm high, seat 34 cm across",
            "Solid ash or walnut, finished with hard wax oil",
            "Carries 120 kg; arrives assembled",
        ),
        options=("Wood",),
        rows=(
            row("Ash", price="119.00", stock=22, grams=3200, picture=0),
            row("Walnut", price="149.00", stock=3, grams=3400, picture=1),
        ),
        pictures=(
            "Three-legged ash stool",
            "Three-legged walnut stool",
            "Stool beside a snake plant",
        ),
    ),
    product(
        "quay-sofa",
        "Quay Sofa",
        category="seating",
        brand=LINDQUIST,
        kind="Sofa",
        code="QUY-SFA",
        tags="sofa, wool, two seats, removable covers",
        about=text(
            "A two-seater for rooms with a real door frame: the legs come off, and it goes up any "
            "staircase. The seat "
            "is firm foam under a layer of feathers, so you can get up again without help. All "
            "covers zip off for "
            "cleaning, and we keep every fabric in stock for at least ten years.",
            "168 cm wide, 82 cm high, 86 cm deep; seat at 43 cm",
            "Beech frame, oak legs, wool blend of 80,000 Martindale cycles",
            "Delivered to the room of your choice",
            "Covers: dry clean",
        ),
        options=("Colour",),
        rows=(
            row("Teal", price="1490.00", stock=5, grams=46000, picture=0),
            row("Rust", price="1290.00", was="1490.00", stock=3, grams=46000, picture=1),
        ),
        pictures=(
            "Teal two-seat sofa with a mustard cushion",
            "Rust red two-seat sofa with an oat cushion",
            "Sofa in front of a painted arch",
        ),
    ),
    product(
        "shell-armchair",
        "Shell Armchair",
        category="seating",
        brand=LINDQUIST,
        kind="Armchair",
        code="SHL-ARM",
        tags="armchair, boucle, reading",
        about=text(
            "Round at the back and soft at the sides, like sitting in a cupped hand. The channels "
            "of the backrest are "
            "stitched through by hand so that they keep their shape, and the arms are at the "
            "right height for a book. "
            "It takes about a week to settle to whoever sits in it most.",
            "82 cm wide, 88 cm high, 80 cm deep; seat at 42 cm",
            "Beech frame, walnut legs, boucle of wool and cotton",
            "Carries 140 kg; legs to be screwed in",
            "Vacuum with a soft brush",
        ),
        rows=(row(price="790.00", stock=0, grams=19500),),
        pictures=(
            "Round blush pink armchair",
            "Armchair with a lamp and a plant",
        ),
    ),
)

TABLES = (
    product(
        "orbit-side-table",
        "Orbit Side Table",
        category="tables",
        brand=BRENNHOLT,
        kind="Side table",
        code="ORB-TBL",
        tags="walnut, brass, side table",
        about=text(
            "A round table with a thin edge and a brass ring between the legs that keeps "
            "everything straight. It is "
            "the height of a sofa arm, so a cup can move from one to the other without a thought. "
            "The top is veneered "
            "on both sides and will not warp beside a radiator.",
            "46 cm across, 50 cm high",
            "Walnut veneer on birch, solid walnut legs, brass",
            "Put together with three screws",
            "Wipe with a damp cloth; use a coaster for hot cups",
        ),
        rows=(row(price="189.00", stock=14, grams=4100),),
        pictures=(
            "Round walnut side table with a brass ring",
            "Top and legs of the side table",
        ),
    ),
    product(
        "drum-coffee-table",
        "Drum Coffee Table",
        category="tables",
        brand=LINDQUIST,
        kind="Coffee table",
        code="DRM-TBL",
        tags="terrazzo, oak, coffee table",
        about=text(
            "A slab of terrazzo on a fluted oak drum. The chips are offcuts of marble and brick, "
            "set in white cement "
            "and ground until they are smooth; the drum is a frame with turned slats, hollow "
            "inside, with a door at "
            "the back for blankets. Two people should carry it, because the top is as heavy as it "
            "looks.",
            "80 cm across, 36 cm high",
            "Terrazzo, solid oak slats",
            "Sealed against wine and oil; wipe spills within an hour",
            "Delivered in two parcels",
        ),
        rows=(row(price="649.00", was="760.00", stock=4, grams=38000),),
        pictures=(
            "Terrazzo coffee table on a fluted oak drum",
            "Chips of stone in the terrazzo",
        ),
    ),
    product(
        "letter-desk",
        "Letter Desk",
        category="tables",
        brand=BRENNHOLT,
        kind="Desk",
        code="LTR-DSK",
        tags="oak, desk, drawers, home office",
        about=text(
            "A writing desk for a home that has no study. It is deep enough for a laptop and an "
            "elbow on each side, "
            "and its three shallow drawers swallow the cable, the bills and the pens. The fronts "
            "are painted in sage "
            "and run on wooden slides rubbed with wax, which makes them quiet.",
            "120 cm wide, 58 cm deep, 75 cm high",
            "Solid oak legs, oak veneer top, painted fronts, brass knobs",
            "A slot at the back for cables",
            "Legs to be screwed in",
        ),
        rows=(row(price="540.00", stock=7, grams=24500),),
        pictures=(
            "Oak writing desk with sage drawers",
            "Painted drawer fronts with brass knobs",
        ),
    ),
)

STORAGE = (
    product(
        "two-tier-shelf",
        "Two-Tier Shelf",
        category="storage-and-mirrors",
        brand=BRENNHOLT,
        kind="Wall shelf",
        code="TWO-SHF",
        tags="oak, brass, wall, books",
        about=text(
            "Two oak boards on two brass rails. The boards hook into slots, so their distance can "
            "be changed without "
            "tools when a taller book turns up. All weight hangs on four screws that come with "
            "plugs for masonry and "
            "for plasterboard; a paper template shows where to drill.",
            "80 cm wide, 20 cm deep; rails 60 cm high",
            "Solid oak, brushed brass",
            "Carries 12 kg a board on a solid wall",
            "Books and pots not included",
        ),
        rows=(row(price="168.00", stock=16, grams=5400),),
        pictures=(
            "Two oak boards on brass rails with books and plants",
            "Books and a vase on the upper board",
        ),
    ),
    product(
        "archive-bookcase",
        "Archive Bookcase",
        category="storage-and-mirrors",
        brand=BRENNHOLT,
        kind="Bookcase",
        code="ARC-BKC",
        tags="oak, bookcase, baskets, living room",
        about=text(
            "A bookcase with a back, as bookcases used to have, so that nothing falls behind it "
            "and the whole stands "
            "square. Three shelves for books and one below for two willow baskets, which are "
            "included and hide what "
            "should be hidden. The feet are adjustable for old floors.",
            "92 cm wide, 142 cm high, 34 cm deep",
            "Oak veneer on board from certified forests, solid oak edges",
            "Carries 25 kg a shelf; must be fixed to the wall (bracket included)",
            "Takes two people one hour to build",
        ),
        rows=(row(price="490.00", stock=6, grams=41000),),
        pictures=(
            "Oak bookcase with books and two baskets",
            "Books and a pot on the shelves",
        ),
    ),
    product(
        "halo-mirror",
        "Halo Mirror",
        category="storage-and-mirrors",
        brand=LINDQUIST,
        kind="Mirror",
        code="HAL-MIR",
        tags="mirror, brass, hallway, bathroom",
        about=text(
            "A round mirror in a narrow frame of brushed brass. The glass is five millimetres "
            "thick and free of "
            "copper, so it keeps its edge clear in a bathroom too. It hangs on a single hidden "
            "bracket with a small "
            "level built in, which means that it is straight the first time.",
            "50 or 70 cm across, 2.5 cm deep",
            "Brushed brass, copper-free mirror glass",
            "Bracket, screw and plug included",
            "Clean with a soft cloth and a little vinegar",
        ),
        options=("Size",),
        rows=(
            row("50 cm", price="119.00", stock=19, grams=4300),
            row("70 cm", price="179.00", stock=0, grams=7900),
        ),
        pictures=(
            "Round mirror in a brass frame",
            "Mirror above a basket and a plant",
        ),
    ),
    product(
        "shaker-peg-rail",
        "Shaker Peg Rail",
        category="storage-and-mirrors",
        brand=BRENNHOLT,
        kind="Peg rail",
        code="SHK-PEG",
        tags="ash, hallway, hooks, wall",
        about=text(
            "Five turned pegs on a board of ash: coats in the hall, pans in the kitchen, dressing "
            "gowns behind the "
            "door. The pegs are set at a slight angle, so loops stay on, and are only pushed in, "
            "so a broken one can "
            "be replaced. Two keyholes at the back take the screws.",
            "78 cm long, 9 cm high; pegs stand out 7 cm",
            "Solid ash, white oil",
            "Carries 6 kg a peg on a solid wall",
        ),
        rows=(row(price="64.00", was="79.00", stock=30, grams=1250),),
        pictures=(
            "Ash peg rail with a bag and a brush on it",
            "Turned pegs close up",
        ),
    ),
)

PRODUCTS = SEATING + TABLES + STORAGE
