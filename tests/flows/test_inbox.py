from __future__ import annotations

from pathlib import Path

import pytest

from flows.inbox import content_hash, find_documents
from schemas.errors import ConfigurationError


@pytest.fixture
def folder(inbox: Path) -> Path:
    for name in (
        "b.pdf",
        "a.PDF",
        "sub/c.xml",
        "sub/deep/d.png",
        "notes.txt",
        "table.xlsx",
        "more.txt",
        ".hidden.pdf",
        ".git/e.pdf",
        "none",
    ):
        path = inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return inbox


def names(folder: Path, source: str) -> list[str]:
    return [Path(original.source).relative_to(folder).as_posix() for original in find_documents(source).documents]


def test_a_folder_with_its_subfolders_in_a_stable_order(folder: Path) -> None:
    assert names(folder, str(folder)) == ["a.PDF", "b.pdf", "sub/c.xml", "sub/deep/d.png"]
    inbox = find_documents(str(folder))
    assert inbox.ignored == {".txt": 2, "": 1, ".xlsx": 1}
    assert inbox.ignored_sentence() == "4 other files ignored (2 .txt, 1 without suffix, 1 .xlsx)"


def test_a_glob(folder: Path) -> None:
    assert names(folder, str(folder / "**" / "*.pdf")) == ["b.pdf"]
    assert names(folder, str(folder / "*.*")) == ["a.PDF", "b.pdf"]


def test_a_file_is_taken_whatever_its_suffix(folder: Path) -> None:
    assert names(folder, str(folder / "notes.txt")) == ["notes.txt"]


@pytest.mark.parametrize(("source", "expected"), [("missing", "no file or folder"), ("*.pdf", "No documents in")])
def test_nothing_to_do_is_an_error(source: str, expected: str) -> None:
    with pytest.raises(ConfigurationError, match=expected):
        find_documents(source)


def test_a_folder_without_documents_says_what_it_holds(inbox: Path) -> None:
    with pytest.raises(ConfigurationError, match="No documents"):
        find_documents(str(inbox))
    (inbox / "a.docx").write_text("")
    with pytest.raises(ConfigurationError, match=r"1 other file ignored \(1 .docx\)"):
        find_documents(str(inbox))


def test_a_file_named_like_a_pattern_is_found(inbox: Path) -> None:
    (inbox / "a[1].pdf").write_text("x")
    assert names(inbox, str(inbox / "a[1].pdf")) == ["a[1].pdf"]


def test_equal_content_has_an_equal_hash(folder: Path) -> None:
    (folder / "copy.pdf").write_text("b.pdf")
    assert content_hash(folder / "copy.pdf") == content_hash(folder / "b.pdf") != content_hash(folder / "a.PDF")
