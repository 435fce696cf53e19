"""How far a batch is: a bar on a terminal, plain lines elsewhere. Always on stderr, so that stdout stays the result."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import Protocol

from flows.terminal import printable, shown

PLAIN_LINE_EVERY_S = 5.0


class Progress(Protocol):
    """Whoever shows how far the batch is. Called from several threads."""

    def begin(self, total: int, done: int) -> None: ...

    def advance(self, status: str) -> None: ...

    def say(self, message: str) -> None: ...


class Quiet:
    """Shows nothing."""

    def begin(self, total: int, done: int) -> None: ...

    def advance(self, status: str) -> None: ...

    def say(self, message: str) -> None: ...


class PlainLines:
    """``12/40 documents: 10 accepted, 2 review``, at most every five seconds, and at the end."""

    def __init__(self, unit: str = "documents") -> None:
        self._unit = unit
        self._lock = threading.Lock()
        self._counts: dict[str, int] = {}
        self._total = self._done = 0
        self._said = time.monotonic()

    def begin(self, total: int, done: int) -> None:
        self._total, self._done = total, done
        self.say(f"{total} {self._unit}" + (f", {done} done before" if done else ""))

    def advance(self, status: str) -> None:
        with self._lock:
            self._done += 1
            self._counts[status] = self._counts.get(status, 0) + 1
            if self._done < self._total and time.monotonic() - self._said < PLAIN_LINE_EVERY_S:
                return
            self._said = time.monotonic()
            counts = ", ".join(f"{count} {name}" for name, count in sorted(self._counts.items()))
            self.say(f"{self._done}/{self._total} {self._unit}: {counts}")

    def say(self, message: str) -> None:
        sys.stderr.write(printable(message) + "\n")
        sys.stderr.flush()


class Bar:
    """A progress bar with the counts so far."""

    def __init__(self, unit: str = "documents", *, waiting: str = "loading the model") -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._waiting = waiting
        self._lock = threading.Lock()
        self._counts: dict[str, int] = {}
        self._bar = Progress(
            TextColumn(unit),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[counts]}"),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task(unit, total=None, counts="looking at the files")

    def begin(self, total: int, done: int) -> None:
        self._bar.update(self._task, total=total, completed=done, counts=self._waiting if done < total else "")

    def advance(self, status: str) -> None:
        with self._lock:
            self._counts[status] = self._counts.get(status, 0) + 1
            counts = ", ".join(f"{count} {name}" for name, count in sorted(self._counts.items()))
            self._bar.update(self._task, advance=1, counts=counts)

    def say(self, message: str) -> None:
        self._bar.console.print(shown(message))

    def __enter__(self) -> Bar:
        self._bar.start()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._bar.stop()
