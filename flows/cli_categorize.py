"""The command that tells what a description would be booked as, and why."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated

import typer

from flows.cli_options import settings_in_force
from schemas.errors import ConfigurationError


def categorize(
    description: Annotated[str, typer.Argument(help="What was bought, as a line of an invoice says it.")],
    seller: Annotated[str | None, typer.Option(help="The seller's name.", metavar="NAME")] = None,
    country: Annotated[str | None, typer.Option(help="The seller's country (ISO 3166-1 alpha-2, such as DE).", metavar="CODE")] = None,
    date: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Date of the invoice. Default: today.", metavar="YYYY-MM-DD")
    ] = None,
    language: Annotated[str | None, typer.Option(help="Language of the description (ISO 639-1). Default: any.", metavar="CODE")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell the spend category of one description, its probability, the reasons, and the tax codes that follow from it."""
    from datetime import date as calendar_day

    from flows.bookkeeping_files import read_bookkeeping
    from flows.categorizing import categorize_one
    from flows.terminal import printable
    from schemas.countries import ISO_COUNTRIES

    if country is not None and country.upper() not in ISO_COUNTRIES:
        raise ConfigurationError(f"--country: expected an ISO 3166-1 country code such as DE, found {country!r}")
    found = categorize_one(
        description,
        seller=seller,
        country=country.upper() if country else None,
        language=language.lower() if language else None,
        on=date.date() if date else calendar_day.today(),
        bookkeeping=read_bookkeeping(settings_in_force()),
    )
    if as_json:
        typer.echo(json.dumps(found.to_json(), ensure_ascii=False))
        return
    typer.echo(f"category     {found.category or 'undecided'}")
    typer.echo(f"probability  {found.probability:.2f}")
    for reason in found.reasons:
        typer.echo(f"reason       {printable(reason)}")
    for jurisdiction, code in found.codes.items():
        typer.echo(f"code         {jurisdiction}: {printable(code)}")
