"""The rows of one document: what is bought, how much of it, at what price, with which details under the name."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from extractors.training import identifiers
from extractors.training.amounts import CATEGORY_OF_REGIME, ZERO, Row
from extractors.training.item_words import is_taken_off, item_word
from extractors.training.items import item_code, item_name, told_item
from extractors.training.locales import WHOLE_CURRENCIES, Country, rounded
from extractors.training.manners import PLAIN, Manners
from extractors.training.parties import person_name
from extractors.training.phrases import phrase, section_heading
from extractors.training.row_shapes import shape_rows
from extractors.training.vocabulary import Vocabulary, fill


def make_rows(
    rng: Random,
    words: Vocabulary,
    category: str,
    country: Country,
    regime: str,
    day: date,
    *,
    count: int | None = None,
    manners: Manners = PLAIN,
) -> tuple[list[Row], list[str]]:
    """Rows of one document and the headings of its sections (none where it has no sections)."""
    if count is None:
        low, high = rng.choices(((1, 1), (2, 5), (6, 12), (13, 30), (31, 70), (71, 300)), (14, 42, 27, 13, 3.2, 0.8))[0]
        count = rng.randint(low, high)
    places = 0 if country.currency in WHOLE_CURRENCIES else 2
    price_places = 0 if places == 0 else rng.choices((2, 3, 4), (86, 6, 8))[0]
    rates = [Decimal(r) for r in country.rates if Decimal(r)] or [ZERO]
    main = rates[0] if rng.random() < 0.8 else rng.choice(rates)
    if regime in CATEGORY_OF_REGIME:
        main = ZERO
    discounts = rng.random() < 0.14
    whole = rng.random() < 0.65
    scale = rng.choices((0.3, 1, 3, 10, 60), (15, 40, 25, 15, 5))[0]
    details, notes, codes = rng.random() < 0.4, rng.random() < 0.3, rng.random()
    kinds = note_kinds(rng)
    sections = max(1, min(rng.randint(2, 4), count // 2)) if rng.random() < 0.09 and count > 3 else 0
    per_priced = rng.random() < 0.03
    flat = count == 1 and rng.random() < 0.2  # one fee and its amount
    extras = min(count // 2, rng.choices((1, 2, 3), (70, 22, 8))[0]) if rng.random() < 0.14 else 0
    bare_extras = rng.random() < 0.5
    people = [person_name(rng, words) for _ in range(3)]
    rows: list[Row] = []
    for index in range(count):
        rate = main
        if regime == "multi" and rng.random() < 0.45 and len(rates) > 1:
            rate = rng.choice(rates + ([ZERO] if rng.random() < 0.2 else []))
        if regime == "sales" and rng.random() < 0.12:
            rate = ZERO
        row_category = CATEGORY_OF_REGIME.get(regime, "S" if rate else "Z")
        where = category if rng.random() < 0.85 else rng.choice(sorted(words.products["categories"]))
        unit = _unit(rng, where)
        quantity = _quantity(rng, unit, whole=whole)
        price = rounded(Decimal(str(round(scale * 10 ** rng.uniform(0.1, 2.1), 4))), price_places)
        if rng.random() < 0.3:
            price = rounded(price, 0) + (Decimal("0.90") if places and rng.random() < 0.3 else 0)
        if price_places > 2 and rng.random() < 0.4:
            price = rounded(price, 2)
        price = max(price, Decimal(1).scaleb(-price_places))
        chance = rng.random()
        if chance < 0.012:
            price = ZERO
        elif chance < 0.03:
            quantity = -quantity
        extra = index >= count - extras or (flat and rng.random() < 0.9)
        if extra:
            quantity, unit = Decimal(rng.choices((1, 2, 5), (90, 6, 4))[0]), rng.choice(("piece", "lump_sum"))
            price = abs(price) if not flat and rng.random() < 0.75 else -price if not flat else price
        if extra:
            name, told = item_word(rng, "flat" if flat else "extras", words.language, words.family), False
        else:
            name, told = told_item(rng, words, where, day)
        if is_taken_off(name, words.language):
            quantity, price = abs(quantity), -abs(price)
        row = Row(
            name,
            "",
            quantity,
            unit,
            price,
            ZERO,
            rate,
            row_category,
            ZERO,
            ZERO,
            day - timedelta(days=rng.randrange(0, 40)),
        )
        row.price_places = price_places
        row.priced = not (extra and bare_extras)
        if not row.priced:
            row.quantity = Decimal(1)
        if per_priced and price and rng.random() < 0.6:
            row.per = rng.choice((10, 100, 100, 1000))
        row.reading = Decimal(rng.randrange(100, 90000))
        if discounts and row.priced and rng.random() < 0.6:
            row.discount_percent = Decimal(rng.choice(("5", "10", "15", "20", "2", "3", "7.5", "12.5", "25", "30", "50")))
        _price_row(row, regime, places)
        if codes < 0.6 and row.priced:
            row.code = item_code(rng, codes)
        if details and rng.random() < 0.6:
            row.details = _details(rng, words, day)
        if notes and rng.random() < 0.75:
            row.notes = [(kind, note_number(rng, kind, day)) for kind in kinds]
        row.section = index * sections // count if sections else 0
        row.person = rng.choice(people)
        row.spend = where
        row.spend_told = told
        rows.append(row)
    if manners.special_rows:
        for row in shape_rows(manners, rows, places):
            _price_row(row, regime, places)
    rows.sort(key=lambda r: r.section)
    headings = [_heading(rng, words, category, day) for _ in range(sections)]
    return rows, headings


def _heading(rng: Random, words: Vocabulary, category: str, day: date) -> str:
    if words.family == "train" and rng.random() < 0.6:
        return section_heading(rng, words, day)
    return item_name(rng, words, category, day)


def _price_row(row: Row, regime: str, places: int) -> None:
    """Line amounts from quantity, price and discount; prices include tax where the regime is inclusive."""
    full = row.quantity * row.price * row.factor / row.per
    amount = rounded(full, places)
    if row.discount_percent is not None:
        amount = rounded(full * (100 - row.discount_percent) / 100, places)
        row.discount_amount = rounded(full, places) - amount
    if regime == "inclusive":
        row.gross = amount
        row.tax = rounded(amount * row.rate / (100 + row.rate), places)
        row.net = amount - row.tax
    else:
        row.net = amount
        row.tax = rounded(amount * row.rate / 100, places)
        row.gross = amount + row.tax


def _unit(rng: Random, category: str) -> str:
    services = ("professional_services", "staffing_and_labor", "training", "facility_services", "repairs_and_maintenance", "construction")
    if category in services and rng.random() < 0.7:
        return rng.choices(("hour", "day", "lump_sum", "month", "m2", "piece"), (50, 14, 14, 6, 6, 10))[0]
    special = {
        "utilities": ("kwh", "m3", "month", "day"),
        "lodging": ("night", "night", "piece"),
        "vehicle_and_fuel": ("l", "piece", "day", "km"),
        "freight_and_shipping": ("piece", "pallet", "kg", "km", "t"),
        "software_and_cloud": ("month", "user", "licence", "year", "piece"),
        "telecom": ("month", "piece"),
        "rent_property": ("month", "m2"),
        "rent_equipment": ("day", "month", "piece"),
    }
    if category in special and rng.random() < 0.7:
        return rng.choice(special[category])
    return rng.choices(
        (
            "piece",
            "pack",
            "box",
            "kg",
            "m",
            "set",
            "l",
            "m2",
            "pair",
            "roll",
            "bottle",
            "pallet",
            "g",
            "t",
            "m3",
            "thousand",
            "hour",
            "lump_sum",
        ),
        (60, 6, 5, 6, 5, 4, 3, 2, 1, 2, 2, 1, 1, 1, 1, 0.5, 4, 2),
    )[0]


def _quantity(rng: Random, unit: str, *, whole: bool) -> Decimal:
    if unit in ("lump_sum", "licence", "user") and rng.random() < 0.8:
        return Decimal(1)
    if unit == "kwh":
        return Decimal(rng.randrange(50, 20000))
    fractional = unit in ("hour", "kg", "m", "l", "m2", "m3", "t", "day", "km") and rng.random() < 0.5
    if fractional or (not whole and rng.random() < 0.15):
        return Decimal(rng.randrange(25, 8000, 25)) / 100 if rng.random() < 0.7 else Decimal(rng.randrange(1, 90000)) / 1000
    high = rng.choices((1, 3, 10, 60, 500, 5000), (32, 22, 24, 14, 6, 2))[0]
    return Decimal(rng.randint(1, high))


def _details(rng: Random, words: Vocabulary, day: date) -> list[str]:
    lines = words.all("phrases", "detail")
    count = rng.choices((1, 2, 3, 5), (55, 28, 12, 5))[0]
    chosen = [rng.choice(lines) for _ in range(count)] if lines else []
    if words.family == "train":
        chosen = [phrase(rng, words, day) if rng.random() < 0.55 else line for line in chosen]
    values = {
        "n": str(rng.randrange(2, 40)),
        "year": str(day.year),
        "code": identifiers.from_form(rng, "@@##"),
        "person": person_name(rng, words),
        "name": person_name(rng, words),
        "number": str(rng.randrange(100, 9999)),
        "date": f"{day.day:02}.{day.month:02}.{day.year}",
        "month": str(day.month),
        "city": str(rng.choice(next(iter(words.data["cities"].values())))[1]),
        "days": str(rng.randrange(2, 30)),
        "percent": "10",
    }
    return [fill(line, values) for line in chosen]


def note_kinds(rng: Random) -> list[str]:
    """Which attribute lines stand under every item of a document."""
    return rng.sample(
        ("period", "serial", "order_ref", "delivery_ref", "gtin", "hs_code", "origin", "warranty"), k=rng.choices((1, 2, 3), (70, 22, 8))[0]
    )


def note_number(rng: Random, kind: str, day: date) -> str:
    if kind == "gtin":
        return identifiers.from_form(rng, "40###########")
    if kind == "hs_code":
        return identifiers.from_form(rng, rng.choice(("########", "#### ## ##", "####.##")))
    if kind == "serial":
        return ", ".join(identifiers.from_form(rng, "*#@#*###") for _ in range(rng.choices((1, 2, 4), (80, 14, 6))[0]))
    return identifiers.reference(rng, day)
