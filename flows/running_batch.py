"""A batch at work: documents are registered, cut into chunks, processed by background threads, and what other runs hold is waited for.

Knows nothing of Prefect. The work begins when the batch is made and goes on in background threads, one per worker process; whoever
orchestrates waits for the chunks. `flows.batch` does so from Prefect tasks, `RunningBatch.reports` without.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from functools import partial

from flows.chunk_work import ChunkWork
from flows.chunks import BatchOptions, ChunkReport, Elsewhere, cut_chunks
from flows.file_parts import parts_left
from flows.inbox import Inbox
from flows.patience import Patience
from flows.progress import Progress
from flows.registration import register_documents
from flows.summary import BatchSummary, figures_of
from flows.supervision import Worker
from flows.tally import Tally
from flows.work import Task
from schemas.errors import WarehouseError
from warehouse.batches import begin_batch, end_batch
from warehouse.database import Database
from warehouse.document_store import DocumentStore
from warehouse.fallback import calls_by_outcome, spent_usd
from warehouse.leases import new_owner, states
from warehouse.operating_figures import record_figures
from warehouse.queries import count_by_rule, count_by_status
from warehouse.tables import FINAL_STATES

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
        self._tally = Tally(progress.say)
        self._owner = new_owner()
        self._stop = threading.Event()
        self._patiently = Patience(options.database_wait_s, progress.say, self._stop.is_set)
        self._outcome = "interrupted"
        self._tasks: list[Task] = []
        self._already_done = 0
        self._all_workers: list[Worker] = []
        self._work: ChunkWork | None = None
        self._executor: ThreadPoolExecutor | None = None
        self._futures: list[Future[ChunkReport]] = []

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
        options = self.options
        self.batch_id = begin_batch(
            self.database,
            source=self.inbox.source,
            owner=self._owner,
            pipeline_version=options.pipeline_version,
            documents=len(self.inbox.documents),
            ignored=sum(self.inbox.ignored.values()),
        )
        self._register()
        self.progress.begin(len(self._tally.documents), self._already_done)
        places = min(options.workers if self._elsewhere is None else self._elsewhere.size, len(self._tasks))
        self.chunks = cut_chunks(self._tasks, most=options.chunk, workers=places)
        workers = self._hire(places)
        work = self._work = ChunkWork(
            self.database,
            self.store,
            options,
            self.progress,
            self._tally,
            batch_id=self.batch_id,
            owner=self._owner,
            stop=self._stop,
        )
        for worker in workers:
            work.employ(worker)
        numbered = enumerate(self.chunks, start=1)
        if self._elsewhere is not None:
            self._futures = [self._elsewhere.submit(self, number, chunk) for number, chunk in numbered]
            for future in self._futures:
                future.add_done_callback(self._note_chunk)
            return
        threads = max(places, 1) + 1  # while one chunk is recorded, all worker processes read
        if work.hears_second_opinions:
            threads *= 2  # while some chunks wait for answers, the worker processes read on
        executor = self._executor = ThreadPoolExecutor(threads, thread_name_prefix="lineitem-chunk")
        self._futures = [executor.submit(work.process, number, chunk) for number, chunk in numbered]

    def _hire(self, places: int) -> Sequence[Worker]:
        """A worker process for each place on this machine. Where others do the work one is kept for what they leave when they die, and starts then."""
        for _ in range(places if self._elsewhere is None else min(1, places)):
            worker = Worker(self.options.order, stopped=self._stop.is_set)
            self._all_workers.append(worker)
            if self._elsewhere is None:
                worker.start()
        return self._all_workers

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
        self._tasks, self._already_done = registration.tasks, len(registration.done)
        self._tally.add_new(registration.ids)
        for sentence in registration.unread:
            self._tally.leave_unread(sentence)
        wholes = {original.source for original in self.inbox.documents} if registration.done else set[str]()
        version = self.options.pipeline_version
        left = self._patiently(lambda: parts_left(wholes, self.database, self.store, pipeline_version=version))
        new = self._tally.add_new(task.document_id for task in left)
        self._tasks.extend(task for task in left if task.document_id in new)

    def _note_chunk(self, future: Future[ChunkReport]) -> None:
        """Take into this batch's figures what another machine did."""
        if future.cancelled() or future.exception() is not None:
            return  # said to whoever waits for the chunk
        report = future.result()
        self._tally.add(pages=report.pages, times=report.times, finished=report.finished)
        for sentence in report.notes:
            self._tally.leave_unread(sentence)
        for status, count in report.counts.items():
            for _ in range(count):
                self.progress.advance(status)

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
        return len(self._tally.finished)

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
        assert self._work is not None  # the batch was entered
        self._process_parts(self._work)
        tally, said = self._tally, False
        while not self._stop.is_set():
            now = self._patiently(lambda: states(self.database, [task.document_id for task in self._tasks]))
            held = [
                task for task in self._tasks if now.get(task.document_id) not in FINAL_STATES and task.document_id not in tally.given_up
            ]
            if not held:
                for document_id in now.keys() - tally.finished - tally.given_up:
                    self.progress.advance(now[document_id])
                self._outcome = "finished"
                return
            if not said:
                self.progress.say(f"Another run is working on {len(held)} of these documents; waiting for it.")
                said = True
            before = len(tally.finished)
            for start in range(0, len(held), self.options.chunk):
                self._work.process(0, held[start : start + self.options.chunk])
            if len(tally.finished) == before:
                time.sleep(OTHERS_POLL_S)

    def _process_parts(self, work: ChunkWork) -> None:
        if not work.parts or self._stop.is_set():
            return
        assert self._executor is not None  # only worker processes of this machine take files apart
        self.progress.say(f"{len(work.parts)} further documents: parts of files that held several invoices.")
        chunks = cut_chunks(work.parts, most=self.options.chunk, workers=self.options.workers)
        self._tasks.extend(work.parts)
        work.parts = []
        list(self._executor.map(partial(work.process, 0), chunks))

    def summary(self) -> BatchSummary:
        """How the batch stands: states of all its documents, whoever processed them."""
        tally, ids = self._tally, sorted(self._tally.documents)
        return BatchSummary(
            batch_id=self.batch_id,
            source=self.inbox.source,
            database=self.database.url,
            files=len(self.inbox.documents) + len(self.inbox.unread),
            documents=len(ids),
            already_done=self._already_done,
            processed=len(tally.finished),
            counts=count_by_status(self.database, ids),
            rules=count_by_rule(self.database, ids),
            pages=tally.pages,
            seconds=tally.seconds,
            stage_seconds=dict(tally.times),
            unread=tuple(tally.unread),
            ignored=self.inbox.ignored_sentence(),
            calls=calls_by_outcome(self.database, batch_id=self.batch_id),
            cost_usd=spent_usd(self.database, batch_id=self.batch_id),
        )

    def _close(self, error: BaseException | None) -> None:
        self._stop.set()
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)
        for future in self._futures if self._elsewhere is not None else ():
            future.cancel()
        if self._work is not None:
            self._work.close()
        for worker in self._all_workers:
            worker.kill()
        if isinstance(error, Exception):
            self._outcome = "failed"
        if not self.batch_id:
            return
        tally = self._tally
        notes = [*tally.unread, *([str(error)] if isinstance(error, Exception) else [])]
        try:
            end_batch(
                self.database,
                self.batch_id,
                outcome=self._outcome,
                processed=len(tally.finished),
                pages=tally.pages,
                seconds=tally.seconds,
                stage_seconds=tally.times,
                notes=notes,
            )
            if self._outcome == "finished":
                record_figures(self.database, self.batch_id, figures_of(self.summary()))
        except WarehouseError:
            if error is None:  # else the first error is the one to report
                raise
