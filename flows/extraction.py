"""Files to invoices without a database: the same worker processes as a batch, with the same protection against bad files."""

from __future__ import annotations

import queue
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flows.chunks import BatchOptions
from flows.inbox import content_hash
from flows.originals import Original
from flows.supervision import Stopped, Worker
from flows.work import Result, Task, Verdict, rejected
from flows.worker_process import WorkerProcess
from schemas.errors import DocumentError
from schemas.invoice import Invoice


def extract_files(originals: Sequence[Original], *, options: BatchOptions, ahead: WorkerProcess | None = None) -> Iterator[Invoice]:
    """The invoice of each file, in order. A file that cannot be read gives a rejected invoice. Raises `ModelError`."""
    return (_invoice(result) for result in read_files(originals, options=options, ahead=ahead))


def read_files(originals: Sequence[Original], *, options: BatchOptions, ahead: WorkerProcess | None = None) -> Iterator[Result]:
    """What a worker process made of each file, in order. ``ahead`` is one that was started before. Raises `ModelError`."""
    unpacked = tempfile.TemporaryDirectory(prefix="lineitem-")  # for what lies in an archive, an e-mail or at a URL
    tasks = [_task(number, original, Path(unpacked.name)) for number, original in enumerate(originals)]
    workers = max(1, min(options.workers, len(tasks)))
    size = max(1, min(options.chunk, -(-len(tasks) // workers)))
    stop = threading.Event()
    processes = [Worker(options.order, stopped=stop.is_set, ahead=None if number else ahead) for number in range(workers)]
    free: queue.SimpleQueue[Worker] = queue.SimpleQueue()
    for process in processes:
        free.put(process)

    def read(chunk: Sequence[Task]) -> Sequence[Result]:
        worker = free.get()
        try:
            return worker.run(chunk).results
        except Stopped:
            return ()
        finally:
            free.put(worker)

    executor = ThreadPoolExecutor(workers)
    try:
        chunks = [tasks[start : start + size] for start in range(0, len(tasks), size)]
        for results in executor.map(read, chunks):
            yield from results
    finally:
        stop.set()
        executor.shutdown(wait=True, cancel_futures=True)
        for process in processes:
            process.kill()
        unpacked.cleanup()


def _task(number: int, original: Original, folder: Path) -> Task:
    path = original.path or folder / str(number)
    try:
        if original.read is not None:
            path.write_bytes(original.read())
        return Task(number, original.name, original.source, path, content_hash(path))
    except OSError:
        return Task(number, original.name, original.source, path, "")  # the worker says why it cannot be read


def _invoice(result: Result) -> Invoice:
    if result.verdict is Verdict.DONE and result.invoice is not None:
        return result.invoice
    return rejected(result.task, DocumentError.rule, f"{result.reason}.")
