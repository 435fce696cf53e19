"""Peak memory and processor time of a command and everything that it starts, told apart by what the processes are for."""

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
class Peaks:
    """Most memory at any moment, in MiB: of all processes together, of the command's own, of its largest worker process."""

    together: float
    coordinator: float
    worker: float | None  # None: it had none


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that has ended. ``cpu_s`` is the processor time of all its processes that were waited for; the peaks are ``None`` where the system
    has no /proc to read them from."""

    code: int
    output: str  # what it wrote to stdout
    errors: str  # and to stderr
    seconds: float
    cpu_s: float
    peaks: Peaks | None

    @property
    def peak_mib(self) -> float | None:
        return self.peaks.together if self.peaks else None


def run_measured(
    command: Sequence[str], *, environment: Mapping[str, str] | None = None, folder: Path | None = None, interval_s: float = 0.25
) -> Finished:
    """Run ``command`` to its end, sampling the memory of its process tree every ``interval_s`` seconds.

    Memory is the proportional set size: a page that two processes share counts once, so worker processes are not overstated.
    """
    used_before, started = _children_cpu_s(), time.perf_counter()
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, **environment} if environment else None,
    )
    samples: list[Peaks] = []
    ended = threading.Event()

    def sample() -> None:
        while not ended.is_set():
            if (found := tree_mib(process.pid)) is not None:
                samples.append(found)
            ended.wait(interval_s)

    sampler = threading.Thread(target=sample, daemon=True)
    sampler.start()
    output, errors = process.communicate()
    seconds = time.perf_counter() - started
    ended.set()
    sampler.join()
    return Finished(process.returncode, output, errors, seconds, _children_cpu_s() - used_before, _highest(samples))


def tree_mib(root: int) -> Peaks | None:
    """Memory of process ``root`` and all below it at this moment, or ``None`` where it cannot be read."""
    children: dict[int, list[int]] = {}
    for entry in PROC.glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # ended since the listing
        children.setdefault(int(fields[1]), []).append(int(entry.parent.name))
    sizes: dict[int, float] = {}
    workers: list[float] = []
    todo = [root]
    while todo:
        pid = todo.pop()
        todo.extend(children.get(pid, ()))
        try:
            lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
            named = (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        sizes[pid] = sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
        if b"flows.worker" in named:
            workers.append(sizes[pid])
    if root not in sizes:
        return None
    return Peaks(sum(sizes.values()), sizes[root], max(workers, default=None))


def _highest(samples: Sequence[Peaks]) -> Peaks | None:
    if not samples:
        return None
    workers = [sample.worker for sample in samples if sample.worker is not None]
    return Peaks(max(s.together for s in samples), max(s.coordinator for s in samples), max(workers, default=None))


def _children_cpu_s() -> float:
    times = os.times()
    return times.children_user + times.children_system
