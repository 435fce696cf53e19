"""Waiting for a database that is away: a restart, a fail-over, a network that drops. What would not pass by waiting is not waited for."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from schemas.errors import WarehouseUnavailableError

T = TypeVar("T")

FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 5.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait in all, whom to tell, and when to stop waiting because the batch is ending."""

    wait_s: float
    say: Callable[[str], None]
    stopped: Callable[[], bool] = lambda: False

    def __call__(self, action: Callable[[], T]) -> T:
        """What ``action`` returns. It must be one transaction that may be repeated: nothing of a failed attempt is on record.

        Tried again with growing pauses while the database is away; raises the `WarehouseUnavailableError` when ``wait_s`` is over.
        """
        deadline, pause_s, said = time.monotonic() + self.wait_s, FIRST_PAUSE_S, False
        while True:
            try:
                found = action()
            except WarehouseUnavailableError as exc:
                if time.monotonic() + pause_s > deadline or self.stopped():
                    raise
                if not said:
                    self.say(f"{exc} Waiting for it, at most {self.wait_s:.0f} s.")
                    said = True
                time.sleep(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
                continue
            if said:
                self.say("The database is back; the batch goes on.")
            return found
