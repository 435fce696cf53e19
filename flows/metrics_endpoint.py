"""The figures over HTTP, for Prometheus to fetch: one path, read only, no secrets."""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from schemas.errors import ConfigurationError, LineitemError

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def serve_metrics(text: Callable[[], str], *, address: str, announce: Callable[[str], None]) -> None:
    """Answer ``GET /metrics`` with ``text()`` until interrupted. Raises `ConfigurationError` for an address that cannot be listened on."""
    server = metrics_server(text, address=address)
    announce(f"Figures at http://{server.server_address[0]}:{server.server_port}/metrics")
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


def metrics_server(text: Callable[[], str], *, address: str) -> ThreadingHTTPServer:
    """The server, listening but not yet answering."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise ConfigurationError(f"--listen: expected HOST:PORT such as 127.0.0.1:9108, found {address!r}.")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.partition("?")[0] != "/metrics":
                self.send_error(404)
                return
            try:
                body = text().encode()
            except LineitemError as exc:
                self.send_error(503, explain=str(exc))
                return
            self.send_response(200)
            self.send_header("Content-Type", CONTENT_TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: a scrape every few seconds is no news."""

    try:
        return ThreadingHTTPServer((host, int(port)), Handler)
    except OSError as exc:
        raise ConfigurationError(f"{address} cannot be listened on: {exc.strerror or exc}.") from exc
