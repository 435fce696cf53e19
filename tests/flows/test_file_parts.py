"""A file that holds several invoices becomes as many documents: once each, whatever is killed in between."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import stand_in

import flows.chunk_work
from extractors.pipeline import SourceFile
from extractors.several_invoices import FilePart
from flows.composition import run_batch
from flows.running_batch import RunningBatch
from flows.settings import Settings
from flows.summary import BatchSummary
from flows.work import WorkOrder
from schemas.errors import WarehouseError
from schemas.invoice import Invoice, Status
from schemas.rules_reading import split_file
from warehouse.database import open_database
from warehouse.documents import decisions, sources
from warehouse.queries import find_document, list_documents


def extract_in_parts(sources: Sequence[SourceFile], *, parts: dict[int, tuple[FilePart, ...]] | None = None, **more: Any) -> list[Invoice]:
    """As the stand-in; a document that ``holds`` others is taken apart."""
    invoices = stand_in.extract_many(sources, **more)
    for number, source in enumerate(sources):
        held = json.loads(source.data).get("holds", ())
        if held and parts is not None:
            parts[number] = tuple(FilePart(json.dumps(content).encode(), n, n) for n, content in enumerate(held, start=1))
            blank = Invoice(id=source.id, sha256=invoices[number].sha256, source=source.source, pages=len(held))
            invoices[number] = blank.replace(status=Status.REJECTED, issues=(split_file("A-1, A-2", len(held)),))
    return invoices


@pytest.fixture
def three_in_two_files(inbox: Path) -> Path:
    held = [{"number": "A-1", "gross": "11.00"}, {"number": "A-2", "gross": "22.00"}]
    stand_in.write(inbox, "both", number="A-1", holds=held)
    stand_in.write(inbox, "single")
    return inbox


def run(inbox: Path, url: str) -> BatchSummary:
    options = replace(stand_in.options(workers=1, lease_s=1.0), order=WorkOrder(extract=extract_in_parts, options=None, split=True))
    return run_batch(str(inbox), Settings(database=url, orchestrator="none"), options=options)


def states(url: str) -> dict[str, tuple[str, int]]:
    with open_database(url) as database:
        return {document.name: (document.state, len(decisions(database, document.id))) for document in list_documents(database)}


ALL = {"both": ("rejected", 1), "both-pages-1-1": ("accepted", 1), "both-pages-2-2": ("accepted", 1), "single": ("accepted", 1)}


def test_each_invoice_of_a_file_is_a_document_of_its_own(three_in_two_files: Path, database_url: str) -> None:
    summary = run(three_in_two_files, database_url)
    assert states(database_url) == ALL
    assert (summary.files, summary.documents, dict(summary.counts)) == (2, 4, {"accepted": 3, "rejected": 1})
    with open_database(database_url) as database:
        part = find_document(database, "both-pages-2-2")
        assert sources(database, part.id) == [f"{three_in_two_files / 'both.pdf'}!/pages-2-2.pdf"]
    again = run(three_in_two_files, database_url)
    assert again.processed == 0
    assert states(database_url) == ALL


def test_a_run_that_ends_before_the_parts_is_finished_by_the_next(
    three_in_two_files: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(RunningBatch, "_process_parts", killed)
        run(three_in_two_files, database_url)
    before = states(database_url)
    assert before["both"] == ALL["both"]
    assert {before[name][0] for name in ("both-pages-1-1", "both-pages-2-2")} == {"received"}
    run(three_in_two_files, database_url)
    assert states(database_url) == ALL


def test_a_run_that_ends_between_parts_and_whole_does_all_again(
    three_in_two_files: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = flows.chunk_work.register_parts

    def killed(*arguments: Any, **more: Any) -> Any:
        register(*arguments, **more)
        raise WarehouseError("ended here")

    with monkeypatch.context() as patch, pytest.raises(WarehouseError, match="ended here"):
        patch.setattr(flows.chunk_work, "register_parts", killed)
        run(three_in_two_files, database_url)
    before = states(database_url)
    assert before["both"] == ("leased", 0)
    assert set(before) == set(ALL)
    run(three_in_two_files, database_url)
    assert states(database_url) == ALL
