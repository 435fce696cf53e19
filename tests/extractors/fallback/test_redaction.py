"""What leaves the machine under the policy ``redacted``: of 50 generated invoices, none of their names, addresses, numbers and accounts."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest

from extractors.fallback.accounts import MemoryAccounts
from extractors.fallback.asking import Asker, Model
from extractors.fallback.circuit import Circuit
from extractors.fallback.grounding import letters
from extractors.fallback.prices import Price
from extractors.fallback.provider import Reply, Request
from extractors.fallback.question import Role, question_for
from extractors.fallback.redaction import Redactor, captions
from extractors.readers.text_layer import read_text_layer
from extractors.strategy import ROWS
from schemas.fallback_calls import Call
from schemas.invoice import HEADER_FIELDS, Invoice

DOCUMENTS = 50


class Listener:
    """A provider that keeps what it is sent and answers with nothing found."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def ask(self, request: Request) -> Reply:
        self.heard.append("\n".join(message.content for message in request.messages))
        return Reply(json.dumps({**dict.fromkeys(HEADER_FIELDS), "line_items": []}), 10, 10)


def sent(document: Any, *, redacted: bool) -> str:
    listener = Listener()
    model = Model("m", listener, Price())
    asker = Asker({Role.DRAFTER: model}, MemoryAccounts(), Circuit(), "test")
    question = question_for(Invoice(id="a", sha256="0", source="a", pages=1), document, (*HEADER_FIELDS, ROWS), whole=True)
    call = Call("0", "test", "m", Role.DRAFTER, "draft", "document", "redacted", "")
    asker.ask(question, call, rows=5, until=time.monotonic() + 60, redactor=Redactor() if redacted else None)
    return listener.heard[0]


def personal(facts: Any) -> set[str]:
    """Everything that names or reaches somebody, or their money."""
    found: set[str] = set(facts.employees)
    for party in (facts.seller, facts.buyer, *([facts.ship_to] if facts.ship_to else [])):
        found |= {
            party.name,
            party.vat_id or "",
            party.manager,
            party.contact,
            party.phone,
            party.fax,
            party.mobile,
            party.email,
            party.web,
        }
        found |= {*party.address, *party.ibans, *party.bics, party.tax_number, party.register}
    return {text for text in found if len(letters(text)) > 3}


def test_nothing_personal_of_generated_invoices_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    generate = pytest.importorskip("extractors.training.generate")
    made: list[Any] = []
    composed = generate.compose
    monkeypatch.setattr(generate, "compose", lambda rng, facts, family: (made.append(facts), composed(rng, facts, family))[1])
    monkeypatch.setattr(generate.render_typst, "available", lambda _: False)  # the other renderer needs no extra
    seen = 0
    for seed in range(DOCUMENTS):
        data, _ = generate.render_pdf(910_000 + seed, document_type="invoice", rows=4)
        document = read_text_layer(data)
        open_text, hidden = sent(document, redacted=False), sent(document, redacted=True)
        for text in personal(made[-1]):
            words = [word for word in re.findall(r"\w+", text.casefold()) if word not in captions() and len(word) > 2]
            if letters(text) in letters(open_text) and words:
                seen += 1
                assert letters(text) not in letters(hidden), (seed, text)
                strange = [
                    word for word in words if re.search(rf"(?<![\w\[]){re.escape(word)}(?![\w\]])", _page(hidden)) and not word.isdigit()
                ]
                assert not strange, (seed, text, strange)
    assert len(made) >= DOCUMENTS  # what does not fit on its pages is composed again
    assert seen > 5 * DOCUMENTS  # the pages do print such data


def _page(text: str) -> str:
    return text.rpartition("<page>")[2].casefold()  # the instructions name the mark, too, and give an example


def test_placeholders_are_consistent_and_come_back() -> None:
    redactor = Redactor()
    hidden = redactor.hide("Invoice Zwiebelfisch 4711, DE89 3704 0044 0532 0130 00, Zwiebelfisch 04.05.2026 EUR 1.234,50")
    assert hidden.startswith("Invoice [W1] [N2],")
    assert hidden.endswith("[W1] 04.05.2026 EUR 1.234,50")
    assert "0532" not in hidden
    assert redactor.restore("[W1] N2") == "Zwiebelfisch 4711"
    assert redactor.restore("[W99]") == "[W99]"
