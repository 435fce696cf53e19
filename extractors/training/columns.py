"""The columns of a line table: which, in what order, under which heading, and the cell of a row in each."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from extractors.training.layout import Line, line
from extractors.training.vocabulary import choose, small_words
from extractors.training.writing import Writer

ORDERS: tuple[tuple[str, ...], ...] = (
    (
        "position",
        "date",
        "item_code",
        "gtin",
        "description",
        "employee",
        "serial",
        "origin",
        "weight",
        "ordered",
        "quantity",
        "unit",
        "unit_price",
        "discount",
        "tax_rate",
        "tax_amount",
        "net_amount",
        "gross_amount",
    ),
    (
        "position",
        "quantity",
        "unit",
        "item_code",
        "description",
        "serial",
        "date",
        "unit_price",
        "discount",
        "tax_rate",
        "net_amount",
        "tax_amount",
        "gross_amount",
    ),
    (
        "item_code",
        "description",
        "gtin",
        "date",
        "ordered",
        "quantity",
        "unit",
        "unit_price",
        "discount",
        "net_amount",
        "tax_rate",
        "tax_amount",
        "gross_amount",
    ),
    (
        "date",
        "description",
        "item_code",
        "quantity",
        "unit",
        "unit_price",
        "discount",
        "tax_rate",
        "net_amount",
        "tax_amount",
        "gross_amount",
    ),
    ("description", "quantity", "unit", "unit_price", "discount", "tax_rate", "tax_amount", "net_amount", "gross_amount", "item_code"),
    ("quantity", "unit", "description", "item_code", "unit_price", "tax_rate", "discount", "net_amount", "gross_amount"),
    (
        "position",
        "item_code",
        "quantity",
        "unit",
        "description",
        "unit_price",
        "discount",
        "net_amount",
        "tax_rate",
        "tax_amount",
        "gross_amount",
    ),
    ("position", "description", "tax_rate", "quantity", "unit", "unit_price", "discount", "net_amount", "gross_amount"),
    ("description", "unit_price", "quantity", "unit", "discount", "tax_rate", "net_amount", "gross_amount"),
    ("position", "description", "unit_price", "discount", "quantity", "unit", "tax_rate", "net_amount", "tax_amount", "gross_amount"),
    ("date", "employee", "description", "quantity", "unit", "unit_price", "tax_rate", "net_amount", "gross_amount"),
)
EXAM_ORDERS: tuple[tuple[str, ...], ...] = (
    ("description", "item_code", "date", "unit", "quantity", "discount", "unit_price", "net_amount", "tax_rate", "gross_amount"),
    ("quantity", "item_code", "description", "tax_rate", "unit_price", "unit", "discount", "tax_amount", "net_amount", "gross_amount"),
    (
        "position",
        "description",
        "item_code",
        "unit",
        "unit_price",
        "quantity",
        "tax_rate",
        "discount",
        "net_amount",
        "gross_amount",
        "date",
    ),
)
# Whole column sets that trades use: hours sheets, folios, meters, subscriptions, consignments, price units, tax codes.
PRESETS: dict[str, tuple[str, ...]] = {
    "hours": ("date", "employee", "description", "quantity", "unit_price", "net_amount"),
    "hours_project": ("project", "date", "description", "quantity", "unit_price", "net_amount"),
    "folio": ("date", "reference", "description", "net_amount"),
    "folio_plain": ("date", "description", "net_amount"),
    "meter": ("description", "old_reading", "new_reading", "quantity", "unit", "unit_price", "net_amount"),
    "subscription": ("description", "period", "quantity", "unit_price", "net_amount"),
    "period_only": ("period", "description", "net_amount"),
    "consignment": ("delivery", "date", "description", "weight", "net_amount"),
    "price_unit": ("position", "item_code", "description", "quantity", "unit", "unit_price", "per", "net_amount"),
    "ordered": ("item_code", "description", "ordered", "quantity", "unit", "unit_price", "discount", "net_amount"),
    "tax_code": ("position", "description", "quantity", "unit", "unit_price", "tax_code", "net_amount"),
    "quantity_first": ("quantity", "description", "unit_price", "net_amount"),
    "retail": ("gtin", "description", "quantity", "unit_price", "discount", "tax_rate", "net_amount", "gross_amount"),
}
EXAM_PRESETS = ("folio_plain", "ordered", "hours_project")
EXTRAS = ("date", "gtin", "serial", "origin", "weight", "ordered", "employee", "period", "delivery", "reference", "project", "tax_code")


@dataclass(frozen=True, slots=True)
class Plan:
    """What the lines of a document show. ``kinds`` in printed order; ``code_place``: column, before, bracket, after, under, none;
    ``unit_place``: column, glued, after (behind the quantity, own word), price (behind the price: "12,00 / h"), none."""

    kinds: tuple[str, ...]
    code_place: str
    unit_place: str
    discount_as: str  # percent, amount, negative
    discount_place: str = "column"  # or under the description
    inline_price: str = ""  # the sign between quantity and price where the description repeats them
    dash: str = "-"
    dated_names: bool = False

    def shows(self, kind: str) -> bool:
        return kind in self.kinds


def make_plan(rng: Random, writer: Writer) -> Plan:
    """Choose the columns from what the facts have."""
    facts = writer.facts
    rows = facts.rows
    order = rng.choice(ORDERS)
    if writer.family == "exam" and rng.random() < 0.4:
        order = rng.choice(EXAM_ORDERS)
    if rng.random() < 0.06:
        order = tuple(rng.sample(order, k=len(order)))
    style = choose(rng, {"full": 74, "no_price": 6, "no_quantity": 8, "amount_only": 8, "price_only": 4}, writer.family)
    shown = {"description"}
    if rng.random() < 0.45:
        shown.add("position")
    has_code = bool(rows and rows[0].code)
    code_place = (
        choose(rng, {"column": 58, "before": 12, "bracket": 6, "after": 6, "under": 14, "none": 4}, writer.family, exam_only=("bracket",))
        if has_code
        else "none"
    )
    if code_place == "column":
        shown.add("item_code")
    unit_place = "none"
    if style in ("full", "no_price"):
        shown.add("quantity")
        unit_place = choose(rng, {"column": 46, "glued": 4, "after": 15, "price": 3, "none": 32}, writer.family)
        if unit_place == "column":
            shown.add("unit")
    if style in ("full", "no_quantity"):
        shown.add("unit_price")
    if any(r.discount_percent is not None for r in rows):
        shown.add("discount")
    taxed = facts.regime in ("standard", "multi", "inclusive", "split", "reverse_charge", "exempt") and facts.country.tax != "sales"
    if taxed and rng.random() < (0.75 if facts.regime == "multi" else 0.36):
        shown.add("tax_rate")
        if rng.random() < 0.2:
            shown.add("tax_amount")
    if facts.inclusive:
        shown.add("gross_amount")
        if rng.random() < 0.06:
            shown.add("net_amount")
    else:
        shown.add("net_amount")
        if rng.random() < (0.3 if "tax_rate" in shown else 0.03) and taxed:
            shown.add("gross_amount")
    if rng.random() < 0.22:
        shown.update(rng.sample(EXTRAS, k=rng.choices((1, 2), (85, 15))[0]))
    discount_place = "column"
    if "discount" in shown and rng.random() < 0.2:
        shown.discard("discount")
        discount_place = "under"
    kinds = [k for k in order if k in shown]
    presets = [p for p in PRESETS if writer.family == "exam" or p not in EXAM_PRESETS]
    if rng.random() < 0.13:
        kinds, unit_place = _preset(rng, writer, PRESETS[rng.choice(presets)], unit_place)
        code_place = "column" if "item_code" in kinds else "none" if code_place == "column" else code_place
        discount_place = "column" if "discount" in kinds else "under" if "discount" in shown else "column"
        shown = set(kinds)
    elif any(r.per != 1 for r in rows) and "unit_price" in shown:
        kinds.insert(kinds.index("unit_price") + 1, "per")
        shown.add("per")
    missing = [k for k in shown if k not in kinds]
    for kind in missing:
        kinds.insert(rng.randrange(len(kinds)) if kind in EXTRAS or kind in ("position", "item_code") else len(kinds), kind)
    if "position" in kinds and kinds[0] != "position" and rng.random() < 0.9:
        kinds.remove("position")
        kinds.insert(0, "position")
    return Plan(
        tuple(kinds),
        code_place,
        unit_place,
        rng.choices(("percent", "amount", "negative"), (70, 22, 8))[0],
        discount_place,
        rng.choice(("x", "à", "×", "@")) if rng.random() < 0.03 else "",
        rng.choice(("-", "-", "–", "/", "bis" if facts.language == "de" else "-")),
        rng.random() < 0.04,
    )


def _preset(rng: Random, writer: Writer, kinds: tuple[str, ...], unit_place: str) -> tuple[list[str], str]:
    """A trade's columns, fitted to what the facts have (amounts with tax, discounts, codes)."""
    facts = writer.facts
    out = ["gross_amount" if k == "net_amount" and facts.inclusive else k for k in dict.fromkeys(kinds)]
    if facts.inclusive and kinds.count("gross_amount"):
        out = [k for k in out if k != "net_amount"]
    elif facts.country.tax == "sales" or facts.totals.tax == 0:
        out = [k for k in out if k not in ("gross_amount", "tax_rate", "tax_code")]
    if not any(r.discount_percent is not None for r in facts.rows):
        out = [k for k in out if k != "discount"]
    if not facts.rows[0].code:
        out = [k for k in out if k != "item_code"]
    if any(r.per != 1 for r in facts.rows) and "unit_price" in out and "per" not in out:
        out.insert(out.index("unit_price") + 1, "per")
    if rng.random() < 0.2 and "position" not in out:
        out.insert(0, "position")
    if "quantity" not in out:
        return out, "none"
    return out, "column" if "unit" in out else "none" if unit_place == "column" else unit_place


def heading(rng: Random, writer: Writer, kind: str) -> Line:
    """The heading's words; money columns may name the currency."""
    key = {"ordered": "ordered_quantity", "origin": "country_of_origin"}.get(kind, kind)
    if kind == "unit_price" and writer.facts.inclusive and rng.random() < 0.5:
        key = "unit_price_gross"
    if kind == "quantity" and writer.facts.rows and writer.facts.rows[0].unit == "hour" and rng.random() < 0.4:
        key = "hours"
    language = writer.facts.language
    if kind in ("old_reading", "new_reading"):
        text = small_words("reading", language)[kind == "new_reading"]
    elif kind == "per":
        text = rng.choice(small_words("per", language))
    elif kind == "reference":
        text = rng.choice(small_words("reference", language))
    elif kind == "tax_code":
        text = rng.choice(small_words("tax_code", language))
    elif kind == "period":
        text = writer.word("service_period")
    else:
        text = writer.word(key, "columns")
    if writer.shout:
        text = text.upper()
    spans = line(text)
    if kind in ("unit_price", "net_amount", "gross_amount", "tax_amount") and rng.random() < 0.16:
        token = writer.token
        form = rng.choice(("{}", "({})", "in {}", "[{}]", "/ {}"))
        if form.startswith(("in", "/")):
            spans += line(form.split()[0], writer.currency(token))
        else:
            spans.append(writer.currency(form.format(token)))
    return spans
