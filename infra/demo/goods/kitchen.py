"""Tools and pots for cooking."""

from infra.demo.making import product, row, text

QUILLON, BRENNHOLT = "Quillon", "Brennholt"

PRODUCTS = (
    product(
        "cooks-knife",
        "Cook's Knife 20",
        category="kitchen",
        brand=QUILLON,
        kind="Knife",
        code="QLN-KNF",
        tags="carbon steel, walnut, sharp, gift",
        about=text(
            "One good knife replaces a drawer of others. This one has a 20 cm blade of stainless "
            "steel with a high "
            "carbon content, ground thin behind the edge, and a walnut handle with three brass "
            "pins. It arrives sharp "
            "and stays so with a few strokes on a stone every other week. We regrind ours for "
            "free, once a year.",
            "Blade 20 cm, whole length 33 cm",
            "X50CrMoV15 steel, hardened to 58 HRC",
            "Walnut handle, brass pins and bolster",
            "Wash by hand and dry at once",
        ),
        rows=(row(price="98.00", stock=21, grams=230),),
        pictures=(
            "Cook's knife with a walnut handle, seen from above",
            "Brass bolster and walnut handle",
        ),
    ),
    product(
        "grove-board",
        "Grove Board",
        category="kitchen",
        brand=BRENNHOLT,
        kind="Chopping board",
        code="GRV-BRD",
        tags="oak, chopping, serving, juice groove",
        about=text(
            "A board of solid oak with a groove around the edge for the juice of tomatoes and "
            "roasts. The leather "
            "loop is long enough for a hook. Use one side for cutting and the other, which has no "
            "groove, for bread "
            "and cheese. Oak is naturally hard on bacteria and easy on knives.",
            "Medium 36 x 24 cm, large 46 x 30 cm; 2.2 cm thick",
            "One piece of German oak, vegetable-tanned leather",
            "Rinse, dry upright, oil now and then; never in the dishwasher",
        ),
        options=("Size",),
        rows=(
            row("Medium", price="48.00", stock=33, grams=1300),
            row("Large", price="69.00", stock=2, grams=2150),
        ),
        pictures=(
            "Oak chopping board with a leather loop",
            "Chopping board on a linen cloth with a sprig",
            "The juice groove and the leather loop",
        ),
    ),
    product(
        "forge-pan",
        "Forge Pan",
        category="kitchen",
        brand=QUILLON,
        kind="Frying pan",
        code="FRG-PAN",
        tags="carbon steel, induction, oven safe",
        about=text(
            "Carbon steel heats like a thin pan and browns like a heavy one. We season each Forge "
            "pan twice with "
            "linseed oil before it leaves the workshop, and every egg you fry makes the surface "
            "better. The oak "
            "handle stays cool on the hob and unscrews with a coin when the pan goes into the "
            "oven.",
            "24 or 28 cm across, 4.5 cm deep",
            "2.5 mm carbon steel, removable oak handle",
            "All hobs including induction; oven without the handle",
            "Wipe out, do not soak",
        ),
        options=("Size",),
        rows=(
            row("24 cm", price="72.00", stock=18, grams=1400),
            row("28 cm", price="86.00", stock=25, grams=1900),
        ),
        pictures=(
            "Black frying pan with an oak handle",
            "The seasoned surface of the pan",
        ),
    ),
    product(
        "whistler-kettle",
        "Whistler Kettle",
        category="kitchen",
        brand=QUILLON,
        kind="Kettle",
        code="WHS-KTL",
        tags="enamel, tea, stovetop, induction",
        about=text(
            "An enamelled kettle for the stove, with a wide base that wastes no heat and a bow "
            "handle that folds "
            "flat. The whistle sounds two notes, a third apart, and is loud enough for the next "
            "room without "
            "frightening the cat. The lid is large, so you can reach in and descale it with a "
            "cloth.",
            "Holds 2 l; 22 cm across, 24 cm high",
            "Enamelled steel, steel base, beech grip",
            "For gas, electric and induction hobs",
            "Empty after use and leave the lid open to dry",
        ),
        options=("Colour",),
        rows=(
            row("Mustard", price="68.00", was="84.00", stock=16, grams=1450, picture=0),
            row("Forest", price="84.00", stock=13, grams=1450, picture=1),
            row("Brick", price="84.00", stock=0, grams=1450, picture=2),
        ),
        pictures=(
            "Mustard yellow kettle with a wooden grip",
            "Forest green kettle with a wooden grip",
            "Brick red kettle with a wooden grip",
            "Three kettles in three colours",
        ),
    ),
    product(
        "pair-of-mills",
        "Pair of Mills",
        category="kitchen",
        brand=BRENNHOLT,
        kind="Pepper mill",
        code="MIL-SET",
        tags="walnut, ash, ceramic grinder, set of two",
        about=text(
            "A tall walnut mill for pepper and a shorter one of ash for salt, so you can tell "
            "them apart with your "
            "eyes on the pan. Both have ceramic grinders, which neither rust nor wear out, and a "
            "brass knob on top "
            "that sets the grind from dust to coarse. They arrive empty, ready to be filled.",
            "20 and 16 cm high, 6 cm across",
            "Walnut, ash, brass; ceramic grinder with a 10-year warranty",
            "Wipe with a dry cloth",
        ),
        rows=(row(price="76.00", stock=20, grams=640),),
        pictures=(
            "A walnut pepper mill and an ash salt mill",
            "Brass collar and turned walnut head",
        ),
    ),
    product(
        "three-spoons",
        "Three Spoons",
        category="kitchen",
        brand=BRENNHOLT,
        kind="Wooden spoons",
        code="SPN-SET",
        tags="wood, utensils, set of three, gift",
        about=text(
            "A round spoon of ash for stirring, a slotted turner of walnut for lifting, and a "
            "smaller spoon of oak "
            "that gets into the corners of a pan. Each is cut along the grain so that it can take "
            "years of leaning "
            "on, and sanded until there is nothing left for sauce to cling to.",
            "Set of three, each 32 cm long",
            "Ash, walnut and oak, finished with linseed oil",
            "Wash by hand, dry upright, oil when they look thirsty",
        ),
        rows=(row(price="34.00", stock=0, grams=210),),
        pictures=(
            "Three wooden spoons, seen from above",
            "The heads of the spoons",
        ),
    ),
    product(
        "pantry-jar",
        "Pantry Jar",
        category="kitchen",
        brand="Glashaus Nord",
        kind="Storage jar",
        code="PNT-JAR",
        tags="glass, cork, storage, pantry",
        about=text(
            "Straight glass jars for pasta, beans, flour and tea. The cork lids are cut by hand "
            "from one piece and "
            "seal well enough to keep coffee fresh for a fortnight. Three sizes share one lid, so "
            "that they can stand "
            "on each other and a lost lid is no disaster.",
            "Small 0.6 l, medium 1 l, large 1.6 l; all 10.5 cm across",
            "Borosilicate glass, Portuguese cork",
            "Glass is dishwasher safe; wipe the lid and let it dry",
        ),
        options=("Size",),
        rows=(
            row("Small", price="16.00", stock=58, grams=330),
            row("Medium", price="19.50", stock=44, grams=410, picture=0),
            row("Large", price="24.00", stock=0, grams=540),
        ),
        pictures=(
            "Glass jar of pasta with a cork lid",
            "Glass jar of red lentils with a cork lid",
        ),
    ),
    product(
        "slow-pour-set",
        "Slow Pour Set",
        category="kitchen",
        brand="Havre & Lund",
        kind="Coffee maker",
        code="SLW-PUR",
        tags="coffee, porcelain, glass, filter",
        about=text(
            "A ribbed porcelain cone on a glass server, for people who like to watch the coffee "
            "bloom. The ribs hold "
            "the paper away from the wall, and the single wide hole leaves the pace to you. The "
            "server keeps its oak "
            "collar on, so you can lift it when it is full and hot.",
            "Makes up to 600 ml, or four cups",
            "Porcelain, heat-proof glass, oak",
            "Takes number 2 paper filters; ten are in the box",
            "Take the collar off before it goes into the dishwasher",
        ),
        rows=(row(price="58.00", stock=27, grams=890),),
        pictures=(
            "White coffee cone on a glass server",
            "Coffee maker beside a mug",
        ),
    ),
    product(
        "hearth-casserole",
        "Hearth Casserole",
        category="kitchen",
        brand=QUILLON,
        kind="Casserole",
        code="HRT-CSR",
        tags="cast iron, enamel, oven safe, family",
        about=text(
            "Enamelled cast iron for stews, bread and everything that takes its time. The lid has "
            "small points inside "
            "that let the steam rain back evenly. It is heavy, as it has to be, and the side "
            "handles are wide enough "
            "for oven gloves. With some care it will outlast the kitchen it is used in.",
            "4.2 l, 24 cm across; serves four to six",
            "Cast iron, three coats of enamel, brass knob",
            "All hobs and ovens up to 250 &deg;C",
            "Soak, then wash by hand; no metal tools",
        ),
        options=("Colour",),
        rows=(
            row("Brick", price="149.00", was="179.00", stock=14, grams=4800, picture=0),
            row("Teal", price="179.00", stock=8, grams=4800, picture=1),
        ),
        pictures=(
            "Brick red casserole with a brass knob",
            "Teal casserole with a brass knob",
            "The lid and its brass knob",
        ),
    ),
    product(
        "hex-trivet",
        "Hex Trivet",
        category="kitchen",
        brand=BRENNHOLT,
        kind="Trivet",
        code="HEX-TRV",
        tags="cork, walnut, brass, our own",
        about=text(
            "The piece that gave the shop its name. Hexagons of dense cork and a few of walnut "
            "are set into a ring of "
            "solid brass, and between them they take the heat of a pot straight from the oven. "
            "Rubber feet keep it "
            "where it is. When there is no pot on it, it is allowed to lie on the table and look "
            "pleased.",
            "24 cm across, 1.4 cm high",
            "Cork, walnut offcuts, solid brass",
            "Heat-proof up to 220 &deg;C; wipe clean",
        ),
        rows=(row(price="39.00", stock=42, grams=480),),
        pictures=(
            "Round trivet of cork and walnut hexagons in a brass ring",
            "Cork, walnut and brass close up",
        ),
    ),
)
