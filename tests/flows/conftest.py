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
    """One temporary Prefect server for all tests of the session."""
    from flows.prefect_runtime import prepare_environment

    os.environ.setdefault("PREFECT_HOME", str(tmp_path_factory.mktemp("prefect")))
    prepare_environment()
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=180):
        yield
