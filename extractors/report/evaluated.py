"""Evaluated documents and the groups in which they are looked at: language, pages, kind of layout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from extractors.scoring import BINS, Score, score
from extractors.thresholds import reaches

PAGE_GROUPS = ((1, "1 page"), (3, "2–3 pages"), (9, "4–9 pages"), (10**9, "10 and more pages"))
LAYOUT_CHOICES = ("arrangement", "metadata", "totals", "text")  # of the generator's record of a layout, those with few values
FEW_GROUPS = 16  # smaller groups than the largest so many are put together


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One document: its file, its truth and what was extracted, both in the invoice's JSON form."""

    path: Path
    truth: Mapping[str, Any]
    found: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The file's name without suffix."""
        return self.path.stem

    @property
    def accepted(self) -> bool:
        """Whether nobody would have looked at it."""
        return self.found.get("status") == "accepted"

    @property
    def trap(self) -> bool:
        """Whether a person should look at it however well it is read."""
        return self.truth.get("expect") == "review"

    @property
    def perfect(self) -> bool:
        """Whether all critical fields and all rows are right."""
        return score([(self.truth, self.found)]).perfect == 1


@dataclass(frozen=True, slots=True)
class Group:
    """The documents that share a property, measured."""

    name: str
    score: Score

    @property
    def f1(self) -> tuple[float | None, float | None, float | None]:
        """F1 of header fields, line fields and exact rows; None where there is nothing to find and nothing was found."""
        header, lines = self.score.header.values(), self.score.lines.values()
        return (
            self.score.header_f1 if any(t.expected or t.extracted for t in header) else None,
            self.score.line_f1 if any(t.expected or t.extracted for t in lines) else None,
            self.score.rows.f1 if self.score.rows.expected or self.score.rows.extracted else None,
        )


def groups(documents: Sequence[Evaluated]) -> dict[str, list[Group]]:
    """Groups by title, the largest first. Titles under which all documents fall into one group are left out."""
    found: dict[str, dict[str, list[Evaluated]]] = {}
    for document in documents:
        for title, name in _properties(document):
            found.setdefault(title, {}).setdefault(name, []).append(document)
    return {title: _measured(by_name) for title, by_name in found.items() if len(by_name) > 1}


def reliability_bins(confidences: Iterable[tuple[float, bool]]) -> list[tuple[float, float, int]]:
    """(mean confidence, share right, documents) of the bins of equal width that hold any."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in confidences:
        bins.setdefault(min(int(confidence * BINS), BINS - 1), []).append((confidence, right))
    return [(sum(c for c, _ in b) / len(b), sum(r for _, r in b) / len(b), len(b)) for _, b in sorted(bins.items())]


def acceptance_curve(total: Score) -> list[tuple[float, float]]:
    """(share of all documents accepted, share of them wrong) as the threshold falls, over the documents that no rule flags."""
    return [(found.accepted / total.documents, found.wrong / found.accepted) for found in reaches(total.free)]


def _properties(document: Evaluated) -> Iterable[tuple[str, str]]:
    truth = document.truth
    yield "Language", str(truth.get("language") or "unknown")
    yield "Document type", str(truth.get("document_type") or "unknown").replace("_", " ")
    pages = truth.get("pages") or document.found.get("pages")
    if isinstance(pages, int):
        yield "Length", next(name for most, name in PAGE_GROUPS if pages <= most)
    yield "Line items", _row_group(len(truth.get("line_items") or ()))
    if truth.get("kind"):
        yield "Kind of document", str(truth["kind"])
    layout = truth.get("layout")
    if isinstance(layout, Mapping):
        choices = cast("Mapping[str, Any]", layout)
        for name in LAYOUT_CHOICES:
            if name in choices:
                yield f"Layout: {name}", str(choices[name])
    elif layout:
        yield "Layout", str(layout)


def _row_group(count: int) -> str:
    return next(name for most, name in ((0, "none"), (1, "1"), (5, "2–5"), (20, "6–20"), (10**9, "more than 20")) if count <= most)


def _measured(by_name: Mapping[str, Sequence[Evaluated]]) -> list[Group]:
    ordered = sorted(by_name.items(), key=lambda item: (-len(item[1]), item[0]))
    if len(ordered) > FEW_GROUPS:
        rest = [document for _, documents in ordered[FEW_GROUPS - 1 :] for document in documents]
        ordered = [*ordered[: FEW_GROUPS - 1], (f"{len(ordered) - FEW_GROUPS + 1} others", rest)]
    return [Group(name, score((d.truth, d.found) for d in documents)) for name, documents in ordered]
