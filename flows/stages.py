"""How far the making of a model is: one heading per stage, and a bar where the stage counts something."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from flows.progress import Bar, PlainLines
from flows.terminal import printable


class Stages:
    """Shows `extractors.training.course` on stderr. Close it at the end."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = list(names)
        self._bar: Bar | PlainLines | None = None

    def begin(self, stage: str, *, unit: str, total: int) -> None:
        self.close()
        self._write(f"[{self._names.index(stage) + 1}/{len(self._names)}] {stage}")
        if total:
            self._bar = Bar(unit, waiting="") if sys.stderr.isatty() else PlainLines(unit)
            if isinstance(self._bar, Bar):
                self._bar.__enter__()
            self._bar.begin(total, 0)

    def advance(self) -> None:
        if self._bar is not None:
            self._bar.advance("done")

    def say(self, message: str) -> None:
        self.close()
        self._write(f"      {message}")

    def close(self) -> None:
        if isinstance(self._bar, Bar):
            self._bar.__exit__(None, None, None)
        self._bar = None

    def _write(self, line: str) -> None:
        sys.stderr.write(printable(line) + "\n")
        sys.stderr.flush()
