from __future__ import annotations

from pathlib import Path

import pytest

from schemas.errors import ConfigurationError
from warehouse import data_dictionary
from warehouse.tables import Table

PAGE = Path(__file__).parents[2] / "docs" / "data-dictionary.md"


def test_the_page_is_that_of_these_tables() -> None:
    assert PAGE.read_text(encoding="utf-8") == data_dictionary.page(), "run: make docs"


def test_every_table_is_on_the_page_and_says_what_it_is_for() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name, table in Table.metadata.tables.items():
        about = text.split(f"### {name}\n\n")[1].split("\n")[0]
        assert about, f"{name} has no docstring"
        assert all(f"| `{column.name}` |" in text.split(f"### {name}\n")[1].split("###")[0] for column in table.columns)


@pytest.mark.parametrize("change", ["missing", "unknown"])
def test_a_column_without_meaning_and_a_meaning_without_column_are_refused(change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = data_dictionary._meanings()
    wrong = (
        {key: value for key, value in right.items() if key != ("issues", "rule")}
        if change == "missing"
        else {**right, ("issues", "x"): "?"}
    )
    monkeypatch.setattr(data_dictionary, "_meanings", lambda: wrong)
    with pytest.raises(ConfigurationError, match=r"issues\.(rule|x)"):
        data_dictionary.page()
