"""The command that serves the dashboard."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli_options import Database, settings_in_force


def dashboard(
    database: Database = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes any free one.")] = 8420,
    reset_password: Annotated[
        str | None, typer.Option(help="Give this account a new one-time password before serving.", metavar="NAME")
    ] = None,
) -> None:
    """Serve the dashboard over the database until interrupted. The first start makes the account “admin” and prints its one-time password."""
    from dashboard.serve import serve
    from flows.dashboard_services import dashboard_services

    settings = settings_in_force(database=database)
    names = tuple(name.strip() for name in settings.dashboard_names.split(",") if name.strip())
    serve(
        settings.database,
        services=dashboard_services(settings),
        announce=typer.echo,
        host=host,
        port=port,
        https=settings.dashboard_https,
        names=names,
        reset=reset_password,
    )
