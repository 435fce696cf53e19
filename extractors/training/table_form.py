"""How a line table looks: rules, alignment, paddings, where the description and the numbers stand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

from extractors.training.columns import Plan
from extractors.training.layout import Style
from extractors.training.look import Look
from extractors.training.manners import Manners
from extractors.training.trade_cells import TRADE_KINDS
from extractors.training.vocabulary import choose
from extractors.training.writing import Writer

NUMERIC = (
    "quantity",
    "unit_price",
    "discount",
    "tax_rate",
    "tax_amount",
    "net_amount",
    "gross_amount",
    "weight",
    "ordered",
    "per",
    "list_price",
    "cgst",
    "sgst",
    "old_reading",
    "new_reading",
    *(kind for kind in TRADE_KINDS if kind not in ("from_date", "to_date", "tax_mark")),
)


@dataclass(frozen=True, slots=True)
class Form:
    """How the table looks. ``rules``: none, head, rows, grid, zebra, outer; ``place``: where the description stands: in (its column), above,
    below, hung (under the second column)."""

    rules: str
    place: str
    pad: float
    row_gap: float
    head_fill: bool
    head_lines: bool
    valign: str
    align: dict[str, str]
    name_bold: bool
    indent: float
    note_style: Style
    note_gap: float = 0.0  # between the name and what stands under it
    narrow: float = 0.0  # a description column of this width, whatever room there is
    settle: dict[str, str] = field(default_factory=dict[str, str])  # columns with a vertical place of their own


def make_form(rng: Random, writer: Writer, look: Look, plan: Plan, place: str) -> Form:
    align: dict[str, str] = {}
    usual = rng.choices(("right", "center", "left"), (84, 9, 7))[0]
    for kind in plan.kinds:
        align[kind] = usual if kind in NUMERIC else "left"
    if rng.random() < 0.3:
        align["quantity"] = rng.choice(("center", "left", "right"))
    if rng.random() < 0.3:
        align["tax_rate"] = "center"
    if rng.random() < 0.25:
        align["position"] = rng.choice(("right", "center"))
    if rng.random() < 0.2:
        align["unit"] = "center"
    return Form(
        rules=choose(rng, {"none": 18, "head": 28, "rows": 18, "grid": 16, "zebra": 12, "outer": 8}, writer.family, exam_only=("outer",)),
        place=place,
        pad=rng.uniform(2.2, 7),
        row_gap=rng.choice((0, 1, 2, 3, 5, 8, 12)) * rng.uniform(0.5, 1.2),
        head_fill=rng.random() < 0.35,
        head_lines=rng.random() < 0.9,
        valign=rng.choices(("top", "bottom", "middle"), (84, 10, 6))[0],
        align=align,
        name_bold=rng.random() < 0.22,
        indent=rng.choice((0, 0, 0, 6, 12)),
        note_style=look.body if rng.random() < 0.55 else look.small,
        note_gap=rng.choice((0, 0, 0, 0, 2, 6)) if not plan.airy else rng.uniform(0, 10),
        narrow=rng.uniform(56, 115) if rng.random() < 0.08 else 0.0,
        settle={k: rng.choice(("middle", "bottom", "low")) for k in plan.kinds if rng.random() < 0.4} if rng.random() < 0.08 else {},
    )


def mannered(manners: Manners, form: Form) -> Form:
    """The form as the whole document's manners want it."""
    if manners.conditions:
        form = replace(form, place="in", valign="top", settle={}, row_gap=min(form.row_gap, 3.0))
    if manners.whole == "grid":
        form = replace(form, rules="grid", place="in", narrow=0.0, row_gap=min(form.row_gap, 6.0))
    elif manners.whole == "printer":
        form = replace(
            form,
            rules="none",
            place="in",
            head_fill=False,
            row_gap=manners.draw("leading").choice((0.0, 0.0, 0.0, 9.0)),
            name_bold=False,
            narrow=0.0,
        )
    return form
