"""From bytes to a decided invoice: read, tag, assemble, assign tax treatment and categories, validate, decide. No database, no Prefect."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from extractors.categories import categorised
from extractors.model_reading import StageClock, closed, read_by_model
from extractors.options import ExtractOptions, SourceFile
from extractors.readers.passwords import unlock
from extractors.reading import read_source
from extractors.strategy import Decision, Plan, Policy, Strategy, case_of, decide, plan
from schemas.errors import DocumentError, OtherDocumentError
from schemas.invoice import Invoice, Issue, Severity

if TYPE_CHECKING:
    from extractors.confidence import Calibration
    from extractors.model_directory import WordTagger
    from extractors.several_invoices import FilePart
    from extractors.words import Document, Page

__all__ = [
    "CODE_VERSION",
    "STAGES",
    "ExtractOptions",
    "SourceFile",
    "categorised",
    "decision",
    "extract",
    "extract_many",
    "load_model",
    "pipeline_version",
    "validated",
]

CODE_VERSION = "0.1.0"
STAGES = ("read", "tag", "assemble", "cross-check", "categorise", "validate", "second read")


def pipeline_version(options: ExtractOptions) -> str:
    """What the result of a document depends on besides its bytes: code, model and the way of reading."""
    version = f"{CODE_VERSION}+{_model_digest(options.model_dir)}"
    if options.ignore_xml:
        version += ".noxml"
    if options.ocr.is_usable:
        version += f".{options.ocr.engine}-{options.ocr.dpi}"
    if options.bookkeeping.digest:
        version += f".tables-{options.bookkeeping.digest}"
    return version + (f".read2-{options.second_read_pages}" if options.second_read_pages else "")


@lru_cache(maxsize=8)
def _model_digest(directory: Path | None) -> str:
    from extractors.model_directory import model_digest

    return model_digest(directory)[:10]


def extract(source: SourceFile, *, options: ExtractOptions) -> Invoice:
    """The decided invoice of one file. Never raises for a bad document: that gives ``rejected`` with the reason as an issue."""
    return extract_many([source], options=options)[0]


def extract_many(
    sources: Sequence[SourceFile],
    *,
    options: ExtractOptions,
    times: dict[str, float] | None = None,
    begun: Callable[[int | None], None] = lambda _: None,
    words: dict[int, Document] | None = None,
    parts: dict[int, tuple[FilePart, ...]] | None = None,
    read_again: dict[int, tuple[str, ...]] | None = None,
) -> list[Invoice]:
    """As `extract` for many files, in their order; the network and the rules run once over all of them.

    ``times`` collects seconds per stage (`STAGES`); by the file's number ``words`` the words of the pages and ``read_again`` why a file had a second
    reading, and what came of it. With ``parts``, files that hold several
    invoices are taken apart where that is safe; the parts are files to extract in their turn, and the whole is closed. ``begun`` is told the position
    of each file before foreign code reads it, so that the one which ends the process is known; None: reading is over. Raises `ModelError` when the
    model cannot be loaded.
    """
    clock = StageClock(times if times is not None else {})
    tagger, calibration = load_model(options.model_dir)

    def refuse(pages: Sequence[Page]) -> None:
        from extractors.long_documents import refuse_other

        with clock.stage("tag"):
            refuse_other(pages, tagger=tagger)

    results: dict[int, Invoice] = {}
    documents: dict[int, Document] = {}
    sources = list(sources)
    for index, source in enumerate(sources):
        begun(index)
        blank = Invoice(id=source.id, sha256=hashlib.sha256(source.data).hexdigest(), source=source.source, pages=0)
        with clock.stage("read"):
            try:
                if options.passwords:
                    unlocked = unlock(source.data, source=source.source, passwords=options.passwords)
                    source = sources[index] = replace(source, data=unlocked)
                results[index], document = read_source(source, blank, options, refuse=refuse, on_page=lambda index=index: begun(index))
                if document is not None:
                    documents[index] = document
            except OtherDocumentError as exc:
                results[index] = closed(blank.replace(pages=exc.pages), exc.language, exc.kind, exc.probability)
            except DocumentError as exc:
                results[index] = _refused(blank, exc)
    begun(None)
    if words is not None:
        words.update(documents)
    results.update(read_by_model(documents, results, tagger, calibration, clock, options.bookkeeping))
    if parts is not None:
        for i, document in documents.items():
            if files := _parts(results[i], sources[i], document):
                parts[i], results[i] = files, _split(results[i], len(files))
    with clock.stage("validate"):
        checked = validated([results[i] for i in range(len(sources))], options)
    threshold = options.accept_threshold if options.accept_threshold is not None else calibration.accept_threshold
    plans = {i: _plan(checked[i], d, threshold) for i, d in documents.items() if _can_be_read_again(checked[i], d, options)}
    again = {i: chosen for i, chosen in plans.items() if chosen.strategy is Strategy.SECOND_READ}
    if again:
        second = _second_reading({i: sources[i] for i in again}, checked, tagger, calibration, clock, options)
        for i, chosen in again.items():
            checked[i], outcome = _better(checked[i], second.get(i))
            if read_again is not None:
                read_again[i] = (*chosen.reasons, outcome)
    return [invoice.replace(status=decision(invoice, threshold).status) for invoice in checked]


def decision(invoice: Invoice, threshold: float) -> Decision:
    """The decision on a validated invoice, with its reasons."""
    return decide(invoice, accept_threshold=threshold)


@lru_cache(maxsize=2)
def load_model(directory: Path | None) -> tuple[WordTagger, Calibration]:
    """The model and its calibration, loaded once per process."""
    from extractors.model_directory import calibration_of, open_tagger

    return open_tagger(directory), calibration_of(directory)


def validated(invoices: Sequence[Invoice], options: ExtractOptions) -> list[Invoice]:
    """The invoices with the issues of all rules; documents that were refused or are no invoices keep theirs."""
    from schemas.rules import RuleContext, validate

    open_ones = [i for i, invoice in enumerate(invoices) if not _is_closed(invoice)]
    found = validate([invoices[i] for i in open_ones], context=RuleContext(today=options.today)) if open_ones else []
    result = list(invoices)
    for i, issues in zip(open_ones, found, strict=True):
        result[i] = replace(invoices[i], issues=(*invoices[i].issues, *issues))
    return result


def _is_closed(invoice: Invoice) -> bool:
    return any(issue.rule == "LI-NOTINV" or issue.rule.startswith("LI-DOC") for issue in invoice.issues)


def _refused(blank: Invoice, error: DocumentError) -> Invoice:
    return blank.replace(issues=(Issue(error.rule, Severity.ERROR, None, None, None, str(error)),))


def _parts(invoice: Invoice, source: SourceFile, document: Document) -> tuple[FilePart, ...]:
    """The files of the invoices that ``source`` holds, where each part has a number of its own; else none, and a person sees the whole."""
    from extractors.readers.document import Kind, kind_of
    from extractors.several_invoices import numbered_parts, split_pdf
    from schemas.rules_reading import SEVERAL_INVOICES

    several = next((issue for issue in invoice.issues if issue.rule == SEVERAL_INVOICES.id), None)
    unlocked = hashlib.sha256(source.data).hexdigest() != invoice.sha256  # its parts would lie in the store without a password
    if several is None or unlocked or kind_of(source.data) is not Kind.PDF:
        return ()
    parts = numbered_parts(document)
    return split_pdf(source.data, parts) if several.found == str(len(parts)) else ()


def _split(whole: Invoice, count: int) -> Invoice:
    """What is left of a file whose invoices became documents: no values, and the issue that says so."""
    from schemas.rules_reading import SEVERAL_INVOICES, split_file

    (several,) = (issue for issue in whole.issues if issue.rule == SEVERAL_INVOICES.id)
    numbers = several.message.partition("(")[2].rpartition(")")[0]
    blank = Invoice(id=whole.id, sha256=whole.sha256, source=whole.source, pages=whole.pages, language=whole.language)
    return blank.replace(issues=(split_file(numbers, count),))


def _can_be_read_again(invoice: Invoice, document: Document, options: ExtractOptions) -> bool:
    return _errors(invoice) > 0 and document.reader == "pypdfium2" and len(document.pages) <= options.second_read_pages


def _plan(invoice: Invoice, document: Document, threshold: float) -> Plan:
    """The means that the strategy chooses here, where the file is at hand and nobody else can be asked."""
    case = case_of(invoice, accept_threshold=threshold, ask_below=threshold, words=len(document), second_read=True)
    return plan(case, policy=Policy())


def _second_reading(
    sources: dict[int, SourceFile],
    first: Sequence[Invoice],
    tagger: WordTagger,
    calibration: Calibration,
    clock: StageClock,
    options: ExtractOptions,
) -> dict[int, Invoice]:
    """pdfplumber's reading of documents that broke a rule; none of those that it cannot read."""
    from extractors.readers.pdfplumber_reader import read_with_pdfplumber

    documents: dict[int, Document] = {}
    blanks: dict[int, Invoice] = {}
    for i, source in sources.items():
        with clock.stage("second read"):
            try:
                documents[i] = read_with_pdfplumber(source.data)
            except DocumentError:
                continue  # the first reading stands
        blanks[i] = Invoice(id=source.id, sha256=first[i].sha256, source=source.source, pages=first[i].pages)
    read = read_by_model(documents, blanks, tagger, calibration, clock, options.bookkeeping)
    with clock.stage("validate"):
        return dict(zip(read, validated(list(read.values()), options), strict=True))


def _better(first: Invoice, second: Invoice | None) -> tuple[Invoice, str]:
    """The reading that stands, and why: the second one only where it breaks fewer rules."""
    if second is None or _is_closed(second):
        return first, "pdfplumber reads no invoice there; the first reading stands."
    rules = f"pdfplumber's reading breaks {_errors(second)} rules, the first one {_errors(first)}"
    return (second, f"{rules}: it stands.") if _errors(second) < _errors(first) else (first, f"{rules}: the first one stands.")


def _errors(invoice: Invoice) -> int:
    return sum(issue.severity is Severity.ERROR for issue in invoice.issues)
