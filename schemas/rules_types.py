"""What a rule is: a definition, a judge that looks at one row, and the findings it returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar, cast

from schemas.arithmetic import decimals, rounded, significant_decimals
from schemas.invoice import Invoice, Severity

Answer = TypeVar("Answer")


class Table(StrEnum):
    """What one row of a rule's table is; ``READING`` rules are raised by the steps that see the page itself."""

    DOCUMENTS = "documents"
    LINES = "lines"
    TAX_BREAKDOWN = "tax breakdown"
    READING = "reading"


@dataclass(frozen=True, slots=True)
class Finding:
    """How a row breaks a rule. ``detail`` tells a bookkeeper what is wrong; ``severity`` is given where it is milder than the rule's own."""

    field: str | None
    expected: str | None
    found: str | None
    detail: str
    severity: Severity | None = None


Verdict = tuple[Finding, ...] | None
"""``None``: the rule is silent, a value that it needs is not printed. ``()``: it holds. Else: the findings."""

HOLDS: Verdict = ()
SILENT: Verdict = None


@dataclass(frozen=True, slots=True)
class RuleContext:
    """What the rules need to know beyond the documents: the day, the policy, and what was processed before.

    Keys come from `schemas.business_keys`: ``known_invoices`` holds (seller key, number key), ``known_amounts`` holds
    (seller key, gross total, issue date), ``known_bank_accounts`` maps a seller key to the IBANs that this seller used before.
    The document under judgement must not be among them.
    """

    today: date
    max_age_days: int = 3650
    known_invoices: frozenset[tuple[str, str]] = frozenset()
    known_amounts: frozenset[tuple[str, Decimal, date]] = frozenset()
    known_bank_accounts: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])


@dataclass(frozen=True, slots=True)
class Row:
    """One row under judgement: the invoice and, for lines and breakdown rows, the position in their tuple (from 0).

    ``memo`` is shared by all rows of one document: what follows from the document as a whole is worked out once, not once per line.
    """

    invoice: Invoice
    index: int
    context: RuleContext
    memo: dict[str, object] = field(default_factory=dict[str, object], compare=False)

    def once(self, question: Callable[[Invoice], Answer]) -> Answer:
        """``question(invoice)``, asked at most once per document."""
        name = question.__qualname__
        if name not in self.memo:
            self.memo[name] = question(self.invoice)
        return cast(Answer, self.memo[name])


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the rule table. ``sentence`` is written for a bookkeeper and says what holds when the rule is kept."""

    id: str
    source: str
    severity: Severity
    table: Table
    sentence: str
    judge: Callable[[Row], Verdict] | None = None  # None: raised by a reading step


def text(value: Decimal | date | str | None) -> str | None:
    """A value as an issue shows it: plain decimals, ISO dates."""
    if value is None:
        return None
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    return value


def broken(
    *,
    field: str,
    expected: Decimal | date | str,
    found: Decimal | date | str | None = None,
    detail: str,
    severity: Severity | None = None,
) -> Verdict:
    """A verdict with one finding. A computed amount is shown with two decimals, more only where they are not zero."""
    if isinstance(expected, Decimal):
        places = max(2, significant_decimals(expected))
        expected = rounded(expected, places) if decimals(expected) > places else expected
    return (Finding(field, text(expected), text(found), detail, severity),)
