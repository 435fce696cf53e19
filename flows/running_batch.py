"""A batch at work: documents are registered, leased chunk by chunk, read by worker processes and recorded one transaction each.

Knows nothing of Prefect. The work begins when the batch is made and goes on in background threads, one per worker process; whoever
orchestrates waits for the chunks. `flows.batch` does so from Prefect tasks, `RunningBatch.reports` without.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from functools import partial

from flows.chunks import BatchOptions, ChunkReport, Elsewhere, cut_chunks
from flows.file_parts import parts_left, register_parts
from flows.inbox import Inbox
from flows.lease_keeping import LeaseKeeping
from flows.patience import Patience
from flows.progress import Progress
from flows.registration import fetched, register_documents
from flows.second_opinions import SecondOpinions
from flows.summary import BatchSummary, figures_of
from flows.supervision import Stopped, Worker
from flows.work import Opinion, Result, Task, Verdict, rejected
from schemas.errors import DocumentError, LineitemError, WarehouseError
from schemas.invoice import Invoice
from warehouse.batches import begin_batch, end_batch
from warehouse.database import Database
from warehouse.document_store import DocumentStore
from warehouse.documents import finish
from warehouse.fallback import calls_by_outcome, spent_usd
from warehouse.leases import claim, new_owner, release, renew, states
from warehouse.operating_figures import record_figures
from warehouse.queries import count_by_rule, count_by_status
from warehouse.tables import FINAL_STATES

__all__ = ["BatchOptions", "ChunkReport", "Elsewhere", "RunningBatch"]

OTHERS_POLL_S = 0.5


class RunningBatch:
    """Use it as a context manager: entering registers the documents and sets to work; leaving ends the workers, gives back the leases of
    what is not done and records how the batch ended, whatever happened in between."""

    def __init__(
        self,
        inbox: Inbox,
        database: Database,
        store: DocumentStore,
        options: BatchOptions,
        progress: Progress,
        *,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        self.inbox, self.database, self.store, self.options, self.progress = inbox, database, store, options, progress
        self._elsewhere = elsewhere
        self.batch_id = 0
        self.chunks: list[Sequence[Task]] = []
        self._begun = self._worked_until = time.perf_counter()
        self._owner = new_owner()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._patiently = Patience(options.database_wait_s, progress.say, self._stop.is_set)
        self._outcome = "interrupted"
        self._tasks: list[Task] = []
        self._ids: set[int] = set()  # of all documents of this batch, done or not
        self._finished_here: set[int] = set()
        self._given_up: set[int] = set()
        self._parts: list[Task] = []  # of files that held several invoices; they follow when all chunks are done
        self._already_done = 0
        self._pages = 0
        self._times: Counter[str] = Counter()
        self._unread: list[str] = []
        self._all_workers: list[Worker] = []
        self._workers: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        self._executor: ThreadPoolExecutor | None = None
        self._futures: list[Future[ChunkReport]] = []
        self._second_opinions: SecondOpinions | None = None

    def __enter__(self) -> RunningBatch:
        """Raises `WarehouseError`."""
        try:
            self._start()
        except BaseException as exc:
            self._close(exc)
            raise
        return self

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        self._close(error)

    def _start(self) -> None:
        self.batch_id = begin_batch(
            self.database,
            source=self.inbox.source,
            owner=self._owner,
            pipeline_version=self.options.pipeline_version,
            documents=len(self.inbox.documents),
            ignored=sum(self.inbox.ignored.values()),
        )
        self._register()
        self.progress.begin(len(self._ids), self._already_done)
        workers = min(self.options.workers if self._elsewhere is None else self._elsewhere.size, len(self._tasks))
        for _ in range(workers if self._elsewhere is None else min(1, workers)):
            worker = Worker(self.options.order, stopped=self._stop.is_set)
            self._all_workers.append(worker)
            if self._elsewhere is None:  # else one is kept for what dead machines leave, and starts when it is needed
                worker.start()
            self._workers.put(worker)
        self.chunks = cut_chunks(self._tasks, most=self.options.chunk, workers=workers)
        threads = max(workers, 1) + 1  # while one chunk is recorded, all worker processes read
        self.open_second_opinions()
        if self._second_opinions is not None:
            threads *= 2  # while some chunks wait for answers, the worker processes read on
        if self._elsewhere is not None:
            self._futures = [self._elsewhere.submit(self, number, chunk) for number, chunk in enumerate(self.chunks, start=1)]
            for future in self._futures:
                future.add_done_callback(self._note_chunk)
            return
        executor = self._executor = ThreadPoolExecutor(threads, thread_name_prefix="lineitem-chunk")
        self._futures = [executor.submit(self.process_chunk, number, chunk) for number, chunk in enumerate(self.chunks, start=1)]

    def open_second_opinions(self) -> None:
        """Hear a foundation model about doubtful documents from now on, where the options name one."""
        if self.options.second_opinions is not None:
            self._second_opinions = self.options.second_opinions(self.database, self.batch_id)

    def close_second_opinions(self) -> None:
        """Wait for the calls that are under way."""
        if self._second_opinions is not None:
            self._second_opinions.close()

    def _register(self) -> None:
        """Make a task of every document that is not done, one per content."""
        registration = register_documents(
            self.inbox,
            self.database,
            self.store,
            pipeline_version=self.options.pipeline_version,
            batch_id=self.batch_id,
            max_bytes=self.options.order.document_max_bytes,
            patience=self._patiently,
        )
        self._tasks, self._ids, self._already_done = registration.tasks, registration.ids, len(registration.done)
        for sentence in registration.unread:
            self._leave_unread(sentence)
        wholes = {original.source for original in self.inbox.documents} if registration.done else set[str]()
        version = self.options.pipeline_version
        left = self._patiently(lambda: parts_left(wholes, self.database, self.store, pipeline_version=version))
        self._tasks.extend(task for task in left if task.document_id not in self._ids)
        self._ids.update(task.document_id for task in left)

    def process_chunk(self, number: int, tasks: Sequence[Task], *, worker: Worker | None = None) -> ChunkReport:
        """Lease, read and record one chunk, by ``worker`` or whichever is free."""
        begun = time.perf_counter()
        counts: Counter[str] = Counter()
        pages = 0
        finished: list[int] = []
        if worker is not None:
            self._workers.put(worker)
        for result in self._with_second_opinions(self._read(tasks)):
            invoice = self._record(result)
            if invoice is not None:
                counts[invoice.status.value] += 1
                pages += invoice.pages
                finished.append(result.task.document_id)
                self.progress.advance(invoice.status.value)
        with self._lock:
            self._pages += pages
            self._worked_until = time.perf_counter()
        notes = tuple(self._unread) if worker is not None else ()
        return ChunkReport(number, dict(counts), pages, time.perf_counter() - begun, tuple(finished), dict(self._times), notes)

    def _note_chunk(self, future: Future[ChunkReport]) -> None:
        """Take into this batch's figures what another machine did."""
        if future.cancelled() or future.exception() is not None:
            return  # said to whoever waits for the chunk
        report = future.result()
        with self._lock:
            self._pages += report.pages
            self._times.update(report.times)
            self._finished_here.update(report.finished)
            self._worked_until = time.perf_counter()
        for sentence in report.notes:
            self._leave_unread(sentence)
        for status, count in report.counts.items():
            for _ in range(count):
                self.progress.advance(status)

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
        lease_s = self.options.lease_s
        wanted = [task.document_id for task in tasks]
        ids = self._patiently(lambda: claim(self.database, wanted, owner=self._owner, lease_s=lease_s))
        mine = [task for task in tasks if task.document_id in ids]
        if not mine:
            return ()
        keep_lease = LeaseKeeping(lambda: renew(self.database, list(ids), owner=self._owner, lease_s=lease_s), lease_s=lease_s)
        try:
            with fetched(self.store, mine) as ready:
                answer = worker.run(ready, waiting=keep_lease)
        except Stopped:
            release(self.database, list(ids), owner=self._owner)
            return ()
        except BaseException:
            self._stop.set()  # what ended this chunk would end the others too
            with contextlib.suppress(WarehouseError):  # the first error is the one to report
                release(self.database, list(ids), owner=self._owner)
            raise
        with self._lock:
            self._times.update(answer.times)
        return answer.results

    def _with_second_opinions(self, results: Sequence[Result]) -> Iterator[Result]:
        """The results as they come, the doubtful ones after the foundation model was asked where policy allows. Leases are kept meanwhile."""
        if self._second_opinions is None:
            yield from results
            return
        lease_s = self.options.lease_s
        pending = {result.task.document_id for result in results}
        keep_lease = LeaseKeeping(lambda: renew(self.database, list(pending), owner=self._owner, lease_s=lease_s), lease_s=lease_s)
        for result in self._second_opinions.of(results, stopped=self._stop.is_set):
            if result is None:
                keep_lease()
                continue
            pending.discard(result.task.document_id)
            yield result
        if pending:  # the batch was stopped
            release(self.database, list(pending), owner=self._owner)

    def _record(self, result: Result) -> Invoice | None:
        """Write one result. None: there is nothing to count, the document is left to another run."""
        task = result.task
        if result.verdict is Verdict.CHANGED or result.invoice is None:
            self._leave_unread(f"{result.reason}; run again to process it")
            self._given_up.add(task.document_id)
            release(self.database, [task.document_id], owner=self._owner)
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
        """Take the parts of a file into this batch: registered at once, processed after the chunks."""
        version, batch_id = self.options.pipeline_version, self.batch_id
        parts = self._patiently(
            lambda: register_parts(result.task, result.parts, self.database, self.store, pipeline_version=version, batch_id=batch_id)
        )
        with self._lock:
            self._parts.extend(task for task in parts if task.document_id not in self._ids)
            self._ids.update(task.document_id for task in parts)

    def _finish(self, task: Task, invoice: Invoice, opinion: Opinion | None = None) -> Invoice | None:
        options, document_id = self.options, task.document_id
        judge = partial(options.judge, opinion=opinion)
        stored = self._patiently(
            lambda: finish(self.database, document_id, invoice, owner=self._owner, batch_id=self.batch_id, today=options.today, judge=judge)
        )
        if stored is not None:
            self._finished_here.add(document_id)
        return stored

    def chunk_report(self, number: int) -> ChunkReport:
        """Wait for the chunk with this number (from 1). Raises what ended it."""
        try:
            return self._futures[number - 1].result()
        except CancelledError:
            return ChunkReport(number, {}, 0, 0.0)

    def stop(self) -> None:
        """Take no more documents on; what is not done is left to the next run."""
        self._stop.set()

    @property
    def finished_count(self) -> int:
        """How many documents this run has recorded so far."""
        return len(self._finished_here)

    @property
    def is_stopped(self) -> bool:
        return self._stop.is_set()

    def wait_for_workers(self) -> None:
        """Return when every chunk has come to an end, good or bad."""
        wait(self._futures)

    def reports(self) -> Iterator[ChunkReport]:
        """Every chunk's report, as far as the batch has come, in order; then the documents that other runs hold."""
        for number in range(1, len(self.chunks) + 1):
            yield self.chunk_report(number)
        self.settle()

    def settle(self) -> None:
        """Process the parts of files; wait for documents that other runs are working on; take over those whose run died. Ends when every
        document is done."""
        self._process_parts()
        said = False
        while not self._stop.is_set():
            now = self._patiently(lambda: states(self.database, [task.document_id for task in self._tasks]))
            held = [
                task for task in self._tasks if now.get(task.document_id) not in FINAL_STATES and task.document_id not in self._given_up
            ]
            if not held:
                for document_id in now.keys() - self._finished_here - self._given_up:
                    self.progress.advance(now[document_id])
                self._outcome = "finished"
                return
            if not said:
                self.progress.say(f"Another run is working on {len(held)} of these documents; waiting for it.")
                said = True
            before = len(self._finished_here)
            for start in range(0, len(held), self.options.chunk):
                self.process_chunk(0, held[start : start + self.options.chunk])
            if len(self._finished_here) == before:
                time.sleep(OTHERS_POLL_S)

    def _process_parts(self) -> None:
        if not self._parts or self._stop.is_set():
            return
        assert self._executor is not None  # only worker processes of this machine take files apart
        self.progress.say(f"{len(self._parts)} further documents: parts of files that held several invoices.")
        chunks = cut_chunks(self._parts, most=self.options.chunk, workers=self.options.workers)
        self._tasks.extend(self._parts)
        self._parts = []
        list(self._executor.map(partial(self.process_chunk, 0), chunks))

    def summary(self) -> BatchSummary:
        """How the batch stands: states of all its documents, whoever processed them."""
        ids = sorted(self._ids)
        return BatchSummary(
            batch_id=self.batch_id,
            source=self.inbox.source,
            database=self.database.url,
            files=len(self.inbox.documents) + len(self.inbox.unread),
            documents=len(ids),
            already_done=self._already_done,
            processed=len(self._finished_here),
            counts=count_by_status(self.database, ids),
            rules=count_by_rule(self.database, ids),
            pages=self._pages,
            seconds=self._worked_until - self._begun,
            stage_seconds=dict(self._times),
            unread=tuple(self._unread),
            ignored=self.inbox.ignored_sentence(),
            calls=calls_by_outcome(self.database, batch_id=self.batch_id),
            cost_usd=spent_usd(self.database, batch_id=self.batch_id),
        )

    def _leave_unread(self, sentence: str) -> None:
        with self._lock:
            self._unread.append(sentence)
        self.progress.say(sentence)

    def _close(self, error: BaseException | None) -> None:
        self._stop.set()
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)
        for future in self._futures if self._elsewhere is not None else ():
            future.cancel()
        self.close_second_opinions()
        for worker in self._all_workers:
            worker.kill()
        if isinstance(error, Exception):
            self._outcome = "failed"
        if not self.batch_id:
            return
        notes = [*self._unread, *([str(error)] if isinstance(error, Exception) else [])]
        try:
            end_batch(
                self.database,
                self.batch_id,
                outcome=self._outcome,
                processed=len(self._finished_here),
                pages=self._pages,
                seconds=self._worked_until - self._begun,
                stage_seconds=self._times,
                notes=notes,
            )
            if self._outcome == "finished":
                record_figures(self.database, self.batch_id, figures_of(self.summary()))
        except WarehouseError:
            if error is None:  # else the first error is the one to report
                raise
