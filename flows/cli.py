"""The command line. Commands import what they need when they run, so that ``lineitem --help`` answers at once."""

from __future__ import annotations

import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from flows import cli_categorize, cli_dashboard, cli_explain, cli_model, cli_operation, cli_reprocess
from flows.cli_options import Database, IgnoreXml, Model, Out, settings_in_force, shown_progress
from schemas.errors import LineitemError, NothingArrivedError

app = typer.Typer(
    name="lineitem",
    help="Reads batches of supplier invoices into a database; what is doubtful is flagged with its reasons.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
model_app = typer.Typer(help="The model that reads invoices.", no_args_is_help=True)
app.add_typer(model_app, name="model")


class State(StrEnum):
    ACCEPTED = "accepted"
    REVIEW = "review"
    REJECTED = "rejected"
    LEASED = "leased"
    RECEIVED = "received"


class Runner(StrEnum):
    LOCAL = "local"
    DASK = "dask"


class Format(StrEnum):
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"
    UBL = "ubl"


@app.command()
def run(
    source: Annotated[
        str, typer.Argument(help="Folder (with subfolders), file, .zip, .eml, fsspec URL, or quoted glob such as 'inbox/**/*.pdf'.")
    ],
    database: Database = None,
    workers: Annotated[int | None, typer.Option(help="Worker processes. Default: one per core.", metavar="N")] = None,
    chunk: Annotated[int | None, typer.Option(help="Documents per chunk.", metavar="N")] = None,
    ignore_xml: IgnoreXml = False,
    model: Model = None,
    runner: Annotated[Runner | None, typer.Option(help="Where documents are read. Default: on this machine.")] = None,
    dask_address: Annotated[str | None, typer.Option(help="The Dask scheduler, such as tcp://host:8786.", metavar="ADDRESS")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Also show Prefect's log.")] = False,
) -> None:
    """Process a batch of documents into the database. Running it again continues where it stopped and changes nothing that is done."""
    from flows.composition import run_batch
    from flows.notifications import notify
    from flows.summary import render
    from flows.terminal import console

    settings = settings_in_force(
        runner=runner,
        dask_address=dask_address,
        database=database,
        workers=workers,
        chunk=chunk,
        ignore_xml=ignore_xml or None,
        model_dir=model,
    )
    with shown_progress() as progress:
        try:
            summary = run_batch(source, settings, progress=progress, verbose=verbose)
        except LineitemError as exc:
            event = "nothing_arrived" if isinstance(exc, NothingArrivedError) else "batch_failed"
            notify(settings, event, str(exc), say=progress.say, source=source)
            raise
        except KeyboardInterrupt:
            progress.say("Stopped. Finished documents are recorded; run the same command again to continue.")
            raise typer.Exit(130) from None
    console().print(render(summary))
    raise typer.Exit(summary.exit_code)


@app.command()
def extract(
    files: Annotated[list[str], typer.Argument(help="Files, folders or quoted globs.", metavar="FILE...")],
    out: Annotated[Path | None, typer.Option("--out", help="Write DIR/<name>.json for each document.", metavar="DIR")] = None,
    ignore_xml: IgnoreXml = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON (one object, or JSON Lines for several documents); the default unless on a terminal.")
    ] = False,
    model: Model = None,
) -> None:
    """Extract documents without a database. Duplicates of earlier invoices are not noticed here."""
    from flows.worker_process import spawned_ahead

    with spawned_ahead() as worker:
        from flows.composition import batch_options
        from flows.extraction import extract_files
        from flows.inbox import find_documents
        from flows.output import json_text, write_json
        from flows.terminal import console
        from flows.views import document_view

        settings = settings_in_force(ignore_xml=ignore_xml or None, model_dir=model)
        originals = {original.source: original for name in files for original in find_documents(name).documents}
        statuses: set[str] = set()
        invoices = extract_files(list(originals.values()), options=batch_options(settings), ahead=worker)
        if out is not None:
            for invoice, path in write_json(invoices, out, names=[original.name for original in originals.values()]):
                statuses.add(invoice.status)
                typer.echo(f"{invoice.status.value:<8}  {path}")
        else:
            for invoice in invoices:
                statuses.add(invoice.status)
                if as_json or not sys.stdout.isatty():
                    typer.echo(json_text(invoice, indent=len(originals) == 1))
                else:
                    console().print(document_view(invoice, evidence=False))
    raise typer.Exit(0 if statuses == {"accepted"} else 1)


@app.command("list")
def list_(
    status: Annotated[State | None, typer.Option(help="Only documents in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most this many, newest first.", metavar="N")] = 100,
    database: Database = None,
) -> None:
    """List the documents in the database, newest first."""
    from flows.terminal import console
    from flows.views import document_list
    from warehouse.database import open_database
    from warehouse.queries import count_by_status, list_documents

    with open_database(settings_in_force(database=database).database, create=False) as opened:
        documents = list_documents(opened, status=status, limit=limit)
        counts = count_by_status(opened)
    console().print(document_list(documents))
    total = counts.get(status, 0) if status else sum(counts.values())
    if total > len(documents):
        typer.echo(f"{total - len(documents)} more; see --limit.", err=True)
    typer.echo(
        ", ".join(f"{counts[state]} {state}" for state in State if counts.get(state)) or "The database holds no documents.", err=True
    )


@app.command()
def show(
    document: Annotated[str, typer.Argument(help="Id, name (file stem), path, or beginning of the content hash.", metavar="ID")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the invoice as JSON.")] = False,
    database: Database = None,
) -> None:
    """Show one document: header, lines, VAT, issues, evidence, decisions."""
    from flows.output import json_text
    from flows.terminal import console
    from flows.views import document_view
    from warehouse.database import open_database
    from warehouse.documents import decisions, load, sources
    from warehouse.queries import find_document

    with open_database(settings_in_force(database=database).database, create=False) as opened:
        found = find_document(opened, document).id
        invoice = load(opened, found)
        if as_json:
            typer.echo(json_text(invoice, indent=True))
        else:
            console().print(document_view(invoice, sources=sources(opened, found), decisions=decisions(opened, found)))


@app.command()
def export(
    out: Out,
    format: Annotated[
        Format,
        typer.Option(
            help="json: one file per document; csv, parquet: tables documents, line_items and issues; ubl: UBL 2.1 XML per document."
        ),
    ] = Format.JSON,
    status: Annotated[State | None, typer.Option(help="Only documents in this state.")] = None,
    seller: Annotated[str | None, typer.Option(help="Only documents of sellers whose name contains this.", metavar="NAME")] = None,
    issued_from: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Only documents issued on this day or later.", metavar="DATE")
    ] = None,
    issued_to: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Only documents issued on this day or before.", metavar="DATE")
    ] = None,
    database: Database = None,
) -> None:
    """Write finished documents to files."""
    from flows.terminal import printable
    from warehouse.database import open_database
    from warehouse.export_files import export_parquet, export_ubl
    from warehouse.export_selection import Wanted, documents_wanted
    from warehouse.exports import export_csv, export_json

    wanted = Wanted(status, seller, issued_from.date() if issued_from else None, issued_to.date() if issued_to else None)
    left_out: list[str] = []
    with open_database(settings_in_force(database=database).database, create=False) as opened:
        ids = documents_wanted(opened, wanted)
        match format:
            case Format.JSON:
                paths = export_json(opened, out, ids=ids)
            case Format.CSV:
                paths = export_csv(opened, out, ids=ids)
            case Format.PARQUET:
                paths = export_parquet(opened, out, ids=ids)
            case Format.UBL:
                paths, left_out = export_ubl(opened, out, ids=ids)
    for sentence in left_out:
        typer.echo(f"left out: {printable(sentence)}", err=True)
    typer.echo(f"{len(paths)} file{'s' * (len(paths) != 1)} written to {out}.")


@app.command()
def demo(out: Out = Path("demo-output")) -> None:
    """Process the documents that come with the package into a fresh database, and tell what was found."""
    from flows.demo import run_demo, story
    from flows.summary import render
    from flows.terminal import console
    from warehouse.database import open_database
    from warehouse.documents import decisions, load
    from warehouse.queries import list_documents

    with shown_progress() as progress:
        summary = run_demo(out, settings_in_force(), progress=progress)
    page = console()
    with open_database(summary.database, create=False) as opened:
        for document in sorted(list_documents(opened), key=lambda found: found.name):
            page.print(story(load(opened, document.id), decisions(opened, document.id)[-1][2]))
            page.print()
    page.print(render(summary))


app.command()(cli_categorize.categorize)
app.command()(cli_reprocess.reprocess)
app.command()(cli_reprocess.history)
app.command()(cli_operation.metrics)
app.command()(cli_operation.serve)
app.command()(cli_explain.explain)
app.command()(cli_dashboard.dashboard)
app.command()(cli_model.evaluate)
app.command()(cli_model.synth)
app.command()(cli_model.train)
model_app.command("info")(cli_model.info)


def main() -> None:
    """The entry point: errors end as one line on stderr and exit code 2."""
    try:
        app()
    except LineitemError as exc:
        _fail(str(exc))
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        sys.stderr.close()
        sys.exit(0)
    except Exception as exc:  # noqa: BLE001 - a defect: nobody's terminal needs the trace, but whoever mends it does
        _fail(f"unexpected {type(exc).__name__}: {exc}. This is a defect of Lineitem; details: {_write_trace(exc)}")


def _fail(message: str) -> NoReturn:
    from flows.terminal import printable

    typer.echo(f"lineitem: {printable(message)}", err=True)
    sys.exit(2)


def _write_trace(error: Exception) -> str:
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="lineitem-", suffix=".txt", delete=False, encoding="utf-8") as file:
        file.writelines(traceback.format_exception(error))
    return file.name


if __name__ == "__main__":
    main()
