"""The whole way through the real client to a model that somebody serves; skipped unless the environment names one.

transformers serve FOLDER --port 8000 --device cpu    # or vLLM, Ollama, llama.cpp
LINEITEM_TEST_ENDPOINT=http://127.0.0.1:8000/v1 LINEITEM_TEST_MODEL=FOLDER pytest tests/flows/test_real_endpoint.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import stand_in

from flows.settings import Settings
from schemas.invoice import Status
from warehouse import fallback as books
from warehouse.database import open_database
from warehouse.documents import decisions, load
from warehouse.queries import list_documents

ENDPOINT, MODEL = os.environ.get("LINEITEM_TEST_ENDPOINT"), os.environ.get("LINEITEM_TEST_MODEL")
LATENCY_S = 900.0  # small models on a slow machine

pytestmark = [pytest.mark.skipif(not (ENDPOINT and MODEL), reason="no endpoint named"), pytest.mark.timeout(3600)]


@pytest.mark.parametrize("mode", ["draft", "draft_check_correct"])
def test_whatever_a_real_model_says_is_recorded_and_only_what_the_page_prints_counts(mode: str, inbox: Path, database_url: str) -> None:
    written = stand_in.write(inbox, "a", confidence=0.5)
    given: dict[str, Any] = {"fallback_provider": "openai", "fallback_endpoint": ENDPOINT, "fallback_model": MODEL, "fallback_mode": mode}
    slow: dict[str, Any] = {"fallback_timeout_s": LATENCY_S / 2, "fallback_latency_s": LATENCY_S, "fallback_rounds": 1}
    settings = Settings(database=database_url, workers=1, **given, **slow)
    stand_in.run_with_opinions(inbox, settings)
    with open_database(database_url) as database:
        (document,) = list_documents(database)
        invoice = load(database, document.id)
        calls = books.calls_for(database, invoice.sha256)
        _, _, decision = decisions(database, document.id)[-1]
    assert calls, "the model was asked"
    assert {call.outcome for call in calls} <= {"ok", "invalid", "timeout", "cached"}
    assert all(call.input_tokens and call.output_tokens for call in calls if call.outcome in ("ok", "invalid"))
    assert any("asked" in reason or "foundation model" in reason for reason in decision.reasons)
    truth = stand_in.invoice_of(json.loads(written.read_text()))
    assert invoice.status is not Status.ACCEPTED or invoice.header == truth.header, "a model may help, but not mislead"
    page = f"Invoice {truth.header.invoice_number} Date {truth.header.seller_name} Total EUR {truth.header.gross_total}"
    assert (invoice.header.invoice_number or "") in page
    assert (invoice.header.seller_name or "") in page
