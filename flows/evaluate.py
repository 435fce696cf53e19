"""``lineitem evaluate``: extract the documents of a folder and compare them with the truth that lies beside them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from extractors.scoring import LINE_FIELDS, Score
from extractors.thresholds import reach
from flows.originals import DOCUMENT_SUFFIXES
from flows.terminal import shown
from schemas.errors import ConfigurationError
from schemas.invoice import HEADER_FIELDS

if TYPE_CHECKING:
    from rich.console import RenderableType

WRONG_SHARES = (0.005, 0.01, 0.02)  # among the accepted


def truth_pairs(folder: Path) -> list[tuple[Path, dict[str, Any]]]:
    """(document, truth) of every NAME.json in ``folder`` with a document of that name beside it and a list of line items in it.

    Raises `ConfigurationError` when there is none, or a truth file is not JSON. Truth marked ``"status": "excluded"`` is left out.
    """
    if not folder.is_dir():
        raise ConfigurationError(f"There is no folder {folder}.")
    pairs: list[tuple[Path, dict[str, Any]]] = []
    for path in sorted(folder.glob("*.json")):
        try:
            truth = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as exc:
            raise ConfigurationError(f"{path} cannot be read as JSON: {exc}.") from exc
        if not isinstance(truth, dict) or "line_items" not in truth or cast("dict[str, Any]", truth).get("status") == "excluded":
            continue
        document = next((found for suffix in sorted(DOCUMENT_SUFFIXES) if (found := path.with_suffix(suffix)).exists()), None)
        if document is not None:
            pairs.append((document, {"id": path.stem, **truth}))
    if not pairs:
        raise ConfigurationError(f"No document in {folder} has its truth beside it: expected NAME.pdf and NAME.json.")
    return pairs


def as_json(score: Score) -> dict[str, Any]:
    """The measures as plain values."""
    return {
        "documents": score.documents,
        "header_f1": score.header_f1,
        "line_f1": score.line_f1,
        "row_f1": score.rows.f1,
        "perfect": score.perfect,
        "touchless": score.touchless,
        "accepted": score.accepted,
        "wrong_among_accepted": score.wrong_among_accepted,
        "accepted_wrong": score.accepted_wrong,
        "at_most_wrong": {str(wrong): asdict(found) if (found := reach(score.free, wrong=wrong)) else None for wrong in WRONG_SHARES},
        "should_review": score.should_review,
        "should_review_caught": score.should_review_caught,
        "calibration_error": score.calibration_error,
        "spend_category_accuracy": _share(score.spend_category.right, score.spend_category.expected),
        "spend_category_coverage_at_95": score.spend_coverage,
        "spend_category_calibration_error": score.spend_calibration_error,
        "tax_category_accuracy": _share(score.tax_category.right, score.tax_category.expected),
        "routes": dict(score.routes),
        "fields": {
            f"{prefix}.{name}": {"f1": tally.f1, "expected": tally.expected, "extracted": tally.extracted, "right": tally.right}
            for prefix, tallies in (("header", score.header), ("line", score.lines))
            for name, tally in tallies.items()
        },
        "wrong": [list(entry) for entry in score.wrong],
    }


def render(score: Score, *, mistakes: int = 0) -> RenderableType:
    """The measures as tables, and the first ``mistakes`` wrong values."""
    from rich.console import Group
    from rich.table import Table

    totals = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for what, value in _facts(score):
        totals.add_row(what, value)
    fields = Table(title="Per field", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for column in ("field", "F1", "expected", "extracted", "right"):
        fields.add_column(column, justify="left" if column == "field" else "right")
    for prefix, names, tallies in (("", HEADER_FIELDS, score.header), ("line ", LINE_FIELDS, score.lines)):
        for name in names:
            tally = tallies[name]
            fields.add_row(f"{prefix}{name}", f"{tally.f1:.4f}", str(tally.expected), str(tally.extracted), str(tally.right))
    parts: list[RenderableType] = [totals, "", fields]
    if mistakes and score.wrong:
        wrong = Table(title="Wrong values", title_justify="left", box=None, padding=(0, 2, 0, 0))
        for column in ("document", "field", "expected", "found"):
            wrong.add_column(column, overflow="fold")
        for entry in score.wrong[:mistakes]:
            wrong.add_row(*(shown(value) for value in entry))
        parts += ["", wrong]
    return Group(*parts)


def _facts(score: Score) -> Sequence[tuple[str, str]]:
    return (
        ("documents", f"{score.documents} ({score.extracted} extracted)"),
        ("header F1", f"{score.header_f1:.4f}"),
        ("line-field micro F1", f"{score.line_f1:.4f}"),
        ("exact-row F1", f"{score.rows.f1:.4f}"),
        ("perfect documents", _ratio(score.perfect, score.documents)),
        ("touchless", _ratio(score.should_pass_accepted, score.should_pass)),
        ("wrong among accepted", _ratio(score.accepted_wrong, score.accepted)),
        *(_at_most(score, wrong) for wrong in WRONG_SHARES),
        ("traps caught", _ratio(score.should_review_caught, score.should_review)),
        ("expected calibration error", f"{score.calibration_error:.4f}"),
        ("spend category", _ratio(score.spend_category.right, score.spend_category.expected)),
        ("  at 95 % precision", f"{score.spend_coverage:.1%} of the lines"),
        ("  calibration error", f"{score.spend_calibration_error:.4f}"),
        ("tax category", _ratio(score.tax_category.right, score.tax_category.expected)),
        ("routes", ", ".join(f"{route} {count}" for route, count in score.routes.most_common())),
    )


def _at_most(score: Score, wrong: float) -> tuple[str, str]:
    """What the threshold for at most this share of wrong documents would accept."""
    found = reach(score.free, wrong=wrong)
    what = f"  at most {100 * wrong:g} % wrong"
    return what, f"{_ratio(found.accepted, score.should_pass)} (threshold {found.threshold:.4f}, {found.wrong} wrong)" if found else "none"


def _ratio(part: int, whole: int) -> str:
    return f"{part}/{whole} = {100 * part / whole:.1f} %" if whole else "none to measure"


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
