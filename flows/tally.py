"""What a batch has done so far, told by all its threads."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping


class Tally:
    """Ids of documents and sums over them. ``seconds`` run from the batch's beginning to the end of its last chunk so far."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.documents: set[int] = set()  # of this batch, done or not
        self.finished: set[int] = set()  # by this run
        self.given_up: set[int] = set()  # left to another run
        self.unread: list[str] = []
        self.times: Counter[str] = Counter()
        self.pages = 0
        self._say = say
        self._lock = threading.Lock()
        self._begun = self._worked_until = time.perf_counter()

    @property
    def seconds(self) -> float:
        return self._worked_until - self._begun

    def add(self, *, pages: int = 0, times: Mapping[str, float] | None = None, finished: Iterable[int] = ()) -> None:
        """A chunk has been read or recorded: pages, seconds per stage, ids of documents."""
        with self._lock:
            self.pages += pages
            self.times.update(times or {})
            self.finished.update(finished)
            self._worked_until = time.perf_counter()

    def add_new(self, documents: Iterable[int]) -> set[int]:
        """Take documents into the batch; returns those that were not in it."""
        with self._lock:
            new = set(documents) - self.documents
            self.documents |= new
            return new

    def leave_unread(self, sentence: str) -> None:
        """Keep for the summary why a document was not read, and say it at once."""
        with self._lock:
            self.unread.append(sentence)
        self._say(sentence)
