"""The commands of daily operation: figures, and schedules."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

import typer

from flows.cli_options import Database, settings_in_force


class FiguresFormat(StrEnum):
    TEXT = "text"
    JSON = "json"
    PROMETHEUS = "prometheus"


def metrics(
    hours: Annotated[float, typer.Option(min=0.01, help="Look at this many hours back.", metavar="H")] = 24.0,
    format: Annotated[FiguresFormat, typer.Option(help="text, json, or prometheus (for a text-file collector).")] = FiguresFormat.TEXT,
    listen: Annotated[
        str | None, typer.Option(help="Serve http://HOST:PORT/metrics for Prometheus until interrupted.", metavar="HOST:PORT")
    ] = None,
    database: Database = None,
) -> None:
    """Show how the operation stands: throughput, touchless and fallback rate, latency, cost, queue, age of the oldest flagged document."""
    from flows.metrics_endpoint import serve_metrics
    from warehouse.database import open_database
    from warehouse.operating_figures import MEANINGS, figures, prometheus_text

    with open_database(settings_in_force(database=database).database, create=False) as opened:
        window = timedelta(hours=hours)
        if listen is not None:
            serve_metrics(lambda: prometheus_text(figures(opened, window=window)), address=listen, announce=typer.echo)
            return
        found = figures(opened, window=window)
    match format:
        case FiguresFormat.JSON:
            typer.echo(json.dumps(asdict(found)))
        case FiguresFormat.PROMETHEUS:
            typer.echo(prometheus_text(found), nl=False)
        case FiguresFormat.TEXT:
            for name, value in asdict(found).items():
                shown = (
                    "—"
                    if value is None
                    else f"{value:.1%}"
                    if name.endswith("rate")
                    else f"{value:.2f}"
                    if isinstance(value, float)
                    else value
                )
                typer.echo(f"{MEANINGS[name]:<66} {shown}")


def serve(
    cron: Annotated[str, typer.Option(help="When: five fields as in crontab, such as '0 2 * * *'.", metavar="CRON")],
    source: Annotated[str, typer.Option(help="Folder, quoted glob, archive, e-mail or URL to process.", metavar="SOURCE")],
    timezone: Annotated[str | None, typer.Option(help="Time zone of CRON (IANA name). Default: UTC.", metavar="ZONE")] = None,
    timeout_h: Annotated[float, typer.Option(min=0.01, help="Hours after which a run is stopped.", metavar="H")] = 12.0,
    database: Database = None,
) -> None:
    """Process SOURCE on a schedule until interrupted. Runs never overlap; the schedule and its runs show on the Prefect server."""
    from flows.schedules import serve_batches

    settings = settings_in_force(database=database)
    serve_batches(source, settings, cron=cron, timezone=timezone, timeout_s=timeout_h * 3600, announce=typer.echo)
