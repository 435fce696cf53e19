"""Synthetic invoices, endless and seeded, with a label for every word.

``generate(seed)`` gives a labelled document for training, ``render_pdf(seed)`` its PDF and truth. As a program::

    python -m extractors.training.generate --count 9000 --seed 1 --family train --out DIR --workers 2

writes shards of 200 pickled documents, or PDF and JSON files with ``--pdf``.
"""

from __future__ import annotations

import argparse
import json
import pickle
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from extractors.readers.text_layer import read_text_layer
from extractors.training import render_typst
from extractors.training.compose import compose
from extractors.training.facts import Facts, make_facts
from extractors.training.negatives import NEGATIVES
from extractors.training.pages import Sheet
from extractors.training.readback import label_words
from extractors.training.render import Placed, render, settle_texts, text_mode
from extractors.training.sample import LabelledDocument
from extractors.training.truth import truth_of
from extractors.training.vocabulary import choose

SHARD = 200
NEGATIVE_SHARE = 0.08
CREDIT_NOTE_SHARE = 0.08
ATTEMPTS = 6  # compositions tried until all that is labelled lies on the page
EDGE_PT = 1.0


def generate(seed: int, *, family: str = "train") -> LabelledDocument:
    """The document of this seed as the reader sees it, labelled. Deterministic per seed, family, vocabulary and installed fonts."""
    data, placed, truth = _make(seed, family)
    document = read_text_layer(data)
    labels, groups, starts = label_words(document.pages, placed, labelled=truth["status"] == "accepted")
    return LabelledDocument(
        document.pages, tuple(labels), tuple(groups), tuple(starts), truth, truth["language"], truth["document_type"], truth["layout"]
    )


def render_pdf(
    seed: int,
    *,
    family: str = "train",
    rows: int | None = None,
    language: str | None = None,
    document_type: str | None = None,
    wrong_by: str | None = None,
) -> tuple[bytes, dict[str, Any]]:
    """PDF bytes and truth of the same document that `generate` labels; ``rows``, ``language`` and ``document_type`` force what the seed would choose.

    ``wrong_by`` (an amount) makes the page print a gross total that is wrong by so much; the truth then says ``expect: review``.
    """
    data, _, truth = _make(seed, family, rows=rows, language=language, document_type=document_type, wrong_by=Decimal(wrong_by or 0))
    if wrong_by:
        truth = {**truth, "expect": "review", "why_review": "the printed totals do not add up", "prints_wrong_sums": True}
    return data, truth


def _make(
    seed: int,
    family: str,
    *,
    rows: int | None = None,
    language: str | None = None,
    document_type: str | None = None,
    wrong_by: Decimal = Decimal(0),
) -> tuple[bytes, list[Placed], dict[str, Any]]:
    made = None
    for attempt in range(ATTEMPTS):
        made = _composed(
            f"{family}:{seed}:{attempt}" if attempt else f"{family}:{seed}",
            family,
            rows=rows,
            language=language,
            document_type=document_type,
            wrong_by=wrong_by,
        )
        if _on_the_page(made.placed, made.sheet):
            break
    assert made is not None
    truth = truth_of(
        made.facts,
        made.placed,
        identity=f"{family}-{seed:08}",
        pages=len(made.sheet.pages),
        layout={**made.layout, "text": made.mode, "regime": made.facts.regime},
        currency_seen=made.currency_seen,
    )
    return made.data, made.placed, truth


@dataclass(frozen=True, slots=True)
class _Made:
    """One composition of a seed, written out."""

    facts: Facts
    sheet: Sheet
    layout: dict[str, str]
    mode: str
    currency_seen: bool
    data: bytes
    placed: list[Placed]


def _composed(key: str, family: str, *, rows: int | None, language: str | None, document_type: str | None, wrong_by: Decimal) -> _Made:
    rng = Random(key)
    chance = rng.random()
    kind = (
        choose(rng, NEGATIVES) if chance < NEGATIVE_SHARE else "credit_note" if chance < NEGATIVE_SHARE + CREDIT_NOTE_SHARE else "invoice"
    )
    facts = make_facts(rng, family, document_type=document_type or kind, row_count=rows, language=language)
    if wrong_by:
        facts.totals = replace(facts.totals, gross=facts.totals.gross + wrong_by, due=facts.totals.due + wrong_by)
    sheet, layout, writer = compose(rng, facts, family)
    settle_texts(sheet)
    mode = text_mode(rng, family)
    if mode == "typst" and not render_typst.available(sheet):
        mode = "lines"
    data, placed = render_typst.render(sheet) if mode == "typst" else render(rng, sheet, mode)
    return _Made(facts, sheet, layout, mode, writer.currency_seen, data, placed)


def _on_the_page(placed: Sequence[Placed], sheet: Sheet) -> bool:
    """Whether every labelled piece lies within the page: what is cut off at its edge, no reader can be asked for."""
    return all(
        p.x0 >= -EDGE_PT and p.x1 <= sheet.width + EDGE_PT and 0 <= p.baseline <= sheet.height + EDGE_PT
        for p in placed
        if p.span.label != "O"
    )


def write_shard(seeds: Sequence[int], family: str, path: Path) -> int:
    """Pickle the documents of ``seeds``; returns the number of pages."""
    documents = [generate(seed, family=family) for seed in seeds]
    with path.open("wb") as file:
        pickle.dump(documents, file, protocol=pickle.HIGHEST_PROTOCOL)
    return sum(len(d.pages) for d in documents)


def write_files(seeds: Sequence[int], family: str, folder: Path) -> int:
    """Write PDF and truth of ``seeds``; returns the number of pages."""
    pages = 0
    for seed in seeds:
        data, truth = render_pdf(seed, family=family)
        (folder / f"{truth['id']}.pdf").write_bytes(data)
        (folder / f"{truth['id']}.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1), encoding="utf-8")
        pages += truth["pages"]
    return pages


def main() -> None:
    parser = argparse.ArgumentParser(description="Write synthetic invoices.")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0, help="first seed")
    parser.add_argument("--family", choices=("train", "exam"), default="train")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--pdf", action="store_true", help="PDF and JSON files instead of shards")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    pages = done = 0
    chunks = [range(a, min(a + SHARD, options.seed + options.count)) for a in range(options.seed, options.seed + options.count, SHARD)]
    with ProcessPoolExecutor(options.workers) as pool:
        jobs = {
            pool.submit(write_files, chunk, options.family, options.out)
            if options.pdf
            else pool.submit(write_shard, chunk, options.family, options.out / f"shard-{index:05}.pkl"): len(chunk)
            for index, chunk in enumerate(chunks)
        }
        for job in as_completed(jobs):
            pages += job.result()
            done += jobs[job]
            elapsed = time.monotonic() - started
            print(
                f"{done}/{options.count} documents, {pages} pages, {done / elapsed:.1f} documents/s, {pages / elapsed:.1f} pages/s",
                flush=True,
            )


if __name__ == "__main__":
    main()
