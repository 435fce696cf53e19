"""Telling another system, by webhook, that a batch failed or that nothing arrived. Only where the setting names one."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flows.settings import Settings

TIMEOUT_S = 10.0


def notify(settings: Settings, event: str, message: str, *, say: Callable[[str], None], **details: Any) -> bool:
    """POST ``{"event", "message", "text", "at", …}`` as JSON to the setting ``notify_url``; returns whether it was delivered.

    ``event`` is batch_failed or nothing_arrived. ``text`` repeats the message for chat systems. Never raises: a batch does not fail for
    its notification; that it was not delivered is said.
    """
    if settings.notify_url is None:
        return False
    body = {"event": event, "message": message, "text": f"Lineitem: {message}", "at": datetime.now(UTC).isoformat(), **details}
    request = urllib.request.Request(
        settings.notify_url, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S):
            return True
    except (OSError, ValueError) as exc:
        reason = exc.reason if isinstance(exc, urllib.error.URLError) else exc
        say(f"The notification '{event}' was not delivered ({reason}).")
        return False
