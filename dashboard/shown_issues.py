"""Issues as the review screen lists them: what is the same on many lines is said once, and only values are shown as expected or read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.wording import place
from schemas.invoice import Issue, Severity

ALIKE = 3  # from so many lines on it is one entry

_LINE = re.compile(r"line_items\.(\d+)\.(\w+)")
_VALUE = re.compile(r"[-+]?\d[\d.,-]*")  # an amount, a rate or a date


@dataclass(frozen=True, slots=True)
class ShownIssue:
    """One entry. ``field`` is where a click leads; ``expected`` and ``found`` are values, None where the rule only describes what it expects."""

    rule: str
    severity: Severity
    field: str | None
    place: str
    message: str
    expected: str | None
    found: str | None


def shown_issues(issues: Sequence[Issue]) -> tuple[ShownIssue, ...]:
    """The entries in the order of ``issues``; those about one column of several lines stand where the first of them stood."""
    groups: dict[tuple[str, Severity, str], list[Issue]] = {}
    for number, issue in enumerate(issues):
        match = _LINE.fullmatch(issue.field or "")
        groups.setdefault((issue.rule, issue.severity, match[2] if match else f"#{number}"), []).append(issue)
    found: list[ShownIssue] = []
    for group in groups.values():
        found += [_together(group)] if len(group) >= ALIKE else [_alone(issue) for issue in group]
    return tuple(found)


def _alone(issue: Issue) -> ShownIssue:
    expected, found = _value(issue.expected), _value(issue.found)
    return ShownIssue(issue.rule, issue.severity, issue.field, place(issue.field) or "Document", issue.message, expected, found)


def _together(group: Sequence[Issue]) -> ShownIssue:
    first = group[0]
    column = place(first.field).partition(": ")[2]
    others = len(group) - 1
    message = f"{first.message} The same holds for {others} other lines."
    return ShownIssue(first.rule, first.severity, first.field, f"{len(group)} lines: {column}", message, None, None)


def _value(text: str | None) -> str | None:
    return text if text and _VALUE.fullmatch(text) else None
