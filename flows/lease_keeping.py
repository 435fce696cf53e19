"""Leases that are renewed while slow work goes on."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

from schemas.errors import WarehouseUnavailableError


class LeaseKeeping:
    """Called often, renews seldom: whenever a third of the lease has passed.

    A database that is away is no reason to stop working; if the lease is lost meanwhile, nothing is written.
    """

    def __init__(self, renew: Callable[[], object], *, lease_s: float) -> None:
        self._renew, self._lease_s, self._renewed = renew, lease_s, time.monotonic()

    def __call__(self) -> None:
        if time.monotonic() - self._renewed > self._lease_s / 3:
            with contextlib.suppress(WarehouseUnavailableError):
                self._renew()
            self._renewed = time.monotonic()
