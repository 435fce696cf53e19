"""``lineitem demo``: the documents that come with the package through a whole batch, told document by document."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flows.composition import run_batch
from flows.originals import DOCUMENT_SUFFIXES
from flows.settings import Settings
from flows.summary import BatchSummary
from flows.terminal import shown
from flows.views import STATUS_STYLES, amount
from schemas.errors import ConfigurationError
from schemas.invoice import Invoice, Severity

if TYPE_CHECKING:
    from rich.console import RenderableType

    from flows.progress import Progress
    from warehouse.documents import Decision

EXAMPLES = Path(__file__).parent / "examples"


def run_demo(out: Path, settings: Settings, *, progress: Progress | None = None, examples: Path = EXAMPLES) -> BatchSummary:
    """Process the examples into a fresh ``out``/lineitem.db. Raises `ConfigurationError` when ``out`` cannot be written."""
    if not any(path.suffix.lower() in DOCUMENT_SUFFIXES for path in examples.glob("*")):
        raise ConfigurationError(f"The examples are missing from this installation: expected documents in {examples}.")
    database = out / "lineitem.db"
    try:
        out.mkdir(parents=True, exist_ok=True)
        for suffix in ("", "-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
    except OSError as exc:
        raise ConfigurationError(f"The folder {out} cannot be written: {exc.strerror or exc}.") from exc
    return run_batch(
        str(examples), settings.model_copy(update={"database": f"sqlite:///{database}", "upload_folder": None}), progress=progress
    )


def story(invoice: Invoice, decision: Decision) -> RenderableType:
    """What was read from one document, and in words why it was accepted or flagged."""
    from rich.console import Group
    from rich.text import Text

    header = invoice.header
    title = Text.assemble(shown(invoice.id, "bold"), "  ", shown(invoice.status, STATUS_STYLES[invoice.status]))
    facts = [
        f"{invoice.document_type.value.replace('_', ' ')} {header.invoice_number or 'without number'}",
        str(header.issue_date or "no date"),
        header.seller_name or "no seller",
        f"gross {amount(header.gross_total, header.currency) or 'unknown'}",
        f"{len(invoice.line_items)} line{'s' * (len(invoice.line_items) != 1)}",
    ]
    lines: list[RenderableType] = [title]
    if invoice.line_items or header.invoice_number:
        lines.append(shown("  " + " · ".join(facts)))
    rules = {issue.message: issue.rule for issue in invoice.issues if issue.severity is Severity.ERROR}
    for reason in dict.fromkeys(decision.reasons):
        rule = f" ({rules[reason]})" if reason in rules else ""
        lines.append(shown(f"  → {reason}{rule}", "dim" if invoice.status == "accepted" else ""))
    return Group(*lines)
