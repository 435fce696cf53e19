"""What a foundation model is asked about lines whose spend category the classifier leaves open: many lines at once, categories from the list only.

A line's text goes along as it is printed, so nothing is asked under the policy ``redacted``: placeholders tell nothing of a purchase.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any, Protocol

from extractors.fallback.belief import ErrorRates, Outcome
from extractors.fallback.question import MAX_TEXT, Message
from schemas.instructions import instructing_lines
from schemas.invoice import SPEND_CATEGORIES, Invoice, LineItem

BATCH_LINES = 20
CONTROLS = 2  # lines of which the classifier is sure, asked along in each batch: they tell how often the endpoint is wrong
SURE_FROM = 0.9  # as sure as the classifier must be of a control
TOKENS_PER_LINE = 24
KIND = "spend_category"  # of recorded outcomes


@dataclass(frozen=True, slots=True)
class SpendQuestion:
    """Lines of one document, by their number in it."""

    lines: tuple[tuple[int, str], ...]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(f"line_{n}" for n, _ in enumerate(self.lines, start=1))

    def messages(self) -> list[Message]:
        """The conversation; text of the page stands in the user's message only."""
        texts = (f"{key}: {_plain(text)}" for key, (_, text) in zip(self.keys, self.lines, strict=True))
        parts = ["Categories: " + ", ".join(SPEND_CATEGORIES), "<page>", *texts, "</page>"]
        return [Message("system", _prompt()), Message("user", "\n".join(parts))]

    def schema(self) -> dict[str, Any]:
        """The JSON schema of the answer: one text for each line, nothing else."""
        properties = {key: {"type": ["string", "null"]} for key in self.keys}
        return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}

    def tokens(self) -> int:
        """Most tokens that an answer may take."""
        return 50 + TOKENS_PER_LINE * len(self.lines)

    def categories(self, answer: Mapping[str, Any]) -> dict[int, str]:
        """Category by the line's number in the document; what is not in the list is no answer."""
        found = ((number, answer.get(key)) for key, (number, _) in zip(self.keys, self.lines, strict=True))
        return {number: category for number, category in found if isinstance(category, str) and category in SPEND_CATEGORIES}


class AskCategories(Protocol):
    """Asks one question and returns the answer's object. Raises `FallbackError`."""

    def __call__(self, question: SpendQuestion, /) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Categorised:
    """``invoice`` with categories for ``named`` of its ``open`` lines, and how the endpoint did with the controls."""

    invoice: Invoice
    open: int
    named: int
    outcome: Outcome


def open_lines(invoice: Invoice) -> list[int]:
    """Numbers of the lines that the classifier leaves open and whose text says something and instructs nobody."""
    texts = [line.description or "" for line in invoice.line_items]
    dropped = instructing_lines(texts)
    return [n for n, line in enumerate(invoice.line_items) if line.spend_category is None and texts[n].strip() and n not in dropped]


def spend_questions(invoice: Invoice) -> Iterator[SpendQuestion]:
    """The open lines in batches, with controls."""
    texts = {n: line.description or "" for n, line in enumerate(invoice.line_items)}
    dropped = instructing_lines(list(texts.values()))
    sure = [n for n, line in enumerate(invoice.line_items) if _is_sure(line) and texts[n].strip() and n not in dropped]
    asked = open_lines(invoice)
    for start in range(0, len(asked), BATCH_LINES):
        yield SpendQuestion(tuple((n, texts[n]) for n in (*asked[start : start + BATCH_LINES], *sure[:CONTROLS])))


def with_asked_categories(invoice: Invoice, *, ask: AskCategories, rates: ErrorRates) -> Categorised:
    """Ask about the open lines of ``invoice``. A line's probability is the endpoint's recorded share of right answers, not one that it claims;
    a category counts where that is more than the classifier gives its own best guess. Raises `FallbackError`; lines named before stay unnamed."""
    questions = list(spend_questions(invoice))
    asked = open_lines(invoice)
    named: dict[int, str] = {}
    outcome = Outcome()
    for question in questions:
        found = question.categories(ask(question))
        controls = [n for n, _ in question.lines if n not in asked and n in found]
        outcome += Outcome(len(controls), sum(found[n] != invoice.line_items[n].spend_category for n in controls))
        named |= {n: category for n, category in found.items() if n in asked}
    right = 1 - rates.error(KIND)
    lines = list(invoice.line_items)
    kept = {n: category for n, category in named.items() if right > (lines[n].spend_category_probability or 0.0)}
    for n, category in kept.items():
        lines[n] = replace(lines[n], spend_category=category, spend_category_probability=round(right, 4))
    return Categorised(invoice.replace(line_items=tuple(lines)), len(asked), len(kept), outcome)


def _is_sure(line: LineItem) -> bool:
    return line.spend_category is not None and (line.spend_category_probability or 0.0) >= SURE_FROM


def _plain(text: str) -> str:
    return " ".join(text.replace("<page>", "").replace("</page>", "").split())[:MAX_TEXT]


@lru_cache(maxsize=1)
def _prompt() -> str:
    return files("extractors.fallback").joinpath("prompts", "spend.md").read_text(encoding="utf-8").strip()
