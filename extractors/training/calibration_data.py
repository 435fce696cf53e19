"""Generated documents as the confidence model sees them: signals, and what was read rightly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.document import Assembled, assemble
from extractors.assembly.page_words import Words
from extractors.confidence import GROUPS, group_of
from extractors.cross_check import agreement_signals, differences
from extractors.model_directory import WordTagger, open_tagger
from extractors.pipeline import categorised
from extractors.scoring import align, same_value, score
from extractors.signals import PARTS, part_of, signals
from extractors.strategy import decide
from extractors.training.windows_data import load_shard
from extractors.words import Document
from schemas.bookkeeping import Bookkeeping
from schemas.invoice import DocumentType, Invoice, Issue, Status
from schemas.rules import RuleContext, validate

Record = Mapping[str, Any]
AHEAD = timedelta(days=366)  # generated dates run to the end of a year, so some lie in the future


@dataclass(slots=True)
class Outcomes:
    """n documents: ``signals`` one list each, ``right``, ``right_parts`` by part, ``flagged`` (a rule is broken at error level, or no issue date was
    found), ``layout`` (how the head of the page is arranged), and values by group: (document, probability, right). Where two networks read them: the
    signals of what each reads by itself, how these readings agree (`extractors.cross_check.AGREEMENT_SIGNALS`), and by group whether values are right
    that one of them gives differently."""

    signals: list[list[float]] = field(default_factory=list[list[float]])
    right: list[bool] = field(default_factory=list[bool])
    right_parts: dict[str, list[bool]] = field(default_factory=lambda: {name: [] for name in PARTS})
    flagged: list[bool] = field(default_factory=list[bool])
    layout: list[str] = field(default_factory=list[str])
    values: dict[str, list[tuple[int, float, bool]]] = field(default_factory=dict[str, list[tuple[int, float, bool]]])
    opinions: list[list[list[float]]] = field(default_factory=list[list[list[float]]])
    agreement: list[list[float]] = field(default_factory=list[list[float]])
    differing: dict[str, list[bool]] = field(default_factory=dict[str, list[bool]])

    @property
    def flags_by_part(self) -> dict[str, NDArray[np.bool_]]:
        """``right_parts`` as arrays [n]."""
        return {name: np.array(flags, bool) for name, flags in self.right_parts.items()}

    def add(self, others: Outcomes) -> None:
        """Append the documents of ``others``."""
        before = len(self.right)
        for name in ("signals", "right", "flagged", "layout", "opinions", "agreement"):
            getattr(self, name).extend(getattr(others, name))
        for name, flags in others.right_parts.items():
            self.right_parts[name].extend(flags)
        for group, found in others.values.items():
            self.values.setdefault(group, []).extend((before + document, p, right) for document, p, right in found)
        for group, rights in others.differing.items():
            self.differing.setdefault(group, []).extend(rights)


def as_invoice(assembled: Assembled, *, id: str = "") -> Invoice:
    """The invoice of an assembled document, without confidence and decision."""
    kind = DocumentType(assembled.document_type) if assembled.is_invoice else DocumentType.INVOICE
    return Invoice(
        id=id,
        sha256="",
        source="",
        pages=1,
        language=assembled.language,
        document_type=kind,
        header=assembled.header,
        tax_breakdown=assembled.totals.breakdown,
        line_items=assembled.line_items,
        document_adjustments=assembled.totals.adjustments,
        evidence=assembled.evidence,
        seller_country=assembled.seller_country,
        buyer_country=assembled.buyer_country,
    )


def collect(
    model: Path,
    shards: Sequence[Path],
    *,
    today: date,
    workers: int = 1,
    report: Callable[[int], None] = lambda done: None,
) -> Outcomes:
    """The outcomes of all invoices and credit notes of the shards, in their order, by the model in the folder ``model``; ``report`` is called with the
    number of shards done. With several ``workers`` each shard is read by a process of its own."""
    outcomes = Outcomes()
    if workers < 2 or len(shards) < 2:
        tagger = open_tagger(model)
        for number, shard in enumerate(shards):
            outcomes.add(_of_shard(tagger, shard, today))
            report(number + 1)
        return outcomes
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_open, initargs=(model,)) as pool:
        for number, part in enumerate(pool.map(partial(_of_shard, None, today=today), shards)):
            outcomes.add(part)
            report(number + 1)
    return outcomes


_opened: list[WordTagger] = []  # the tagger of a worker process


def _open(model: Path) -> None:
    _opened[:] = [open_tagger(model)]


def _of_shard(tagger: WordTagger | None, shard: Path, today: date) -> Outcomes:
    tagger = tagger or _opened[0]
    outcomes = Outcomes()
    samples = [s for s in load_shard(shard) if s.document_type in ("invoice", "credit_note")]
    tagged = tagger.tag_many([Document(s.pages, reader="generated") for s in samples])
    words = [Words(one) for one in tagged]
    assembled = [assemble(one, words=own) for one, own in zip(tagged, words, strict=True)]
    invoices = categorised([as_invoice(a) for a in assembled], [a.text for a in assembled], Bookkeeping())
    issues = validate(invoices, context=RuleContext(today=today + AHEAD))
    for sample, own, a, invoice, found in zip(samples, words, assembled, invoices, issues, strict=True):
        outcomes.flagged.append(not a.is_invoice or not _could_be_accepted(invoice, found))
        outcomes.layout.append(sample.layout.get("arrangement", ""))
        add_outcome(outcomes, sample.truth, a, invoice, opinions=[assemble(opinion, words=own) for opinion in own.tagged.opinions])
        own.forget()
    return outcomes


def _could_be_accepted(invoice: Invoice, issues: Sequence[Issue]) -> bool:
    """Whether nothing but doubt stands in the way of accepting an invoice."""
    return decide(invoice.replace(confidence=1.0, issues=tuple(issues)), accept_threshold=0.0).status is Status.ACCEPTED


def add_outcome(outcomes: Outcomes, truth: Record, assembled: Assembled, invoice: Invoice, *, opinions: Sequence[Assembled] = ()) -> None:
    """Add what one document's reading shows, beside those of single networks, and whether it is right."""
    found = invoice.to_json()
    scored = score([(truth, found)])
    wrong = {part for _, path, expected, _ in scored.wrong if (part := _part_that_counts(path, expected)) is not None}
    if len(truth["line_items"]) != len(found["line_items"]) or (scored.perfect == 0 and not wrong):
        wrong.add("numbers")
    document = len(outcomes.right)
    outcomes.signals.append(signals(assembled))
    outcomes.right.append(not wrong)
    for name, flags in outcomes.right_parts.items():
        flags.append(name not in wrong)
    other: set[str] = set()
    if opinions:
        differing = [differences(assembled, opinion) for opinion in opinions]
        other = {difference.path for of_one in differing for difference in of_one}
        outcomes.opinions.append([signals(opinion) for opinion in opinions])
        outcomes.agreement.append(agreement_signals(assembled, opinions, differing))
    for path, right in _values(truth, found):
        shown, group = assembled.evidence.get(path), group_of(path)
        if shown is not None and group is not None:
            outcomes.values.setdefault(group, []).append((document, shown.confidence, right))
        if path in other and group is not None:
            outcomes.differing.setdefault(group, []).append(right)


def _part_that_counts(path: str, expected: object) -> str | None:
    """The part of a document that a wrong value belongs to; None where the document counts as right all the same."""
    return None if expected is None and not path.startswith("line_items") else part_of(path)


def _values(truth: Record, found: Record) -> list[tuple[str, bool]]:
    """Paths of extracted values, and whether they are right. A header value that the page does not show is wrong, and so is all of a row that is no row."""
    unsigned = truth.get("document_type") == "credit_note"
    header = cast("Record", truth.get("header") or {})
    result: list[tuple[str, bool]] = []
    for name, value in cast("Record", found["header"]).items():
        if name in header and value is not None:
            result.append((f"header.{name}", same_value(name, header[name], value, unsigned=unsigned)))
    rows, pairs = found["line_items"], {j: i for i, j in align(truth["line_items"], found["line_items"])}
    for j, row in enumerate(rows):
        expected = cast("Record", truth["line_items"][pairs[j]]) if j in pairs else None
        for name in GROUPS:
            if row.get(name) is None or (expected is not None and expected.get(name) is None):
                continue
            kind = "amount" if name in ("net_amount", "gross_amount") else name
            others = expected.get("description_alternatives") or () if expected is not None and name == "description" else ()
            right = expected is not None and same_value(kind, expected[name], row[name], unsigned=unsigned, alternatives=others)
            result.append((f"line_items.{j}.{name}", right))
    return result
