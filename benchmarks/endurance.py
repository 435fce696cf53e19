"""Whether memory and time per document stay flat in a long run: ``python -m benchmarks.endurance FOLDER --counts 200 2000 --picture FILE.svg``.

Each count is one ``lineitem run`` with real extraction, without Prefect. The documents of the folder are taken in turn, so that a short run and a
long one have the same mix; where there are fewer than asked for, further copies differ in a comment behind the last byte, which makes them documents
of their own (and duplicates to the rules, which costs nothing less). Time is processor time, so that other programs do not count.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.documents import of_folder
from benchmarks.markdown import machine, table
from benchmarks.memory import tree_mib

ROOT = Path(__file__).parents[1]
SAMPLE_S = 1.0
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
WIDTH, HEIGHT, MARGIN = 720, 300, 48
COLOURS = {"coordinator": "#0b6e4f", "largest worker": "#8a4f00"}


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at a run: documents done, memory in MiB, processor seconds of all its processes so far."""

    done: int
    coordinator_mib: float
    worker_mib: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Run:
    """A whole run over ``documents``; ``pages`` as the summary counts them."""

    documents: int
    samples: tuple[Sample, ...]
    cpu_s: float
    seconds: float

    def mib_at(self, share: float) -> Sample:
        """The first look after that share of the documents was done."""
        return next((s for s in self.samples if s.done >= share * self.documents), self.samples[-1])


def lay_out(files: Sequence[Path], folder: Path, count: int) -> None:
    """``count`` documents of ``files`` in ``folder``: every n-th where there are more, copies with another last comment where there are fewer."""
    folder.mkdir(parents=True)
    step = max(len(files) / count, 1.0)
    for number in range(count):
        source = files[int(number * step) % len(files)]
        turn = number // len(files)
        (folder / f"{number:05}-{source.name}").write_bytes(source.read_bytes() + (f"\n% copy {turn}\n".encode() if turn else b""))


def measure(files: Sequence[Path], count: int, *, workers: int) -> Run:
    """One run over ``count`` documents, looked at every second."""
    with tempfile.TemporaryDirectory(prefix="lineitem-endurance-") as scratch:
        inbox, database = Path(scratch) / "inbox", Path(scratch) / "lineitem.db"
        lay_out(files, inbox, count)
        environment = {
            **os.environ,
            "LINEITEM_ORCHESTRATOR": "none",
            "LINEITEM_SETTLE_S": "0",
            "LINEITEM_DATABASE": f"sqlite:///{database}",
        }
        command = [sys.executable, "-m", "flows.cli", "run", str(inbox), "--ignore-xml", "--workers", str(workers)]
        begun, used = time.perf_counter(), os.times()
        run = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        samples: list[Sample] = []
        while run.poll() is None:
            if (peaks := tree_mib(run.pid)) is not None:
                samples.append(Sample(done(database), peaks.coordinator, peaks.worker or 0.0, tree_cpu_s(run.pid)))
            time.sleep(SAMPLE_S)
        if run.returncode not in (0, 1) or done(database) != count:
            raise SystemExit(f"benchmarks: the run over {count} documents ended with {run.returncode}")
        after = os.times()
        cpu_s = after.children_user + after.children_system - used.children_user - used.children_system
        return Run(count, tuple(samples), cpu_s, time.perf_counter() - begun)


def done(database: Path) -> int:
    """Documents in a final state; 0 while there is no database."""
    if not database.exists():
        return 0
    try:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5) as connection:
            return connection.execute("SELECT count(*) FROM documents WHERE state NOT IN ('received', 'leased')").fetchone()[0]
    except sqlite3.Error:
        return 0


def tree_cpu_s(root: int) -> float:
    """Processor seconds of a process and of all below it, as far as they live or were waited for."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(path.parent.name)] = int(fields[1])
        ticks[int(path.parent.name)] = sum(map(int, fields[11:15]))
    below = {root}
    while more := {pid for pid, parent in parents.items() if parent in below} - below:
        below |= more
    return sum(ticks.get(pid, 0) for pid in below) / TICKS_PER_S


def picture(run: Run) -> str:
    """Memory over documents, as SVG."""
    top = 1.15 * max(max(s.coordinator_mib, s.worker_mib) for s in run.samples)
    across, up = (WIDTH - 2 * MARGIN) / run.documents, (HEIGHT - 2 * MARGIN) / top
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f"<title>Memory of a run over {run.documents} documents</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
    ]
    for mib in range(0, int(top) + 1, max(int(top / 4) // 100 * 100, 100)):
        y = HEIGHT - MARGIN - up * mib
        parts.append(f'<path d="M{MARGIN} {y:.1f}H{WIDTH - MARGIN}" stroke="#ddd"/><text x="8" y="{y + 4:.1f}">{mib}</text>')
    for name, values in (
        ("coordinator", [(s.done, s.coordinator_mib) for s in run.samples]),
        ("largest worker", [(s.done, s.worker_mib) for s in run.samples]),
    ):
        points = " ".join(f"{MARGIN + across * x:.1f},{HEIGHT - MARGIN - up * y:.1f}" for x, y in values)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"/>')
        end = HEIGHT - MARGIN - up * values[-1][1]
        parts.append(f'<text x="{WIDTH - MARGIN - 90}" y="{end - 8:.1f}" fill="{COLOURS[name]}">{name}</text>')
    axis = f'<text x="{WIDTH - MARGIN}" y="{HEIGHT - 14}" text-anchor="end">documents done: {run.documents}</text>'
    return "\n".join([*parts, f'<text x="8" y="20">MiB</text>{axis}</svg>', ""])


def report(runs: Sequence[Run]) -> str:
    """Time and memory of each run, in Markdown."""
    first = runs[0].cpu_s / runs[0].documents
    rows = [
        [
            str(run.documents),
            f"{1000 * run.cpu_s / run.documents:.1f}",
            f"{run.cpu_s / run.documents / first - 1:+.1%}",
            f"{run.seconds:.0f}",
            *(f"{run.mib_at(share).coordinator_mib:.0f} / {run.mib_at(share).worker_mib:.0f}" for share in (0.1, 0.5, 1.0)),
        ]
        for run in runs
    ]
    head = ["documents", "processor ms per document", "against the first", "wall s", "MiB at 10 %", "at 50 %", "at the end"]
    return "\n".join([table(head, rows), "", "MiB: coordinator / largest worker. " + machine()])


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks.endurance", description=__doc__)
    options.add_argument("folder", type=Path, help="folder of PDF files")
    options.add_argument("--counts", type=int, nargs="+", default=[200, 2000])
    options.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options.add_argument("--picture", type=Path, help="draw the memory of the longest run here (SVG)")
    given = options.parse_args()
    files = of_folder(given.folder).files
    runs = [measure(files, count, workers=given.workers) for count in sorted(given.counts)]
    print(report(runs))
    if given.picture is not None:
        given.picture.write_text(picture(runs[-1]), encoding="utf-8")


if __name__ == "__main__":
    main()
