"""Documents processed again: read from their originals, judged anew, replaced with everything earlier kept. Human corrections stay.

Every run of it is a request row: the command line writes one and takes it at once, the dashboard writes one and a flow takes it.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from flows.chunks import BatchOptions
from flows.differences import Difference, differences
from flows.inbox import content_hash
from flows.lease_keeping import LeaseKeeping
from flows.patience import Patience
from flows.progress import Progress
from flows.registration import fetched, stored_path
from flows.second_opinions import SecondOpinions
from flows.supervision import Stopped, Worker
from flows.work import Opinion, Result, Task, Verdict
from schemas.errors import WarehouseUnavailableError
from schemas.invoice import Invoice
from schemas.rules import is_read_from_page, validate
from schemas.rules_types import RuleContext
from warehouse.database import Database
from warehouse.document_store import DocumentStore
from warehouse.documents import Decision, Judgement
from warehouse.leases import new_owner
from warehouse.queries import list_documents
from warehouse.reprocessing import Replacement, Standing, claim_again, finish_again, let_go, try_again


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one document. ``outcome``: changed, same, held (by another run) or unread (its original is not to be had)."""

    document_id: int
    name: str
    outcome: str
    before: Invoice | None = None
    after: Invoice | None = None
    version: int | None = None
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejudging:
    """Judges a fresh reading, with what a foundation model said of it, beside what people made of the document before."""

    options: BatchOptions
    opinion: Opinion | None = None

    def __call__(self, standing: Standing, invoice: Invoice, context: RuleContext) -> Judgement:
        """A person's values are judged together with the fresh ones; a person's decision stays, with what the pipeline would have decided."""
        if standing.corrected:
            kept = tuple(i for i in invoice.issues if is_read_from_page(i.rule) and i.field not in standing.corrected)
            plain = RuleContext(today=context.today)
            invoice = invoice.replace(issues=(*validate([invoice.replace(issues=())], context=plain)[0], *kept))
        judgement = self.options.judge(invoice, context, opinion=self.opinion)
        if not standing.decided_by_person:
            return judgement
        status = standing.invoice.status
        note = f"A person decided before ({status}), and that stays; the pipeline alone says {judgement.invoice.status}."
        decision = judgement.decision
        return Judgement(
            judgement.invoice.replace(status=status, route=standing.invoice.route),
            Decision(
                decision.strategy, (note, *decision.reasons), decision.model_version, decision.rules_version, decided_by=standing.decided_by
            ),
        )


@dataclass(slots=True)
class Reprocessing:
    """One run over ``ids``. ``pipeline_version`` is what the documents have afterwards: that of the settings, whatever route was asked for.

    ``second_opinions`` are asked about what stays doubtful, and closed when the run ends.
    """

    database: Database
    store: DocumentStore
    options: BatchOptions
    progress: Progress
    pipeline_version: str
    reason: str
    dry_run: bool = False
    replace_corrections: bool = False
    owner: str = field(default_factory=new_owner)
    second_opinions: SecondOpinions | None = None
    stopped: threading.Event = field(default_factory=threading.Event)
    times: Counter[str] = field(default_factory=Counter[str])

    def run(self, ids: Sequence[int]) -> Iterator[Change]:
        """The change of every document, as they are done. Raises the worker's own error when it cannot work at all, and `WarehouseError`."""
        documents = [(d.id, d.name, d.source, d.sha256) for d in list_documents(self.database, ids=ids)]
        documents.sort()
        self.progress.begin(len(documents), 0)
        count = max(1, min(self.options.workers, len(documents)))
        size = max(1, min(self.options.chunk, -(-len(documents) // count)))
        workers: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        processes = [Worker(self.options.order, stopped=self.stopped.is_set) for _ in range(count)]
        for process in processes:
            workers.put(process)
        executor = ThreadPoolExecutor(count)
        try:
            chunks = [documents[start : start + size] for start in range(0, len(documents), size)]
            for changes in executor.map(partial(self._chunk, workers), chunks):
                yield from changes
        finally:
            self.stopped.set()
            executor.shutdown(wait=True, cancel_futures=True)
            if self.second_opinions is not None:
                self.second_opinions.close()
            for process in processes:
                process.kill()

    def _chunk(self, workers: queue.SimpleQueue[Worker], documents: Sequence[tuple[int, str, str, str]]) -> list[Change]:
        patiently = Patience(self.options.database_wait_s, self.progress.say, self.stopped.is_set)
        tasks: list[Task] = []
        changes: list[Change] = []
        for document_id, name, source, sha256 in documents:
            path = self._original(sha256, source)
            if path is None:
                changes.append(Change(document_id, name, "unread"))
            else:
                tasks.append(Task(document_id, name, source, path, sha256))
        ids = [task.document_id for task in tasks]
        if not self.dry_run:
            mine = patiently(lambda: claim_again(self.database, ids, owner=self.owner, lease_s=self.options.lease_s))
            changes += [Change(task.document_id, task.name, "held") for task in tasks if task.document_id not in mine]
            tasks = [task for task in tasks if task.document_id in mine]
        keep = self._keeping(ids)
        try:
            for result in self._with_second_opinions(self._read(workers, tasks, keep), keep):
                changes.append(patiently(lambda result=result: self._finish(result)))
        except Stopped:
            pass
        finally:
            if not self.dry_run:
                with contextlib.suppress(WarehouseUnavailableError):
                    let_go(self.database, ids, owner=self.owner)
        for change in changes:
            self.progress.advance(change.after.status.value if change.after else change.outcome)
        return changes

    def _read(self, workers: queue.SimpleQueue[Worker], tasks: Sequence[Task], keep: Callable[[], None]) -> Sequence[Result]:
        worker = workers.get()
        try:
            with fetched(self.store, tasks) as ready:
                answer = worker.run(ready, waiting=keep) if ready else None
        finally:
            workers.put(worker)
        self.times.update(answer.times if answer else {})
        return answer.results if answer else ()

    def _with_second_opinions(self, results: Sequence[Result], keep: Callable[[], None]) -> Iterator[Result]:
        if self.second_opinions is None:
            yield from results
            return
        for result in self.second_opinions.of(results, stopped=self.stopped.is_set):
            if result is None:
                keep()
            else:
                yield result

    def _keeping(self, ids: Sequence[int]) -> Callable[[], None]:
        lease_s = self.options.lease_s
        if self.dry_run:
            return lambda: None
        return LeaseKeeping(
            lambda: let_go(self.database, ids, owner=self.owner, until=datetime.now(UTC) + timedelta(seconds=lease_s)), lease_s=lease_s
        )

    def _finish(self, result: Result) -> Change:
        task = result.task
        if result.verdict is not Verdict.DONE or result.invoice is None:
            return Change(task.document_id, task.name, "unread")
        judge, today = Rejudging(self.options, result.opinion), self.options.today
        found: Replacement | None
        if self.dry_run:
            found = try_again(
                self.database, task.document_id, result.invoice, replace_corrections=self.replace_corrections, today=today, judge=judge
            )
        else:
            found = finish_again(
                self.database,
                task.document_id,
                result.invoice,
                owner=self.owner,
                pipeline_version=self.pipeline_version,
                reason=self.reason,
                replace_corrections=self.replace_corrections,
                today=today,
                judge=judge,
            )
        if found is None:
            return Change(task.document_id, task.name, "held")
        before = found.before.invoice
        changed = tuple(differences(before, found.after))
        return Change(task.document_id, task.name, "changed" if changed else "same", before, found.after, found.version, changed)

    def _original(self, sha256: str, source: str) -> Path | None:
        """The document's file: in the store, or, for documents from before there was a store, where it was found."""
        if self.store.holds(sha256):
            return stored_path(self.store, sha256)
        path = Path(source)
        with contextlib.suppress(OSError):
            if path.is_file() and content_hash(path) == sha256:
                return path
        return None
