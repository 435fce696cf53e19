"""Readings of one document share what is found in its print, and nothing of what they say of it."""

import gc
import weakref
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from extractors.assembly import captions, header_dates, page_words, total_options
from extractors.assembly.document import assemble
from extractors.assembly.page_words import Words
from extractors.model_directory import open_tagger
from extractors.readers.document import read_document
from extractors.tagger import TaggedDocument
from tests.extractors.assembly.tagged_pages import tagged

EXAMPLE = Path(__file__).parents[3] / "examples" / "goods-it.pdf"
LINES = ((50, 20, "Invoice no. A-1 4 May 2024"), (50, 60, "Desk"), (300, 60, "10.00"), (50, 90, "Total"), (300, 90, "10.00"))


@pytest.fixture(scope="module")
def read() -> TaggedDocument:
    """An invoice as two networks read it, each for itself and both together."""
    return open_tagger(None).tag_many([read_document(EXAMPLE.read_bytes())])[0]


def fresh(one: TaggedDocument) -> TaggedDocument:
    """The reading with starts of its own, which assembly changes."""
    return replace(one, starts=one.starts.copy())


def counted(monkeypatch: pytest.MonkeyPatch, calls: Counter[str], module: Any, name: str) -> None:
    find: Callable[..., Any] = getattr(module, name)

    def counting(*arguments: Any) -> Any:
        calls[name] += 1
        return find(*arguments)

    monkeypatch.setattr(module, name, counting)


def test_a_second_reading_does_not_look_for_the_print_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = tagged(*LINES, opinions={"Desk": {"line.description": 0.9}, "10.00": {"line.net_amount": 0.8}})
    second = replace(first, labels=first.labels.copy(), starts=first.starts.copy())
    calls: Counter[str] = Counter()
    for module, name in ((page_words, "text_lines"), (total_options, "_printed_amounts"), (captions, "Piece")):
        counted(monkeypatch, calls, module, name)
    words = Words(first)
    assemble(first, words=words)
    once = Counter(calls)
    assert once["text_lines"] == once["_printed_amounts"] == 1
    assert once["Piece"] > 1
    assemble(second, words=words)
    assert calls == once


def test_words_are_let_go_of_without_the_garbage_collector(monkeypatch: pytest.MonkeyPatch) -> None:
    one = tagged(*LINES, opinions={"Desk": {"line.description": 0.9}})
    kept: list[weakref.ref[Words]] = []
    made = Words.__init__

    def remembered(self: Words, of: TaggedDocument) -> None:
        made(self, of)
        kept.append(weakref.ref(self))

    monkeypatch.setattr(Words, "__init__", remembered)
    gc.collect()
    gc.disable()
    try:
        shared = Words(one)
        assemble(fresh(one), words=shared)
        assemble(one)
        assert len(kept) > 1 and any(ref() is not None for ref in kept)
        shared.forget()
        del shared
        assert all(ref() is None for ref in kept)
    finally:
        gc.enable()


def test_what_is_found_once_is_asked_for_by_its_arguments() -> None:
    words = Words(tagged(*LINES, opinions={}))
    asked: list[int] = []

    def find(known: Words, number: int) -> str:
        asked.append(number)
        return known.texts[number]

    assert [words.once(find, k) for k in (0, 1, 0)] == ["Invoice", "no.", "Invoice"]
    other = words.tagged_by(replace(words.tagged, language="de"))
    assert other.once(find, 1) == "no."
    assert asked == [0, 1]


def test_readings_that_share_their_words_are_those_that_do_not(read: TaggedDocument) -> None:
    words = Words(fresh(read))
    for one in (read, *reversed(read.opinions), read):
        assert assemble(fresh(one), words=words) == assemble(fresh(one))


def test_a_reading_leaves_nothing_of_its_tags_to_the_next(read: TaggedDocument) -> None:
    nothing = replace(fresh(read), labels=np.zeros_like(read.labels))
    nothing.labels[:, 0] = 1.0
    words = Words(fresh(read))
    full = assemble(words.tagged, words=words)
    empty = assemble(nothing, words=words)
    assert full.line_items
    assert not empty.line_items
    assert empty == assemble(replace(nothing, starts=read.starts.copy()))


def test_another_documents_words_are_not_taken_for_its_own() -> None:
    one, other = (tagged((50, 20, text), opinions={}) for text in ("Invoice A-1", "Receipt B-2"))
    words = Words(one)
    assert words.texts == ["Invoice", "A-1"]
    assert words.tagged_by(other).texts == ["Receipt", "B-2"]
    assert words.tagged_by(one) is words


def test_a_date_is_read_in_the_order_that_is_asked_for() -> None:
    page = tagged((50, 20, "Date 03/04/2024"), opinions={"03/04/2024": {"header.issue_date": 0.9}})
    words = Words(page)
    habits = (header_dates.DateHabit(day_first=True), header_dates.DateHabit(day_first=False))
    issued = [header_dates.choose_dates(words, captions.Captions(words), page.labels, (), habit)[0] for habit in habits]
    assert [str(choice.value) for choice in issued if choice] == ["2024-04-03", "2024-03-04"]
