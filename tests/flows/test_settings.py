from __future__ import annotations

from pathlib import Path

import pytest

from flows.settings import Settings, load_settings
from flows.settings_page import settings_page
from schemas.errors import ConfigurationError


def test_command_line_before_environment_before_file_before_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().chunk == 25
    Path("lineitem.toml").write_text("chunk = 7\nworkers = 3\ndatabase = 'file.db'\n")
    monkeypatch.setenv("LINEITEM_WORKERS", "5")
    monkeypatch.setenv("LINEITEM_DATABASE", "environment.db")
    found = load_settings({"database": "command.db", "workers": None})
    assert (found.chunk, found.workers, found.database) == (7, 5, "command.db")


def test_a_wrong_value_names_the_setting_and_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINEITEM_WORKERS", "many")
    with pytest.raises(ConfigurationError, match=r"workers .*LINEITEM_WORKERS.*found 'many'"):
        load_settings()


@pytest.mark.parametrize("text", ["chnk = 3\n", "chunk = \n", "chunk = 0\n"])
def test_a_wrong_file_is_an_error(text: str) -> None:
    Path("lineitem.toml").write_text(text)
    with pytest.raises(ConfigurationError, match=r"lineitem\.toml"):
        load_settings()


def test_the_page_is_made_from_the_settings() -> None:
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
    assert page == settings_page(), "run: python -m flows.settings_page > docs/settings.md"
    assert all(f"`{name}`" in page and field.description for name, field in Settings.model_fields.items())
