"""The commands that process documents again and show what they were before."""

from __future__ import annotations

import getpass
import json
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli_options import Database, settings_in_force, shown_progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.differences import Difference
    from flows.reprocessing import Change


class AskedRoute(StrEnum):
    TASK_MODEL = "task_model"
    EINVOICE_XML = "einvoice_xml"
    FOUNDATION_MODEL = "foundation_model"


def reprocess(
    documents: Annotated[list[str] | None, typer.Argument(help="Ids, names or hashes of documents.", metavar="[ID]...")] = None,
    flagged: Annotated[bool, typer.Option("--flagged", help="Documents that wait for a person.")] = False,
    rule: Annotated[
        list[str] | None, typer.Option(help="Documents that break this rule, such as BR-CO-15; may be repeated.", metavar="RULE")
    ] = None,
    seller: Annotated[
        list[str] | None, typer.Option(help="Documents of sellers whose name contains this; may be repeated.", metavar="NAME")
    ] = None,
    model_older_than: Annotated[
        str | None, typer.Option(help="Documents last read by a model older than this version.", metavar="VERSION")
    ] = None,
    route: Annotated[AskedRoute | None, typer.Option(help="Way to take. Default: as the strategy chooses.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    replace_corrections: Annotated[
        bool, typer.Option("--replace-corrections", help="Also replace values and decisions of people. Default: they stay.")
    ] = False,
    waiting: Annotated[bool, typer.Option("--waiting", help="Carry out the requests that wait, such as those from the dashboard.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the changes as JSON Lines.")] = False,
    database: Database = None,
) -> None:
    """Process documents again and show what changed. Every earlier result stays readable (`lineitem history`). Several conditions narrow down."""
    from flows.reprocess_requests import reprocess_selected, reprocess_waiting, selection_of
    from schemas.errors import ConfigurationError
    from warehouse.database import open_database

    settings = settings_in_force(database=database)
    if waiting:
        if documents or flagged or rule or seller or model_older_than or route or dry_run or replace_corrections:
            raise ConfigurationError("--waiting carries out requests as they were made; it goes with no other condition.")
        with shown_progress() as progress:
            done = reprocess_waiting(settings, progress=progress)
        for request_id, found in done.items():
            typer.echo(f"request {request_id}: {_counted(found)}")
        if not done:
            typer.echo("No request waits.", err=True)
        return
    with open_database(settings.database, create=False) as opened:
        selection = selection_of(
            opened, documents or [], flagged=flagged, rules=rule or [], sellers=seller or [], model_older_than=model_older_than
        )
    with shown_progress() as progress:
        changes = reprocess_selected(
            selection,
            settings,
            requested_by=f"command line ({getpass.getuser()})",
            route=route.value if route else None,
            replace_corrections=replace_corrections,
            progress=progress,
            dry_run=dry_run,
        )
    for change in sorted(changes, key=lambda found: found.document_id):
        _print_change(change, as_json=as_json)
    typer.echo(f"{_counted(changes)}{' (dry run: nothing was changed)' if dry_run else ''}", err=True)


def history(
    document: Annotated[str, typer.Argument(help="Id, name (file stem), path, or beginning of the content hash.", metavar="ID")],
    version: Annotated[int | None, typer.Option(min=1, help="Print this version's invoice as JSON.", metavar="N")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all versions as one JSON list, oldest first.")] = False,
    database: Database = None,
) -> None:
    """Show every result that a document ever had, oldest first, with what changed from each to the next."""
    from flows.differences import differences
    from flows.output import json_text
    from flows.terminal import printable
    from schemas.errors import ConfigurationError
    from warehouse.database import open_database
    from warehouse.documents import decisions, load
    from warehouse.queries import find_document
    from warehouse.versions import versions

    with open_database(settings_in_force(database=database).database, create=False) as opened:
        found = find_document(opened, document).id
        kept, now, decided = versions(opened, found), load(opened, found), decisions(opened, found)
    if version is not None:
        if version > len(kept) + 1:
            raise ConfigurationError(f"Document {found} has {len(kept) + 1} versions; there is no version {version}.")
        typer.echo(json_text(kept[version - 1].invoice if version <= len(kept) else now, indent=True))
        return
    if as_json:
        entries = [
            {
                "version": kept_version.number,
                "kept_at": kept_version.kept_at.isoformat(),
                "reason": kept_version.reason,
                "decision": kept_version.decision,
                "invoice": kept_version.invoice.to_json(),
            }
            for kept_version in kept
        ]
        typer.echo(json.dumps([*entries, {"version": len(kept) + 1, "invoice": now.to_json()}], ensure_ascii=False, indent=2))
        return
    invoices = [*(v.invoice for v in kept), now]
    for number, invoice in enumerate(invoices, start=1):
        last = number > len(kept)
        by = decided[-1][2].decided_by if last and decided else (kept[number - 1].decision.get("decided_by", "") if not last else "")
        typer.echo(f"version {number}{' (now)' if last else ''}  {invoice.status}  by {printable(by)}  confidence {invoice.confidence:.1%}")
        if not last:
            typer.echo(f"  replaced {kept[number - 1].kept_at:%Y-%m-%d %H:%M:%S} UTC: {printable(kept[number - 1].reason)}")
            _print_differences(differences(invoice, invoices[number]))


def _print_change(change: Change, *, as_json: bool) -> None:
    from flows.terminal import printable

    if as_json:
        entry = {
            "id": change.document_id,
            "name": change.name,
            "outcome": change.outcome,
            "kept_version": change.version,
            "differences": [{"path": d.path, "before": d.before, "after": d.after} for d in change.differences],
        }
        typer.echo(json.dumps(entry, ensure_ascii=False))
        return
    words = {
        "changed": "changed",
        "same": "the same as before",
        "held": "left: another run is processing it",
        "unread": "left: its original is not to be had",
    }
    typer.echo(f"{change.document_id}  {printable(change.name)}  {words[change.outcome]}")
    _print_differences(change.differences)


def _print_differences(found: Sequence[Difference]) -> None:
    from flows.terminal import printable

    for difference in found:
        before, after = (printable(value) if value is not None else "—" for value in (difference.before, difference.after))
        typer.echo(f"  {difference.path}: {before} → {after}")


def _counted(changes: Sequence[Change]) -> str:
    counts = Counter(change.outcome for change in changes)
    return ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())) or "no document meets these conditions"
