"""How several readings come about: one draft; draft, check and correct; diverge and converge; divide the task. Rounds are bounded."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from extractors.fallback.asking import Asker
from extractors.fallback.belief import ErrorRates, ask_below
from extractors.fallback.grounding import PageIndex
from extractors.fallback.question import TOTALS, Role, question_for
from extractors.fallback.reading import Reading, ground, settled
from extractors.fallback.redaction import Redactor
from extractors.fallback.verdict import Validate, Verdict, judge
from extractors.strategy import ROWS, Mode
from extractors.words import Document
from schemas.errors import FallbackError
from schemas.fallback_calls import Call
from schemas.invoice import Invoice, Severity


@dataclass(frozen=True, slots=True)
class ModeOptions:
    """Which mode, how many rounds of correction, how many drafts, and the seconds that one document may take."""

    mode: Mode = Mode.DRAFT_CHECK_CORRECT
    rounds: int = 3
    drafts: int = 3
    latency_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Answered:
    """The verdict, how often the model was asked, and what went wrong on the way, in words."""

    verdict: Verdict | None
    questions: int
    problems: tuple[str, ...]


def answer(
    invoice: Invoice,
    document: Document,
    fields: Sequence[str],
    *,
    asker: Asker,
    options: ModeOptions,
    call: Call,
    rates: ErrorRates,
    validate: Validate,
    wanted: float,
    whole: bool = False,
    redacted: bool = False,
) -> Answered:
    """Ask about ``fields`` in the chosen mode and judge the readings. Never raises `FallbackError`: what fails is a problem in words.

    ``wanted`` is the probability from which the document is accepted: nothing is asked again once it is reached.
    """
    conversation = _Conversation(
        invoice, document, PageIndex(document), asker, call, time.monotonic() + options.latency_s, Redactor() if redacted else None, whole
    )
    judged: Callable[[], Verdict] = lambda: judge(invoice, conversation.readings, rates=rates, validate=validate)  # noqa: E731
    match options.mode:
        case Mode.DRAFT:
            conversation.ask(fields, Role.DRAFTER)
        case Mode.DIVERGE_CONVERGE:
            for sample in range(max(options.drafts, 1)):
                conversation.ask(fields, Role.DRAFTER, sample=sample)
        case Mode.DIVIDE:
            numbers = [name for name in fields if name in TOTALS or name == ROWS]
            conversation.ask([name for name in fields if name not in numbers], Role.DRAFTER)
            conversation.ask(numbers, Role.VERIFIER)
        case Mode.DRAFT_CHECK_CORRECT:
            conversation.ask(fields, Role.DRAFTER)
            for number in range(options.rounds):
                if conversation.problems or not conversation.readings:
                    break
                verdict = judged()
                # What two readings say alike is settled: the same model would only say it once more, which is no new evidence.
                open_fields = [name for name in fields if not settled(invoice, conversation.readings, name)]
                again = _open_questions(verdict, open_fields, wanted)
                if not again:
                    break
                conversation.ask(again, Role.VERIFIER, complaints=_complaints(verdict.invoice), sample=number)
    return Answered(judged() if conversation.readings else None, conversation.questions, tuple(conversation.problems))


@dataclass(slots=True)
class _Conversation:
    """The questions about one document and the readings so far."""

    invoice: Invoice
    document: Document
    index: PageIndex
    asker: Asker
    call: Call
    until: float
    redactor: Redactor | None
    whole: bool
    readings: list[Reading] = field(default_factory=list[Reading])
    problems: list[str] = field(default_factory=list[str])
    questions: int = 0

    def ask(self, fields: Sequence[str], role: str, *, complaints: Sequence[str] = (), sample: int = 0) -> None:
        if not fields or self.problems:
            return
        question = question_for(self.invoice, self.document, fields, whole=self.whole, complaints=complaints)
        call = replace(self.call, role=role, scope="document" if question.whole else "fields")
        self.questions += 1
        try:
            found = self.asker.ask(
                question, call, rows=len(self.invoice.line_items), until=self.until, redactor=self.redactor, sample=sample
            )
        except FallbackError as exc:
            self.problems.append(str(exc))
            return
        self.readings.append(ground(found, question, invoice=self.invoice, index=self.index, role=role))


def _open_questions(verdict: Verdict, fields: Sequence[str], wanted: float) -> tuple[str, ...]:
    """Fields on which specialist and model disagree, or that are still not sure enough."""
    names = [ROWS if path.startswith("line_items") else path.removeprefix("header.") for path in verdict.disputed]
    if not names and verdict.invoice.confidence < wanted:
        weak = [name for name in fields if name != ROWS and _weak(verdict.invoice, name, wanted)]
        names = weak or ([ROWS] if ROWS in fields else [])
    return tuple(dict.fromkeys(name for name in names if name in fields))


def _weak(invoice: Invoice, name: str, wanted: float) -> bool:
    shown = invoice.evidence.get(f"header.{name}")
    return shown is not None and shown.confidence < ask_below(wanted)


def _complaints(invoice: Invoice) -> tuple[str, ...]:
    """What the rules say of the draft; not the readings themselves, so that the second reader is not led."""
    errors = (issue for issue in invoice.issues if issue.severity is Severity.ERROR and issue.rule != "LI-AGREE")
    return tuple(dict.fromkeys(f"{issue.rule}: {issue.message}" for issue in errors))[:8]
