"""Sends webhook messages: signed, without following redirects, again after a failure. Nothing is sent unless an admin has named an address."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import json
import logging
import socket
import ssl
import threading
import time
from urllib.parse import urlsplit

from schemas.errors import ConfigurationError, WarehouseError
from warehouse.database import Database
from warehouse.webhook_deliveries import Delivery, due_deliveries, make_deliveries, note_delivery

TIMEOUT_S = 10.0
PAUSE_S = 5.0
SIGNATURE = "Lineitem-Signature"
LOG = logging.getLogger(__name__)


def signature(secret: str, body: bytes, *, when: int) -> str:
    """``t=SECONDS,v1=HEX``: HMAC-SHA256 of ``SECONDS.BODY``. Whoever checks it refuses what is older than some minutes."""
    digest = hmac.new(secret.encode(), str(when).encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={when},v1={digest}"


def checked_address(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and path of a webhook's address.

    Raises `ConfigurationError` unless it is https (http on this machine or a private network only), without user name.
    """
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as exc:
        raise ConfigurationError(f"{url}: the port is no number.") from exc
    host = parts.hostname or ""
    if parts.scheme not in ("https", "http") or not host or parts.username or parts.password or not url.isascii() or not url.isprintable():
        raise ConfigurationError("Expected an address such as https://books.example/lineitem.")
    return parts.scheme, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def resolved(scheme: str, host: str, port: int) -> str:
    """The IP address to connect to, checked: no link-local one (cloud metadata), and a public one by https only. Raises `ConfigurationError`."""
    try:
        address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0]
    except OSError as exc:
        raise ConfigurationError(f"{host} has no address.") from exc
    ip = ipaddress.ip_address(str(address).partition("%")[0])
    if ip.is_link_local or ip.is_multicast or ip.is_unspecified:
        raise ConfigurationError(f"{host} is at {ip}, which is not for webhooks.")
    if scheme == "http" and not (ip.is_loopback or ip.is_private):
        raise ConfigurationError(f"{host} is not on this network: use https.")
    return str(address)


def send(delivery: Delivery) -> tuple[bool, str]:
    """Try one delivery. True with the answer's status for 2xx; else False and why."""
    body = json.dumps(delivery.body, sort_keys=True).encode()
    try:
        scheme, host, port, path = checked_address(delivery.url)
        address = resolved(scheme, host, port)
        # Connected to the address that was checked, whatever the name means a moment later.
        raw = socket.create_connection((address, port), timeout=TIMEOUT_S)
        connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
        connection.sock = ssl.create_default_context().wrap_socket(raw, server_hostname=host) if scheme == "https" else raw
        try:
            headers = {
                "Content-Type": "application/json",
                "User-Agent": "Lineitem",
                "Idempotency-Key": f"lineitem-{delivery.id}",
                SIGNATURE: signature(delivery.secret, body, when=int(time.time())),
            }
            connection.request("POST", path, body, headers)
            status = connection.getresponse().status
        finally:
            connection.close()
    except (ConfigurationError, OSError, http.client.HTTPException) as exc:
        return False, f"{type(exc).__name__}: {exc}"
    return 200 <= status < 300, f"HTTP {status}"


def deliver(database: Database) -> int:
    """Send everything that is due. Returns how many messages were tried."""
    make_deliveries(database)
    due = due_deliveries(database)
    for delivery in due:
        delivered, answer = send(delivery)
        note_delivery(database, delivery.id, delivered=delivered, answer=answer)
    return len(due)


class Messenger:
    """A thread that delivers while the dashboard runs."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, daemon=True, name="lineitem-webhooks")
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=TIMEOUT_S)

    def _run(self) -> None:
        while not self._stop.wait(PAUSE_S):
            try:
                deliver(self._database)
            except WarehouseError as exc:
                LOG.warning("webhooks: %s", exc)  # the database is busy or gone: the next round tries again
