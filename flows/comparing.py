"""The comparison that the product lives by: the specialist alone, a foundation model alone, and both together, on the same documents."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractors.fallback.accounts import MemoryAccounts
from extractors.fallback.asking import Asker
from extractors.fallback.grounding import PageIndex
from extractors.fallback.question import Role, question_for
from extractors.fallback.reading import ground
from extractors.fallback.row_verdict import row_records
from extractors.scoring import Score, score
from extractors.strategy import ROWS, decide
from flows.chunks import BatchOptions
from flows.extraction import read_files
from flows.fallback import asker, budgets, open_provider, opinion_options
from flows.originals import of_file
from flows.second_opinions import FoundationOpinions
from flows.settings import Settings
from flows.work import Result
from schemas.errors import ConfigurationError, FallbackError
from schemas.fallback_calls import Budgets, Call
from schemas.invoice import HEADER_FIELDS, Evidence, Header, Invoice, Route, Severity
from schemas.rules import validate

if TYPE_CHECKING:
    from rich.console import RenderableType

    from flows.second_opinions import OpinionOptions


class EvaluatedStrategy(StrEnum):
    SPECIALIST = "specialist"
    FOUNDATION = "foundation"
    COMBINED = "combined"


class CountedAccounts(MemoryAccounts):
    """Accounts in memory that also tell what is left: nothing limits a measurement but its batch budget."""

    def __init__(self, limits: Budgets) -> None:
        super().__init__(limits)
        self._limit = limits.batch

    def budget_left(self, call: Call) -> Decimal | None:
        return None if self._limit is None else max(self._limit - self.spent, Decimal(0))


@dataclass(frozen=True, slots=True)
class Compared:
    """One strategy measured: the score, seconds and US dollars of all documents, calls and tokens."""

    strategy: EvaluatedStrategy
    score: Score
    seconds: float
    cost_usd: Decimal
    calls: int
    tokens: int


def read_all(paths: Sequence[Path], options: BatchOptions, *, advance: Callable[[str], None]) -> tuple[list[Result], float]:
    """The specialist's results with the words of all pages, and the seconds it took."""
    begun = time.perf_counter()
    results: list[Result] = []
    order = replace(options.order, words=True, all_words=True)
    for result in read_files([of_file(path) for path in paths], options=replace(options, order=order)):
        results.append(result)
        advance(result.invoice.status.value if result.invoice else "unread")
    return results, time.perf_counter() - begun


def compare(
    strategies: Sequence[EvaluatedStrategy],
    results: Sequence[Result],
    truths: Sequence[Mapping[str, Any]],
    *,
    seconds: float,
    settings: Settings,
    options: BatchOptions,
    threshold: float,
    say: Callable[[str], None] = lambda _: None,
) -> list[Compared]:
    """Each strategy on the same documents. ``seconds`` is what the specialist took. Raises `ConfigurationError` where a foundation model is needed
    and none is configured."""
    found: list[Compared] = []
    for strategy in strategies:
        if strategy is EvaluatedStrategy.SPECIALIST:
            found.append(_compared(strategy, [r.invoice for r in results], truths, seconds, MemoryAccounts()))
            continue
        provider = open_provider(settings)
        if provider is None:
            raise ConfigurationError(f"--strategy {strategy.value} needs a foundation model: set fallback_provider, endpoint and model.")
        accounts = CountedAccounts(budgets(settings))
        asking = asker(settings, provider, accounts)
        assert asking is not None
        ways = opinion_options(settings, today=options.today, accept_threshold=threshold, bookkeeping=options.order.options.bookkeeping)
        say(f"{strategy.value}: asking the foundation model")
        begun = time.perf_counter()
        if strategy is EvaluatedStrategy.COMBINED:
            invoices = list(_combined(results, FoundationOpinions(ways, asking, accounts)))
            spent = seconds + time.perf_counter() - begun
        else:
            invoices = [_foundation_alone(result, asking, ways) for result in results]
            spent = time.perf_counter() - begun
        found.append(_compared(strategy, invoices, truths, spent, accounts))
    return found


def _combined(results: Sequence[Result], opinions: FoundationOpinions) -> Iterator[Invoice | None]:
    try:
        by_id = {r.task.document_id: r.invoice for r in opinions.of(results) if r is not None}
        yield from (by_id.get(result.task.document_id) for result in results)
    finally:
        opinions.close()


def _foundation_alone(result: Result, asking: Asker, ways: OpinionOptions) -> Invoice | None:
    """One draft of the whole document, accepted where every value is on the page and no rule is broken: there is no calibrated confidence."""
    read, words = result.invoice, result.words
    if read is None or words is None:
        return None
    blank = Invoice(
        id=read.id, sha256=read.sha256, source=read.source, pages=read.pages, language=read.language, route=Route.FOUNDATION_MODEL
    )
    question = question_for(blank, words, (*HEADER_FIELDS, ROWS), whole=True)
    call = Call(read.sha256, asking.endpoint, "", Role.DRAFTER, "draft", "document", ways.privacy_of(read.source).value, "")
    try:
        answered = asking.ask(question, call, rows=60, until=time.monotonic() + ways.modes.latency_s)
    except FallbackError:
        return blank
    reading = ground(answered, question, invoice=blank, index=PageIndex(words), role=Role.DRAFTER)
    evidence = {
        f"header.{name}": Evidence(place.page, place.box, place.words, 0.5, "foundation_model") for name, place in reading.places.items()
    }
    header: Any = {name: value for name, value in reading.header.items() if name in HEADER_FIELDS}
    invoice = blank.replace(header=Header(**header), line_items=row_records(blank, reading), evidence=evidence)
    from extractors.pipeline import categorised

    text = "\n".join(" ".join(page.texts) for page in words.pages)
    invoice = categorised([invoice], [text], ways.bookkeeping)[0]
    issues = validate([invoice], context=ways.context)[0]
    clean = not reading.ungrounded and not any(issue.severity is Severity.ERROR for issue in issues)
    invoice = invoice.replace(issues=issues, confidence=1.0 if clean else 0.0)
    return invoice.replace(status=decide(invoice, accept_threshold=0.5, explained=True).status)


def _compared(
    strategy: EvaluatedStrategy,
    invoices: Sequence[Invoice | None],
    truths: Sequence[Mapping[str, Any]],
    seconds: float,
    accounts: MemoryAccounts,
) -> Compared:
    pairs = [(truth, invoice.to_json() if invoice else None) for truth, invoice in zip(truths, invoices, strict=True)]
    tokens = sum(settlement.input_tokens + settlement.output_tokens for _, settlement in accounts.calls)
    return Compared(strategy, score(pairs), seconds, accounts.spent, len(accounts.calls), tokens)


def render_comparison(compared: Sequence[Compared]) -> RenderableType:
    """The table."""
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in (
        "strategy",
        "header F1",
        "row F1",
        "perfect",
        "touchless",
        "wrong among accepted",
        "s/document",
        "USD/document",
        "tokens/document",
    ):
        table.add_column(column, justify="left" if column == "strategy" else "right")
    for entry in compared:
        found, count = entry.score, max(entry.score.documents, 1)
        table.add_row(
            entry.strategy.value,
            f"{found.header_f1:.4f}",
            f"{found.rows.f1:.4f}",
            f"{100 * found.perfect / count:.1f} %",
            f"{100 * found.touchless:.1f} %",
            f"{found.accepted_wrong}/{found.accepted} = {100 * found.wrong_among_accepted:.2f} %",
            f"{entry.seconds / count:.2f}",
            f"{entry.cost_usd / count:.6f}",
            f"{entry.tokens / count:.0f}",
        )
    return table
