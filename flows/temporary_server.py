"""A Prefect server inside this process, for a batch that no other server records. It writes into Prefect's own database on this machine.

Prefect would start one as a process of its own, which loads all of Prefect a second time, and so much of it again in the process that
starts it, that a batch of 500 documents spent more on it than on its own bookkeeping.
"""

from __future__ import annotations

import contextvars
import logging
import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from flows.loading import without_collection

START_LIMIT_S = 300.0
RECORD_LIMIT_S = 60.0
STOP_LIMIT_S = 10.0
GRACE_S = 2  # for connections that are open when the server ends
POLL_S = 0.05
CALM_S = 0.3  # without anything new, after which everything that was sent has come in

# What a flow run, its task runs, its artifact and its log lines need. Building all routes took a third of the server's time in a profile.
ROUTERS = (
    "flows",
    "flow_runs",
    "task_runs",
    "flow_run_states",
    "task_run_states",
    "logs",
    "artifacts",
    "csrf_token",
    "events",
    "admin",
    "root",
)


@contextmanager
def temporary_server() -> Generator[str]:
    """Run the server in a thread and yield the address of its API; at the end wait until it has recorded what it was told.

    Raises `RuntimeError` when it does not start.
    """
    import uvicorn

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        logging.getLogger("docket").setLevel(logging.CRITICAL)  # its background tasks, too, are told off in the midst of their work
        config = uvicorn.Config(
            _application(), log_config=None, log_level="critical", access_log=False, lifespan="on", timeout_graceful_shutdown=GRACE_S
        )
        server = uvicorn.Server(config)
        settings = contextvars.copy_context()  # Prefect keeps the settings in force in a context variable
        thread = threading.Thread(target=settings.run, args=(server.run, [listener]), name="prefect-server", daemon=True)
        thread.start()
        try:
            _wait_until(lambda: server.started or not thread.is_alive(), limit_s=START_LIMIT_S)
            if not server.started:
                raise RuntimeError("Prefect's temporary server did not start")
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/api"
            _wait_until_recorded()
        finally:
            server.should_exit = True
            thread.join(STOP_LIMIT_S)


def _application() -> Any:
    with without_collection():
        server: Any = import_module("prefect.server.api.server")
        api = server.api
        whole = server.API_ROUTERS
        server.API_ROUTERS = tuple(getattr(api, name).router for name in ROUTERS)
        try:
            return server.create_app(ephemeral=True, final=True)
        finally:
            server.API_ROUTERS = whole


def _wait_until_recorded() -> None:
    """Task runs are told as events, which the client sends and the server records in the background: a server that ends at once loses the last."""
    from prefect.events.worker import EventsWorker
    from prefect.server.utilities.messaging.memory import METRICS

    EventsWorker.drain_all(timeout=RECORD_LIMIT_S, at_exit=False)
    calm_since, before = time.monotonic(), -1

    def is_calm() -> bool:
        nonlocal calm_since, before
        figures = METRICS["events"]
        open_ones = figures["published"] - figures["consumed"]
        if open_ones > 0 or figures["published"] != before:
            calm_since, before = time.monotonic(), figures["published"]
        return time.monotonic() - calm_since > CALM_S

    _wait_until(is_calm, limit_s=RECORD_LIMIT_S)


def _wait_until(done: Callable[[], bool], *, limit_s: float) -> None:
    deadline = time.monotonic() + limit_s
    while not done() and time.monotonic() < deadline:
        time.sleep(POLL_S)
