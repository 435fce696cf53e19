from __future__ import annotations

import pytest

from flows.summary import BatchSummary


@pytest.mark.parametrize(
    ("database", "command"),
    [
        ("sqlite:///lineitem.db", "lineitem show ID"),
        ("sqlite:///books.db", "lineitem show ID --database books.db"),
        ("postgresql+psycopg://lineitem:***@db/lineitem", "lineitem show ID"),
    ],
)
def test_the_next_commands_can_be_typed_as_they_stand(database: str, command: str) -> None:
    summary = BatchSummary(
        batch_id=1, source="inbox", database=database, files=1, documents=1, already_done=0, processed=1, counts={"accepted": 1}, rules={},
        pages=1, seconds=1.0, stage_seconds={}, unread=0, ignored="",
    )  # fmt: skip
    assert command in [step for step, _ in summary.next_steps()]
