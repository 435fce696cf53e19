"""An HTTP client that cannot hang, flood or wander: one deadline for a whole exchange, a bounded body, no redirects, no proxy to this machine."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import urlsplit

MAX_BODY_BYTES = 4_000_000


def is_local(url: str) -> bool:
    """Whether an endpoint is on this machine: its host is written as localhost or as a loopback address."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def retry_after_s(response: Any) -> float | None:
    """Seconds that a busy endpoint asks to be left alone, at most a minute; None where it does not say."""
    try:
        return min(float(response.headers.get("retry-after", "")), 60.0)
    except ValueError:
        return None


def bounded_client(url: str, *, timeout_s: float) -> Any:
    """A client of httpx2, which the vendors' libraries use. Reading stops ``timeout_s`` after the request began, however slowly bytes trickle."""
    import httpx2

    class BoundedStream(httpx2.SyncByteStream):
        def __init__(self, stream: Any, request: Any, deadline: float) -> None:
            self._stream, self._request, self._deadline = stream, request, deadline

        def __iter__(self) -> Iterator[bytes]:
            size = 0
            for part in self._stream:
                size += len(part)
                if time.monotonic() > self._deadline:
                    raise httpx2.ReadTimeout("the answer took too long", request=self._request)
                if size > MAX_BODY_BYTES:
                    raise httpx2.ReadError("the answer is too long", request=self._request)
                yield part

        def close(self) -> None:
            self._stream.close()

    class BoundedTransport(httpx2.HTTPTransport):
        def handle_request(self, request: Any) -> Any:
            deadline = time.monotonic() + timeout_s
            response = cast("Any", super().handle_request(request))
            return httpx2.Response(
                status_code=response.status_code,
                headers=response.headers,
                stream=BoundedStream(response.stream, request, deadline),
                extensions=response.extensions,
            )

    timeout = httpx2.Timeout(timeout_s, connect=min(5.0, timeout_s))
    return httpx2.Client(transport=BoundedTransport(), timeout=timeout, follow_redirects=False, trust_env=not is_local(url))
