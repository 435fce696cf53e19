"""A batch that was set to work before its flow: how the flow, called in the same thread, gets hold of it.

It stands apart from the flow because a scheduled flow travels to its process by pickle, and a context variable cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from flows.running_batch import RunningBatch


@dataclass(frozen=True, slots=True)
class BatchAtWork:
    """The batch, and whom to tell when the flow begins."""

    batch: RunningBatch
    begun: Callable[[], None]


_AT_WORK: ContextVar[BatchAtWork | None] = ContextVar("batch_at_work", default=None)


def batch_at_work() -> BatchAtWork | None:
    """The batch that this flow is to report; None for a flow that comes from a schedule and begins its own."""
    return _AT_WORK.get()


@contextmanager
def handed_over(batch: RunningBatch, begun: Callable[[], None]) -> Generator[None]:
    """A flow that is called in this context reports ``batch``."""
    token = _AT_WORK.set(BatchAtWork(batch, begun))
    try:
        yield
    finally:
        _AT_WORK.reset(token)
