"""Start the dashboard on this machine."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn

from dashboard.access import new_token
from dashboard.app import create_app
from schemas.errors import ConfigurationError

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def serve(database_url: str, *, announce: Callable[[str], None], host: str = "127.0.0.1", port: int = 8420) -> None:
    """Serve the dashboard until interrupted.

    ``announce`` gets, once, the link that lets its holder in; nothing else ever shows the token (there is no access log).
    ``port`` 0 takes any free one. Raises `ConfigurationError` when the address cannot be used, `WarehouseError` when the database cannot.
    """
    token = new_token()
    app = create_app(database_url, token=token, allowed_hosts=LOOPBACK if host in LOOPBACK else (*LOOPBACK, host))
    listener = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    announce(f"http://{shown}:{listener.getsockname()[1]}/?token={token}")
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    """Bind before announcing: a link that leads nowhere helps nobody."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as exc:
        raise ConfigurationError(f"The dashboard cannot listen on {host}, port {port}: {exc.strerror}. Choose another port.") from exc
