"""A circuit breaker: an endpoint that is down costs seconds, not the batch."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from schemas.errors import CircuitOpenError


class Circuit:
    """Opens after ``failures`` calls in a row that failed; then nobody asks for ``pause_s`` seconds, after which one call may try."""

    def __init__(self, *, failures: int = 4, pause_s: float = 60.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._failures, self._pause_s, self._clock = failures, pause_s, clock
        self._lock = threading.Lock()
        self._in_a_row = 0
        self._closed_until: float | None = None

    def check(self) -> None:
        """Raises `CircuitOpenError` while the endpoint is left alone."""
        with self._lock:
            if self._closed_until is None:
                return
            if self._clock() < self._closed_until:
                raise CircuitOpenError(f"The foundation model failed {self._in_a_row} times in a row and is not asked for a while.")
            self._closed_until = self._clock() + self._pause_s  # this caller tries; the others wait for what becomes of it

    def succeeded(self) -> None:
        with self._lock:
            self._in_a_row, self._closed_until = 0, None

    def failed(self) -> None:
        with self._lock:
            self._in_a_row += 1
            if self._in_a_row >= self._failures:
                self._closed_until = self._clock() + self._pause_s
