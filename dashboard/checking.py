"""The rules over an invoice that a person edits, and the judgement when the person approves or rejects it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from schemas.errors import StillBrokenError
from schemas.invoice import Invoice, Issue, Route, Severity, Status
from schemas.rules import RULES_VERSION, is_read_from_page, validate
from schemas.rules_types import RuleContext
from warehouse.database import Database
from warehouse.documents import Decision, Judgement
from warehouse.reviews import Correction, history_of

_RANKS = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def checked(invoice: Invoice, corrections: tuple[Correction, ...], context: RuleContext) -> tuple[Issue, ...]:
    """The issues of an edited invoice, errors first."""
    set_by_person = {correction.field for correction in corrections}
    # What the reading found stays, except about a value that a person has set since.
    kept = [issue for issue in invoice.issues if is_read_from_page(issue.rule) and issue.field not in set_by_person]
    return by_severity((*validate([invoice.replace(issues=())], context=context)[0], *kept))


def by_severity(issues: Sequence[Issue]) -> tuple[Issue, ...]:
    """Errors first, then warnings; what a person should read first stands first."""
    return tuple(sorted(issues, key=lambda issue: _RANKS[issue.severity]))


def check(database: Database, invoice: Invoice, corrections: tuple[Correction, ...], *, today: date) -> tuple[Issue, ...]:
    """The same with what is on record now."""
    return checked(invoice, corrections, history_of(database, invoice, today=today))


@dataclass(frozen=True, slots=True)
class PersonsJudge:
    """Judges in the writing transaction for the person who chose ``status``; without status, corrections are stored and nothing is decided."""

    person: str
    status: Status | None
    corrections: tuple[Correction, ...]
    reason: str | None = None

    def __call__(self, invoice: Invoice, context: RuleContext) -> Judgement:
        """Raises `StillBrokenError`."""
        issues = checked(invoice, self.corrections, context)
        errors = tuple(issue for issue in issues if issue.severity is Severity.ERROR)
        count = len(self.corrections)
        reasons: list[str] = [f"{count} value{'s' * (count != 1)} corrected."] if count else []
        match self.status:
            case Status.ACCEPTED:
                if errors and not self.reason:
                    raise StillBrokenError(tuple(dict.fromkeys(issue.rule for issue in errors)))
                reasons.insert(0, f"{self.person} approved it.")
                if errors:
                    reasons.append(f"Accepted although {', '.join(dict.fromkeys(issue.rule for issue in errors))} is broken: {self.reason}")
            case Status.REJECTED:
                reasons.insert(0, f"{self.person} rejected it: {self.reason}")
            case _:
                reasons.insert(0, f"{self.person} stored corrections; the document still waits for a decision.")
        status = self.status or (invoice.status if invoice.status is not Status.ACCEPTED else Status.REVIEW)
        route = Route.HUMAN if self.status else invoice.route
        return Judgement(
            invoice.replace(issues=issues, status=status, route=route),
            Decision("person", tuple(reasons), "", RULES_VERSION, decided_by=f"user:{self.person}"),
        )
