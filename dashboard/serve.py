"""Start the dashboard on this machine."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn

from dashboard.app import create_app
from dashboard.passwords import hash_password, one_time_password
from dashboard.services import Services
from schemas.errors import ConfigurationError
from warehouse.accounts import add_user, credentials, forget_failures, has_users, set_password
from warehouse.database import Database

LOOPBACK = ("127.0.0.1", "localhost", "::1")
ADMIN = "admin"


def serve(
    database_url: str,
    *,
    services: Services,
    announce: Callable[[str], None],
    host: str = "127.0.0.1",
    port: int = 8420,
    https: bool = False,
    names: tuple[str, ...] = (),
    reset: str | None = None,
) -> None:
    """Serve the dashboard until interrupted.

    ``announce`` gets the address and, at the first start or for the account to ``reset``, a one-time password: nothing else ever shows it.
    ``port`` 0 takes any free one; ``names`` are further names under which it may be addressed; ``https``: a proxy on this machine ends TLS.
    Raises `ConfigurationError` when the address cannot be used or the account is unknown, `WarehouseError` when the database cannot.
    """
    app = create_app(database_url, services=services, allowed_hosts=(*LOOPBACK, "[::1]", *({host} - set(LOOPBACK)), *names), https=https)
    listener = _listen(host, port)
    if password := first_password(app.state.site.database, reset=reset):
        announce(f"Log in as “{reset or ADMIN}” with this password, once; then you choose your own: {password}")
    shown = f"[{host}]" if ":" in host else host
    app.state.site.pictures.warm_up()
    announce(f"http://{shown}:{listener.getsockname()[1]}/")
    if host not in LOOPBACK and not https:
        announce("Warning: this address is open to the network and not encrypted. Put a proxy with TLS before it and set dashboard_https.")
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, proxy_headers=https, forwarded_allow_ips="127.0.0.1"
    )
    uvicorn.Server(config).run(sockets=[listener])


def first_password(database: Database, *, reset: str | None = None) -> str | None:
    """Make the admin's account if there is none at all, or a new password for ``reset``; returns the one-time password, if one was made."""
    if reset is not None:
        found = credentials(database, reset)
        if found is None:
            raise ConfigurationError(f"There is no account {reset}.")
        password = one_time_password()
        set_password(database, found[0].id, hash_password(password), must_change=True, actor="command line")
        forget_failures(database, [f"name:{found[0].name}"])
        return password
    if has_users(database):
        return None
    password = one_time_password()
    add_user(database, ADMIN, password_hash=hash_password(password), role="admin", must_change=True, actor="first start")
    return password


def _listen(host: str, port: int) -> socket.socket:
    """Bind before announcing: an address that leads nowhere helps nobody."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as exc:
        raise ConfigurationError(f"The dashboard cannot listen on {host}, port {port}: {exc.strerror}. Choose another port.") from exc
