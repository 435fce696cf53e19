"""A worker process as such: started, reached through a socket, ended. `flows.supervision` gives it its order and its documents."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

# What an extraction imports; most of it not before the first document comes.
EXTRACTION = (
    "extractors.pipeline",
    "extractors.model_directory",
    "extractors.calibration_file",
    "extractors.readers.pdfium",
    "extractors.assembly.document",
    "extractors.digit_repair",
    "extractors.spend_category",
    "schemas.rules",
    "schemas.tax_treatment",
    "onnxruntime",
    "pandera.polars",
    "pandera.backends.polars.register",
    "pikepdf",
    "stdnum",
)


@dataclass(frozen=True, slots=True)
class WorkerProcess:
    """A process that runs `flows.worker`, and this end of the connection to it."""

    process: subprocess.Popen[bytes]
    connection: Connection

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """End it, whatever it does."""
        self.connection.close()
        self.process.kill()
        self.process.wait()


def spawn(*, ahead: Sequence[str] = ()) -> WorkerProcess:
    """Start a worker process. It imports the modules ``ahead`` while it waits for its order."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.worker", str(theirs.fileno()), *ahead],
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # native libraries print where they like
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,  # Ctrl-C is the coordinator's to handle
        )
    return WorkerProcess(process, Connection(ours.detach()))


@contextmanager
def spawned_ahead() -> Generator[WorkerProcess]:
    """A worker process that loads its libraries while settings and files are still looked at; ended when this ends."""
    worker = spawn(ahead=EXTRACTION)
    try:
        yield worker
    finally:
        worker.kill()


def _environment() -> dict[str, str]:
    # One thread per worker: documents run beside each other in processes, and two kinds of parallelism fight for the same cores.
    threads = dict.fromkeys(("OMP_NUM_THREADS", "POLARS_MAX_THREADS", "RAYON_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    path = os.pathsep.join(entry or os.curdir for entry in sys.path)
    return {**threads, "TOKENIZERS_PARALLELISM": "false", **os.environ, "PYTHONPATH": path}
