"""The work on chunks: documents are leased, read by a worker process, heard by a foundation model where policy allows, and recorded one transaction each."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from flows.chunks import BatchOptions, ChunkReport
from flows.file_parts import register_parts
from flows.lease_keeping import LeaseKeeping
from flows.patience import Patience
from flows.progress import Progress
from flows.registration import fetched
from flows.supervision import Stopped, Worker
from flows.tally import Tally
from flows.work import Opinion, Result, Task, Verdict, rejected
from schemas.errors import DocumentError, LineitemError, WarehouseError
from schemas.invoice import Invoice
from warehouse.database import Database
from warehouse.document_store import DocumentStore
from warehouse.documents import finish
from warehouse.leases import claim, release, renew

if TYPE_CHECKING:  # most batches hear none
    from flows.second_opinions import SecondOpinions


class ChunkWork:
    """Processes chunks of one batch, several at once in as many threads. ``stop`` ends it between two documents."""

    def __init__(
        self,
        database: Database,
        store: DocumentStore,
        options: BatchOptions,
        progress: Progress,
        tally: Tally,
        *,
        batch_id: int,
        owner: str,
        stop: threading.Event,
    ) -> None:
        self.parts: list[Task] = []  # of files that held several invoices; nobody has processed them yet
        self._database, self._store, self._options, self._progress, self._tally = database, store, options, progress, tally
        self._batch_id, self._owner, self._stop = batch_id, owner, stop
        self._patiently = Patience(options.database_wait_s, progress.say, stop.is_set)
        self._workers: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        self._parts_lock = threading.Lock()
        self._second_opinions: SecondOpinions | None = None
        if options.second_opinions is not None:
            self._second_opinions = options.second_opinions(database, batch_id)

    @property
    def hears_second_opinions(self) -> bool:
        return self._second_opinions is not None

    def employ(self, worker: Worker) -> None:
        """Let ``worker`` read, beside those that do already."""
        self._workers.put(worker)

    def close(self) -> None:
        """Wait for the calls to a foundation model that are under way."""
        if self._second_opinions is not None:
            self._second_opinions.close()

    def process(self, number: int, tasks: Sequence[Task]) -> ChunkReport:
        """Lease, read and record one chunk by whichever worker is free."""
        begun = time.perf_counter()
        counts: Counter[str] = Counter()
        pages = 0
        finished: list[int] = []
        for result in self._with_second_opinions(self._read(tasks)):
            invoice = self._record(result)
            if invoice is not None:
                counts[invoice.status.value] += 1
                pages += invoice.pages
                finished.append(result.task.document_id)
                self._progress.advance(invoice.status.value)
        self._tally.add(pages=pages)
        return ChunkReport(number, dict(counts), pages, time.perf_counter() - begun, tuple(finished))

    def _read(self, tasks: Sequence[Task]) -> Sequence[Result]:
        """The results of those tasks that nobody else is working on."""
        worker = self._workers.get()  # before the leases, which nobody renews while a chunk waits for its turn
        try:
            return self._read_by(worker, tasks)
        finally:
            self._workers.put(worker)

    def _read_by(self, worker: Worker, tasks: Sequence[Task]) -> Sequence[Result]:
        if self._stop.is_set():
            return ()
        wanted = [task.document_id for task in tasks]
        ids = self._patiently(lambda: claim(self._database, wanted, owner=self._owner, lease_s=self._options.lease_s))
        mine = [task for task in tasks if task.document_id in ids]
        if not mine:
            return ()
        try:
            with fetched(self._store, mine) as ready:
                answer = worker.run(ready, waiting=self._keeping_leases(ids))
        except Stopped:
            release(self._database, list(ids), owner=self._owner)
            return ()
        except BaseException:
            self._stop.set()  # what ended this chunk would end the others too
            with contextlib.suppress(WarehouseError):  # the first error is the one to report
                release(self._database, list(ids), owner=self._owner)
            raise
        self._tally.add(times=answer.times)
        return answer.results

    def _keeping_leases(self, ids: set[int]) -> LeaseKeeping:
        """Keeps the leases of ``ids``, as many as there are at the time."""
        lease_s = self._options.lease_s
        return LeaseKeeping(lambda: renew(self._database, list(ids), owner=self._owner, lease_s=lease_s), lease_s=lease_s)

    def _with_second_opinions(self, results: Sequence[Result]) -> Iterator[Result]:
        """The results as they come, the doubtful ones after the foundation model was asked where policy allows. Leases are kept meanwhile."""
        if self._second_opinions is None:
            yield from results
            return
        pending = {result.task.document_id for result in results}
        keep_lease = self._keeping_leases(pending)
        for result in self._second_opinions.of(results, stopped=self._stop.is_set):
            if result is None:
                keep_lease()
                continue
            pending.discard(result.task.document_id)
            yield result
        if pending:  # the batch was stopped
            release(self._database, list(pending), owner=self._owner)

    def _record(self, result: Result) -> Invoice | None:
        """Write one result. None: there is nothing to count, the document is left to another run."""
        task = result.task
        if result.verdict is Verdict.CHANGED or result.invoice is None:
            self._tally.leave_unread(f"{result.reason}; run again to process it")
            self._tally.given_up.add(task.document_id)
            release(self._database, [task.document_id], owner=self._owner)
            return None
        if result.parts:
            self._follow_with(result)
        try:
            return self._finish(task, result.invoice, result.opinion)
        except LineitemError:
            raise
        except Exception as exc:  # noqa: BLE001 - values that the database cannot hold cost one document, not the batch
            reason = f"The result could not be recorded: {type(exc).__name__}: {exc}."[:500]
            return self._finish(task, rejected(task, DocumentError.rule, reason))

    def _follow_with(self, result: Result) -> None:
        """Take the parts of a file into this batch: registered at once, to be processed after the chunks."""
        version, batch_id = self._options.pipeline_version, self._batch_id
        parts = self._patiently(
            lambda: register_parts(result.task, result.parts, self._database, self._store, pipeline_version=version, batch_id=batch_id)
        )
        new = self._tally.add_new(task.document_id for task in parts)
        with self._parts_lock:
            self.parts.extend(task for task in parts if task.document_id in new)

    def _finish(self, task: Task, invoice: Invoice, opinion: Opinion | None = None) -> Invoice | None:
        options, document_id, batch_id = self._options, task.document_id, self._batch_id
        judge = partial(options.judge, opinion=opinion)
        stored = self._patiently(
            lambda: finish(self._database, document_id, invoice, owner=self._owner, batch_id=batch_id, today=options.today, judge=judge)
        )
        if stored is not None:
            self._tally.finished.add(document_id)
        return stored
