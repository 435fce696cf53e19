"""What a foundation model is asked: named fields, the lines of the page that bear on them, a closed answer schema. The page's text is data.

The default scope is the doubtful values with the lines near them; the whole document is sent only where most of it is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, cast

import numpy as np
import yaml

from extractors.strategy import ROWS
from extractors.words import Document, Page
from schemas.instructions import instructing_lines
from schemas.invoice import Invoice

LINES_AROUND = 2  # lines above and below a doubtful value that may hold its caption
MAX_TEXT = 200  # characters of one answered value
TOTALS = frozenset({"net_total", "tax_total", "gross_total", "amount_due"})
ROW_FIELDS = ("description", "quantity", "unit_price", "amount")


class Role:
    """Names of the two roles, each with its own model and its own kind of prompt."""

    DRAFTER = "drafter"
    VERIFIER = "verifier"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation. Text of the page stands in ``user`` messages only."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Question:
    """Fields asked for (names of header fields, ``rows``), the page lines that go along, and what the rules complained of."""

    fields: tuple[str, ...]
    lines: tuple[str, ...]
    whole: bool
    complaints: tuple[str, ...] = ()

    @property
    def rows(self) -> bool:
        return ROWS in self.fields


def question_for(
    invoice: Invoice, document: Document, fields: Sequence[str], *, whole: bool = False, complaints: Sequence[str] = ()
) -> Question:
    """The question about ``fields`` of ``invoice``. Lines that instruct a reader are left out."""
    lines: list[str] = []
    wanted = None if whole else _wanted_boxes(invoice, fields)
    for page in document.pages:
        texts = page_lines(page)
        keep = set(range(len(texts))) if wanted is None else _lines_near(texts, page, invoice, fields, wanted)
        dropped = instructing_lines([text for text, _, _ in texts])
        lines += [text for number, (text, _, _) in enumerate(texts) if number in keep and number not in dropped]
    if wanted is not None and len(lines) < 3:  # nothing was read that could be near: all lines
        return question_for(invoice, document, fields, whole=True, complaints=complaints)
    return Question(tuple(fields), tuple(lines), whole, tuple(complaints))


def page_lines(page: Page) -> list[tuple[str, float, float]]:
    """(text, top, bottom) of each line of words, from the top; wide gaps between words are kept as three spaces."""
    lines: list[list[int]] = []
    for at in range(len(page)):
        if lines and _same_line(page, lines[-1][-1], at):
            lines[-1].append(at)
        else:
            lines.append([at])
    result: list[tuple[str, float, float]] = []
    for words in lines:
        text = page.texts[words[0]]
        for before, at in pairwise(words):
            gap = float(page.boxes[at][0] - page.boxes[before][2])
            text += ("   " if gap > 1.5 * float(page.sizes[at]) else " ") + page.texts[at]
        boxes = page.boxes[words]
        result.append((text, float(boxes[:, 1].min()), float(boxes[:, 3].max())))
    return result


def messages_for(question: Question, *, role: str) -> list[Message]:
    """The conversation that asks ``question`` of one role. The drafter is told how, step by step; the verifier only what."""
    system = _text("drafter.md" if role == Role.DRAFTER else "verifier.md")
    parts: list[str] = []
    if role == Role.DRAFTER:
        told = field_texts()
        parts += ["Fields:", *(f"- {name}: {told[name]}" for name in question.fields if name != ROWS)]
        if question.rows:
            parts += ["- line_items: every line item, each with:", *(f"  - {name}: {text}" for name, text in row_texts().items())]
    else:
        parts.append("Fields: " + ", ".join("line_items" if name == ROWS else name for name in question.fields))
    if question.complaints:
        parts += ["An earlier reading broke these rules:", *(f"- {complaint}" for complaint in question.complaints)]
    parts += ["<page>", *(line.replace("<page>", "").replace("</page>", "") for line in question.lines), "</page>"]
    return [Message("system", system), Message("user", "\n".join(parts))]


def answer_schema(question: Question) -> dict[str, Any]:
    """The JSON schema of the answer: asked fields only, texts of bounded length, nothing else."""
    value = {"type": ["string", "null"]}
    properties: dict[str, Any] = {name: value for name in question.fields if name != ROWS}
    if question.rows:
        row = {
            "type": "object",
            "properties": dict.fromkeys(ROW_FIELDS, value),
            "required": list(ROW_FIELDS),
            "additionalProperties": False,
        }
        properties["line_items"] = {"type": "array", "items": row}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def answer_tokens(question: Question, rows: int) -> int:
    """Most tokens that an answer may take: bounded output."""
    return 200 + 60 * len(question.fields) + (120 * max(rows + 10, 20) if question.rows else 0)


@lru_cache(maxsize=1)
def _field_data() -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", yaml.safe_load(_text("fields.yaml")))


def field_texts() -> Mapping[str, str]:
    return cast("Mapping[str, str]", _field_data()["fields"])


def row_texts() -> Mapping[str, str]:
    return cast("Mapping[str, str]", _field_data()["line_items"])


def prompts_version() -> str:
    """Changes when the prompts do: part of the pipeline's version."""
    return str(_field_data()["version"])


@lru_cache(maxsize=8)
def _text(name: str) -> str:
    return files("extractors.fallback").joinpath("prompts", name).read_text(encoding="utf-8").strip()


def _same_line(page: Page, a: int, b: int) -> bool:
    overlap = float(min(page.boxes[a][3], page.boxes[b][3]) - max(page.boxes[a][1], page.boxes[b][1]))
    height = float(min(page.boxes[a][3] - page.boxes[a][1], page.boxes[b][3] - page.boxes[b][1]))
    return overlap > 0.5 * height and float(page.boxes[b][0]) >= float(page.boxes[a][0])


def _wanted_boxes(invoice: Invoice, fields: Sequence[str]) -> dict[int, list[tuple[float, float]]]:
    """Per page, the heights (top, bottom) where the asked values were read."""
    boxes: dict[int, list[tuple[float, float]]] = {}
    for path, shown in invoice.evidence.items():
        name = path.removeprefix("header.") if path.startswith("header.") else ROWS if path.startswith("line_items.") else None
        if name in fields:
            boxes.setdefault(shown.page, []).append((shown.box[1], shown.box[3]))
    return boxes


def _lines_near(
    texts: Sequence[tuple[str, float, float]],
    page: Page,
    invoice: Invoice,
    fields: Sequence[str],
    wanted: Mapping[int, Sequence[tuple[float, float]]],
) -> set[int]:
    """Lines within reach of the asked values. Where one of them was not read at all, also the lines outside the table, where headers stand."""
    keep: set[int] = set()
    for top, bottom in wanted.get(page.number, ()):
        hits = [n for n, (_, y0, y1) in enumerate(texts) if y1 > top and y0 < bottom]
        keep.update(n for hit in hits for n in range(hit - LINES_AROUND, hit + LINES_AROUND + 1))
    rows = [shown for path, shown in invoice.evidence.items() if path.startswith("line_items.") and shown.page == page.number]
    if rows and ROWS in fields:  # everything between the first and the last row, so that a row that was not read is seen
        first, last = min(e.box[1] for e in rows), max(e.box[3] for e in rows)
        inside = [n for n, (_, y0, y1) in enumerate(texts) if y1 > first and y0 < last]
        keep.update(range(min(inside) - LINES_AROUND, max(inside) + 2 * LINES_AROUND + 1) if inside else ())
    unread = [name for name in fields if name != ROWS and f"header.{name}" not in invoice.evidence]
    if unread:
        first = min((e.box[1] for e in rows), default=np.inf)
        last = max((e.box[3] for e in rows), default=-np.inf)
        totals_only = all(name in TOTALS for name in unread)
        keep.update(n for n, (_, y0, y1) in enumerate(texts) if y0 >= last or (y1 <= first and not totals_only))
    return {n for n in keep if 0 <= n < len(texts)}
