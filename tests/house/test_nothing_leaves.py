"""Documents are processed on this machine: no connection to another one is opened, by no process of a run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = (sys.executable, "-c", "from flows.cli import main; main()")

# Python imports a module of this name at the start of every process, worker processes included.
WATCH = """
import os, sys

def watch(event, arguments):
    if event not in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        return
    address = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
    host = address[0] if isinstance(address, tuple) else address
    if isinstance(host, bytes):
        host = host.decode("latin-1")
    if host in (None, "", "localhost", "::1", "0.0.0.0") or str(host).startswith(("127.", "/", "\\0")):
        return
    with open(os.environ["WATCHED"], "a") as log:
        log.write(f"{event} {address}\\n")
    raise PermissionError("no connection to another machine")  # before anything is sent

sys.addaudithook(watch)
with open(os.environ["WATCHED"] + ".started", "a") as log:
    log.write("started\\n")
"""


@pytest.fixture
def watched(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LINEITEM_", "PREFECT_"))}
    paths = [str(tmp_path / "watch"), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), "WATCHED": str(tmp_path / "connections")}


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    folder = tmp_path / "inbox"
    folder.mkdir()
    for number in range(2):
        page = canvas.Canvas(str(folder / f"invoice-{number}.pdf"))
        for row, text in enumerate(
            ["Example Ltd", f"Invoice 100{number}", "Date 2026-05-04", "1 Bolt 10.00", "Total EUR 10.00", "see www.example.com"]
        ):
            page.drawString(72, 780 - 20 * row, text)
        page.save()
    return folder


def test_the_watch_sees_and_stops_connections(tmp_path: Path, watched: dict[str, str]) -> None:
    attempt = "import socket; socket.socket().connect(('192.0.2.1', 9))"
    result = subprocess.run([sys.executable, "-c", attempt], env=watched, capture_output=True, text=True, check=False, timeout=60)
    assert "PermissionError: no connection to another machine" in result.stderr
    assert "192.0.2.1" in (tmp_path / "connections").read_text()


@pytest.mark.slow
@pytest.mark.parametrize("command", ["extract", "run"])
def test_no_process_of_a_run_connects_to_another_machine(tmp_path: Path, watched: dict[str, str], inbox: Path, command: str) -> None:
    if subprocess.run([*COMMAND, "model", "info"], capture_output=True, timeout=120, check=False).returncode:
        pytest.skip("no model in this checkout")
    result = subprocess.run(
        [*COMMAND, command, str(inbox)], cwd=tmp_path, env=watched, capture_output=True, text=True, timeout=280, check=False
    )
    assert result.returncode in (0, 1), result.stderr
    assert (tmp_path / "connections.started").exists()
    assert not (tmp_path / "connections").exists(), (tmp_path / "connections").read_text()
