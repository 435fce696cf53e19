"""Archives, e-mails, URLs, and files that are not whole yet."""

from __future__ import annotations

import io
import threading
import time
import zipfile
from email.message import EmailMessage
from pathlib import Path

import fsspec
import pytest
import stand_in

from flows.composition import run_batch
from flows.inbox import find_documents
from flows.settings import Settings
from schemas.errors import ConfigurationError
from warehouse.database import open_database
from warehouse.document_store import open_document_store
from warehouse.documents import sources
from warehouse.queries import list_documents


def archive(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return buffer.getvalue()


def mail(attachments: dict[str, tuple[bytes, str]]) -> bytes:
    message = EmailMessage()
    message["Subject"] = "Invoice"
    message.set_content("Please find attached.")
    message.add_alternative("<p>Please find attached. <img src='cid:logo'></p>", subtype="html")
    message.get_payload()[1].add_related(b"\x89PNG", "image", "png", cid="<logo>", filename="logo.png", disposition="inline")
    for name, (data, kind) in attachments.items():
        main, sub = kind.split("/")
        message.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def found(source: Path | str, **options) -> list[tuple[str, bytes]]:
    return [
        (original.source.removeprefix(str(source)), original.read() if original.read else original.path.read_bytes())
        for original in find_documents(str(source), **options).documents
    ]


def test_the_documents_in_an_archive(inbox: Path) -> None:
    members = {
        "b.pdf": b"B",
        "deep/a.PDF": b"A",
        "notes.txt": b"",
        "__MACOSX/b.pdf": b"x",
        ".hidden.pdf": b"x",
        "inner.zip": archive({"c.xml": b"C"}),
    }
    (inbox / "all.zip").write_bytes(archive(members))
    assert found(inbox) == [("/all.zip!/b.pdf", b"B"), ("/all.zip!/deep/a.PDF", b"A"), ("/all.zip!/inner.zip!/c.xml", b"C")]
    assert find_documents(str(inbox)).ignored == {".txt": 1}
    assert len(find_documents(str(inbox / "all.zip")).documents) == 3


def test_the_attachments_of_an_email_and_not_its_logo(inbox: Path) -> None:
    attachments = {
        "R 7.pdf": (b"%PDF", "application/pdf"),
        "invoice": (b"<x/>", "application/xml"),
        "..\\..\\up.pdf": (b"up", "application/octet-stream"),
        "terms.docx": (b"", "application/msword"),
        "more.zip": (archive({"z.pdf": b"Z"}), "application/zip"),
    }
    (inbox / "mail.eml").write_bytes(mail(attachments))
    assert found(inbox) == [
        ("/mail.eml!/R 7.pdf", b"%PDF"), ("/mail.eml!/invoice.xml", b"<x/>"), ("/mail.eml!/up.pdf", b"up"), ("/mail.eml!/more.zip!/z.pdf", b"Z"),
    ]  # fmt: skip


def test_containers_end_as_documents_on_record(inbox: Path, database_url: str) -> None:
    first, second = stand_in.write(inbox, "first"), stand_in.write(inbox, "second")
    (inbox / "all.zip").write_bytes(
        archive({"again/first.pdf": first.read_bytes(), "third.pdf": second.read_bytes().replace(b"second", b"third")})
    )
    (inbox / "mail.eml").write_bytes(mail({"second.pdf": (second.read_bytes(), "application/pdf")}))
    summary = run_batch(str(inbox), Settings(database=database_url), options=stand_in.options())
    assert (summary.files, summary.documents, summary.exit_code) == (5, 3, 0)
    with open_database(database_url) as database:
        by_name = {document.name: document for document in list_documents(database)}
        assert set(by_name) == {"first", "second", "third"}
        assert sources(database, by_name["second"].id) == [str(inbox / "mail.eml!/second.pdf"), str(inbox / "second.pdf")]
        store = open_document_store(database_url.removeprefix("sqlite:///").replace("test.db", "test-documents"))
        assert store.get(by_name["first"].sha256) == first.read_bytes()


def test_an_archive_bomb_is_not_unpacked(inbox: Path) -> None:
    (inbox / "bomb.zip").write_bytes(archive({"bomb.pdf": bytes(30_000_000), "good.pdf": b"x"}))
    documents = find_documents(str(inbox), max_bytes=1_000_000).documents
    assert [original.name for original in documents] == ["bomb", "good"]
    assert documents[0].read is not None
    with pytest.raises(OSError, match="more than 1 MB"):
        documents[0].read()


def test_containers_that_cannot_be_opened_are_said_and_cost_no_other(inbox: Path, database_url: str) -> None:
    stand_in.write(inbox, "good")
    (inbox / "broken.zip").write_bytes(b"PK\x03\x04 and no more")
    nested = archive({"x.pdf": b"x"})
    for _ in range(4):
        nested = archive({"n.zip": nested})
    (inbox / "nested.zip").write_bytes(nested)
    summary = run_batch(str(inbox), Settings(database=database_url), options=stand_in.options())
    assert dict(summary.counts) == {"accepted": 1}
    assert any("broken.zip cannot be opened" in sentence for sentence in summary.unread)
    assert any("containers deep" in sentence for sentence in summary.unread)
    assert summary.exit_code == 1


def test_a_url_is_a_source(database_url: str, inbox: Path) -> None:
    memory = fsspec.filesystem("memory")
    stand_in.write(inbox, "remote")
    memory.pipe("/bucket/in/2026/remote.pdf", (inbox / "remote.pdf").read_bytes())
    other = stand_in.write(inbox, "zipped").read_bytes()
    memory.pipe("/bucket/in/more.zip", archive({"zipped.pdf": other}))
    memory.pipe("/bucket/in/readme.txt", b"")
    try:
        assert [original.source for original in find_documents("memory://bucket/in/**/*.pdf").documents] == [
            "memory:///bucket/in/2026/remote.pdf"
        ]
        url = "memory://bucket/in"
        settings = Settings(database=database_url, document_store="memory://bucket/store")
        summary = run_batch(url, settings, options=stand_in.options())
        assert (dict(summary.counts), summary.ignored) == ({"accepted": 2}, "1 other file ignored (1 .txt)")
        assert len(memory.find("/bucket/store")) == 2
        assert run_batch(url, settings, options=stand_in.options()).already_done == 2
    finally:
        memory.rm("/bucket", recursive=True)


@pytest.mark.parametrize("url", ["memory://nothing/here", "nonsense://host/x"])
def test_a_url_that_gives_nothing_is_an_error(url: str) -> None:
    with pytest.raises(ConfigurationError):
        find_documents(url)


def test_a_file_that_is_being_written_is_waited_for(inbox: Path) -> None:
    path = inbox / "slow.pdf"

    def write() -> None:
        with path.open("wb", buffering=0) as file:
            for _ in range(6):
                file.write(b"piece ")
                time.sleep(0.15)

    thread = threading.Thread(target=write)
    thread.start()
    time.sleep(0.1)
    assert found(inbox, settle_s=0.5) == [("/slow.pdf", b"piece " * 6)]
    thread.join()


def test_a_file_that_never_settles_is_left_for_the_next_run(inbox: Path, database_url: str) -> None:
    stand_in.write(inbox, "whole")
    stop = threading.Event()

    def write() -> None:
        with (inbox / "endless.pdf").open("wb", buffering=0) as file:
            while not stop.wait(0.05):
                file.write(b"more ")

    thread = threading.Thread(target=write)
    thread.start()
    time.sleep(0.1)
    summary = run_batch(str(inbox), Settings(database=database_url, settle_s=0.4, settle_limit_s=1.0), options=stand_in.options())
    stop.set()
    thread.join()
    assert dict(summary.counts) == {"accepted": 1}
    assert "endless.pdf is still being written; the next run takes it" in summary.unread[0]


def test_subfolders_can_be_left_out(inbox: Path) -> None:
    (inbox / "sub").mkdir()
    (inbox / "sub" / "a.pdf").write_bytes(b"a")
    (inbox / "b.pdf").write_bytes(b"b")
    assert found(inbox, recursive=False) == [("/b.pdf", b"b")]
