"""The columns of a line table: which, in what order, under which heading, and the cell of a row in each."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from extractors.training.attributes import attribute_kinds
from extractors.training.column_sets import EXAM_ORDERS, EXAM_PRESETS, EXTRAS, ORDERS, PRESETS, STACKS
from extractors.training.item_words import item_word
from extractors.training.layout import Line, line
from extractors.training.trade_cells import TRADE_KINDS, own_heading, trade_heading
from extractors.training.vocabulary import choose, small_words
from extractors.training.writing import Writer


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
    stacked: tuple[tuple[str, str], ...] = ()  # (column, what stands under its values in the same cell)
    attributes: tuple[str, ...] = ()  # kinds of `extractors.training.attributes` under every name
    attribute_form: str = "lines"
    remarks: float = 0.0  # share of rows with a sentence under the name
    price_story: bool = False  # list price and discount told under the name
    unit_codes: bool = False  # C62 instead of pieces
    airy: bool = False  # blank lines between the paragraphs of a row

    @property
    def every_kind(self) -> tuple[str, ...]:
        return (*self.kinds, *(guest for _, guest in self.stacked))

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
        unit_place = choose(rng, {"column": 45, "glued": 5, "after": 16, "price": 3, "times": 1.5, "none": 29.5}, writer.family)
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
    if "net_amount" not in shown:
        presets = [p for p in presets if p != "amount_first"]
    if facts.regime != "split" or facts.country.tax != "india":
        presets.remove("split_tax")
    preset = ""
    if rng.random() < 0.2:
        preset = rng.choice((*presets, "sheet", "sheet_wide", "sheet", "sheet_wide"))
        kinds, unit_place = _preset(rng, writer, PRESETS[preset], unit_place)
        code_place = "column" if "item_code" in kinds else "none" if code_place == "column" else code_place
        discount_place = "column" if "discount" in kinds else "under" if "discount" in shown else "column"
        shown = set(kinds)
    elif any(r.per != 1 for r in rows) and "unit_price" in shown:
        kinds.insert(kinds.index("unit_price") + 1, "per")
        shown.add("per")
    missing = sorted(k for k in shown if k not in kinds)  # a set has another order in every process
    for kind in missing:
        kinds.insert(rng.randrange(len(kinds)) if kind in EXTRAS or kind in ("position", "item_code") else len(kinds), kind)
    if "position" in kinds and kinds[0] != "position" and rng.random() < 0.9:
        kinds.remove("position")
        kinds.insert(0, "position")
    sheet = preset in ("sheet", "sheet_wide", "plant")
    stacked = _stacks(rng, kinds, sheet=sheet) if rng.random() < (0.7 if sheet else 0.07) else ()
    kinds = [k for k in kinds if k not in {guest for _, guest in stacked}]
    told = rng.random() < (0.75 if sheet else 0.09)
    return Plan(
        tuple(kinds),
        code_place,
        "after" if preset == "sheet" else unit_place,
        rng.choices(("percent", "amount", "negative"), (70, 22, 8))[0],
        discount_place,
        rng.choice(("x", "à", "×", "@")) if rng.random() < 0.03 else "",
        rng.choice(("-", "-", "–", "/", "bis" if facts.language == "de" else "-")),
        rng.random() < 0.04,
        stacked,
        attribute_kinds(rng) if told else (),
        rng.choices(("lines", "bullets", "inline", "headed", "bare"), (50, 16, 14, 12, 8))[0],
        rng.choice((0.2, 0.6, 1.0)) if rng.random() < (0.5 if sheet else 0.06) else 0.0,
        rng.random() < (0.3 if sheet else 0.025),
        rng.random() < (0.4 if sheet else 0.05),
        rng.random() < (0.5 if sheet else 0.06),
    )


def _stacks(rng: Random, kinds: list[str], *, sheet: bool) -> tuple[tuple[str, str], ...]:
    """Which columns share a cell, one value under the other; guests that are no column yet are details of the row."""
    options = [(host, guest) for host, guests in STACKS.items() if host in kinds for guest in guests if guest in kinds or guest in EXTRAS]
    out: list[tuple[str, str]] = []
    for host, guest in rng.sample(options, k=len(options)):
        taken = {name for pair in out for name in pair}
        if guest not in taken and (host not in taken or (sheet and all(h == host for h, g in out if host in (h, g)))):
            out.append((host, guest))
        if len(out) >= (3 if sheet else 2):
            break
    return tuple(out)


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
    elif kind in ("list_price", "buyer_code"):
        text = item_word(rng, "gross_price" if kind == "list_price" else kind, language, writer.family)
    elif kind in ("cgst", "sgst"):
        text = kind.upper()
    elif kind in TRADE_KINDS:
        text = trade_heading(writer, kind)
    elif own := own_heading(writer, kind):
        text = own
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
