"""The specialist's part of the pipeline: words in, invoices with evidence and confidence out; and the second network, which reads again what could be
accepted."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from extractors.categories import categorised
from schemas.bookkeeping import Bookkeeping
from schemas.invoice import DocumentType, Evidence, Invoice, Route, Severity

if TYPE_CHECKING:
    from extractors.assembly.document import Assembled
    from extractors.confidence import Calibration
    from extractors.model_directory import WordTagger
    from extractors.words import Document


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as the network reads it."""

    invoice: Invoice
    assembled: Assembled
    document: Document


def read_by_model(
    documents: dict[int, Document],
    blanks: dict[int, Invoice],
    tagger: WordTagger,
    calibration: Calibration,
    clock: StageClock,
    bookkeeping: Bookkeeping,
) -> dict[int, Reading]:
    """The readings of ``documents`` by their numbers; ``blanks`` are their invoices so far, without values. Rules have not been asked yet."""
    assembled = _assembled(list(documents.values()), tagger, clock)
    with clock.stage("assemble"):
        invoices = [_invoice(blanks[i], documents[i], a, calibration) for i, a in zip(documents, assembled, strict=True)]
    with clock.stage("tag"):
        invoices = [_with_others(invoice, document, tagger) for document, invoice in zip(documents.values(), invoices, strict=True)]
    with clock.stage("categorise"):
        invoices = categorised(invoices, [a.text for a in assembled], bookkeeping)
    return {i: Reading(v, a, documents[i]) for i, v, a in zip(documents, invoices, assembled, strict=True)}


def _assembled(documents: Sequence[Document], tagger: WordTagger, clock: StageClock) -> list[Assembled]:
    from extractors.assembly.document import assemble
    from extractors.digit_repair import repaired

    with clock.stage("tag"):
        tagged = tagger.tag_many(documents)
    with clock.stage("assemble"):
        return [repaired(t, assemble(t), tagger) for t in tagged]


def cross_check(
    checked: list[Invoice],
    readings: Mapping[int, Reading],
    calibration: Calibration,
    clock: StageClock,
    *,
    open_second: Callable[[], WordTagger],
) -> None:
    """In place: what could be accepted is read by the second network too, and believed by how far both readings agree."""
    agreement = calibration.agreement
    if agreement is None:
        return
    from extractors.confidence import signals
    from extractors.cross_check import agreement_signals, differences, issues_of
    from extractors.reading_confidence import weakest_reading

    again = [i for i in readings if not has_errors(checked[i]) and checked[i].confidence >= agreement.from_probability]
    if not again:
        return
    seconds = _assembled([readings[i].document for i in again], open_second(), clock)
    for i, second in zip(again, seconds, strict=True):
        first, document = readings[i].assembled, readings[i].document
        found = differences(first, second)
        sure = calibration.probability_of_pair(signals(first), signals(second), agreement_signals(first, second, found))
        checked[i] = checked[i].replace(
            confidence=min(sure, weakest_reading(document, first.evidence)),
            evidence=agreement.evidence(checked[i].evidence, {difference.path for difference in found}),
            issues=(*checked[i].issues, *issues_of(found)),
        )


def _with_others(invoice: Invoice, document: Document, tagger: WordTagger) -> Invoice:
    """The invoice with the issue that its file holds others beside it, where page numbers begin again and the parts' invoice numbers differ."""
    from extractors.assembly.document import assemble
    from extractors.several_invoices import numbered_parts
    from schemas.rules_reading import several_invoices

    parts = numbered_parts(document) if len(document.pages) > 1 else []
    if len(parts) < 2:
        return invoice
    read = [assemble(tagged) for tagged in tagger.tag_many(parts)]
    numbers = dict.fromkeys(part.header.invoice_number for part in read if part.is_invoice and part.header.invoice_number)
    if len(numbers) < 2:
        return invoice
    return invoice.replace(issues=(*invoice.issues, several_invoices(", ".join(map(str, numbers)), len(numbers))))


def closed(blank: Invoice, language: str, kind: str, probability: float) -> Invoice:
    """``blank`` as a document of another ``kind``, of which the network is so sure."""
    from schemas.rules_reading import not_an_invoice

    return blank.replace(language=language, issues=(*blank.issues, not_an_invoice(kind)), confidence=probability)


def _invoice(blank: Invoice, document: Document, assembled: Assembled, calibration: Calibration) -> Invoice:
    from extractors.confidence import signals
    from extractors.reading_confidence import weakest_reading
    from schemas.instructions import find_instructions
    from schemas.rules_reading import injected_text

    if not assembled.is_invoice:
        return closed(blank, assembled.language, assembled.document_type, assembled.type_probability)
    issues = (injected_text(f"{document.hidden} hidden words", hidden=True),) if document.hidden else ()
    instruction = find_instructions(assembled.text)
    if instruction:
        issues = (*issues, injected_text(instruction, hidden=False))
    return blank.replace(
        language=assembled.language,
        document_type=DocumentType(assembled.document_type),
        route=Route.TASK_MODEL,
        header=assembled.header,
        tax_breakdown=assembled.totals.breakdown,
        line_items=assembled.line_items,
        document_adjustments=assembled.totals.adjustments,
        confidence=min(calibration.probability(signals(assembled)), weakest_reading(document, assembled.evidence)),
        evidence=_placed(calibration.evidence(assembled.evidence), document),
        issues=(*blank.issues, *issues),
        seller_country=assembled.seller_country,
        buyer_country=assembled.buyer_country,
    )


def _placed(evidence: Mapping[str, Evidence], document: Document) -> Mapping[str, Evidence]:
    """The evidence with its boxes on the pages as they came: scans are read upright and level."""
    placements = {page.number: page.placement for page in document.pages if page.placement is not None}
    if not placements:
        return evidence
    return {
        path: replace(e, box=placement.box(e.box)) if (placement := placements.get(e.page)) is not None else e
        for path, e in evidence.items()
    }


class StageClock:
    """Seconds per stage; a stage within another counts by itself."""

    def __init__(self, times: dict[str, float]) -> None:
        self.times = times
        self._within = 0.0  # seconds of the stages within the present one

    @contextmanager
    def stage(self, name: str) -> Generator[None]:
        begun, outside = time.perf_counter(), self._within
        self._within = 0.0
        try:
            yield
        finally:
            seconds = time.perf_counter() - begun
            self.times[name] = self.times.get(name, 0.0) + seconds - self._within
            self._within = outside + seconds


def has_errors(invoice: Invoice) -> bool:
    """Whether a rule is broken at error level."""
    return any(issue.severity is Severity.ERROR for issue in invoice.issues)
