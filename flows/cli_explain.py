"""The command that tells a reviewer why a document was flagged."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli_options import Database, settings_in_force


def explain(
    document: Annotated[str, typer.Argument(help="Id, name (file stem), path, or beginning of the content hash.", metavar="ID")],
    language: Annotated[
        str | None,
        typer.Option(
            help="Let the foundation model say it in this language (ISO 639-1), where the document's privacy policy allows.", metavar="CODE"
        ),
    ] = None,
    database: Database = None,
) -> None:
    """Tell in a few sentences why a document was flagged: what is wrong, where to look, what was tried."""
    from flows.explaining import explain as explained
    from flows.phrasing import phrased
    from flows.terminal import printable
    from warehouse.database import open_database
    from warehouse.documents import decisions, load
    from warehouse.fallback import calls_for
    from warehouse.queries import find_document

    settings = settings_in_force(database=database)
    with open_database(settings.database, create=False) as opened:
        found = find_document(opened, document).id
        invoice = load(opened, found)
        made = decisions(opened, found)
        explanation = explained(invoice, made[-1][2] if made else None, calls_for(opened, invoice.sha256))
        text = "\n".join(explanation.sentences)
        if language is not None:
            text = phrased(text, invoice=invoice, language=language, settings=settings, database=opened)
    typer.echo(printable(text))
