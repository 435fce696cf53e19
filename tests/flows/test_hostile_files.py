"""Mutated and hostile files through the real readers in a real worker process: each ends with a reason, and the good one among them is read."""

from __future__ import annotations

import io
import random
import zlib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.pdfgen import canvas

from extractors.pipeline import ExtractOptions, extract_many
from extractors.readers.einvoice_xml import is_einvoice, read_einvoice
from extractors.readers.passwords import SourcePassword, unlock
from flows.inbox import content_hash
from flows.password_file import read_passwords
from flows.supervision import Worker
from flows.work import Task, WorkOrder
from schemas.errors import ConfigurationError, DocumentError, EncryptedDocumentError
from schemas.invoice import Invoice, Status

EXAMPLES = Path(__file__).parents[2] / "examples"
GOOD = next(path for path in sorted(EXAMPLES.glob("*.pdf")))
XML = b"""<?xml version="1.0"?><Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>1</ID><IssueDate>2026-01-02</IssueDate>
<LegalMonetaryTotal><PayableAmount currencyID="EUR">1.00</PayableAmount></LegalMonetaryTotal>
<InvoiceLine><ID>1</ID><InvoicedQuantity unitCode="C62">1</InvoicedQuantity><LineExtensionAmount>1.00</LineExtensionAmount>
<Item><Name>x</Name></Item><Price><PriceAmount>1.00</PriceAmount><BaseQuantity>0</BaseQuantity></Price></InvoiceLine></Invoice>"""


def mutated(data: bytes, seed: int) -> bytes:
    """A copy with a few bytes, pieces or numbers changed: what transmission, bad programs and attackers do."""
    rng = random.Random(seed)
    changed = bytearray(data)
    for _ in range(rng.choice((1, 5, 40))):
        at = rng.randrange(len(changed) + 1)
        match rng.randrange(5):
            case 0:
                changed[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                del changed[at : at + rng.randrange(1, 400)]
            case 2:
                changed[at:at] = changed[at : at + rng.randrange(1, 400)]
            case 3:
                changed[at:at] = rng.choice((b"/Length 99999999999", b"<<" * 500, b"[" * 500, b"-1 ", b"%%EOF", b"stream\n", b"endobj "))
            case _:
                changed[at : at + 4] = rng.choice((b"9999", b"\x00\x00\x00\x00", b"-999"))
    return bytes(changed)


def pages_in_a_ring() -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
        b"3 0 obj<</Type/Pages/Parent 2 0 R/Kids[2 0 R]/Count 1>>endobj trailer<</Root 1 0 R>>"
    )


def bomb() -> bytes:
    """A page whose content is small on disk and large in memory."""
    content = zlib.compress(b"BT /F1 9 Tf (a) Tj ET " * 2_000_000, 9)
    head = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    page = b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>endobj "
    return (
        head
        + page
        + b"4 0 obj<</Filter/FlateDecode/Length %d>>stream\n" % len(content)
        + content
        + b"\nendstream endobj trailer<</Root 1 0 R>>"
    )


def encrypted(password: str) -> bytes:
    buffer, drawing = io.BytesIO(), io.BytesIO()
    page = canvas.Canvas(drawing, invariant=True)
    page.drawString(72, 700, "Invoice 4711")
    page.save()
    with pikepdf.open(drawing) as document:
        document.save(buffer, encryption=pikepdf.Encryption(user=password, owner="owner"))
    return buffer.getvalue()


HOSTILE: dict[str, Callable[[], bytes]] = {
    "ring": pages_in_a_ring,
    "bomb": bomb,
    "encrypted": lambda: encrypted("secret"),
    "empty": lambda: b"",
    "text": lambda: b"Dear Sir",
    "nested": lambda: b"%PDF-1.4\n1 0 obj " + b"[" * 200_000 + b" endobj trailer<</Root 1 0 R>>",
    "deep-xml": lambda: b"<a>" * 200_000,
    "picture": lambda: b"\x89PNG\r\n\x1a\n" + b"\x00" * 50,
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Invoice]:
    """All hostile files and thirty mutations, with a good document among them, as one list of one worker."""
    folder = tmp_path_factory.mktemp("hostile")
    files = {name: make() for name, make in HOSTILE.items()}
    files["good"] = GOOD.read_bytes()
    files |= {f"mutation-{seed}": mutated(GOOD.read_bytes(), seed) for seed in range(30)}
    tasks: list[Task] = []
    for number, (name, data) in enumerate(files.items()):
        path = folder / f"{name}.pdf"
        path.write_bytes(data)
        tasks.append(Task(number, name, str(path), path, content_hash(path)))
    order = WorkOrder(extract=extract_many, options=ExtractOptions(today=date(2026, 11, 21)), document_timeout_s=60, memory_bytes=4 << 30)
    worker = Worker(order)
    try:
        answers = worker.run(tasks).results
    finally:
        worker.kill()
    assert [answer.task.name for answer in answers] == list(files)
    return {answer.task.name: answer.invoice for answer in answers if answer.invoice is not None}


def test_every_file_ends_with_a_verdict_and_what_is_not_accepted_has_a_reason(results: dict[str, Invoice]) -> None:
    assert len(results) == len(HOSTILE) + 31
    for name, invoice in results.items():
        if invoice.status is Status.REJECTED:
            assert invoice.issues, name
            assert invoice.issues[0].message, name


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("ring", {"LI-DOC-DAMAGED", "LI-DOC-EMPTY", "LI-DOC-NOTEXT"}),
        ("bomb", {"LI-DOC-LIMIT", "LI-DOC-NOTEXT", "LI-NOTINV"}),
        ("encrypted", {"LI-DOC-ENCRYPTED"}),
        ("empty", {"LI-DOC-EMPTY"}),
        ("text", {"LI-DOC-KIND"}),
        ("nested", {"LI-DOC-DAMAGED", "LI-DOC-EMPTY"}),
        ("deep-xml", {"LI-DOC-KIND"}),
        ("picture", {"LI-DOC-NOTEXT"}),
    ],
)
def test_the_reason_names_the_cause(results: dict[str, Invoice], name: str, rules: set[str]) -> None:
    assert results[name].status is Status.REJECTED
    assert results[name].issues[0].rule in rules


def test_the_good_document_among_them_is_read(results: dict[str, Invoice]) -> None:
    assert results["good"].header.invoice_number
    assert results["good"].line_items


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 1 << 30))
def test_mutated_xml_is_an_invoice_or_a_named_error(seed: int) -> None:
    xml = mutated(XML, seed)
    try:
        invoice = read_einvoice(xml, id="a", sha256="", source="a", pages=0)
    except DocumentError as exc:
        assert str(exc)
        assert not is_einvoice(xml)
    else:
        invoice.to_json()


def test_a_password_of_the_source_opens_the_document_and_another_does_not() -> None:
    data = encrypted("secret")
    right, wrong = SourcePassword("*/acme/*", "secret"), SourcePassword("*.pdf", "other")
    opened = unlock(data, source="in/acme/a.pdf", passwords=[wrong, right])
    with pikepdf.open(io.BytesIO(opened)) as document:
        assert not document.is_encrypted
    with pytest.raises(EncryptedDocumentError, match="none of the 1 password"):
        unlock(data, source="in/other/a.pdf", passwords=[wrong, right])
    assert unlock(data, source="in/other/a.xml", passwords=[right]) == data
    assert "secret" not in repr(right)


def test_the_file_of_passwords_is_checked_and_never_quoted(tmp_path: Path) -> None:
    path = tmp_path / "passwords.yaml"
    path.write_text("- source: '*/acme/*'\n  password: secret\n- source: '*'\n  password: 12345\n")
    assert read_passwords(path) == (SourcePassword("*/acme/*", "secret"), SourcePassword("*", "12345"))
    assert read_passwords(None) == ()
    path.write_text("- source: '*'\n  pasword: hunter2\n")
    with pytest.raises(ConfigurationError, match="entry 1") as error:
        read_passwords(path)
    assert "hunter2" not in str(error.value)
