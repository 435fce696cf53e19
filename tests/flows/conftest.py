from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine or of another test is in force."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in [name for name in os.environ if name.startswith("LINEITEM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LINEITEM_ORCHESTRATOR", "none")
    monkeypatch.setenv("LINEITEM_SETTLE_S", "0")  # tests write their documents just before they run


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One temporary Prefect server for all tests of the session, with a database of its own."""
    from flows.prefect_runtime import prepare_environment

    folder = tmp_path_factory.mktemp("prefect")
    os.environ.setdefault("PREFECT_HOME", str(folder))
    prepare_environment()
    from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL, PREFECT_API_URL, temporary_settings

    from flows.temporary_server import temporary_server

    with (
        temporary_settings({PREFECT_API_DATABASE_CONNECTION_URL: f"sqlite+aiosqlite:///{folder / 'tests.db'}"}),
        temporary_server() as url,
        temporary_settings({PREFECT_API_URL: url}),
    ):
        yield
