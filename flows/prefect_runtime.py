"""Running the flow on whatever Prefect there is: the server of ``PREFECT_API_URL``, or a temporary one on this machine, offline and quiet."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from flows.loading import without_collection
from flows.running_batch import RunningBatch
from schemas.errors import LineitemError

OFFLINE = {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180"}

# The temporary server writes to the terminal when it is stopped in the middle of its bookkeeping; so no server log either.
QUIET = {"PREFECT_LOGGING_LEVEL": "CRITICAL", "PREFECT_LOGGING_SERVER_LEVEL": "CRITICAL", "PREFECT_LOGGING_TO_API_ENABLED": "false"}

# For a server that lives as long as the batch. A library of it would write type checks into every function of itself while it is loaded; and events of
# task runs are recorded some seconds' at once, not each in a transaction of its own (what is left is recorded when the server ends).
LEAN = {
    "PY_KEY_VALUE_DISABLE_BEARTYPE": "true",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "2",
}


def report_to_prefect(batch: RunningBatch, source: str, database: str, *, verbose: bool = False) -> None:
    """Run the flow over a batch that is at work, and return when every document is done.

    Prefect reports and is not the record: when it fails by itself, that is said, and the batch goes on without it.
    Raises what the batch raises.
    """
    prepare_environment(verbose=verbose)
    under_way = threading.Event()
    threading.Thread(target=_explain_waiting, args=(batch, under_way), daemon=True).start()
    try:
        with without_collection():
            from flows.at_work import handed_over
            from flows.batch import lineitem_batch

        with recorded_somewhere(), handed_over(batch, under_way.set):
            lineitem_batch(source, database)
    except LineitemError:
        raise
    except Exception as exc:  # noqa: BLE001 - anything may go wrong in a server that is not ours; no document may depend on it
        reason = str(exc).strip().splitlines()[0] if str(exc).strip() else type(exc).__name__
        batch.progress.say(f"Prefect did not record this batch ({reason}); it goes on without.")
        for _ in batch.reports():
            pass


@contextmanager
def recorded_somewhere() -> Generator[None]:
    """A server for what Prefect records: the one that the environment or Prefect's profile names, else a temporary one."""
    from prefect.settings import PREFECT_API_URL, temporary_settings

    if PREFECT_API_URL.value():
        yield
        return
    from flows.temporary_server import temporary_server

    with temporary_server() as url, temporary_settings({PREFECT_API_URL: url}):
        yield


def _explain_waiting(batch: RunningBatch, under_way: threading.Event) -> None:
    batch.wait_for_workers()
    if not under_way.is_set():
        batch.progress.say("All documents are read; waiting for Prefect to start and record the batch.")


def prepare_environment(*, verbose: bool = False) -> None:
    """Set what Prefect reads when it is imported. What the user has set stays."""
    own_server = "PREFECT_API_URL" not in os.environ
    for name, value in {**OFFLINE, **({} if verbose else QUIET), **(LEAN if own_server else {})}.items():
        os.environ.setdefault(name, value)
    if "PREFECT_HOME" not in os.environ:
        os.environ["PREFECT_HOME"] = str(_writable_home())


def _writable_home() -> Path:
    """Prefect's usual folder where it can be written, so that `prefect server start` shows the runs; else one for this run."""
    try:
        home = Path("~/.prefect").expanduser()
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            return home
    except (OSError, RuntimeError):
        return Path(tempfile.mkdtemp(prefix="lineitem-prefect-"))
