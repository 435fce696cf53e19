"""Who decides about a document, and why."""

from datetime import date

import pytest

from extractors.strategy import Strategy, decide
from schemas.invoice import Header, Invoice, Issue, Severity, Status

ISSUED = Header(issue_date=date(2026, 3, 12))


def invoice(*, confidence: float = 0.99, issues: tuple[Issue, ...] = (), header: Header = ISSUED) -> Invoice:
    return Invoice(id="a", sha256="0", source="a.pdf", pages=1, confidence=confidence, issues=issues, header=header)


def issue(rule: str, severity: Severity) -> Issue:
    return Issue(rule, severity, None, None, None, f"{rule} is broken.")


@pytest.mark.parametrize(
    ("confidence", "issues", "status", "strategy"),
    [
        (0.99, (), Status.ACCEPTED, Strategy.ACCEPT),
        (0.90, (), Status.ACCEPTED, Strategy.ACCEPT),
        (0.89, (), Status.REVIEW, Strategy.PERSON),
        (0.99, (issue("BR-CO-15", Severity.WARNING),), Status.ACCEPTED, Strategy.ACCEPT),
        (0.99, (issue("BR-CO-15", Severity.ERROR),), Status.REVIEW, Strategy.PERSON),
        (0.10, (issue("LI-NOTINV", Severity.ERROR),), Status.REJECTED, Strategy.REJECT),
        (0.99, (issue("LI-DOC-ENCRYPTED", Severity.ERROR),), Status.REJECTED, Strategy.REJECT),
    ],
)
def test_status_follows_from_issues_and_confidence(
    confidence: float, issues: tuple[Issue, ...], status: Status, strategy: Strategy
) -> None:
    found = decide(invoice(confidence=confidence, issues=issues), accept_threshold=0.9)
    assert (found.status, found.strategy) == (status, strategy)


def test_reasons_name_every_error_and_low_confidence() -> None:
    found = decide(
        invoice(confidence=0.3, issues=(issue("BR-02", Severity.ERROR), issue("BR-07", Severity.WARNING))),
        accept_threshold=0.9,
    )
    assert "BR-02 is broken." in found.reasons
    assert "BR-07 is broken." not in found.reasons
    assert any("30.0%" in reason for reason in found.reasons)


def test_without_an_issue_date_a_person_looks() -> None:
    found = decide(invoice(header=Header()), accept_threshold=0.9)
    assert found.status is Status.REVIEW
    assert any("issue date" in reason for reason in found.reasons)
