"""What a batch comes to: counts, reasons, speed, and where to look next."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType

TOP_REASONS = 8


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """``counts`` are the states of all documents of the batch, whoever processed them; ``rules`` counts the flagged or rejected ones that break
    each rule. ``processed``, ``pages``, ``seconds`` (from the beginning to the last document's record) and ``stage_seconds`` (summed over the
    worker processes) are this run's own work. ``unread`` are files that could not be opened at all. ``calls`` to the foundation model by how
    they ended, and what they cost."""

    batch_id: int
    source: str
    database: str
    files: int
    documents: int
    already_done: int
    processed: int
    counts: Mapping[str, int]
    rules: Mapping[str, int]
    pages: int
    seconds: float
    stage_seconds: Mapping[str, float]
    unread: tuple[str, ...] = ()
    ignored: str | None = None
    calls: Mapping[str, int] = field(default_factory=dict[str, int])
    cost_usd: Decimal = Decimal(0)

    @property
    def exit_code(self) -> int:
        """0 when every document was accepted, else 1."""
        return 0 if not self.unread and self.counts.get("accepted", 0) == self.documents else 1

    @property
    def pages_per_s(self) -> float:
        return self.pages / self.seconds if self.seconds > 0 else 0.0

    def facts(self) -> list[tuple[str, str]]:
        """The summary as (what, how much), for a table or a plain text."""
        facts = [("documents", self._documents())]
        facts += [(status, str(self.counts.get(status, 0))) for status in ("accepted", "review", "rejected")]
        if self.unread:
            facts.append(("not readable", str(len(self.unread))))
        if open_ones := self.documents - sum(self.counts.get(status, 0) for status in ("accepted", "review", "rejected")):
            facts.append(("not done", str(open_ones)))
        if asked := sum(self.calls.values()):
            failed = asked - self.calls.get("ok", 0) - self.calls.get("cached", 0)
            facts.append(
                (
                    "foundation model",
                    f"{asked} call{'s' * (asked != 1)}, {self.cost_usd:.4f} USD" + (f"; {failed} failed" if failed else ""),
                )
            )
        if self.processed:
            facts.append(("speed", f"{self.pages} pages in {self.seconds:.1f} s = {self.pages_per_s:.1f} pages/s"))
        if self.stage_seconds:
            stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in self.stage_seconds.items())
            facts.append(("seconds per stage", f"{stages} (all workers together)"))
        return facts

    def _documents(self) -> str:
        more: list[str] = []
        if same := self.files - len(self.unread) - self.documents:
            more.append(f"{same} more of the same content")
        if self.already_done:
            more.append(f"{self.already_done} done before")
        if self.ignored:
            more.append(self.ignored)
        return f"{self.documents}" + (f" ({'; '.join(more)})" if more else "")

    def next_steps(self) -> list[tuple[str, str]]:
        """(command, what it shows)."""
        name = self.database.removeprefix("sqlite:///")
        # A URL whose password is not shown cannot be typed again; it came from the environment or a file, which the next command reads too.
        database = "" if name == "lineitem.db" or ":***@" in name else f" --database {shlex.quote(name)}"
        steps: list[tuple[str, str]] = []
        if self.counts.get("review"):
            steps.append((f"lineitem list --status review{database}", "documents that a person must look at, with reasons"))
        if self.counts.get("rejected"):
            steps.append((f"lineitem list --status rejected{database}", "documents that could not be processed"))
        steps.append((f"lineitem show ID{database}", "everything about one document"))
        steps.append((f"lineitem export --format csv --out exported{database}", "tables for a spreadsheet"))
        steps.append((f"lineitem dashboard{database}", "all of it in the browser"))
        return steps


def figures_of(summary: BatchSummary) -> dict[str, float | None]:
    """The run's figures as they are kept for charts; None = nothing to measure."""
    return {
        "documents": summary.documents,
        "processed": summary.processed,
        "pages": summary.pages,
        "seconds": summary.seconds,
        "pages_per_s": summary.pages_per_s if summary.processed else None,
        "accepted_rate": summary.counts.get("accepted", 0) / summary.documents if summary.documents else None,
        "review_rate": summary.counts.get("review", 0) / summary.documents if summary.documents else None,
        "rejected_rate": summary.counts.get("rejected", 0) / summary.documents if summary.documents else None,
    }


def render(summary: BatchSummary) -> RenderableType:
    """The summary as tables for the terminal."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from flows.terminal import shown, typed_name
    from schemas.rules import RULES

    colours = {"accepted": "green", "review": "yellow", "rejected": "red", "not readable": "red", "not done": "red"}
    facts = Table(title=f"Batch {summary.batch_id}", title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 0))
    for what, value in summary.facts():
        style = colours.get(what, "") if value != "0" else "dim"
        facts.add_row(Text(what, style), shown(value, style))
    parts: list[RenderableType] = [facts]
    if summary.rules:
        sentences = {rule.id: rule.sentence for rule in RULES}
        reasons = Table(title="Why documents were flagged or rejected", title_justify="left", box=None, padding=(0, 2, 0, 0))
        reasons.add_column("rule")
        reasons.add_column("documents", justify="right")
        reasons.add_column("what should hold")
        for rule, count in list(summary.rules.items())[:TOP_REASONS]:
            reasons.add_row(Text(rule), str(count), Text(sentences.get(rule, "")))
        parts += [Text(""), reasons]
    name = typed_name()
    steps = [
        Text.assemble("  ", shown(name + command.removeprefix("lineitem"), "bold"), "\n      ", (what, "dim"))
        for command, what in summary.next_steps()
    ]
    return Group(*parts, Text("\nWhere to look next", "italic"), *steps)
