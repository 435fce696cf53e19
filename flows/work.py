"""What the coordinator and its worker processes say to each other. Imports neither Prefect nor the database: workers load this."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from extractors.several_invoices import FilePart
from extractors.words import Document
from schemas.invoice import Invoice, Issue, Severity, Status


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """What a worker does with every document: ``extract(sources, options=options, times=times, begun=begun)`` is
    `extractors.pipeline.extract_many` or, in tests, a stand-in. Both travel by pickle: the function by its name."""

    extract: Callable[..., Sequence[Invoice]]
    options: Any
    document_timeout_s: float = 60.0
    document_max_bytes: int = 100_000_000
    memory_bytes: int | None = None
    answer_max_bytes: int = 200_000_000
    words: bool = False  # also send back the words of the pages of documents that wait for a decision
    all_words: bool = False  # ... of all documents
    split: bool = False  # take files apart that hold several invoices
    second_read: bool = False  # tell which documents were read again by the other reader, and why


@dataclass(frozen=True, slots=True)
class Task:
    """One document to read: the row's id in the warehouse, and the file whose content had this hash when it was registered.

    ``size_bytes`` 0: unknown.
    """

    document_id: int
    name: str
    source: str
    path: Path
    sha256: str
    size_bytes: int = 0


class Verdict(StrEnum):
    DONE = "done"
    CHANGED = "changed"  # the file is gone or has other content than when it was registered: nothing may be stored under the old hash


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the strategy decided about a doubtful document, and why; ``accept_threshold`` is given where a foundation model was heard, and
    ``explained`` is true where the reasons tell why none settles it."""

    strategy: str
    reasons: tuple[str, ...]
    accept_threshold: float | None = None
    explained: bool = True


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one task. ``reason`` says in words why it is CHANGED."""

    task: Task
    verdict: Verdict
    invoice: Invoice | None = None
    reason: str = ""
    words: Document | None = None
    opinion: Opinion | None = None
    parts: tuple[FilePart, ...] = ()  # files to process in the place of this one


@dataclass(frozen=True, slots=True)
class Ready:
    """A worker's first message: model and libraries are loaded."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A worker's sign that it begins to read the document with this position in its list; None: all are read, the rest is done for all at once."""

    position: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A worker's answer to a list of tasks; ``times`` are seconds per stage."""

    results: tuple[Result, ...]
    times: Mapping[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True, slots=True)
class Defect:
    """The extraction raised: ``summary`` is the exception in one line, ``out_of_memory`` and ``too_large`` (the result) tell those apart."""

    summary: str
    trace: str
    out_of_memory: bool = False
    too_large: bool = False


@dataclass(frozen=True, slots=True)
class Unusable:
    """The worker cannot work at all (model files missing, ...): the batch ends with ``error``."""

    error: Exception


def rejected(task: Task, rule: str, message: str) -> Invoice:
    """The record of a document that could not be processed: no values, one issue that says why."""
    issue = Issue(rule=rule, severity=Severity.ERROR, field=None, expected=None, found=None, message=message)
    return Invoice(id=task.name, sha256=task.sha256, source=task.source, pages=0, status=Status.REJECTED, issues=(issue,))
