"""The whole of it with the real extraction: every kind of bad file ends as a row with a reason, beside a good one that is read."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from flows.cli import main
from schemas.invoice import Invoice

pytestmark = pytest.mark.slow


def lineitem(monkeypatch: pytest.MonkeyPatch, *arguments: Any) -> int:
    monkeypatch.setattr(sys, "argv", ["lineitem", *map(str, arguments)])
    with pytest.raises(SystemExit) as caught:
        main()
    assert isinstance(caught.value.code, int | None)
    return caught.value.code or 0


def write_invoice(path: Path) -> None:
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    page = canvas.Canvas(str(path), pagesize=(595, 842), invariant=1)
    lines = [
        (60, 60, "Example Trading Ltd"), (60, 75, "1 High Street, London"), (60, 90, "VAT GB 123 4567 82"), (400, 60, "INVOICE"),
        (400, 80, "Invoice number: INV-2041"), (400, 95, "Invoice date: 4 May 2026"), (60, 140, "Bill to: Buyer & Co"),
        (60, 200, "Description"), (330, 200, "Qty"), (390, 200, "Unit price"), (480, 200, "Amount"),
        (60, 220, "Paper A4, 500 sheets"), (330, 220, "10"), (390, 220, "4.00"), (480, 220, "40.00"),
        (60, 236, "Toner cartridge"), (330, 236, "2"), (390, 236, "30.00"), (480, 236, "60.00"),
        (390, 280, "Subtotal"), (480, 280, "100.00"), (390, 296, "VAT 20%"), (480, 296, "20.00"), (390, 312, "Total GBP"), (480, 312, "120.00"),
    ]  # fmt: skip
    for x, y, text in lines:
        page.drawString(x, 842 - y, text)
    page.save()


@pytest.fixture
def mixed(inbox: Path) -> dict[str, str | None]:
    """Documents in ``inbox`` and the rule that each is rejected for."""
    pikepdf = pytest.importorskip("pikepdf")
    write_invoice(inbox / "good.pdf")
    good = (inbox / "good.pdf").read_bytes()
    (inbox / "text.pdf").write_text("This is a text that somebody called a PDF.\n")
    (inbox / "empty.pdf").write_bytes(b"")
    (inbox / "torn.pdf").write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 20)
    (inbox / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 64)
    with pikepdf.open(inbox / "good.pdf") as document:
        document.save(inbox / "encrypted.pdf", encryption=pikepdf.Encryption(owner="a", user="b"))
    with pikepdf.new() as document:
        document.save(inbox / "no-pages.pdf")
        document.add_blank_page()
        document.save(inbox / "blank.pdf")
    assert good
    return {
        "good": None, "text": "LI-DOC-KIND", "empty": "LI-DOC-EMPTY", "torn": "LI-DOC-DAMAGED", "picture": "LI-DOC-DAMAGED",
        "encrypted": "LI-DOC-ENCRYPTED", "no-pages": "LI-DOC-EMPTY", "blank": "LI-DOC-NOTEXT",
    }  # fmt: skip


def test_bad_files_are_rejected_with_a_reason_and_the_good_one_is_read(
    mixed: dict[str, str | None], inbox: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lineitem(monkeypatch, "run", inbox) == 1
    assert lineitem(monkeypatch, "export", "--out", "out") == 0
    assert lineitem(monkeypatch, "extract", inbox, "--out", "direct") == 1
    assert "Traceback" not in capsys.readouterr().err
    for name, rule in mixed.items():
        stored = Invoice.from_json(json.loads(Path("out", f"{name}.json").read_text()))
        assert Invoice.from_json(json.loads(Path("direct", f"{name}.json").read_text())) == stored
        if rule is not None:
            assert stored.status == "rejected", name
            assert [issue.rule for issue in stored.issues] == [rule], name
            assert stored.issues[0].message
        else:
            assert not any(issue.rule.startswith("LI-DOC") for issue in stored.issues)
            assert stored.pages == 1


def test_the_examples_of_the_package_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from flows.demo import EXAMPLES

    if not EXAMPLES.exists():
        pytest.skip("the examples are not here")
    assert lineitem(monkeypatch, "demo") == 0
    shown = capsys.readouterr().out
    assert all(path.stem in shown for path in EXAMPLES.glob("*.pdf"))
    assert Path("demo-output/lineitem.db").exists()
