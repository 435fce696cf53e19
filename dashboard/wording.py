"""How values look on a page: the template filters. Escaping is the templates' own affair and stays on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

from markupsafe import Markup

SPELLINGS = {
    "vat": "VAT",
    "id": "id",
    "iban": "IBAN",
    "xml": "XML",
    "einvoice": "e-invoice",
    "leased": "being processed",
    **{name: name.upper() for name in ("us", "uk", "eu", "de", "c", "sa103f", "mtd", "skr03")},  # of sets of tax codes
    "received": "waiting",
}


def words(name: str) -> str:
    """A name of the data contract as a person writes it: ``seller_vat_id`` → ``seller VAT id``."""
    return " ".join(SPELLINGS.get(part, part) for part in str(name).removeprefix("user:").replace("+", " and ").split("_"))


def read_by(route: str) -> str:
    """Who a document's values come from: ``read by task model``, ``decided by a person``."""
    return "decided by a person" if route == "human" else f"read by {words(route)}"


def place(path: str | None) -> str:
    """A field's path as a person says it: ``line_items.2.unit_price`` → ``Line 3: unit price``."""
    match (path or "").split("."):
        case ["header", name]:
            text = words(name)
        case ["line_items", row, *name] if row.isdigit():
            text = ": ".join([f"line {int(row) + 1}", *map(words, name)])
        case ["tax_breakdown", row, *name] if row.isdigit():
            text = ": ".join([f"tax {int(row) + 1}", *map(words, name)])
        case parts:
            text = words(" ".join(parts))
    return text[:1].upper() + text[1:]


def amount(value: Decimal | None) -> str:
    """A decimal with the digits that the page printed; nothing where it printed none."""
    return "" if value is None else format(value, "f")


def grouped(value: Decimal | None) -> str:
    """The same to be read, not edited: thousands apart by a narrow space that does not break, as ISO 80000-1 has it, from five digits on."""
    text = amount(value)
    whole, point, fraction = text.partition(".")
    return text if len(whole.lstrip("-")) < 5 else f"{int(whole):,}".replace(",", "\u202f") + point + fraction


def dollars(usd: Decimal | None) -> str | None:
    """What something cost, to the cent; nothing where nothing was bought."""
    if usd is None:
        return None
    return "less than 0.01 US dollars" if 0 < usd < Decimal("0.01") else f"{usd:.2f} US dollars"


def percent(share: float | None) -> str:
    """0.0-1.0 as a percentage. Never rounds up to 100 %: only certainty is shown as such."""
    if share is None:
        return ""
    return f"{int(share * 1000) / 10:g} %"


def moment(when: datetime | None) -> str:
    """To the minute, in the time zone of the machine that serves the page."""
    return "" if when is None else when.astimezone().strftime("%Y-%m-%d %H:%M")


def age(since: datetime | None, now: datetime | None = None) -> str:
    """How long something has waited, in the largest unit that fits: ``12 min``, ``5 h``, ``3 days``; nothing for None."""
    if since is None:
        return ""
    minutes = max(0, int(((now or datetime.now(UTC)) - since).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"


def money(value: Decimal | None, currency: str | None) -> Markup:
    """An amount with its currency in a column of its own, so that digits stand below digits in a list."""
    return Markup('{}<span class="currency">{}</span>').format(grouped(value), (currency or "") if value is not None else "")


def shown(value: object) -> str:
    match value:
        case None:
            return "–"
        case Decimal():
            return amount(value)
        case date():
            return value.isoformat()
        case _:
            return str(value)


def count(number: int) -> str:
    """A whole number with thin spaces between thousands."""
    return f"{number:,}".replace(",", " ")


def duration(seconds: float | None) -> str:
    """``0.4 s``, ``12 s``, ``3 min``, ``2.5 h``; nothing for None."""
    if seconds is None:
        return ""
    if seconds < 90:
        return f"{seconds:.1f} s" if seconds < 9.5 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def plain(value: object) -> str:
    """A value as a person would type it: nothing for None."""
    return "" if value is None else shown(value)


FILTERS: dict[str, Callable[..., str]] = {
    "words": words,
    "read_by": read_by,
    "place": place,
    "amount": amount,
    "grouped": grouped,
    "money": money,
    "age": age,
    "percent": percent,
    "count": count,
    "duration": duration,
    "moment": moment,
    "plain": plain,
    "shown": shown,
}
