"""Peak memory of a command and everything that it starts."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that has ended. ``peak_mib`` is ``None`` where the system has no /proc to read it from."""

    code: int
    output: str  # what it wrote to stdout
    errors: str  # and to stderr
    seconds: float
    peak_mib: float | None


def run_measured(command: Sequence[str], *, environment: Mapping[str, str] | None = None, interval_s: float = 0.25) -> Finished:
    """Run ``command`` to its end, sampling the memory of its process tree every ``interval_s`` seconds.

    Memory is the sum of proportional set sizes: a page that two processes share counts once, so worker processes are not overstated.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment} if environment else None,
    )
    peaks: list[int] = []
    ended = threading.Event()

    def sample() -> None:
        while not ended.is_set():
            if (size := tree_kib(process.pid)) is not None:
                peaks.append(size)
            ended.wait(interval_s)

    sampler = threading.Thread(target=sample, daemon=True)
    sampler.start()
    output, errors = process.communicate()
    seconds = time.perf_counter() - started
    ended.set()
    sampler.join()
    return Finished(process.returncode, output, errors, seconds, max(peaks) / 1024 if peaks else None)


def tree_kib(root: int) -> int | None:
    """Proportional set size in KiB of process ``root`` and all below it, or ``None`` where it cannot be read."""
    children: dict[int, list[int]] = {}
    for entry in PROC.glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # ended since the listing
        children.setdefault(int(fields[1]), []).append(int(entry.parent.name))
    total = 0
    found = False
    todo = [root]
    while todo:
        pid = todo.pop()
        todo.extend(children.get(pid, ()))
        try:
            lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        found = True
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total if found else None
