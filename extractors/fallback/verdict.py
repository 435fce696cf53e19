"""The judge over readings: which value stands, how sure it is, and what goes to a person with both values shown.

The specialist's value gives way only where the other one repairs a broken rule or two readings name it, and it is probable enough; otherwise it stays
and the disagreement becomes an issue. Numbers come from the page alone. Rules judge the result as they judge any other invoice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from extractors.fallback.belief import Belief, ErrorRates, Outcome, collision_of, judgement, missing_prior, weigh
from extractors.fallback.reading import Reading, Value
from extractors.fallback.row_verdict import RowsVerdict, judge_rows, row_records
from extractors.scoring import same_value
from extractors.strategy import ROWS
from schemas.invoice import CRITICAL_FIELDS, DocumentType, Evidence, Invoice, Issue, Route, Severity
from schemas.rules_reading import readers_disagree, ungrounded_value

Validate = Callable[[Invoice], tuple[Issue, ...]]
NUMBERS = frozenset({"net_total", "tax_total", "gross_total", "amount_due"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """The invoice after all readings, judged by the rules; ``outcomes`` are what is to be recorded of the endpoint."""

    invoice: Invoice
    changed: tuple[str, ...]
    disputed: tuple[str, ...]
    outcomes: Mapping[str, Outcome]


def judge(invoice: Invoice, readings: Sequence[Reading], *, rates: ErrorRates, validate: Validate) -> Verdict:
    """``invoice`` with the values that stand after ``readings``. ``validate`` gives the rules' issues of an invoice."""
    repairs, readings = _repairs(invoice, readings, validate)
    fields = tuple(dict.fromkeys(name for reading in readings for name in reading.header))
    beliefs = {name: _header_belief(invoice, name, readings, rates, repairs) for name in fields}
    rows = judge_rows(invoice, readings, rates=rates, repaired=ROWS in repairs)
    header, evidence, changed, disputed = invoice.header, dict(invoice.evidence), list[str](), list[str]()
    issues: list[Issue] = []
    for name, belief in beliefs.items():
        path, old = f"header.{name}", getattr(invoice.header, name)
        if _same(invoice, name)(old, belief.value):
            proposals = [r.header[name] for r in readings if name in r.header and not _same(invoice, name)(r.header[name], old)]
            if proposals and belief.probability < judgement().adopt_at:
                issues.append(_disagreement(path, old, proposals[0], critical=name in CRITICAL_FIELDS))
                disputed.append(path)
            if path in evidence:
                seen = evidence[path]
                evidence[path] = replace(seen, confidence=belief.probability, set_by=_confirmed(seen.set_by, belief.votes))
        elif (name in repairs or belief.votes > 1) and belief.probability >= judgement().adopt_at:
            header = replace(header, **{name: belief.value})
            evidence.pop(path, None)
            place = next((r.places[name] for r in readings if name in r.places and r.header[name] == belief.value), None)
            if place is not None:
                evidence[path] = Evidence(place.page, place.box, place.words, belief.probability, "foundation_model")
            changed.append(path)
        else:
            issues.append(_disagreement(path, old, belief.value, critical=name in CRITICAL_FIELDS))
            disputed.append(path)
            if path in evidence:
                evidence[path] = replace(evidence[path], confidence=1 - belief.probability)
    if rows is not None:
        evidence = {path: shown for path, shown in evidence.items() if not path.startswith("line_items.")} | dict(rows.evidence)
        changed += rows.changed
        for path, old, new in rows.disputes:
            issues.append(_disagreement(path, old, new, critical=True))
            disputed.append(path)
    issues += _ungrounded(readings)
    result = invoice.replace(
        header=header,
        line_items=rows.lines if rows else invoice.line_items,
        evidence=evidence,
        route=Route.FOUNDATION_MODEL if changed else invoice.route,
    )
    result = result.replace(confidence=_probability(result, beliefs, rows), issues=(*_page_issues(invoice), *issues))
    result = result.replace(issues=(*result.issues, *validate(result)))
    return Verdict(result, tuple(changed), tuple(disputed), _outcomes(invoice, readings))


def _header_belief(invoice: Invoice, name: str, readings: Sequence[Reading], rates: ErrorRates, repairs: Mapping[str, Any]) -> Belief:
    path = f"header.{name}"
    values = [reading.header[name] for reading in readings if name in reading.header]
    old = getattr(invoice.header, name)
    same = _same(invoice, name)
    return weigh(
        old,
        _prior(invoice, path, old),
        values,
        error=rates.error("header"),
        collision=collision_of(path),
        same=same,
        favoured=lambda value: name in repairs and same(value, repairs[name]) and not same(value, old),
    )


def _prior(invoice: Invoice, path: str, value: Any) -> float:
    if value is None:
        return missing_prior(path.rsplit(".", 1)[-1])
    shown = invoice.evidence.get(path)
    return shown.confidence if shown else 0.5


def _same(invoice: Invoice, name: str) -> Callable[[Any, Any], bool]:
    unsigned = invoice.document_type is DocumentType.CREDIT_NOTE
    return lambda a, b: same_value(name, _plain(a), _plain(b), unsigned=unsigned)


def _plain(value: Any) -> Any:
    return None if value is None else value if isinstance(value, str) else str(value)


def _repairs(invoice: Invoice, readings: Sequence[Reading], validate: Validate) -> tuple[dict[str, Value | bool], Sequence[Reading]]:
    """Values of one reading (header totals, rows) with which fewer rules are broken than without, and the readings, that one in front."""
    before = _errors(validate(invoice)) if _errors(invoice.issues) else 0
    best: dict[str, Value | bool] = {}
    fewest, first = before, 0
    for number, reading in enumerate(readings):
        for option in _options(invoice, reading) if fewest else ():
            tried = invoice.replace(header=replace(invoice.header, **{k: v for k, v in option.items() if k != ROWS}))
            if ROWS in option:
                tried = tried.replace(line_items=row_records(invoice, reading))
            broken = _errors(validate(tried))
            if broken < fewest:
                best, fewest, first = option, broken, number
    return best, (readings[first], *readings[:first], *readings[first + 1 :]) if readings else ()


def _options(invoice: Invoice, reading: Reading) -> list[dict[str, Value | bool]]:
    """What of the reading may repair a rule: each header value that differs, all of them, the rows, and all together."""
    totals: dict[str, Value | bool] = {
        name: value
        for name, value in reading.header.items()
        if value is not None and not _same(invoice, name)(value, getattr(invoice.header, name))
    }
    options: list[dict[str, Value | bool]] = [dict([entry]) for entry in totals.items()]
    options += [dict(totals)] if len(totals) > 1 else []
    if reading.rows and _rows_differ(invoice, reading):
        options.append({ROWS: True})
        options += [{**totals, ROWS: True}] if totals else []
    return options


def _rows_differ(invoice: Invoice, reading: Reading) -> bool:
    return row_records(invoice, reading) != invoice.line_items


def _errors(issues: Sequence[Issue]) -> int:
    return sum(issue.severity is Severity.ERROR for issue in issues)


def _page_issues(invoice: Invoice) -> tuple[Issue, ...]:
    """Issues that the rules do not find anew: those of the steps that saw the page."""
    from schemas.rules import RULES

    judged = {rule.id for rule in RULES if rule.judge is not None}
    return tuple(issue for issue in invoice.issues if issue.rule not in judged)


def _disagreement(path: str, ours: Any, theirs: Any, *, critical: bool) -> Issue:
    return readers_disagree(path, specialist=_plain(ours), foundation=_plain(theirs), critical=critical)


def _ungrounded(readings: Sequence[Reading]) -> list[Issue]:
    found = dict(entry for reading in readings for entry in reading.ungrounded)
    return [ungrounded_value(path, text) for path, text in found.items()]


def _confirmed(set_by: str, votes: int) -> str:
    return f"{set_by}+foundation_model" if votes and "foundation_model" not in set_by else set_by


def _probability(invoice: Invoice, beliefs: Mapping[str, Belief], rows: RowsVerdict | None) -> float:
    """Probability that every critical value and every row is right. Values that were not asked count with the specialist's own."""
    product = 1.0
    for name in CRITICAL_FIELDS:
        value = getattr(invoice.header, name)
        belief = beliefs.get(name)
        shown = invoice.evidence.get(f"header.{name}")
        product *= belief.probability if belief else (shown.confidence if shown else missing_prior(name) if value is None else 0.5)
    if rows is not None:
        return product * rows.probability
    lines = [e.confidence for path, e in invoice.evidence.items() if path.startswith("line_items.")]
    return product * min(lines, default=0.0)


def _outcomes(invoice: Invoice, readings: Sequence[Reading]) -> dict[str, Outcome]:
    """How the readings compare with values that the specialist was sure of; a value that the page does not print is a difference too."""
    found = {"header": Outcome(), "rows": Outcome()}
    sure = judgement().sure_from
    for reading in readings:
        lost = {path for path, _ in reading.ungrounded}
        for path, shown in invoice.evidence.items():
            name = path.removeprefix("header.")
            if not path.startswith("header.") or shown.confidence < sure or (name not in reading.header and path not in lost):
                continue
            agrees = name in reading.header and _same(invoice, name)(getattr(invoice.header, name), reading.header[name])
            found["header"] += Outcome(1, int(not agrees))
        if reading.rows is not None:
            from extractors.fallback.row_verdict import row_outcome

            found["rows"] += row_outcome(invoice, reading, sure_from=sure)
    return found
