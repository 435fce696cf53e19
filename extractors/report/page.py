"""The report of an evaluation: one HTML page that needs nothing beside it, neither files nor a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from extractors.report.crops import crops_of
from extractors.report.evaluated import Evaluated, acceptance_curve, groups, reliability_bins
from extractors.report.mistakes import Mistake, counted, mistakes_of
from extractors.report.plots import line_plot, reliability_diagram
from extractors.scoring import LINE_FIELDS, Score, Tally
from schemas.invoice import CRITICAL_FIELDS, HEADER_FIELDS

GALLERY = 48  # pictures of mistakes at most
KINDS = 24  # rows of the table of mistakes
PER_DOCUMENT = 3  # pictures of one document at most


class Counter(Protocol):
    """Whoever shows how many pictures are drawn."""

    def begin(self, total: int, done: int) -> None: ...

    def advance(self, status: str) -> None: ...


def report_page(
    documents: Sequence[Evaluated],
    score: Score,
    *,
    heading: Mapping[str, str],
    threshold: float,
    progress: Counter | None = None,
    gallery: int = GALLERY,
) -> str:
    """The page as HTML. ``score`` is that of all ``documents``; ``heading`` names what was measured; ``gallery`` limits the pictures."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    mistakes = [mistake for document in documents for mistake in mistakes_of(document)]
    chosen = choose_for_gallery(mistakes, gallery)
    if progress:
        progress.begin(len(chosen), 0)
    shown: list[tuple[Mistake, list[Any]]] = []
    for mistake in chosen:
        shown.append((mistake, crops_of(mistake)))
        if progress:
            progress.advance("drawn")
    environment = Environment(loader=PackageLoader("extractors", "report"), autoescape=True, undefined=StrictUndefined)
    environment.filters |= {"percent": lambda value: f"{100 * value:.1f} %", "three": lambda value: f"{value:.3f}"}
    bins = reliability_bins(score.confidences)
    kinds = counted(mistakes)
    return environment.get_template("report.html").render(
        day=date.today().isoformat(),
        heading=heading,
        threshold=threshold,
        score=score,
        fields=_fields(score),
        groups=groups(documents),
        reliability=Markup(reliability_diagram(bins)),
        acceptance=Markup(
            line_plot({"wrong among accepted": acceptance_curve(score)}, x_label="share accepted", y_label="share wrong among them")
        ),
        outcomes=_outcomes(documents),
        kinds=kinds[:KINDS],
        more_kinds=len(kinds) - KINDS,
        most=max((count for _, count, _ in kinds), default=1),
        mistakes=len(mistakes),
        accepted_wrong=[(d, [m for m in mistakes if m.document is d]) for d in documents if d.accepted and (d.trap or not d.perfect)],
        gallery=shown,
    )


def choose_for_gallery(mistakes: Sequence[Mistake], limit: int) -> list[Mistake]:
    """The mistakes that are shown: one of each kind in turn, the commonest kinds first, few of one document; in order of their kinds."""
    waiting: dict[str, list[Mistake]] = {label: [] for label, _, _ in counted(mistakes)}
    for mistake in mistakes:
        waiting[mistake.label].append(mistake)
    used: dict[str, int] = {}
    chosen: list[Mistake] = []
    while len(chosen) < limit and any(waiting.values()):
        for queue in waiting.values():
            while queue and len(chosen) < limit:
                mistake = queue.pop(0)
                if used.get(mistake.document.name, 0) < PER_DOCUMENT:
                    used[mistake.document.name] = used.get(mistake.document.name, 0) + 1
                    chosen.append(mistake)
                    break
    order = {label: number for number, label in enumerate(waiting)}
    return sorted(chosen, key=lambda mistake: order[mistake.label])


def _fields(score: Score) -> list[tuple[str, bool, Tally]]:
    rows = [(name.replace("_", " "), name in CRITICAL_FIELDS, score.header[name]) for name in HEADER_FIELDS]
    rows += [(f"line: {name.replace('_', ' ')}", name != "tax_rate", score.lines[name]) for name in LINE_FIELDS]
    return [*rows, ("row, every value", True, score.rows)]


def _outcomes(documents: Sequence[Evaluated]) -> list[tuple[str, int, int]]:
    """(status, right documents, others) by status. A document that should be reviewed is right when it was not accepted."""
    rows: list[tuple[str, int, int]] = []
    for status in ("accepted", "review", "rejected"):
        inside = [d for d in documents if d.found.get("status") == status]
        right = sum((d.perfect and not d.trap) if status == "accepted" else d.perfect for d in inside)
        rows.append((status, right, len(inside) - right))
    return rows
