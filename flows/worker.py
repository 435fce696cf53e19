"""A worker process: takes lists of documents from its coordinator and answers with invoices. ``python -m flows.worker FD [MODULE...]`` runs it.

It is a process of its own because documents are foreign bytes: a parser that crashes, hangs or eats memory takes one worker with it
and no more. It imports what the extraction needs and nothing of Prefect. It ends when the coordinator is gone.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from typing import Any

from extractors.several_invoices import FilePart
from extractors.strategy import Strategy
from extractors.words import Document
from flows.loading import without_collection
from flows.work import Answer, Begun, Defect, Opinion, Ready, Result, Task, Unusable, Verdict, WorkOrder, rejected
from schemas.errors import DocumentError, DocumentLimitError, LineitemError
from schemas.invoice import Invoice, Status

MAX_FILE_BYTES = 200_000_000


def main() -> None:
    connection = Connection(int(sys.argv[1]))
    threading.Thread(target=end_with_parent, args=(os.getppid(),), daemon=True).start()
    load(sys.argv[2:])
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            order: WorkOrder = connection.recv()
        except (ImportError, AttributeError) as exc:
            connection.send(Unusable(LineitemError(f"The extraction cannot be loaded: {exc}.")))
            return
        limit_memory(order.memory_bytes)
        limit_output()
        connection.send(prepare(order))
        while True:
            tasks: list[Task] = connection.recv()

            def begun(position: int | None, count: int = len(tasks)) -> None:
                limit_time(order.document_timeout_s * (count + 1))
                connection.send(Begun(position))

            reply = answer(tasks, order, begun=begun)
            try:
                send(connection, reply, max_bytes=order.answer_max_bytes)
            except MemoryError:
                reply = Defect("its result needs more memory than a worker has", "", out_of_memory=True)
                connection.send(reply)
            if isinstance(reply, Defect) and reply.out_of_memory:
                return  # what is left of this process's memory is anybody's guess


def load(modules: Sequence[str]) -> None:
    """Import what will be needed while the order is not there yet. What is missing is said by whoever needs it."""
    with without_collection():
        for module in modules:
            with contextlib.suppress(ImportError):
                import_module(module)


def prepare(order: WorkOrder) -> Ready | Unusable:
    """Load model and libraries before the first document, whose time is limited, by extracting nothing."""
    try:
        with without_collection():
            order.extract([], options=order.options)
    except LineitemError as exc:
        return Unusable(exc)
    except Exception as exc:  # noqa: BLE001 - said by the coordinator, in one line
        return Unusable(LineitemError(f"The extraction cannot start: {type(exc).__name__}: {exc}."))
    return Ready()


def send(connection: Connection, reply: Answer | Defect | Unusable, *, max_bytes: int) -> None:
    """Answer the coordinator, whose memory a document must not fill either."""
    content = bytes(ForkingPickler.dumps(reply))
    if len(content) > max_bytes:
        summary = f"its result has {len(content) / 1e6:.0f} MB; at most {max_bytes / 1e6:.0f} MB are taken"
        content = bytes(ForkingPickler.dumps(Defect(summary, "", too_large=True)))
    connection.send_bytes(content)


def answer(tasks: Sequence[Task], order: WorkOrder, *, begun: Callable[[int | None], None] = lambda _: None) -> Answer | Defect | Unusable:
    """Read and extract ``tasks``. A document that cannot be read is a result, not an error. ``begun`` is told which one is being read."""
    from extractors.pipeline import SourceFile

    results: dict[int, Result] = {}
    sources: list[SourceFile] = []
    positions: list[int] = []
    for position, task in enumerate(tasks):
        content = _content(task, order.document_max_bytes)
        if isinstance(content, Result):
            results[task.document_id] = content
        else:
            positions.append(position)
            sources.append(SourceFile(id=task.name, source=task.source, data=content))
    waiting = [task for task in tasks if task.document_id not in results]
    times: dict[str, float] = {}
    words: dict[int, Document] = {}
    parts: dict[int, tuple[FilePart, ...]] = {}
    wanted: dict[str, Any] = {"words": words} if order.words else {}
    if order.split:
        wanted["parts"] = parts
    read_again: dict[int, tuple[str, ...]] = {}
    if order.second_read:
        wanted["read_again"] = read_again

    def reading(number: int | None) -> None:
        begun(None if number is None else positions[number])

    try:
        invoices: Sequence[Invoice] = order.extract(sources, options=order.options, times=times, begun=reading, **wanted) if sources else ()
        if len(invoices) != len(waiting):
            raise RuntimeError(f"expected {len(waiting)} invoices, found {len(invoices)}")
    except MemoryError:
        return Defect("it needs more memory than a worker has", traceback.format_exc(), out_of_memory=True)
    except DocumentError as exc:
        return Defect(str(exc), traceback.format_exc())
    except LineitemError as exc:
        return Unusable(exc)
    except Exception as exc:  # noqa: BLE001 - a defect of the extraction costs one document, not the batch
        return Defect(f"{type(exc).__name__}: {exc}", traceback.format_exc())
    for number, (task, invoice) in enumerate(zip(waiting, invoices, strict=True)):
        doubtful = invoice.status is Status.REVIEW or order.all_words
        opinion = Opinion(Strategy.SECOND_READ.value, read_again[number], explained=False) if number in read_again else None
        seen = words.get(number) if doubtful else None
        results[task.document_id] = Result(task, Verdict.DONE, invoice, words=seen, opinion=opinion, parts=parts.get(number, ()))
    return Answer(tuple(results[task.document_id] for task in tasks), times)


def _content(task: Task, max_bytes: int) -> bytes | Result:
    try:
        size = task.path.stat().st_size
        if size > max_bytes:
            message = f"The file has {size / 1e6:.1f} MB; at most {max_bytes / 1e6:.0f} MB are read (setting document_max_mb)."
            return Result(task, Verdict.DONE, rejected(task, DocumentLimitError.rule, message))
        data = task.path.read_bytes()
    except OSError as exc:
        return Result(task, Verdict.CHANGED, reason=f"{task.source} cannot be read any more: {exc.strerror or exc}")
    if hashlib.sha256(data).hexdigest() != task.sha256:
        return Result(task, Verdict.CHANGED, reason=f"{task.source} was changed while the batch ran")
    return data


def end_with_parent(parent: int) -> None:
    """Leave when the coordinator was killed: nobody waits for the answer, and a document that hangs would run for ever."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def limit_time(seconds: float) -> None:
    """Let the system end this process (SIGXCPU) after that much more processor time: for when the coordinator cannot.

    Twice the wall time that is allowed, because libraries may use a second thread.
    """
    try:
        import resource
    except ImportError:
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(usage.ru_utime + usage.ru_stime + 2 * seconds) + 1
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def limit_output() -> None:
    """No core dumps, and no large files: reading a document writes none."""
    try:
        import resource
    except ImportError:
        return
    for kind, limit in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, MAX_FILE_BYTES)):
        _, hard = resource.getrlimit(kind)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


def limit_memory(limit_bytes: int | None) -> None:
    """Let allocations above ``limit_bytes`` of address space fail. Does nothing on systems without that limit."""
    if limit_bytes is None:
        return
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (limit_bytes if hard == resource.RLIM_INFINITY else min(limit_bytes, hard), hard))


if __name__ == "__main__":
    main()
