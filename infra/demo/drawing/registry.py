"""Every kind of thing that can be drawn, by name."""

from infra.demo.drawing import bags, cooking, cups, desk, furniture, garden, lamps, props, textiles, vessels, walls
from infra.demo.drawing.kinds import Kind

KINDS: dict[str, Kind] = {
    **cups.KINDS,
    **vessels.KINDS,
    **cooking.KINDS,
    **lamps.KINDS,
    **furniture.KINDS,
    **walls.KINDS,
    **textiles.KINDS,
    **garden.KINDS,
    **bags.KINDS,
    **desk.KINDS,
    **props.KINDS,
}
