"""The specialist's part of the pipeline: words in, invoices with evidence and confidence out."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from extractors.categories import categorised
from schemas.bookkeeping import Bookkeeping
from schemas.invoice import DocumentType, Evidence, Invoice, Route

if TYPE_CHECKING:
    from extractors.assembly.document import Assembled
    from extractors.assembly.page_words import Words
    from extractors.confidence import Calibration
    from extractors.model_directory import WordTagger
    from extractors.words import Document


def read_by_model(
    documents: dict[int, Document],
    blanks: dict[int, Invoice],
    tagger: WordTagger,
    calibration: Calibration,
    clock: StageClock,
    bookkeeping: Bookkeeping,
) -> dict[int, Invoice]:
    """The invoices of ``documents`` by their numbers; ``blanks`` are what is known of them so far, without values. Rules have not been asked yet."""
    from extractors.assembly.document import assemble
    from extractors.assembly.page_words import Words
    from extractors.digit_repair import repaired

    with clock.stage("tag"):
        tagged = tagger.tag_many(list(documents.values()))
    with clock.stage("assemble"):
        words = [Words(t) for t in tagged]
        assembled = [repaired(t, assemble(t, words=w), tagger) for t, w in zip(tagged, words, strict=True)]
        invoices = [_invoice(blanks[i], documents[i], a, calibration) for i, a in zip(documents, assembled, strict=True)]
    with clock.stage("cross-check"):
        invoices = [_cross_checked(v, a, w, tagger, calibration) for v, a, w in zip(invoices, assembled, words, strict=True)]
        for own in words:
            own.forget()
    with clock.stage("tag"):
        invoices = [_with_others(invoice, document, tagger) for document, invoice in zip(documents.values(), invoices, strict=True)]
    with clock.stage("categorise"):
        return dict(zip(documents, categorised(invoices, [a.text for a in assembled], bookkeeping), strict=True))


def _cross_checked(invoice: Invoice, assembled: Assembled, words: Words, tagger: WordTagger, calibration: Calibration) -> Invoice:
    """The invoice, where it could be accepted, as far believed as the networks agree on it that read it by themselves."""
    from extractors.assembly.document import assemble
    from extractors.confidence import signals
    from extractors.cross_check import agreement_signals, differences, issues_of
    from extractors.digit_repair import repaired
    from extractors.ensemble import Ensemble
    from extractors.reading_confidence import weakest_reading

    agreement, tagged = calibration.agreement, words.tagged
    if agreement is None or not tagged.opinions or not assembled.is_invoice or invoice.confidence < agreement.from_probability:
        return invoice
    networks = (tagger.first, tagger.second) if isinstance(tagger, Ensemble) else (tagger,) * len(tagged.opinions)
    opinions = [repaired(own, assemble(own, words=words), network) for own, network in zip(tagged.opinions, networks, strict=True)]
    found = [differences(assembled, opinion) for opinion in opinions]
    sure = calibration.probability_by_opinions(
        signals(assembled), [signals(opinion) for opinion in opinions], agreement_signals(assembled, opinions, found)
    )
    return invoice.replace(
        confidence=min(sure, weakest_reading(tagged.document, assembled.evidence)),
        evidence=agreement.evidence(invoice.evidence, {difference.path for differing in found for difference in differing}),
        issues=(*invoice.issues, *issues_of(found)),
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
