"""Documentation is part of the product: what a person can type, set or be told must be on its page."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def cli_page() -> ModuleType:
    spec = importlib.util.spec_from_file_location("cli_page", DOCS / "cli_page.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def command_names() -> set[str]:
    import typer

    from flows.cli import app

    return {name for name, _ in cli_page().commands(typer.main.get_command(app), ())}


def test_the_page_of_commands_is_that_of_these_commands() -> None:
    assert (DOCS / "cli.md").read_text() == cli_page().page(), "run: make docs"


def test_every_command_option_and_argument_is_explained() -> None:
    text = (DOCS / "cli.md").read_text()
    assert all(f"## lineitem {name}\n" in text for name in command_names())
    assert not re.findall(r"^\| `[^`]*` \|\s*\|$", text, re.MULTILINE), "an option or argument without help"
    assert not re.findall(r"^## .*\n\n\n", text, re.MULTILINE), "a command without help"


def test_every_setting_is_on_the_page_of_settings() -> None:
    from flows.settings import Settings

    text = (DOCS / "settings.md").read_text()
    missing = [name for name in Settings.model_fields if not re.search(rf"\b{re.escape(name)}\b", text)]
    assert not missing


def test_every_rule_is_on_the_page_of_rules() -> None:
    from schemas.rules import RULES

    text = (DOCS / "rules.md").read_text()
    missing = [rule.id for rule in RULES if not re.search(rf"(?<![\w-]){re.escape(rule.id)}(?![\w-])", text)]
    assert not missing


@pytest.mark.parametrize("page", sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")]), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_within_the_documentation_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text())
    broken = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert not broken


def test_decision_records_are_numbered_short_and_complete() -> None:
    records = sorted((DOCS / "decisions").glob("*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    for record in records:
        text = record.read_text()
        assert len(text.splitlines()) <= 40, f"{record.name}: 40 lines at most"
        for heading in ("## Context", "## Choice", "## Consequences"):
            assert heading in text, f"{record.name}: no '{heading}'"
        assert "## Measured" in text or "## Evidence" in text, f"{record.name}: says neither what was measured nor what shows it"


def test_the_readme_only_names_commands_that_exist() -> None:
    known = {name.split()[0] for name in command_names()}
    text = (ROOT / "README.md").read_text()
    used = set(re.findall(r"(?:\.venv/bin/|`)lineitem ([a-z]+)", text))
    assert used
    assert used <= known
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE)) <= targets
