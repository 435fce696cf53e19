"""The command line as a user meets it: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import stand_in

import flows.composition
from flows.cli import main


class Finished:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def lineitem(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Runs a command in this process, with the stand-in for the extraction."""
    monkeypatch.setattr(
        flows.composition, "batch_options", lambda settings: stand_in.options(workers=settings.workers, chunk=settings.chunk)
    )

    def call(*arguments: Any) -> Finished:
        monkeypatch.setattr(sys, "argv", ["lineitem", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as caught:
            main()
        shown = capsys.readouterr()
        code = caught.value.code
        return Finished(code if isinstance(code, int) else 0, shown.out, shown.err)

    return call


def test_help_starts_without_heavy_imports() -> None:
    heavy = (
        "prefect",
        "pandera",
        "polars",
        "sqlalchemy",
        "spacy",
        "onnxruntime",
        "numpy",
        "pdfplumber",
        "transformers",
        "fastapi",
        "pydantic",
    )
    code = f"import sys, flows.cli; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_one_document_is_extracted_without_database_and_prefect() -> None:
    heavy = ("prefect", "sqlalchemy", "alembic", "fastapi", "spacy", "transformers", "onnxruntime")
    code = (
        "import sys; from flows.cli_options import settings_in_force; from flows.composition import batch_options; import flows.extraction, flows.output;"
        f"batch_options(settings_in_force()); print([name for name in {heavy} if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_run_tells_by_its_exit_code_whether_all_was_accepted(lineitem: Any, inbox: Path) -> None:
    stand_in.write(inbox, "good")
    finished = lineitem("run", inbox)
    assert finished.code == 0
    assert Path("lineitem.db").exists()
    assert "accepted" in finished.out
    assert "1/1 documents: 1 accepted" in finished.err
    stand_in.write(inbox, "doubtful", confidence=0.1)
    finished = lineitem("run", inbox, "--workers", "1", "--chunk", "1")
    assert finished.code == 1
    assert "lineitem list --status review" in finished.out
    assert "not sure enough" in lineitem("list", "--status", "review").out
    assert "1 done before" in finished.out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("run", "missing"), "no file or folder missing"),
        (("run", "."), "No documents in ."),
        (("run", "a.pdf", "--database", "no/such/x.db"), "does not exist"),
        (("run", "a.pdf", "--database", "."), "is a folder"),
        (("run", "a.pdf", "--database", "a.pdf"), "not a usable SQLite file"),
        (("run", "a.pdf", "--workers", "0"), "workers"),
        (("run",), "Missing argument"),
        (("extract", "missing.pdf"), "no file or folder missing.pdf"),
        (("list",), "There is no database"),
        (("show", "1"), "There is no database"),
        (("export", "--out", "x"), "There is no database"),
        (("evaluate", "missing"), "no folder missing"),
        (("evaluate", "."), "truth beside it"),
        (("nonsense",), "No such command"),
    ],
)
def test_what_cannot_work_is_one_message_and_exit_code_2(lineitem: Any, arguments: tuple[str, ...], expected: str) -> None:
    stand_in.write(
        Path(), "a", text="long enough to be no empty file, but certainly not a database of any kind either; that is the point of it"
    )
    if arguments == ("run", "."):
        Path("a.pdf").unlink()
    finished = lineitem(*arguments)
    assert finished.code == 2
    assert expected in finished.err
    assert "Traceback" not in finished.err
    assert finished.out == ""


def test_a_defect_is_one_line_with_the_place_of_its_details(lineitem: Any, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_settings: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(flows.composition, "batch_options", fail)
    stand_in.write(inbox, "a")
    finished = lineitem("run", inbox)
    assert finished.code == 2
    assert "unexpected ZeroDivisionError: oops" in finished.err
    assert len(finished.err.strip().splitlines()) == 1
    details = Path(finished.err.strip().rpartition(" ")[2])
    assert "Traceback" in details.read_text()
    details.unlink()


def test_extract_prints_one_object_or_json_lines(lineitem: Any, inbox: Path) -> None:
    first, second = stand_in.write(inbox, "a"), stand_in.write(inbox, "b", confidence=0.2)
    finished = lineitem("extract", first, "--json")
    assert json.loads(finished.out)["id"] == "a"
    finished = lineitem("extract", first, second, "--json")
    assert [json.loads(line)["id"] for line in finished.out.splitlines()] == ["a", "b"]
    assert not Path("lineitem.db").exists()


def test_extract_writes_a_file_for_each_document(lineitem: Any, inbox: Path) -> None:
    stand_in.write(inbox, "a")
    stand_in.write(inbox / "sub", "a", number="other")
    stand_in.write(inbox, "c", goes="crash")
    finished = lineitem("extract", inbox, "--out", "out")
    assert finished.code == 1
    names = sorted(path.name for path in Path("out").glob("*.json"))
    assert len(names) == 3
    assert names[-1] == "c.json"
    assert json.loads(Path("out/c.json").read_text())["status"] == "rejected"


def test_list_show_and_export(lineitem: Any, inbox: Path) -> None:
    stand_in.write(inbox, "good", number="R-100")
    stand_in.write(inbox, "doubtful", number="R-200", confidence=0.2, seller="Zweifel AG")
    lineitem("run", inbox, "--database", "x.db")
    listed = lineitem("list", "--database", "x.db", "--status", "review")
    assert listed.code == 0
    assert "R-200" in listed.out
    assert "R-100" not in listed.out
    shown = lineitem("show", "doubtful", "--database", "x.db")
    for expected in ("Zweifel AG", "R-200", "Ware", "header.gross_total", "below the threshold", "stand-in"):
        assert expected in shown.out
    assert json.loads(lineitem("show", "good", "--json", "--database", "x.db").out)["header"]["invoice_number"] == "R-100"
    assert lineitem("show", "unknown", "--database", "x.db").code == 2
    assert lineitem("export", "--format", "json", "--out", "out", "--database", "x.db").code == 0
    assert sorted(path.name for path in Path("out").iterdir()) == ["doubtful.json", "good.json"]
    lineitem("export", "--format", "csv", "--out", "out", "--database", "x.db")
    assert "R-200" in Path("out/documents.csv").read_text()


def test_text_of_a_document_cannot_steer_the_terminal(lineitem: Any, inbox: Path) -> None:
    stand_in.write(inbox, "a", seller="\x1b]0;owned\x07[red]Evil[/red]", text="\x1b[2J")
    lineitem("run", inbox)
    for arguments in (("list",), ("show", "a")):
        finished = lineitem(*arguments)
        assert "\x1b" not in finished.out
        assert "[red]Evil[/red]" in finished.out


def test_evaluate_compares_with_the_truth_beside_the_documents(lineitem: Any, inbox: Path) -> None:
    for name in ("a", "b"):
        path = stand_in.write(inbox, name, gross="119.00", text="Ware eins")
        truth = {
            "id": name, "document_type": "invoice",
            "header": {"invoice_number": name, "issue_date": "2026-05-04", "currency": "EUR", "seller_name": "Muster GmbH", "gross_total": "119"},
            "line_items": [{"description": "Ware eins" if name == "a" else "etwas anderes", "quantity": "1", "net_amount": "119.00"}],
        }  # fmt: skip
        path.with_suffix(".json").write_text(json.dumps(truth))
    finished = lineitem("evaluate", inbox, "--json", "score.json", "--mistakes", "5")
    assert finished.code == 0
    assert "1/2 = 50.0 %" in finished.out
    assert "etwas anderes" in finished.out
    score = json.loads(Path("score.json").read_text())
    assert (score["documents"], score["header_f1"], score["perfect"], score["accepted_wrong"]) == (2, 1.0, 1, 1)
    assert "at most 0.5 % wrong" in finished.out
    assert set(score["at_most_wrong"]) == {"0.005", "0.01", "0.02"}


def test_demo_tells_what_was_found(lineitem: Any, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import flows.demo

    stand_in.write(inbox, "good", number="R-100")
    stand_in.write(inbox, "broken", goes="broken")
    original = flows.demo.run_demo
    monkeypatch.setattr(flows.demo, "run_demo", lambda out, settings, progress: original(out, settings, progress=progress, examples=inbox))
    for _ in range(2):  # a second demo starts afresh
        finished = lineitem("demo", "--out", "here")
        assert "R-100" in finished.out
        assert "The file is damaged. (LI-DOC-DAMAGED)" in finished.out
        assert "--database here/lineitem.db" in finished.out
        assert "done before" not in finished.out
