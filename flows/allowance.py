"""How long a worker may take over a document: its own time, less what it spent waiting for a processor on a busy machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

# Waiting for a processor may make a document take so many times its limit, so that every document ends even where the count is wrong.
MOST_TIMES = 10.0


class Allowance:
    """``limit_s`` seconds from now on for the process ``pid``.

    Reading, computing, and hanging use it up; being ready to compute while other processes have the processors does not. Where the system does
    not tell (other than Linux), wall time counts.
    """

    def __init__(
        self,
        limit_s: float,
        pid: int | None,
        *,
        clock: Callable[[], float] = time.monotonic,
        waited: Callable[[int | None], float] | None = None,
    ) -> None:
        self._limit_s, self._pid, self._clock = limit_s, pid, clock
        self._waited = waited or processor_wait_s
        self._begun, self._waited_before = clock(), self._waited(pid)

    def is_used_up(self) -> bool:
        """Whether the process had its time."""
        elapsed_s = self._clock() - self._begun
        if elapsed_s <= self._limit_s:
            return False
        own_s = elapsed_s - max(self._waited(self._pid) - self._waited_before, 0.0)
        return own_s > self._limit_s or elapsed_s > MOST_TIMES * self._limit_s


def processor_wait_s(pid: int | None) -> float:
    """Seconds that the process's main thread has been ready to compute without a processor to do it on; 0.0 where that is unknown.

    Source: Linux, Documentation/scheduler/sched-stats.rst, second figure of /proc/PID/schedstat (nanoseconds).
    """
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0
