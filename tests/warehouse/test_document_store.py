from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import pytest

from schemas.errors import DocumentStoreError
from warehouse.document_store import DocumentStore, default_store_url, open_document_store


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> DocumentStore:
    return open_document_store(str(tmp_path / "originals") if request.param == "folder" else f"memory://{tmp_path.name}/originals")


def files(store: DocumentStore) -> list[str]:
    return [str(path) for path in store.filesystem.find(store.root)]


def test_what_is_put_comes_back_and_is_kept_once(store: DocumentStore) -> None:
    sha256 = store.put(b"%PDF some bytes")
    assert sha256 == hashlib.sha256(b"%PDF some bytes").hexdigest()
    assert store.get(sha256) == b"%PDF some bytes"
    assert store.put(b"%PDF some bytes") == sha256
    assert len(files(store)) == 1
    assert store.holds(sha256)


def test_bytes_that_were_changed_in_the_store_are_not_handed_out(store: DocumentStore) -> None:
    sha256 = store.put(b"an invoice over 10.00")
    store.filesystem.pipe_file(files(store)[0], b"an invoice over 99.00")
    with pytest.raises(DocumentStoreError, match="other bytes"):
        store.get(sha256)


def test_half_a_file_left_by_a_crash_is_replaced(store: DocumentStore) -> None:
    sha256 = store.put(b"whole content")
    store.filesystem.pipe_file(files(store)[0], b"whole")
    assert store.put(b"whole content") == sha256
    assert store.get(sha256) == b"whole content"


def test_what_is_missing_is_said(store: DocumentStore) -> None:
    with pytest.raises(DocumentStoreError, match="does not hold"):
        store.get("0" * 64)
    assert not store.holds("0" * 64)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63 + "/"])
def test_only_hashes_are_names(store: DocumentStore, name: str) -> None:
    with pytest.raises(DocumentStoreError, match="Not a SHA-256"):
        store.get(name)


def test_many_writers_of_the_same_bytes_do_not_disturb_each_other(store: DocumentStore) -> None:
    results: list[str] = []
    threads = [threading.Thread(target=lambda: results.append(store.put(b"x" * 300_000))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 8
    assert store.get(results[0]) == b"x" * 300_000
    assert len(files(store)) == 1


def test_a_folder_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DocumentStoreError, match="cannot be written"):
        open_document_store(str(tmp_path / "file")).put(b"x")


def test_an_unknown_protocol_and_credentials_in_messages() -> None:
    with pytest.raises(DocumentStoreError, match="cannot be opened") as caught:
        open_document_store("nonsense://user:secret@host/x")
    assert "secret" not in str(caught.value)


def test_originals_lie_beside_a_sqlite_file() -> None:
    assert default_store_url("sqlite:///lineitem.db") == "lineitem-documents"
    assert default_store_url("sqlite:///data/other.db") == str(Path("data/other-documents"))
    assert default_store_url("data/other.db") == str(Path("data/other-documents"))
    assert default_store_url("postgresql+psycopg://host/x") == "lineitem-documents"
