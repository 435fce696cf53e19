from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from flows.summary import BatchSummary
from flows.terminal import typed_name

SUMMARY = BatchSummary(
    batch_id=1, source="inbox", database="sqlite:///lineitem.db", files=1, documents=1, already_done=0, processed=1, counts={"accepted": 1},
    rules={}, pages=1, seconds=1.0, stage_seconds={},
)  # fmt: skip


@pytest.mark.parametrize(
    ("database", "command"),
    [
        ("sqlite:///lineitem.db", "lineitem show ID"),
        ("sqlite:///books.db", "lineitem show ID --database books.db"),
        ("postgresql+psycopg://lineitem:***@db/lineitem", "lineitem show ID"),
    ],
)
def test_the_next_commands_can_be_typed_as_they_stand(database: str, command: str) -> None:
    assert command in [step for step, _ in replace(SUMMARY, database=database).next_steps()]


@pytest.mark.parametrize(
    ("calls", "said"),
    [
        ({}, None),
        ({"ok": 1}, "1 call, 0.0125 USD"),
        ({"ok": 3, "cached": 1, "failed": 4, "timeout": 1}, "9 calls, 0.0125 USD; 5 failed"),
    ],
)
def test_calls_that_failed_are_not_kept_quiet(calls: dict[str, int], said: str | None) -> None:
    assert dict(replace(SUMMARY, calls=calls, cost_usd=Decimal("0.0125")).facts()).get("foundation model") == said


def test_what_is_not_on_the_path_is_named_by_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = tmp_path / ".venv" / "bin" / "lineitem"
    command.parent.mkdir(parents=True)
    command.touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert typed_name(str(command)) == ".venv/bin/lineitem"
    monkeypatch.setenv("PATH", str(command.parent))
    assert typed_name(str(command)) == "lineitem"
    assert typed_name("pytest") == "lineitem", "started by another program"
