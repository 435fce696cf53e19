"""What the review screen shows of other readings, and of files that need a password or are pictures."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from hashlib import sha256

import pikepdf
from fastapi import FastAPI
from fastapi.testclient import TestClient
from paper import flagged, page_of
from PIL import Image

from dashboard.review_screen import rivals
from extractors.readers.passwords import SourcePassword
from schemas.invoice import Invoice
from schemas.rules_reading import read_differently, readers_disagree

Fill = Callable[[Sequence[Invoice]], str]


def disagreeing() -> Invoice:
    issues = (
        readers_disagree("header.gross_total", specialist="1910.00", foundation="1190.00", critical=True),
        readers_disagree("line_items.0.quantity", specialist="4", foundation="40", critical=True),
        read_differently("header.seller_name", "Nordwind GmbH", "Südwind GmbH"),
        read_differently("line_items", "2", "3"),
        readers_disagree("header.due_date", specialist="2026-06-03", foundation=None, critical=False),
    )
    return flagged("torn", page_of("torn")).replace(issues=issues)


def test_the_other_value_is_offered_where_two_readings_differ() -> None:
    assert rivals(disagreeing(), ()) == {
        "header.gross_total": ("foundation_model", "1190.00"),
        "line_items.0.quantity": ("foundation_model", "40"),
        "header.seller_name": ("second_network", "Südwind GmbH"),
    }


def test_the_review_screen_takes_the_other_value_with_a_click(
    warehouse: Fill, application: Callable[..., FastAPI], login: Callable[..., TestClient]
) -> None:
    page = login(application(warehouse([disagreeing()]))).get("/review/1").text
    assert 'data-into="header.gross_total" data-value="1190.00">foundation model reads: 1190.00</button>' in page
    assert 'data-into="line_items.0.quantity" data-value="40"' in page
    assert 'name="header.gross_total" value="1910.00"' in page


def test_the_pages_of_locked_files_are_shown_with_the_password_of_their_source(
    warehouse: Fill, application: Callable[..., FastAPI], login: Callable[..., TestClient], originals: dict[str, bytes]
) -> None:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(page_of("locked"))) as pdf:
        pdf.save(buffer, encryption=pikepdf.Encryption(owner="o", user="secret"))
    locked = buffer.getvalue()
    originals[sha256(locked).hexdigest()] = locked
    url = warehouse([flagged("locked", locked)])
    given = (SourcePassword("*/other-*.pdf", "wrong"), SourcePassword("*/locked.pdf", "secret"))
    client = login(application(url, passwords=given))
    assert Image.open(io.BytesIO(client.get("/documents/1/pages/1.png").content)).size == (1190, 1684)
    assert any("Nordwind" in word for word in client.get("/documents/1/words").json()["pages"][0]["words"])


def test_picture_files_are_shown_with_a_size_in_points(
    warehouse: Fill, application: Callable[..., FastAPI], login: Callable[..., TestClient], originals: dict[str, bytes]
) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (827, 1169), "white").save(buffer, "PNG", dpi=(100, 100))
    photo = buffer.getvalue()
    originals[sha256(photo).hexdigest()] = photo
    client = login(application(warehouse([flagged("photo", photo)])))
    assert Image.open(io.BytesIO(client.get("/documents/1/pages/1.png").content)).size == (1191, 1683)
    assert client.get("/documents/1/words").json() == {"pages": []}
