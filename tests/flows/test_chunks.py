"""A batch is cut so that large documents neither hold the others up nor pile up on one worker."""

from __future__ import annotations

from pathlib import Path

from flows.chunks import cut_chunks
from flows.work import Task


def tasks(*sizes: int) -> list[Task]:
    return [Task(number, str(number), str(number), Path(str(number)), "0", size) for number, size in enumerate(sizes)]


def test_every_document_is_in_one_chunk_of_at_most_that_many() -> None:
    given = tasks(*(1000 + 37 * (n % 11) for n in range(203)))
    chunks = cut_chunks(given, most=25, workers=2)
    assert sorted(task.document_id for chunk in chunks for task in chunk) == list(range(203))
    assert max(map(len, chunks)) == 25
    assert len(chunks) <= 12


def test_large_files_come_last_and_in_small_portions() -> None:
    chunks = cut_chunks(tasks(900_000, *[50_000] * 60, 1_200_000, 800_000, 700_000), most=25, workers=2)
    sizes = [task.size_bytes for chunk in chunks for task in chunk]
    assert sizes == sorted(sizes)
    assert [len(chunk) for chunk in chunks if chunk[0].size_bytes > 50_000] == [1, 1, 1, 1]


def test_a_small_batch_is_spread_over_all_workers() -> None:
    assert [len(chunk) for chunk in cut_chunks(tasks(1, 1, 1, 1), most=25, workers=2)] == [2, 2]


def test_files_of_unknown_size_keep_their_order() -> None:
    assert [[task.document_id for task in chunk] for chunk in cut_chunks(tasks(0, 0, 0), most=2, workers=1)] == [[0, 1], [2]]
    assert cut_chunks([], most=25, workers=2) == []
