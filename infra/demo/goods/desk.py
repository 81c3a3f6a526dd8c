"""Paper, pens and clocks."""

from infra.demo.making import product, row, text

LUNE = "Papier Lune"

PRODUCTS = (
    product(
        "clothbound-notebook",
        "Clothbound Notebook",
        category="desk-and-paper",
        brand=LUNE,
        kind="Notebook",
        code="CLB-NTB",
        tags="notebook, cloth, fountain pen friendly",
        about=text(
            "Sewn in signatures, so it lies flat at any page, and bound in book cloth that gets "
            "better with handling. "
            "The paper is cream, smooth and heavy enough that a fountain pen does not show on the "
            "other side. Pages "
            "are numbered; the last leaf is perforated for the note you have to leave for "
            "somebody.",
            "A5, 192 numbered pages, 100 g/m&sup2;",
            "Dotted; elastic band and one ribbon",
            "Book cloth over board, label on the front",
            "Bound in Ljubljana",
        ),
        options=("Colour",),
        rows=(
            row("Teal", price="22.00", stock=57, grams=360, picture=0),
            row("Rust", price="22.00", stock=40, grams=360, picture=1),
            row("Mustard", price="22.00", stock=0, grams=360, picture=2),
        ),
        pictures=(
            "Teal clothbound notebook on an oat one",
            "Rust red clothbound notebook on an oat one",
            "Mustard clothbound notebook on an oat one",
            "Notebooks in three colours",
        ),
    ),
    product(
        "six-pencils",
        "Six Pencils",
        category="desk-and-paper",
        brand=LUNE,
        kind="Pencils",
        code="SIX-PNC",
        tags="pencils, cedar, drawing, gift",
        about=text(
            "Six coloured pencils of incense cedar in an oak box with a sliding lid. The cores "
            "are thick and soft, "
            "laid down wax over pigment, and break less often than you would expect. The colours "
            "are the ones we use "
            "ourselves for drawing lamps and chairs: rust, mustard, moss, teal, ink and plum.",
            "Six pencils, 4 mm core; box 21 x 17 cm",
            "Incense cedar, oiled oak",
            "Sharpen with a knife for the best point",
        ),
        rows=(row(price="38.00", stock=24, grams=310),),
        pictures=(
            "Six coloured pencils in an oak box",
            "Pencil points close up",
        ),
    ),
    product(
        "noon-wall-clock",
        "Noon Wall Clock",
        category="desk-and-paper",
        brand="Lindquist & Daughters",
        kind="Clock",
        code="NON-CLK",
        tags="clock, wall, silent, quartz",
        about=text(
            "A clock you can read from across the room and cannot hear from any distance. The "
            "movement sweeps instead "
            "of ticking. Twelve plain marks, two dark hands and a thin brass one for the seconds "
            "are all there is to "
            "see, behind mineral glass in a deep rim of lacquered steel.",
            "32 cm across, 5 cm deep",
            "Lacquered steel, mineral glass, brass",
            "Quartz movement, one AA cell (included)",
        ),
        options=("Colour",),
        rows=(
            row("Teal", price="79.00", was="95.00", stock=17, grams=1150, picture=0),
            row("Rust", price="95.00", stock=13, grams=1150, picture=1),
        ),
        pictures=(
            "Round wall clock with a teal rim",
            "Round wall clock with a rust red rim",
            "Wall clock above a stool and a plant",
        ),
    ),
    product(
        "twin-bell-alarm",
        "Twin Bell Alarm",
        category="desk-and-paper",
        brand="Lindquist & Daughters",
        kind="Clock",
        code="TWN-ALM",
        tags="clock, alarm, brass, bedside",
        about=text(
            "An alarm clock that means it. Two brass bells and a hammer between them wake "
            "everybody who is meant to "
            "be woken, and possibly the others. By day it is a quiet thing with a paper-white "
            "face. The small red "
            "hand sets the alarm, and the button between the bells ends it.",
            "17 cm high, 12 cm across",
            "Lacquered steel, brass, glass",
            "Quartz movement with a silent sweep, one AA cell (included)",
            "Hands glow for a few hours after dark",
        ),
        rows=(row(price="58.00", stock=14, grams=540),),
        pictures=(
            "Rust red alarm clock with brass bells",
            "Alarm clock beside a pile of books",
        ),
    ),
    product(
        "paper-scissors",
        "Paper Scissors",
        category="desk-and-paper",
        brand="Quillon",
        kind="Scissors",
        code="PPR-SCS",
        tags="scissors, steel, brass, desk",
        about=text(
            "Scissors that cut on the whole length of the blade, to the very tip, and close with "
            "a sound like a door "
            "of a good car. The bows are cast in brass, large enough for three fingers, and the "
            "pivot is a screw, so "
            "they can be opened, cleaned and set again. Keep them for paper and they will stay "
            "sharp for years.",
            "20 cm long, blades 9 cm",
            "Stainless steel, cast brass",
            "For right and left hands",
        ),
        rows=(row(price="36.00", stock=0, grams=160),),
        pictures=(
            "Scissors with brass handles, seen from above",
            "The pivot of the scissors",
        ),
    ),
    product(
        "valet-desk-tray",
        "Valet Desk Tray",
        category="desk-and-paper",
        brand="Brennholt",
        kind="Desk tray",
        code="VLT-TRY",
        tags="walnut, desk, organiser, gift",
        about=text(
            "Milled from one board of walnut, with three hollows: a long one for pens, one for "
            "clips and one for "
            "whatever you take out of your pockets. The corners are rounded inside, so that the "
            "last clip can be got "
            "out with a finger. Cork underneath keeps it from sliding and the desk from scratches.",
            "28 x 18 cm, 2.5 cm high",
            "Solid walnut, hard wax oil, cork",
            "Wipe with a dry cloth; pens not included",
        ),
        rows=(row(price="72.00", stock=12, grams=690),),
        pictures=(
            "Walnut desk tray with pens and clips",
            "Milled hollows of the tray",
        ),
    ),
)
