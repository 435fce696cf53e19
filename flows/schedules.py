"""Batches on a schedule: a deployment that this process serves, on the user's Prefect server or on one that it starts."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from flows.prefect_runtime import prepare_environment
from flows.settings import Settings
from schemas.errors import ConfigurationError, LineitemError

START_S = 180.0


def deployment_of(source: str, settings: Settings, *, cron: str, timezone: str | None, timeout_s: float) -> dict[str, Any]:
    """What is served, as the keywords of Prefect's ``Flow.serve``: one run of a source at a time; a run that would overlap is not begun.

    Raises `ConfigurationError` for a schedule that cannot be read.
    """
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.client.schemas.schedules import CronSchedule
    from prefect.types.entrypoint import EntrypointType

    try:
        schedule = CronSchedule(cron=cron, timezone=timezone or "UTC")
    except ValueError as exc:
        raise ConfigurationError(
            f"--cron and --timezone: expected such as '0 2 * * *' and Europe/Berlin, found {cron!r}, {timezone!r}."
        ) from exc
    return {
        "name": f"lineitem {source}"[:120].replace("/", "∕"),  # Prefect's names may not hold a slash
        "schedules": [schedule],
        "parameters": {"source": source, "database": settings.database, "timeout_s": timeout_s},
        "global_limit": ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
        "limit": 1,
        "tags": ["lineitem"],
        "entrypoint_type": EntrypointType.MODULE_PATH,
    }


def serve_batches(
    source: str, settings: Settings, *, cron: str, timezone: str | None, timeout_s: float, announce: Callable[[str], None]
) -> None:
    """Serve until interrupted. Raises `ConfigurationError` for a bad schedule, `LineitemError` when no server starts."""
    with reachable_server(announce):
        from flows.batch import lineitem_batch

        keywords = deployment_of(source, settings, cron=cron, timezone=timezone, timeout_s=timeout_s)
        announce(f"Serving {source} on the schedule '{cron}' ({timezone or 'UTC'}). Interrupt to end.")
        lineitem_batch.serve(print_starting_message=False, **keywords)


@contextmanager
def reachable_server(announce: Callable[[str], None]) -> Generator[None]:
    """The server of ``PREFECT_API_URL``, or one on this machine for as long as this lasts: schedules need one that stays."""
    if "PREFECT_API_URL" in os.environ:
        prepare_environment(verbose=True)
        yield
        return
    port = _free_port()
    os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{port}/api"
    prepare_environment(verbose=True)
    server = subprocess.Popen(
        [sys.executable, "-m", "flows.prefect_server", "--host", "127.0.0.1", "--port", str(port)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(server, f"http://127.0.0.1:{port}/api/health")
        announce(f"Prefect's server and its pages: http://127.0.0.1:{port}")
        yield
    finally:
        os.environ.pop("PREFECT_API_URL", None)
        server.terminate()
        try:
            server.wait(timeout=15)
        except subprocess.TimeoutExpired:
            server.kill()


def _wait_for(server: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.5)
    raise LineitemError(f"Prefect's server did not start within {START_S:.0f} s. Start one yourself and set PREFECT_API_URL.")


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
