"""The commands round the model, as a user meets them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import stand_in

import flows.composition
from flows.cli import main
from flows.evaluate import truth_pairs


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command in this process: (exit code, stdout, stderr)."""

    def run(*arguments: Any) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["lineitem", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as caught:
            main()
        shown = capsys.readouterr()
        return (caught.value.code if isinstance(caught.value.code, int) else 0), shown.out, shown.err

    return run


def test_synth_writes_what_evaluate_reads(call: Any) -> None:
    pytest.importorskip("reportlab")
    code, out, err = call("synth", "--count", 3, "--out", "made", "--seed", 40, "--language", "fr", "--rows", 2, "--workers", 1)
    assert (code, "3 documents" in out, "3/3 documents" in err) == (0, True, True)
    pairs = truth_pairs(Path("made"))
    assert len(pairs) == 3
    assert all(truth["language"] == "fr" and path.read_bytes().startswith(b"%PDF") for path, truth in pairs)
    assert all(len(truth["line_items"]) in (0, 2) for _, truth in pairs)
    first = [path.read_bytes() for path, _ in pairs]
    call("synth", "--count", 3, "--out", "again", "--seed", 40, "--language", "fr", "--rows", 2, "--workers", 1)
    assert [truth for _, truth in truth_pairs(Path("again"))] == [{**truth} for _, truth in pairs]
    assert first


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("synth", "--count", 1, "--out", "x", "--language", "xx"), "no vocabulary for language 'xx'"),
        (("synth", "--count", 0, "--out", "x"), "--count"),
        (("train", "--config", "missing.toml", "--out", "x"), "missing.toml cannot be read"),
        (("train", "--config", "odd.toml", "--out", "x"), "unknown generator.cuont"),
        (("model", "info", "--model", "nowhere"), "no folder nowhere"),
        (("evaluate", "nowhere", "--report", "r.html"), "no folder nowhere"),
    ],
)
def test_what_cannot_work_is_one_message_and_exit_code_2(call: Any, arguments: tuple[Any, ...], expected: str) -> None:
    if arguments[0] != "model":
        pytest.importorskip("torch")
    Path("odd.toml").write_text("[generator]\ncuont = 3\n")
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert expected in err
    assert "Traceback" not in err


def test_without_torch_train_names_the_extra_that_brings_it(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    code, _, err = call("train", "--config", "x.toml", "--out", "x")
    assert code == 2
    assert "needs torch" in err
    assert "lineitem[train]" in err


def test_model_info_tells_what_the_shipped_model_is(call: Any) -> None:
    code, out, _ = call("model", "info")
    assert code == 0
    for expected in ("SHA-256", "model.onnx", "parameters", "labels", "invoice_number", "acceptance threshold"):
        assert expected in out


def test_the_report_is_a_page_about_these_documents(call: Any, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows.composition, "batch_options", lambda settings: stand_in.options(workers=1, chunk=settings.chunk))
    for name in ("a", "b"):
        path = stand_in.write(inbox, name, gross="119.00", text="Ware eins")
        truth = {
            "id": name, "document_type": "invoice", "language": "de" if name == "a" else "fr",
            "header": {"invoice_number": name, "currency": "EUR" if name == "a" else "USD", "seller_name": "Muster GmbH", "gross_total": "119"},
            "line_items": [{"description": "Ware eins", "quantity": "1", "net_amount": "119.00"}],
        }  # fmt: skip
        path.with_suffix(".json").write_text(json.dumps(truth))
    code, _, err = call("evaluate", inbox, "--report", "report.html")
    assert code == 0
    assert "report.html" in err
    page = Path("report.html").read_text()
    assert "currency: wrong currency" in page
    assert "<svg" in page
    code, _, err = call("evaluate", inbox, "--report", "no/such/folder/report.html")
    assert code == 2
    assert "cannot be written" in err
