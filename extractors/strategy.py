"""What happens to a document once the rules have spoken: pure decisions, stored with their reasons.

`decide` sets the status. `plan` chooses the means for what is doubtful: nothing, a second reading, a foundation model on some values or on the
whole document, or a person. The order of means is a table (``data/strategy.yaml``), whose first row that fits decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any, cast

import yaml

from schemas.invoice import CRITICAL_FIELDS, HEADER_FIELDS, Invoice, Severity, Status

ROWS = "rows"


class Strategy(StrEnum):
    """The way that led to a decision."""

    ACCEPT = "accept"
    SECOND_READ = "second_read"
    ASK_FIELDS = "ask_fields"
    ASK_DOCUMENT = "ask_document"
    PERSON = "person"
    REJECT = "reject"


class FallbackProvider(StrEnum):
    """Who is asked about ambiguous cases before a person is. With ``none`` the case goes to a person at once."""

    NONE = "none"
    OPENAI = "openai"  # any endpoint that speaks this protocol
    ANTHROPIC = "anthropic"
    LOCAL = "local"  # a small model inside this process


class Mode(StrEnum):
    """How several readings of a foundation model come about (`extractors.fallback.modes`)."""

    DRAFT = "draft"
    DRAFT_CHECK_CORRECT = "draft_check_correct"
    DIVERGE_CONVERGE = "diverge_converge"
    DIVIDE = "divide"


class Privacy(StrEnum):
    """What may leave the machine for one source of documents."""

    LOCAL_ONLY = "local_only"
    REDACTED = "redacted"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class Decision:
    """Status of a document, the strategy chosen, and the reasons in words."""

    status: Status
    strategy: Strategy
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a doubtful document. ``doubtful`` holds names of header fields, and ``rows`` for the line items."""

    closed: bool = False
    doubtful: tuple[str, ...] = ()
    unanswerable: tuple[str, ...] = ()
    missing_critical: int = 0
    words: int = 0
    rows: int = 0
    value: Decimal | None = None
    second_read: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """What is allowed and what is left. Costs are upper bounds in the budget's currency; None = no limit."""

    provider: FallbackProvider = FallbackProvider.NONE
    privacy: Privacy = Privacy.LOCAL_ONLY
    endpoint_local: bool = False
    budget_left: Decimal | None = None
    cost_fields: Decimal = Decimal(0)
    cost_document: Decimal = Decimal(0)
    latency_limit_s: float | None = None
    latency_s: float = 0.0
    value_limit: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The chosen means, what to ask (names of header fields, ``rows``), and the reasons in words."""

    strategy: Strategy
    ask: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StrategyTable:
    """The rules as data."""

    limits: Mapping[str, int]
    rules: Sequence[Mapping[str, Any]]
    asks: Mapping[str, Sequence[str]]
    unanswerable: frozenset[str]


@lru_cache(maxsize=1)
def strategy_table() -> StrategyTable:
    """The table that comes with the package."""
    data = cast("dict[str, Any]", yaml.safe_load(files("extractors").joinpath("data/strategy.yaml").read_text(encoding="utf-8")))
    return StrategyTable(data["limits"], data["rules"], data["asks"], frozenset(data["unanswerable"]))


def decide(invoice: Invoice, *, accept_threshold: float, explained: bool = False, before: Sequence[str] = ()) -> Decision:
    """Accept when no rule is broken at error level, the day is known to which the invoice belongs, and the confidence reaches the threshold; reject what
    is not an invoice; else a person looks.

    ``accept_threshold`` is the calibrated probability (0 to 1) below which a document is not accepted unseen; ``before`` are the reasons of the
    steps that came before; ``explained``: they tell why no foundation model settles it.
    """
    errors = [issue for issue in invoice.issues if issue.severity is Severity.ERROR]
    rejecting = [issue for issue in errors if _closes(issue.rule)]
    if rejecting:
        return Decision(Status.REJECTED, Strategy.REJECT, tuple(issue.message for issue in rejecting))
    reasons = [issue.message for issue in errors]
    if not reasons and invoice.header.issue_date is None:
        reasons.append("No issue date was found, and nothing is booked without one.")
    if invoice.confidence < accept_threshold:
        reasons.append(f"Confidence {invoice.confidence:.1%} is below the threshold of {accept_threshold:.1%}.")
    if not reasons:
        sentence = f"No rule is broken and confidence is {invoice.confidence:.1%}."
        return Decision(Status.ACCEPTED, Strategy.ACCEPT, (*before, sentence))
    if not explained:
        reasons.append("No foundation model is configured, so a person decides.")
    return Decision(Status.REVIEW, Strategy.PERSON, (*reasons, *before))


def case_of(invoice: Invoice, *, accept_threshold: float, ask_below: float, words: int = 0, second_read: bool = False) -> Case:
    """What is doubtful in a judged invoice: values that a broken rule puts in doubt and, where the confidence is below ``accept_threshold``,
    every critical value that is missing or less sure than ``ask_below``. ``words`` counts those of all pages."""
    table = strategy_table()
    errors = [issue for issue in invoice.issues if issue.severity is Severity.ERROR]
    doubtful: dict[str, None] = {}
    for issue in errors:
        for name in table.asks.get(issue.rule) or _fields_named(issue.field):
            doubtful.setdefault(name)
    missing = [name for name in CRITICAL_FIELDS if getattr(invoice.header, name) is None]
    if invoice.confidence < accept_threshold or errors:
        for name in CRITICAL_FIELDS:
            shown = invoice.evidence.get(f"header.{name}")
            if shown is None or shown.confidence < ask_below:
                doubtful.setdefault(name)
        if rows_in_doubt(invoice, ask_below=ask_below):
            doubtful.setdefault(ROWS)
    return Case(
        closed=any(_closes(issue.rule) for issue in errors),
        doubtful=tuple(doubtful) or ((ROWS,) if errors or invoice.confidence < accept_threshold else ()),
        unanswerable=tuple(sorted({issue.rule for issue in errors if issue.rule in table.unanswerable})),
        missing_critical=len(missing),
        words=words,
        rows=len(invoice.line_items),
        value=invoice.header.gross_total,
        second_read=second_read,
    )


def rows_in_doubt(invoice: Invoice, *, ask_below: float) -> bool:
    """Whether any line's description or number is missing or less sure than ``ask_below``."""
    if not invoice.line_items:
        return True
    for number, line in enumerate(invoice.line_items):
        for name in ("description", "quantity", "unit_price", "net_amount", "gross_amount"):
            shown = invoice.evidence.get(f"line_items.{number}.{name}")
            if getattr(line, name) is not None and (shown is None or shown.confidence < ask_below):
                return True
    return False


def plan(case: Case, *, policy: Policy) -> Plan:
    """The means for ``case`` under ``policy``: the first row of the table whose conditions all hold."""
    facts = facts_of(case, policy)
    for rule in strategy_table().rules:
        conditions = cast("Mapping[str, Any]", rule["when"])
        if all(facts[name] == expected for name, expected in conditions.items()):
            strategy = Strategy(rule["then"])
            return Plan(strategy, _asked(strategy, case), (_sentence(str(rule["because"]), case),))
    raise AssertionError("the last row of the strategy table has no conditions")


def facts_of(case: Case, policy: Policy) -> dict[str, Any]:
    """The facts that the table's conditions name."""
    limits = strategy_table().limits
    return {
        "closed": case.closed,
        "doubtful": bool(case.doubtful),
        "second_read": case.second_read,
        "provider": policy.provider.value,
        "unanswerable": bool(case.unanswerable),
        "has_words": case.words > 0,
        "privacy": policy.privacy.value,
        "endpoint_local": policy.endpoint_local or policy.provider is FallbackProvider.LOCAL,
        "value_over_limit": policy.value_limit is not None and case.value is not None and abs(case.value) > policy.value_limit,
        "complex": case.words > limits["words"] or case.rows > limits["rows"],
        "in_time": policy.latency_limit_s is None or policy.latency_s <= policy.latency_limit_s,
        "broad": case.missing_critical >= limits["missing_critical"] or (case.rows == 0 and case.missing_critical > 1),
        "affordable_fields": policy.budget_left is None or policy.cost_fields <= policy.budget_left,
        "affordable_document": policy.budget_left is None or policy.cost_document <= policy.budget_left,
    }


def _asked(strategy: Strategy, case: Case) -> tuple[str, ...]:
    if strategy is Strategy.ASK_DOCUMENT:
        return (*dict.fromkeys((*CRITICAL_FIELDS, *(name for name in case.doubtful if name != ROWS))), ROWS)
    return case.doubtful if strategy is Strategy.ASK_FIELDS else ()


def _sentence(because: str, case: Case) -> str:
    if case.unanswerable and because.startswith("What is wrong"):
        return f"{because} ({', '.join(case.unanswerable)})"
    return because


def _fields_named(path: str | None) -> tuple[str, ...]:
    if path is None:
        return ()
    if path.startswith("line_items"):
        return (ROWS,)
    name = path.removeprefix("header.")
    return (name,) if name in HEADER_FIELDS else ()


def _closes(rule: str) -> bool:
    return rule == "LI-NOTINV" or rule.startswith("LI-DOC")
