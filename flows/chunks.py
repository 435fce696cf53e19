"""How a batch is cut and run: its options, what became of a chunk, and who works on chunks in place of this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol

from flows.judging import Judge
from flows.work import Task, WorkOrder

if TYPE_CHECKING:
    from flows.running_batch import RunningBatch
    from flows.second_opinions import SecondOpinions
    from warehouse.database import Database


# A batch's bytes go to each worker in so many portions at least, but for portions smaller than this.
PORTIONS_PER_WORKER, LEAST_PORTION_BYTES = 4, 1_000_000


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """How to run: what workers do, how many, in which portions, and what identifies a result."""

    order: WorkOrder
    pipeline_version: str
    judge: Judge
    today: date
    workers: int = 1
    chunk: int = 25
    lease_s: float = 120.0
    database_wait_s: float = 120.0
    second_opinions: Callable[[Database, int], SecondOpinions] | None = None  # opened when a batch begins


@dataclass(frozen=True, slots=True)
class ChunkReport:
    """What this run did with one chunk; documents that another run holds or has done are not in it."""

    number: int
    counts: dict[str, int]
    pages: int
    seconds: float
    finished: tuple[int, ...] = ()
    times: Mapping[str, float] = field(default_factory=dict[str, float])
    notes: tuple[str, ...] = ()

    def sentence(self) -> str:
        return ", ".join(f"{count} {status}" for status, count in sorted(self.counts.items())) or "nothing left to do"


def cut_chunks(tasks: Sequence[Task], *, most: int, workers: int) -> list[Sequence[Task]]:
    """The tasks in portions of up to ``most``, small files first, large ones in smaller portions.

    What takes longest (long reports, scans) is large as a file and comes last, so that it does not hold the others up; and it comes spread over
    many portions, so that no worker is left alone with it. A small batch is spread over all workers.
    """
    workers = max(workers, 1)
    most = max(1, min(most, -(-len(tasks) // workers)))
    share = max(sum(task.size_bytes for task in tasks) / (PORTIONS_PER_WORKER * workers), LEAST_PORTION_BYTES)
    chunks: list[list[Task]] = []
    size = 0
    for task in sorted(tasks, key=lambda task: task.size_bytes):
        if not chunks or len(chunks[-1]) == most or (size + task.size_bytes > share and size > 0):
            chunks.append([])
            size = 0
        chunks[-1].append(task)
        size += task.size_bytes
    return [tuple(chunk) for chunk in chunks]


class Elsewhere(Protocol):
    """Machines that take the place of this one's threads (`flows.cluster.Cluster`)."""

    @property
    def size(self) -> int: ...

    def submit(self, batch: RunningBatch, number: int, tasks: Sequence[Task]) -> Future[ChunkReport]: ...

    def close(self) -> None: ...
