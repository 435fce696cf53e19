"""Second opinions on doubtful documents: the strategy decides, a foundation model is asked where policy and budget allow, the judge weighs.

Calls are made here, in the coordinator, not in the worker processes: a worker is killed after a document's time and cannot see the database, while
the coordinator can reserve money in it before a call and settle after it. They run in threads of their own, so a slow endpoint costs its documents'
time and no other's.
"""

from __future__ import annotations

import fnmatch
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Protocol

from extractors.fallback.accounts import Accounts, Experience
from extractors.fallback.asking import Asker
from extractors.fallback.belief import accept_at, ask_below
from extractors.fallback.modes import ModeOptions, answer
from extractors.fallback.question import question_for
from extractors.fallback.spend_question import KIND, open_lines, with_asked_categories
from extractors.fallback.verdict import Verdict
from extractors.strategy import FallbackProvider, Plan, Policy, Privacy, Strategy, case_of, decide, plan
from extractors.words import Document
from flows.work import Opinion, Result
from schemas.bookkeeping import Bookkeeping, own_tax_codes
from schemas.errors import FallbackError, LineitemError
from schemas.fallback_calls import Call
from schemas.invoice import CRITICAL_FIELDS, Invoice, Issue, Status
from schemas.rules import RuleContext, validate

POLL_S = 0.25
ASKING = (Strategy.ASK_FIELDS, Strategy.ASK_DOCUMENT)


class SecondOpinions(Protocol):
    """What a running batch needs: opinions on results, and an end."""

    def of(self, results: Sequence[Result], *, stopped: Callable[[], bool]) -> Iterator[Result | None]:
        """Each result with its opinion, as soon as it is there; None about four times a second while there is none."""
        ...

    def close(self) -> None: ...


class BookedAccounts(Accounts, Experience, Protocol):
    """Accounts that also know how an endpoint did."""

    def budget_left(self, call: Call) -> Decimal | None: ...


@dataclass(frozen=True, slots=True)
class OpinionOptions:
    """Policy and ways: who is asked, what the sources allow, the mode, and what rules and tables need."""

    provider: FallbackProvider
    endpoint_local: bool
    privacy: Privacy
    modes: ModeOptions
    context: RuleContext
    accept_threshold: float
    privacy_by_source: Mapping[str, Privacy] = field(default_factory=dict[str, Privacy])
    value_limit: Decimal | None = None
    parallel: int = 4
    bookkeeping: Bookkeeping = field(default_factory=Bookkeeping)
    categories: bool = False

    def privacy_of(self, source: str) -> Privacy:
        """The policy of the document with this path."""
        fitting = (policy for pattern, policy in self.privacy_by_source.items() if fnmatch.fnmatch(source, pattern))
        return next(fitting, self.privacy)


class FoundationOpinions:
    """Opinions of one foundation model. ``asker`` None: there is none, the strategy alone speaks."""

    def __init__(self, options: OpinionOptions, asker: Asker | None, accounts: BookedAccounts) -> None:
        self._options, self._asker, self._accounts = options, asker, accounts
        self._threads = ThreadPoolExecutor(options.parallel, thread_name_prefix="lineitem-opinion")

    def of(self, results: Sequence[Result], *, stopped: Callable[[], bool] = lambda: False) -> Iterator[Result | None]:
        waiting: set[Future[Result]] = set()
        for result in results:
            if result.invoice is not None and (result.invoice.status is Status.REVIEW or self._may_ask_categories(result.invoice)):
                waiting.add(self._threads.submit(self.opinion, result))
            else:
                yield result
        try:
            while waiting:
                done, waiting = wait(waiting, timeout=POLL_S, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
                if stopped():
                    return
                if not done:
                    yield None
        finally:
            for future in waiting:
                future.cancel()

    def close(self) -> None:
        """Wait for the calls that are under way; start no other."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def opinion(self, result: Result) -> Result:
        """``result`` with what the strategy decided and, where a foundation model was asked, the invoice that stands."""
        assert result.invoice is not None
        result = self._of_values(result) if result.invoice.status is Status.REVIEW else replace(result, words=None)
        return self._of_categories(result) if self._may_ask_categories(result.invoice) else result

    def _may_ask_categories(self, invoice: Invoice | None) -> bool:
        options = self._options
        if not options.categories or self._asker is None or invoice is None or invoice.status is Status.REJECTED:
            return False
        privacy = options.privacy_of(invoice.source)
        permitted = privacy is Privacy.EXTERNAL or (privacy is Privacy.LOCAL_ONLY and options.endpoint_local)
        return permitted and bool(open_lines(invoice))

    def _of_categories(self, result: Result) -> Result:
        """``result`` with categories for lines that the classifier leaves open, and codes that follow from them."""
        assert result.invoice is not None
        assert self._asker is not None
        asker, accounts, call = self._asker, self._accounts, replace(self._call(result.invoice), scope="categories")
        until = time.monotonic() + self._options.modes.latency_s
        earlier = result.opinion or Opinion("", (), explained=False)
        try:
            found = with_asked_categories(
                result.invoice, ask=lambda question: asker.ask_categories(question, call, until=until), rates=accounts.rates(asker.endpoint)
            )
        except FallbackError as exc:
            return replace(result, opinion=replace(earlier, reasons=(*earlier.reasons, f"Spend categories stay open: {exc}")))
        accounts.learn(asker.endpoint, {KIND: found.outcome})
        lines = "1 line" if found.open == 1 else f"{found.open} lines"
        told = f"A foundation model was asked about {lines} without a spend category; it named {found.named}."
        invoice = own_tax_codes(found.invoice, self._options.bookkeeping)
        return replace(result, invoice=invoice, opinion=replace(earlier, reasons=(*earlier.reasons, told)))

    def _of_values(self, result: Result) -> Result:
        invoice, words = result.invoice, result.words
        assert invoice is not None
        result = replace(result, words=None)
        chosen = self.plan_for(invoice, words)
        if (earlier := result.opinion) is not None:  # the other reader's part of the story comes first
            chosen = replace(chosen, reasons=(*earlier.reasons, *chosen.reasons))
        if chosen.strategy not in ASKING or words is None or self._asker is None:
            taken = earlier.strategy if earlier is not None else chosen.strategy.value
            return replace(result, opinion=Opinion(taken, chosen.reasons))
        try:
            return self._asked(result, invoice, words, chosen)
        except LineitemError:
            raise
        except Exception as exc:  # noqa: BLE001 - a defect here costs a second opinion, not the document
            problem = f"The second opinion failed: {type(exc).__name__}."
            return replace(result, opinion=Opinion(chosen.strategy.value, (*chosen.reasons, problem)))

    def plan_for(self, invoice: Invoice, words: Document | None) -> Plan:
        """What the strategy does about ``invoice``."""
        options = self._options
        case = case_of(
            invoice,
            accept_threshold=options.accept_threshold,
            ask_below=ask_below(accept_at(options.accept_threshold)),
            words=len(words) if words is not None else 0,
        )
        policy = Policy(
            provider=options.provider,
            privacy=options.privacy_of(invoice.source),
            endpoint_local=options.endpoint_local,
            latency_limit_s=options.modes.latency_s,
            value_limit=options.value_limit,
        )
        if words is None or self._asker is None or not case.doubtful:
            return plan(case, policy=policy)
        narrow = question_for(invoice, words, case.doubtful)
        whole = question_for(invoice, words, (*CRITICAL_FIELDS, "rows"), whole=True)
        return plan(
            case,
            policy=replace(
                policy,
                budget_left=self._accounts.budget_left(self._call(invoice)),
                cost_fields=self._asker.at_most(narrow, rows=case.rows),
                cost_document=self._asker.at_most(whole, rows=case.rows),
            ),
        )

    def _asked(self, result: Result, invoice: Invoice, words: Document, chosen: Plan) -> Result:
        assert self._asker is not None
        threshold = accept_at(self._options.accept_threshold)
        answered = answer(
            invoice,
            words,
            chosen.ask,
            asker=self._asker,
            options=self._options.modes,
            call=self._call(invoice),
            rates=self._accounts.rates(self._asker.endpoint),
            validate=self._issues,
            wanted=threshold,
            whole=chosen.strategy is Strategy.ASK_DOCUMENT,
            redacted=self._options.privacy_of(invoice.source) is Privacy.REDACTED,
        )
        reasons = [*chosen.reasons, *answered.problems]
        if answered.verdict is None:
            return replace(result, opinion=Opinion(chosen.strategy.value, tuple(reasons)))
        verdict = answered.verdict
        self._accounts.learn(self._asker.endpoint, verdict.outcomes)
        settled = self._recategorised(verdict, words) if any(path.startswith("line_items") for path in verdict.changed) else verdict.invoice
        reasons.append(_what_was_asked(chosen, answered.questions, verdict))
        status = decide(settled, accept_threshold=threshold, explained=True).status
        return replace(result, invoice=settled.replace(status=status), opinion=Opinion(chosen.strategy.value, tuple(reasons), threshold))

    def _recategorised(self, verdict: Verdict, words: Document) -> Invoice:
        """Tax treatment and categories of rows that changed, and what the rules say of them."""
        from extractors.pipeline import categorised

        text = "\n".join(" ".join(page.texts) for page in words.pages)
        invoice = categorised([verdict.invoice], [text], self._options.bookkeeping)[0]
        kept = [issue for issue in verdict.invoice.issues if issue not in self._issues(verdict.invoice)]
        return invoice.replace(issues=(*kept, *self._issues(invoice)))

    def _issues(self, invoice: Invoice) -> tuple[Issue, ...]:
        return validate([invoice], context=self._options.context)[0]

    def _call(self, invoice: Invoice) -> Call:
        return Call(
            sha256=invoice.sha256,
            endpoint=self._asker.endpoint if self._asker else "",
            model="",
            role="drafter",
            mode=self._options.modes.mode.value,
            scope="fields",
            privacy=self._options.privacy_of(invoice.source).value,
            question="",
        )


def _what_was_asked(chosen: Plan, questions: int, verdict: Verdict) -> str:
    asked = "the whole document" if chosen.strategy is Strategy.ASK_DOCUMENT else ", ".join(chosen.ask)
    times = "once" if questions == 1 else f"{questions} times"
    changed = f"; it changed {', '.join(verdict.changed)}" if verdict.changed else "; it changed nothing"
    disputed = f"; disputed: {', '.join(verdict.disputed)}" if verdict.disputed else ""
    return f"A foundation model was asked {times} about {asked}{changed}{disputed}."
