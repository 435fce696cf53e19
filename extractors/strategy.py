"""What happens to a document once the rules have spoken: a pure decision, stored with its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from schemas.invoice import Invoice, Severity, Status


class Strategy(StrEnum):
    """The way that led to a decision."""

    ACCEPT = "accept"
    PERSON = "person"
    REJECT = "reject"


class FallbackProvider(StrEnum):
    """Who is asked about ambiguous cases before a person is. Only ``none`` exists so far: the case goes to a person."""

    NONE = "none"


@dataclass(frozen=True, slots=True)
class Decision:
    """Status of a document, the strategy chosen, and the reasons in words."""

    status: Status
    strategy: Strategy
    reasons: tuple[str, ...]


def decide(invoice: Invoice, *, accept_threshold: float, provider: FallbackProvider = FallbackProvider.NONE) -> Decision:
    """Accept when no rule is broken at error level and the confidence reaches the threshold; reject what is not an invoice; else a person looks.

    ``accept_threshold`` is the calibrated probability (0 to 1) below which a document is not accepted unseen.
    """
    errors = [issue for issue in invoice.issues if issue.severity is Severity.ERROR]
    rejecting = [issue for issue in errors if issue.rule == "LI-NOTINV" or issue.rule.startswith("LI-DOC")]
    if rejecting:
        return Decision(Status.REJECTED, Strategy.REJECT, tuple(issue.message for issue in rejecting))
    reasons = [issue.message for issue in errors]
    if invoice.confidence < accept_threshold:
        reasons.append(f"Confidence {invoice.confidence:.1%} is below the threshold of {accept_threshold:.1%}.")
    if not reasons:
        return Decision(Status.ACCEPTED, Strategy.ACCEPT, (f"No rule is broken and confidence is {invoice.confidence:.1%}.",))
    if provider is FallbackProvider.NONE:
        reasons.append("No foundation model is configured, so a person decides.")
    return Decision(Status.REVIEW, Strategy.PERSON, tuple(reasons))
