"""The means for a doubtful document: every row of the table, and what each is chosen for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from extractors.strategy import (
    Case,
    FallbackProvider,
    Policy,
    Privacy,
    Strategy,
    case_of,
    decide,
    plan,
    strategy_table,
)
from schemas.invoice import Evidence, Header, Invoice, Issue, LineItem, Severity

NARROW: dict[str, Any] = {"doubtful": ("gross_total",), "words": 300, "rows": 5, "value": Decimal(500)}
BROAD: dict[str, Any] = {**NARROW, "missing_critical": 6}
ASKS: dict[str, Any] = {"provider": FallbackProvider.OPENAI, "privacy": Privacy.EXTERNAL}
POOR: dict[str, Any] = {**ASKS, "budget_left": Decimal("0.01"), "cost_fields": Decimal("0.005"), "cost_document": Decimal("0.02")}


@pytest.mark.parametrize(
    ("case", "policy", "strategy", "because"),
    [
        ({"closed": True}, {}, Strategy.REJECT, "no readable invoice"),
        ({}, {}, Strategy.ACCEPT, "nothing is in doubt"),
        ({**NARROW, "second_read": True}, ASKS, Strategy.SECOND_READ, "other reader"),
        (NARROW, {}, Strategy.PERSON, "No foundation model"),
        ({**NARROW, "unanswerable": ("LI-DUP",)}, ASKS, Strategy.PERSON, "LI-DUP"),
        ({**NARROW, "words": 0}, ASKS, Strategy.PERSON, "no words"),
        (NARROW, {"provider": FallbackProvider.OPENAI}, Strategy.PERSON, "local_only"),
        (NARROW, {"provider": FallbackProvider.OPENAI, "endpoint_local": True}, Strategy.ASK_FIELDS, "only"),
        (NARROW, {"provider": FallbackProvider.LOCAL}, Strategy.ASK_FIELDS, "only"),
        (NARROW, {**ASKS, "privacy": Privacy.REDACTED}, Strategy.ASK_FIELDS, "only"),
        (NARROW, {**ASKS, "value_limit": Decimal(100)}, Strategy.PERSON, "amount at risk"),
        ({**NARROW, "words": 7000}, ASKS, Strategy.PERSON, "too long"),
        ({**NARROW, "rows": 200}, ASKS, Strategy.PERSON, "too long"),
        (NARROW, {**ASKS, "latency_limit_s": 5.0, "latency_s": 9.0}, Strategy.PERSON, "too slow"),
        (NARROW, POOR, Strategy.ASK_FIELDS, "only"),
        (BROAD, ASKS, Strategy.ASK_DOCUMENT, "whole document"),
        (BROAD, POOR, Strategy.ASK_FIELDS, "budget allows no question about the whole"),
        (NARROW, {**POOR, "budget_left": Decimal("0.001")}, Strategy.PERSON, "budget that is left"),
    ],
)
def test_the_table_chooses_the_means(case: dict[str, Any], policy: dict[str, Any], strategy: Strategy, because: str) -> None:
    found = plan(Case(**case), policy=Policy(**policy))
    assert found.strategy is strategy
    assert because in found.reasons[0]
    assert bool(found.ask) == (strategy in (Strategy.ASK_FIELDS, Strategy.ASK_DOCUMENT))


def test_every_row_of_the_table_is_reachable() -> None:
    sentences = {str(rule["because"]) for rule in strategy_table().rules}
    assert len(sentences) == len(strategy_table().rules) == 14


def invoice(*, confidence: float, **evidence: float) -> Invoice:
    values = {name: Evidence(1, (0, 0, 1, 1), "x", sure, "task_model") for name, sure in evidence.items()}
    header = Header(invoice_number="1", seller_name="S", gross_total=Decimal(5))
    return Invoice(
        id="a", sha256="0", source="a", pages=1, header=header, confidence=confidence,
        line_items=(LineItem(description="x", net_amount=Decimal(5)),),
        evidence={f"header.{name}": e for name, e in values.items()},
    )  # fmt: skip


def test_a_sure_document_has_no_doubt_and_an_unsure_one_names_its_weak_values() -> None:
    sure = case_of(invoice(confidence=0.99), accept_threshold=0.9, ask_below=0.9)
    assert sure.doubtful == ()
    unsure = case_of(invoice(confidence=0.5, invoice_number=0.99, seller_name=0.6), accept_threshold=0.9, ask_below=0.9)
    assert "seller_name" in unsure.doubtful
    assert "invoice_number" not in unsure.doubtful


def test_a_broken_rule_puts_its_values_in_doubt() -> None:
    broken = invoice(confidence=0.99).replace(issues=(Issue("BR-CO-15", Severity.ERROR, None, None, None, "Sums."),))
    assert {"net_total", "tax_total", "gross_total"} <= set(case_of(broken, accept_threshold=0.9, ask_below=0.9).doubtful)


def test_the_decision_keeps_the_reasons_of_what_came_before() -> None:
    found = decide(invoice(confidence=0.5), accept_threshold=0.9, explained=True, before=("A model was asked.",))
    assert "A model was asked." in found.reasons
    assert not any("No foundation model" in reason for reason in found.reasons)
