from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from benchmarks import proof

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("command", sorted({c for part in proof.PARTS for c in (*part.commands, *(part.quick or ()))}))
def test_every_command_of_the_proof_can_be_typed(command: str) -> None:
    import typer

    from flows.cli import app

    words = command.split()
    options = {word for word in words if word.startswith("--")}
    if words[0] == "lineitem":
        found: Any = typer.main.get_command(app)
        for word in words[1:]:
            found = getattr(found, "commands", {}).get(word, found)
        assert found.name == words[2 if words[1] == "model" else 1]
        assert options <= {name for parameter in found.params for name in parameter.opts}
        assert all((ROOT / word).exists() for word in words[2:3] if word == "examples")
    elif words[2] == "pytest":
        assert all((ROOT / word).exists() for word in words[3:])
    else:
        text = (ROOT / (words[2].replace(".", "/") + ".py")).read_text(encoding="utf-8")
        assert all(f'"{option}"' in text for option in options)


def test_what_commands_print_is_on_the_page_with_its_failures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    parts = (
        proof.Part("good", "All is well", "README", ("python -c print('7\\x20of\\x207')",)),
        proof.Part("bad", "Something breaks", "faults", ("python -c raise(SystemExit(3))", "python -c print('never')")),
    )
    monkeypatch.setattr(proof, "PAGE", tmp_path / "proof.md")
    monkeypatch.setattr(proof, "ROOT", tmp_path)
    monkeypatch.setattr(proof, "PARTS", parts)
    assert proof.main(["--quick"]) == 1
    text = (tmp_path / "proof.md").read_text()
    assert "Not measured" not in text
    assert "7 of 7" in text
    assert "exit code 3" in text
    assert "never')` took" not in text
    assert "Parts that failed: bad." in text
    assert "small samples" in text


def test_a_command_that_hangs_is_stopped_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "ROOT", tmp_path)
    (tmp_path / "hang.py").write_text("import time\nprint('begun', flush=True)\ntime.sleep(60)\n")
    ran = proof.run_command("python hang.py", exam=tmp_path, timeout_s=3)
    assert ran.code is None
    assert not ran.is_good
    assert "stopped after 3 s" in ran.output


def test_flagged_documents_are_no_failure_and_other_exit_codes_are() -> None:
    assert proof.Ran("lineitem evaluate x", 1, 0.0, "").is_good
    assert not proof.Ran("lineitem evaluate x", 2, 0.0, "").is_good
    assert not proof.Ran("python -m pytest x", 1, 0.0, "").is_good


def test_names_of_parts_are_unique_and_claims_name_pages() -> None:
    names = [part.name for part in proof.PARTS]
    assert len(names) == len(set(names))
    for part in proof.PARTS:
        for page in re.findall(r"[a-z-]+", part.claimed_in.replace("decisions", "").replace("decision", "").replace("README", "")):
            assert page in ("to", "and") or (ROOT / "docs" / f"{page}.md").exists(), page


def test_the_page_does_not_say_where_this_copy_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "ROOT", tmp_path)
    (tmp_path / "where.py").write_text(
        "import pathlib, sys; print(pathlib.Path(sys.argv[1]).absolute(), pathlib.Path('model').absolute())\n"
    )
    ran = proof.run_command("python where.py {exam}", exam=tmp_path / "scratch" / "exam", timeout_s=60)
    assert ran.output == "EXAM model\n"


def test_a_page_of_some_parts_names_the_others(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    parts = (
        proof.Part("good", "All is well", "README", ("python -c print(7)",)),
        proof.Part("long", "Hours of it", "faults", ("python -c print(8)",)),
    )
    for name, value in (("PAGE", tmp_path / "proof.md"), ("ROOT", tmp_path), ("PARTS", parts)):
        monkeypatch.setattr(proof, name, value)
    assert proof.main(["--quick", "--only", "good"]) == 0
    assert "Not measured in this run: Hours of it." in (tmp_path / "proof.md").read_text()
