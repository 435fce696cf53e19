"""Synthetic invoices in bulk, by processes of their own: PDF and truth files for people, shards for training."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from extractors.training.generate import SHARD, render_pdf, write_shard
from extractors.training.prepare import prepare_shard
from extractors.training.vocabulary import languages
from schemas.errors import ConfigurationError

Job = TypeVar("Job")
Result = TypeVar("Result")

CHUNK = 8  # documents that a process makes before it reports


def write_documents(
    out: Path, *, count: int, seed: int = 0, family: str = "train", language: str | None = None, rows: int | None = None, workers: int = 1
) -> Iterator[str]:
    """Write NAME.pdf and NAME.json (its truth) of the seeds ``seed`` … ``seed + count - 1``; yields each document's type as it is done.

    The same arguments give the same files. Raises `ConfigurationError` for a language without vocabulary.
    """
    if language is not None and language not in languages():
        raise ConfigurationError(f"There is no vocabulary for language {language!r}: expected one of {', '.join(languages())}.")
    write = partial(_write_files, out=out, family=family, language=language, rows=rows)
    for kinds in _spread(write, [range(a, min(a + CHUNK, seed + count)) for a in range(seed, seed + count, CHUNK)], workers):
        yield from kinds


def missing_shards(folder: Path, count: int) -> list[int]:
    """Numbers of the shards that ``count`` documents need and ``folder`` lacks."""
    return [number for number in range(-(-count // SHARD)) if not (folder / f"shard-{number:05}.pkl").exists()]


def write_shards(folder: Path, *, count: int, seed: int, family: str, workers: int = 1) -> Iterator[int]:
    """Write the shards that are missing; yields the number of documents of each as it is done."""
    folder.mkdir(parents=True, exist_ok=True)
    write = partial(_write_shard, folder=folder, count=count, seed=seed, family=family)
    yield from _spread(write, missing_shards(folder, count), workers)


def unprepared_shards(folder: Path) -> list[Path]:
    """Shards without their training windows."""
    return [path for path in sorted(folder.glob("shard-*.pkl")) if not path.with_suffix(".windows").exists()]


def prepare_shards(folder: Path, *, workers: int = 1) -> Iterator[int]:
    """Compute the training windows of shards that lack them; yields 1 for each shard done."""
    for _ in _spread(prepare_shard, unprepared_shards(folder), workers):
        yield 1


def _spread(work: Callable[[Job], Result], jobs: Sequence[Job], workers: int) -> Iterator[Result]:
    """Results of ``work`` over ``jobs`` as they come. Stops the processes when the reader of the results stops."""
    if not jobs:
        return
    pool = ProcessPoolExecutor(min(workers, len(jobs)), mp_context=get_context("spawn"))
    try:
        for future in as_completed([pool.submit(work, job) for job in jobs]):
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _write_files(seeds: Sequence[int], *, out: Path, family: str, language: str | None, rows: int | None) -> list[str]:
    kinds: list[str] = []
    for seed in seeds:
        data, truth = render_pdf(seed, family=family, language=language, rows=rows)
        (out / f"{truth['id']}.pdf").write_bytes(data)
        (out / f"{truth['id']}.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        kinds.append(str(truth["document_type"]))
    return kinds


def _write_shard(number: int, *, folder: Path, count: int, seed: int, family: str) -> int:
    seeds = range(seed + number * SHARD, min(seed + (number + 1) * SHARD, seed + count))
    part = folder / f"shard-{number:05}.part"
    write_shard(seeds, family, part)
    part.replace(folder / f"shard-{number:05}.pkl")  # under its name only when whole, so that a killed run leaves no half shard
    return len(seeds)
