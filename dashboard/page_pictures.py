"""Pictures and words of pages, made in a process of their own: a file made to harm gets no more than that process, some memory and some seconds."""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any, TypeVar

from extractors.readers.passwords import SourcePassword, unlock
from schemas.errors import DamagedDocumentError, DocumentError, EncryptedDocumentError

T = TypeVar("T")

SCALE = 2.0  # pixels per point: 144 dpi, sharp at the width of half a screen
TIMEOUT_S = 20.0
START_S = 120.0  # a busy machine takes its time to start a process; no document is to blame for it
MEMORY_BYTES = 3 << 30  # address space, of which the libraries take most
PICTURES_KEPT = 48  # a few hundred kilobytes each
WORDS_KEPT = 64
MOST_PAGES_OF_WORDS = 200

PageWords = tuple[float, float, tuple[tuple[float, float, float, float, str], ...]]
"""Width and height in points, and each word with its box."""


class PagePictures:
    """One worker process, made when first needed and again after it died. Safe to use from several threads."""

    def __init__(self, *, passwords: tuple[SourcePassword, ...] = ()) -> None:
        self._passwords = passwords
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._started: Future[None] | None = None
        self._pictures: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._words: OrderedDict[str, tuple[PageWords, ...]] = OrderedDict()

    def picture(self, sha256: str, page: int, original: Callable[[], bytes], *, sources: Sequence[str] = ()) -> bytes:
        """A page as PNG; ``page`` counts from 1; ``sources`` choose among the passwords. Raises `DocumentError`."""
        locked = sources, self._passwords
        return self._made(self._pictures, (sha256, page), PICTURES_KEPT, lambda: self._run(_draw, original(), page, *locked))

    def words(self, sha256: str, original: Callable[[], bytes], *, sources: Sequence[str] = ()) -> tuple[PageWords, ...]:
        """Every page's size and words; no words where the file has no text layer. Raises `DocumentError`."""
        locked = sources, self._passwords
        return self._made(self._words, sha256, WORDS_KEPT, lambda: self._run(_words, original(), *locked))

    def close(self) -> None:
        with self._lock:
            self._end()

    def _made(self, kept: OrderedDict[Any, T], key: Any, most: int, make: Callable[[], T]) -> T:
        with self._lock:
            if key in kept:
                kept.move_to_end(key)
                return kept[key]
        made = make()
        with self._lock:
            kept[key] = made
            while len(kept) > most:
                kept.popitem(last=False)
        return made

    def warm_up(self) -> None:
        """Start the process before the first page is asked for. Returns at once."""
        with self._lock:
            self._open()

    def _open(self) -> tuple[ProcessPoolExecutor, Future[None]]:
        if self._pool is None or self._started is None:
            self._pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=_limit)
            self._started = self._pool.submit(_import)
        return self._pool, self._started

    def _run(self, task: Callable[..., T], *arguments: Any) -> T:
        for last in (False, True):
            with self._lock:
                pool, started = self._open()
            try:
                started.result(START_S)
                return pool.submit(task, *arguments).result(TIMEOUT_S)
            except DocumentError:
                raise
            except (FutureTimeoutError, CancelledError, RuntimeError, MemoryError) as exc:
                with self._lock:
                    ours = self._pool is pool  # else another document took the process with it: once more, in the next one
                    if ours:
                        self._end()
                if ours or last:
                    raise DamagedDocumentError("The page cannot be drawn within the limits on time and memory.") from exc
        raise AssertionError("not reached: the second attempt returns or raises")

    def _end(self) -> None:
        if self._pool is not None:
            for process in list((getattr(self._pool, "_processes", None) or {}).values()):
                process.kill()
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = self._started = None


def _import() -> None:
    """What drawing and reading pages need, loaded once."""
    for name in ("document", "page_pictures", "text_layer"):
        importlib.import_module(f"extractors.readers.{name}")


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _draw(data: bytes, page: int, sources: Sequence[str], passwords: tuple[SourcePassword, ...]) -> bytes:
    from extractors.readers.page_pictures import render_page

    return render_page(_unlocked(data, sources, passwords), page=page, scale=SCALE)


def _unlocked(data: bytes, sources: Sequence[str], passwords: tuple[SourcePassword, ...]) -> bytes:
    """The bytes opened with the first password that fits, whichever path it was given for; else as they are."""
    for source in sources:
        with contextlib.suppress(EncryptedDocumentError):
            opened = unlock(data, source=source, passwords=passwords)
            if opened is not data:
                return opened
    return data


def _words(data: bytes, sources: Sequence[str], passwords: tuple[SourcePassword, ...]) -> tuple[PageWords, ...]:
    from extractors.readers.document import Kind, ReadLimits, kind_of, read_document
    from extractors.readers.text_layer import read_text_layer
    from schemas.errors import NoTextError

    data = _unlocked(data, sources, passwords)
    if kind_of(data) is Kind.IMAGE:
        return ()  # the page of the picture says its own size
    try:
        pages = read_document(data, limits=ReadLimits(max_pages=MOST_PAGES_OF_WORDS)).pages
    except NoTextError:
        pages = read_text_layer(data, max_pages=MOST_PAGES_OF_WORDS).pages
    return tuple(
        (
            float(page.width_pt),
            float(page.height_pt),
            tuple(
                (round(float(box[0]), 1), round(float(box[1]), 1), round(float(box[2]), 1), round(float(box[3]), 1), text)
                for box, text in zip(page.boxes, page.texts, strict=True)
            ),
        )
        for page in pages
    )
