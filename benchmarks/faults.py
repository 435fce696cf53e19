"""What is lost or doubled when things break: ``python -m benchmarks.faults`` breaks batches on SQLite and on PostgreSQL and counts.

Extraction is a stand-in that takes a known time, so that faults fall everywhere between the first row and the last; with ``--folder DIR`` the PDF files of
that folder are really extracted instead. Faults: kill -9 of a worker,
of the flow, and of the whole process tree at random moments; two runs at once; a database that is away; a disk that fills up in mid-batch, and one that
is full before the batch.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.documents import of_folder
from benchmarks.fault_scenes import Outcome, Scene, descendants, kill
from benchmarks.postgresql import Server, running_server

START_S = 6.0  # about what a run needs until the first document, on a busy machine


def wait_for_moment(scene: Scene, run: subprocess.Popen[str], *, after: int, chance: random.Random) -> None:
    """Return at a random moment once ``after`` documents are done, or, where that many already were, somewhere in the start of the run."""
    if after <= scene.finished():
        pause_s = chance.uniform(0.2, START_S)
    else:
        while run.poll() is None and scene.finished() < after:
            time.sleep(0.05)
        pause_s = chance.uniform(0.0, 0.5)
    deadline = time.monotonic() + pause_s
    while time.monotonic() < deadline and run.poll() is None:
        time.sleep(0.02)


def kill_at_random(make: Callable[[], Scene], kind: str, fault: str, times: int, chance: random.Random) -> Outcome:
    """Kill ``times`` times, each at a random moment of a run, starting the same command again after each; a new scene when one is done."""
    killed, total = 0, Outcome(fault, kind, 0, 0, Counter(), 0, 0)
    while killed < times:
        scene = make()
        begun = time.monotonic()
        while killed < times and scene.finished() < scene.documents:
            before, run = scene.finished(), scene.start()
            wait_for_moment(scene, run, after=before + chance.randint(-3, max(1, (scene.documents - before) // 3)), chance=chance)
            if run.poll() is not None:
                break  # done before its moment came
            below = descendants(run.pid)
            victims = {"worker": below[:1] or [run.pid], "flow": [run.pid], "process tree": [run.pid, *below]}[
                fault.removeprefix("kill -9 of a ")
            ]
            kill(victims)
            killed += 1
            if victims[0] != run.pid:
                run.wait(timeout=600)  # the flow goes on with another worker
            else:
                run.communicate()
        scene.finish()
        one = scene.outcome(fault, kind, 0)
        total = Outcome(
            fault,
            kind,
            killed,
            total.documents + one.documents,
            total.states + one.states,
            total.lost + one.lost,
            total.doubled + one.doubled,
        )
        print(
            f"  {fault}, {kind}: {killed} kills, {total.documents} documents, {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True
        )
    return total


def two_at_once(scene: Scene, kind: str) -> Outcome:
    runs = [scene.start() for _ in range(2)]
    codes = [(run.communicate(timeout=600), run.returncode)[1] for run in runs]
    return scene.outcome("two runs at once", kind, 1, f"exit codes {codes[0]} and {codes[1]}")


def database_away(scene: Scene, kind: str, *, away_s: float, leave: Callable[[], None], come_back: Callable[[], None]) -> Outcome:
    run = scene.start()
    while run.poll() is None and scene.finished() < 4:
        time.sleep(0.1)
    leave()
    time.sleep(away_s)
    come_back()
    _, said = run.communicate(timeout=600)
    waited = "waited and went on" if run.returncode == 0 and "Waiting for it" in said else said.strip().splitlines()[-1][:120]
    if run.returncode:
        scene.finish()
    return scene.outcome(f"database away for {away_s:.0f} s", kind, 1, waited)


def disk_full(scene: Scene, kind: str, disk: Path, *, at_start: bool = False, between: Callable[[], None] = lambda: None) -> Outcome:
    """Fill the disk when the batch is on its way, or before it, see it stop, make room, run again."""
    filler = disk / "filler"
    if at_start:
        _fill(filler)
    run = scene.start()
    if not at_start:
        while run.poll() is None and scene.finished() < 4:
            time.sleep(0.1)
        _fill(filler)
    _, said = run.communicate(timeout=600)
    last = said.strip().splitlines()[-1] if said.strip() else ""
    filler.unlink()
    between()
    at_stop = scene.finished()
    scene.finish()
    ended = f"exit {run.returncode} with {at_stop} documents done"
    note = f"{ended}, {last.partition(' The database')[0] if not run.returncode else last.replace(str(disk), '…')[:200]}"
    return scene.outcome("disk full before the batch" if at_start else "disk full in mid-batch", kind, 1, note)


def _fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


def table(outcomes: Sequence[Outcome]) -> str:
    """The outcomes in Markdown."""
    lines = [
        "| fault | database | times | documents in | accepted + review + rejected out | lost | doubled | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for o in outcomes:
        out = " + ".join(str(o.states[state]) for state in ("accepted", "review", "rejected"))
        lines.append(f"| {o.fault} | {o.database} | {o.times} | {o.documents} | {out} | {o.lost} | {o.doubled} | {o.note} |")
    return "\n".join(lines)


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    options.add_argument("--kills", type=int, default=42, help="kills at random moments, on each database")
    options.add_argument("--kills-only", action="store_true", help="leave the other faults out")
    options.add_argument("--disk-only", action="store_true", help="only the full disk")
    options.add_argument("--away-s", type=float, default=30.0, help="how long the database is away")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--folder", type=Path, help="extract the PDF files of this folder instead of stand-ins")
    options.add_argument("--only", choices=("SQLite", "PostgreSQL"), help="one database only; both at once take half the time")
    given = options.parse_args()
    servers = running_server() if given.only != "SQLite" else contextlib.nullcontext()
    with tempfile.TemporaryDirectory(prefix="lineitem-faults-") as scratch, servers as server:
        Path(scratch).chmod(0o711)  # PostgreSQL's own user must find its data on the small disk
        outcomes: list[Outcome] = []
        for kind, its_server in (("SQLite", None), ("PostgreSQL", server)):
            if given.only in (None, kind):
                outcomes += measure(Path(scratch), kind, given, its_server)
    print(table(outcomes))
    if any(outcome.lost or outcome.doubled for outcome in outcomes):
        raise SystemExit(1)


def measure(scratch: Path, kind: str, given: argparse.Namespace, server: Server | None) -> list[Outcome]:
    """Every fault on one kind of database."""
    chance, number = random.Random(given.seed), 0
    files = of_folder(given.folder).files if given.folder else ()

    def scene(documents: int = 40, seconds: float = 0.15) -> Scene:
        nonlocal number
        number += 1
        folder = scratch / f"{kind.lower()}-{number}"
        url = f"sqlite:///{folder / 'lineitem.db'}" if server is None else server.database(f"scene_{number}")
        return Scene(folder, url, documents=documents, seconds=seconds, files=files)

    if given.disk_only:
        return full_disks(scratch, kind, files)
    outcomes = [
        kill_at_random(scene, kind, f"kill -9 of a {victim}", -(-given.kills // 3), chance) for victim in ("worker", "flow", "process tree")
    ]
    if given.kills_only:
        return outcomes
    outcomes.append(two_at_once(scene(), kind))
    away = scene(documents=24, seconds=0.5)
    if server is None:
        locks: list[sqlite3.Connection] = []

        def lock() -> None:
            connection = sqlite3.connect(away.url.removeprefix("sqlite:///"), isolation_level=None, timeout=30, check_same_thread=False)
            connection.execute("BEGIN EXCLUSIVE")
            locks.append(connection)

        def unlock() -> None:
            locks.pop().close()

        # Another program holds the file: the connection itself waits 30 s for that, so it is held for a little longer.
        outcomes.append(database_away(away, kind, away_s=given.away_s + 3, leave=lock, come_back=unlock))
    else:
        outcomes.append(database_away(away, kind, away_s=given.away_s, leave=lambda: server.stop(mode="immediate"), come_back=server.start))
    return outcomes + full_disks(scratch, kind, files)


def full_disks(scratch: Path, kind: str, files: Sequence[Path] = ()) -> list[Outcome]:
    """On small file systems of their own, which only an administrator can mount; [] for anyone else."""
    outcomes: list[Outcome] = []
    for at_start in (False, True):
        disk = scratch / f"disk-{kind.lower()}-{at_start:d}"
        disk.mkdir()
        count = 24 if kind == "SQLite" or files else 200
        bytes_ = 2 * sum(file.stat().st_size for file in files[:count]) + (4_000_000 if kind == "SQLite" else 160_000_000)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={bytes_},mode=777", "tmpfs", str(disk)]
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            print("benchmarks: disk full is left out: a file system cannot be mounted here", file=sys.stderr)
            return outcomes
        try:
            outcomes.append(_on_small_disk(disk, kind, files, count=count, at_start=at_start))
        finally:
            subprocess.run(["umount", "-l", str(disk)], capture_output=True, check=False)
            shutil.rmtree(disk, ignore_errors=True)
    return outcomes


def _on_small_disk(disk: Path, kind: str, files: Sequence[Path], *, count: int, at_start: bool) -> Outcome:
    folder = disk / "scene"
    if kind == "SQLite":
        scene = Scene(folder, f"sqlite:///{folder / 'lineitem.db'}", documents=count, seconds=0.3, files=files)
        return disk_full(scene, kind, disk, at_start=at_start)
    with running_server(parent=disk) as server:
        scene = Scene(folder, server.database("full"), documents=count, seconds=0.05, files=files)

        def restart() -> None:  # PostgreSQL itself may have stopped
            server.stop(mode="immediate", may_be_down=True)
            server.start()

        return disk_full(scene, kind, disk, at_start=at_start, between=restart)


if __name__ == "__main__":
    main()
