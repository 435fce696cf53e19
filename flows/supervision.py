"""Supervision of one worker process: hand it documents, notice when it crashes or hangs, find the document at fault, redo the others."""

from __future__ import annotations

import contextlib
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any

from flows.allowance import Allowance
from flows.work import Answer, Begun, Defect, Ready, Result, Task, Unusable, Verdict, WorkOrder, rejected
from flows.worker_process import WorkerProcess, spawn
from schemas.errors import DamagedDocumentError, DocumentError, DocumentLimitError, LineitemError

# After reading, a list of documents is tagged and judged in one go. That gets the time of one slow document plus this much for each further
# one (typical documents take 0.1 to 1 s); a list that needs longer is done again one by one, each with the full time of one document.
FURTHER_DOCUMENT_S = 5.0
START_S = 300.0  # Python, model and libraries loaded from a cold disk on a busy machine
POLL_S = 0.25
TIMEOUT = "timeout"


class Stopped(Exception):
    """The batch is ending: leave the documents for the next run."""


class Worker:
    """One worker process, started when first needed and again after it died. Not for use by several threads at once."""

    def __init__(self, order: WorkOrder, *, stopped: Callable[[], bool] = lambda: False, ahead: WorkerProcess | None = None) -> None:
        """``ahead`` is a process without an order to begin with, this worker's from now on."""
        self._order = order
        self._stopped = stopped
        self._process: WorkerProcess | None = None
        self._fresh = True
        self._reading: int | None = None
        if ahead is not None:
            self._give_order(ahead)

    @property
    def pid(self) -> int | None:
        """The process that works now, None before the first and between two."""
        return self._process.process.pid if self._process is not None else None

    def start(self) -> Connection:
        """Start the process, so that it can load its libraries while the coordinator still does other things."""
        if self._process is not None and self._process.is_running:
            return self._process.connection
        self.kill()
        return self._give_order(spawn())

    def _give_order(self, process: WorkerProcess) -> Connection:
        self._process = process
        self._fresh = True
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # noticed again, with its reason, when it is asked
            process.connection.send(self._order)
        return process.connection

    def run(self, tasks: Sequence[Task], *, waiting: Callable[[], None] = lambda: None) -> Answer:
        """The results of ``tasks``, in order. ``waiting`` is called about four times a second meanwhile.

        A document that crashes the worker, raises, or exceeds its time is rejected; the others are done again without it. One whose process
        died is tried once more, alone, before: when memory runs out, the system ends any process.
        Raises `Stopped`, or the worker's own error when it cannot work at all.
        """
        results: dict[int, Result] = {}
        times: Counter[str] = Counter()
        waits = list(tasks)
        while waits:
            reply = self._ask(waits, waiting)
            if isinstance(reply, Answer):
                results.update((result.task.document_id, result) for result in reply.results)
                times.update(reply.times)
                break
            guilty = waits if self._reading is None else [waits[self._reading]]
            # Nobody knows which one it was: each for itself. Else that one, and the others go on as a list.
            for task in guilty:
                results[task.document_id] = self._alone(task, reply if len(guilty) == 1 else None, times, waiting)
            waits = [task for task in waits if task.document_id not in results]
        return Answer(tuple(results[task.document_id] for task in tasks), times)

    def _alone(self, task: Task, reply: Defect | str | None, times: Counter[str], waiting: Callable[[], None]) -> Result:
        """The result of one document by itself. ``reply``: how its first try failed, where that is known to be its fault."""
        if reply is None or (isinstance(reply, str) and reply != TIMEOUT):
            single = self._ask([task], waiting)
            if isinstance(single, Answer):
                times.update(single.times)
                return single.results[0]
            reply = single
        return _rejection(task, reply, self._order)

    def _ask(self, tasks: Sequence[Task], waiting: Callable[[], None]) -> Answer | Defect | str:
        """One request. A string says how the process ended instead of answering; `_reading` is then the position of the document it was at."""
        self._reading = None
        connection = self.start()
        try:
            if self._fresh:
                ready = self._receive(connection, START_S, waiting)
                if not isinstance(ready, Ready):
                    raise ready.error if isinstance(ready, Unusable) else LineitemError(f"A worker process did not start ({ready}).")
                self._fresh = False
            connection.send(list(tasks))
            limit_s = self._order.document_timeout_s
            reply = self._receive(connection, limit_s, waiting)
            while isinstance(reply, Begun):
                # Each document has its own time to be read; the steps that follow are for all at once.
                self._reading = reply.position
                further = 0 if reply.position is not None else FURTHER_DOCUMENT_S * (len(tasks) - 1)
                reply = self._receive(connection, limit_s + further, waiting)
        except BrokenPipeError:
            return self._ending()
        except BaseException:
            self.kill()
            raise
        if isinstance(reply, Unusable):
            raise reply.error
        if isinstance(reply, Defect) and reply.out_of_memory:
            self.kill()
        return reply

    def _receive(self, connection: Connection, limit_s: float, waiting: Callable[[], None]) -> Any:
        """The next message, or a string that says why there will be none."""
        allowance = Allowance(limit_s, self.pid)
        try:
            while not connection.poll(POLL_S):
                if self._stopped():
                    raise Stopped
                if allowance.is_used_up():
                    self.kill()
                    return TIMEOUT
                waiting()
            return connection.recv()
        except (EOFError, ConnectionResetError):
            return self._ending()

    def _ending(self) -> str:
        """Why the process is gone, in words."""
        assert self._process is not None
        try:
            code = self._process.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            code = None
        self.kill()
        if code is not None and code < 0:
            return signal.Signals(-code).name
        return "exit code unknown" if code is None else f"exit code {code}"

    def kill(self) -> None:
        """End the process, whatever it does. The next `run` starts another."""
        if self._process is not None:
            self._process.kill()
            self._process = None


# How a process ends that was not asked to, in words for the person who gets the document back.
_ENDINGS = {
    "SIGKILL": "the system ended it, most likely because memory ran out",
    "SIGXCPU": "it used more processor time than one document may",
    "SIGXFSZ": "it wrote more than one document may",
    "SIGSEGV": "a damaged structure made it crash",
    "SIGBUS": "a damaged structure made it crash",
    "SIGABRT": "a damaged structure or too little memory made it give up",
}
_LIMITS, _CRASHES = ("SIGKILL", "SIGXCPU", "SIGXFSZ"), ("SIGSEGV", "SIGBUS")


def _rejection(task: Task, reply: Defect | str, order: WorkOrder) -> Result:
    rule = DocumentError.rule
    if reply == TIMEOUT:
        rule = DocumentLimitError.rule
        message = f"Timed out: reading took longer than {order.document_timeout_s:g} s and was stopped (setting document_timeout_s)."
    elif isinstance(reply, Defect):
        rule = DocumentLimitError.rule if reply.out_of_memory or reply.too_large else rule
        start = "Out of memory" if reply.out_of_memory else "Reading failed"
        message = f"{start}: {reply.summary}{' (setting worker_memory_mb)' if reply.out_of_memory else ''}."
    else:
        rule = DocumentLimitError.rule if reply in _LIMITS else DamagedDocumentError.rule if reply in _CRASHES else rule
        message = f"The process that read it ended twice ({reply}): {_ENDINGS.get(reply, 'a damaged structure, or too little memory')}."
    return Result(task, Verdict.DONE, rejected(task, rule, message))
