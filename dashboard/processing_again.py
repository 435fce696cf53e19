"""Documents that people send to be processed again: carried out in the background where this server can, and what is said of it meanwhile."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from dashboard.wording import moment
from schemas.errors import LineitemError
from warehouse.reprocess_requests import ReprocessRequest

LOG = logging.getLogger(__name__)


class ProcessingAgain:
    """Carries out waiting requests, one after the other, as soon as there is one. Safe to use from several threads."""

    def __init__(self, carry_out: Callable[[], object] | None) -> None:
        self._carry_out = carry_out
        self._asked = threading.Event()
        self._at_work = threading.Lock()

    def begin(self) -> None:
        """Returns at once. Does nothing where requests wait for the next run of ``lineitem reprocess --waiting``."""
        if self._carry_out is None:
            return
        self._asked.set()
        threading.Thread(target=self._work, daemon=True, name="lineitem-again").start()

    def _work(self) -> None:
        assert self._carry_out is not None
        with self._at_work:
            if not self._asked.is_set():  # the thread before this one took this request along
                return
            self._asked.clear()
            try:
                self._carry_out()
            except LineitemError as exc:
                LOG.warning("processing again: %s", exc)
            except Exception:
                LOG.exception("processing again")


def request_made(request: ReprocessRequest | None) -> str:
    """What the screen of a document says about the newest request to process it again; nothing once that changed it."""
    if request is None or (request.state == "done" and request.outcome.get("changed")):
        return ""
    who, when = request.requested_by.removeprefix("user:"), moment(request.requested_at)
    match request.state:
        case "done" if request.outcome.get("same"):
            return f"It was processed again ({who}, {when}), and nothing changed."
        case "done":
            return f"It was to be processed again ({who}, {when}), but could not be read, or somebody was at work on it."
        case "running":
            return f"It is being processed again at this moment ({who}, {when})."
        case "failed":
            return f"It was to be processed again ({who}, {when}), which failed: {request.outcome.get('error', 'the log says why')}"
        case _:
            return f"It waits to be processed again ({who}, {when})."
