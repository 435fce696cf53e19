"""A Prefect server inside this process, for a batch that no other server records. It writes into Prefect's own database on this machine.

Prefect would start one as a process of its own, which loads all of Prefect a second time, and so much of it again in the process that
starts it, that a batch of 500 documents spent more on it than on its own bookkeeping.
"""

from __future__ import annotations

import asyncio
import contextvars
import socket
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module
from typing import Any

from flows.loading import without_collection

START_LIMIT_S = 300.0
RECORD_LIMIT_S = 60.0
STOP_LIMIT_S = 10.0
GRACE_S = 2  # for connections that are open when the server ends
POLL_S = 0.05
CALM_S = 0.3  # without anything new, after which everything that was sent has come in

# What a flow run, its task runs, its artifact and its log lines need, and whoever reads them back. Importing and building all others took a third of
# the server's time in a profile.
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
# Last parts of paths that only Prefect's pages ask for. Their routes are dear to build, and all are built when the first request comes.
PAGES = frozenset(
    ("count", "history", "lateness", "paginate", "graph", "graph-v2", "bulk_delete", "bulk_set_state", "download", "{countable}")
)


@contextmanager
def temporary_server() -> Generator[str]:
    """Run the server in a thread and yield the address of its API; at the end wait until it has recorded what it was told.

    Raises `RuntimeError` when it does not start.
    """
    import uvicorn

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        with without_collection():
            config = uvicorn.Config(
                _application(), log_config=None, log_level="critical", access_log=False, lifespan="on", timeout_graceful_shutdown=GRACE_S
            )
            server = uvicorn.Server(config)
            settings = contextvars.copy_context()  # Prefect keeps the settings in force in a context variable
            thread = threading.Thread(target=settings.run, args=(server.run, [listener]), name="prefect-server", daemon=True)
            thread.start()
            _wait_until(lambda: server.started or not thread.is_alive(), limit_s=START_LIMIT_S)
        try:
            if not server.started:
                raise RuntimeError("Prefect's temporary server did not start")
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
            _wait_until_recorded()
        finally:
            server.should_exit = True
            thread.join(STOP_LIMIT_S)


def _application() -> Any:
    """Prefect's API with `ROUTERS` alone, and with the one of its services that records task runs."""
    routers = [import_module(f"prefect.server.api.{name}").router for name in ROUTERS]
    for router in routers:
        router.routes[:] = [route for route in router.routes if route.path.rpartition("/")[2] not in PAGES]
    with _without_other_routers():
        server: Any = import_module("prefect.server.api.server")
    server.API_ROUTERS = routers
    application = server.create_api_app()
    application.router.lifespan_context = _recording
    application.add_exception_handler(Exception, server.custom_internal_exception_handler)
    application.add_exception_handler(server.RequestValidationError, server.validation_exception_handler)
    application.add_exception_handler(server.sa.exc.IntegrityError, server.integrity_exception_handler)
    application.add_exception_handler(server.ObjectNotFoundError, server.prefect_object_not_found_exception_handler)
    return application


class _LeftOut:
    """Stands for a module of routes while Prefect's server makes its list of them."""

    def __getattr__(self, _name: str) -> _LeftOut:
        return self


@contextmanager
def _without_other_routers() -> Generator[None]:
    """Prefect loads each module of routes when it is first asked for it: in this context it gets those of `ROUTERS` alone."""
    api = import_module("prefect.server.api")
    others = [name for name in api.__all__ if name not in (*ROUTERS, "dependencies", "middleware", "server") and name not in vars(api)]
    for name in others:
        setattr(api, name, _LeftOut())
    try:
        yield
    finally:
        for name in others:
            delattr(api, name)


@asynccontextmanager
async def _recording(_application: object) -> AsyncGenerator[None]:
    """While the server runs: its tables are made or brought up to date, and what is told of task runs is written into them."""
    from prefect.server.database import provide_database_interface
    from prefect.server.services.task_run_recorder import TaskRunRecorder

    await provide_database_interface().create_db()
    recorder = TaskRunRecorder()
    recording = asyncio.create_task(recorder.start())
    await recorder.started_event.wait()
    try:
        yield
    finally:
        await recorder.stop()
        await asyncio.wait([recording])


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
