"""Scenes for faults: an inbox and its database, the program that runs over them, what came of it, and the means to kill it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROGRAM = """
import sys
sys.path.insert(0, sys.argv[4])
import stand_in
from flows.composition import run_batch
from flows.progress import PlainLines
from flows.settings import Settings
from schemas.errors import LineitemError
settings = Settings(database=sys.argv[2], document_store=sys.argv[3], orchestrator="none", settle_s=0, chunk=4, workers=2)
options = stand_in.options(chunk=4) if sys.argv[5] == "stand-in" else None
try:
    run_batch(sys.argv[1], settings, options=options, progress=PlainLines())
except LineitemError as error:
    sys.exit(f"lineitem: {error}")
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one kind of fault: documents in, final states out, and what should both be 0."""

    fault: str
    database: str
    times: int
    documents: int
    states: Counter[str]
    lost: int
    doubled: int
    note: str = ""


class Scene:
    """An inbox with documents and an empty database for it: ``files`` where given, else stand-ins that take ``seconds`` each."""

    def __init__(self, folder: Path, url: str, *, documents: int, seconds: float, files: Sequence[Path] = ()) -> None:
        self.url, self.inbox, self.store = url, folder / "inbox", folder / "store"
        self.extraction, self.documents = ("real", min(documents, len(files))) if files else ("stand-in", documents)
        self.inbox.mkdir(parents=True)
        for file in files[: self.documents]:
            shutil.copy(file, self.inbox)
        for number in range(0 if files else documents):
            content = {"goes": "slow", "seconds": seconds, "number": f"{folder.name}-{number:04}", "gross": f"{number + 1}.00"}
            (self.inbox / f"d{number:04}.pdf").write_text(json.dumps(content))

    def start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(self.inbox), self.url, str(self.store), str(ROOT / "tests" / "flows"), self.extraction],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def finish(self) -> str:
        """Run to the end; returns what the run said. Raises `SystemExit` when it fails."""
        run = self.start()
        _, said = run.communicate(timeout=600)
        if run.returncode:
            raise SystemExit(f"benchmarks: the run after the fault failed:\n{said[-2000:]}")
        return said

    def finished(self) -> int:
        """How many documents are done at this moment; 0 while there is no database yet."""
        try:
            return sum(count for state, count in self.count()[0].items() if state not in ("received", "leased"))
        except Exception:  # noqa: BLE001 - the database may be away, or not yet made
            return 0

    def count(self) -> tuple[Counter[str], int, int]:
        """(documents by state, documents with more than one result, documents whose bytes are missing or that are done without a decision)."""
        from sqlalchemy import func, select

        from warehouse.database import open_database
        from warehouse.document_store import open_document_store
        from warehouse.tables import DecisionRow, DocumentRow, InvoiceRow

        store = open_document_store(str(self.store))
        with open_database(self.url) as database, database.read() as session:
            rows = session.execute(select(DocumentRow.id, DocumentRow.state, DocumentRow.sha256)).all()
            results = Counter(session.scalars(select(InvoiceRow.document_id)))
            decisions = dict(session.execute(select(DecisionRow.document_id, func.count()).group_by(DecisionRow.document_id)).all())
        doubled = sum(results[row.id] > 1 or decisions.get(row.id, 0) > 1 for row in rows) + len(rows) - len({row.sha256 for row in rows})
        half = sum(not store.holds(row.sha256) or (row.state not in ("received", "leased") and row.id not in decisions) for row in rows)
        return Counter(row.state for row in rows), doubled, half

    def outcome(self, fault: str, kind: str, times: int, note: str = "") -> Outcome:
        states, doubled, missing = self.count()
        done = sum(count for state, count in states.items() if state not in ("received", "leased"))
        return Outcome(fault, kind, times, self.documents, states, self.documents - done + missing, doubled, note)


def descendants(pid: int) -> list[int]:
    """All processes below ``pid``, nearest first."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents.setdefault(int(path.read_text().rpartition(")")[2].split()[1]), []).append(int(path.parent.name))
        except (OSError, ValueError):
            continue
    found, todo = [], [pid]
    while todo:
        below = parents.get(todo.pop(0), [])
        found += below
        todo += below
    return found


def kill(pids: Sequence[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
