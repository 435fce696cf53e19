"""Filters as they stand in an address, read leniently: what makes no sense is taken as not given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from warehouse.document_lists import Conditions
from warehouse.tables import FINAL_STATES

DEFAULT_DAYS = 30
MOST_DAYS = 400
REVIEWED = ("any", "wrong", "wrong_accepted")
ROUTES = ("einvoice_xml", "task_model", "foundation_model", "human")


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both included."""

    since: date
    until: date

    @property
    def query(self) -> str:
        return urlencode({"since": self.since.isoformat(), "until": self.until.isoformat()})

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    def last(self, days: int) -> Period:
        """As many days, with the same last one."""
        return Period(self.until - timedelta(days=days - 1), self.until)

    def before(self) -> Period:
        """The period of the same length that ends where this one begins."""
        return Period(self.since - timedelta(days=self.days), self.since - timedelta(days=1))


def period_of(query: Mapping[str, str], *, today: date, days: int = DEFAULT_DAYS) -> Period:
    """The period of an address; by default the ``days`` up to today."""
    until = day(query.get("until", "")) or today
    since = day(query.get("since", "")) or until - timedelta(days=days - 1)
    if since > until:
        since, until = until, since
    return Period(max(since, until - timedelta(days=MOST_DAYS - 1)), until)


def conditions_of(query: Mapping[str, str]) -> Conditions:
    """The conditions of a list of documents."""
    batch = query.get("batch", "")
    return Conditions(
        status=query.get("status") if query.get("status") in FINAL_STATES else None,
        route=query.get("route") if query.get("route") in ROUTES else None,
        since=day(query.get("since", "")),
        until=day(query.get("until", "")),
        rule=query.get("rule", "")[:64] or None,
        seller=query.get("seller", "")[:500] or None,
        batch=int(batch) if batch.isascii() and batch.isdecimal() and len(batch) < 10 else None,
        words=query.get("words", "").strip()[:100] or None,
        language=query.get("language", "")[:16] or None,
        reviewed=query.get("reviewed") if query.get("reviewed") in REVIEWED else None,
        confidence=int(tenth) if (tenth := query.get("confidence", "")) in tuple("0123456789") else None,
    )


def day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1970 <= found.year <= 2200 else None


def link(path: str, query: Mapping[str, object], **changes: object) -> str:
    """``path`` with the filters of ``query`` and ``changes``; empty ones are left out."""
    merged = {**query, **changes}
    return path + ("?" + urlencode(kept) if (kept := {k: str(v) for k, v in merged.items() if v not in (None, "")}) else "")
