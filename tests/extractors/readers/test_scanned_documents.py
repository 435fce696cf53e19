"""Scans, pictures and mixed documents: which pages are recognised, how they are turned, and where their words lie."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

import extractors.readers.scanned_documents as scanned_documents
from extractors.readers.ocr_engines import OcrWord, Picture, is_installed, open_engine
from extractors.readers.picture_geometry import find_skew, straighten
from extractors.readers.scanned_documents import OcrOptions, is_garbled, recognise, recognise_picture_file
from extractors.readers.text_layer import read_text_layer
from extractors.words import Page
from schemas.errors import ConfigurationError, DamagedDocumentError, DocumentLimitError, NoTextError

OPTIONS = OcrOptions("rapidocr", max_pages=3)
TEXT = "Rechnung Nummer 4711 vom Werkzeughandel Hammer und Partner in Hamburg"


class CornerEngine:
    """Reads the picture for sure only when its black mark is in the top left quarter; the words lie on that mark."""

    def __init__(self) -> None:
        self.pictures: list[Picture] = []

    def __call__(self, picture: Picture) -> Sequence[OcrWord]:
        self.pictures.append(picture)
        rows, columns = np.nonzero(picture < 100)
        if not len(rows):
            return []
        box = (float(columns.min()), float(rows.min()), float(columns.max() + 1), float(rows.max() + 1))
        height, width = picture.shape
        upright = box[0] < width / 2 and (box[1] < height / 2 or height < 300) and box[2] - box[0] > box[3] - box[1]
        return [OcrWord("Rechnung", box, 0.97 if upright else 0.3, 20.0)]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> CornerEngine:
    engine = CornerEngine()
    monkeypatch.setattr(scanned_documents, "open_engine", lambda name: engine)
    return engine


def picture(turn: int = 0) -> Image.Image:
    """A white page of 600 × 800 pixels with a black bar in its top left quarter, turned clockwise by ``turn`` degrees."""
    image = Image.new("L", (600, 800), 255)
    ImageDraw.Draw(image).rectangle((60, 80, 219, 119), fill=0)
    return image.rotate(-turn, expand=True)


def file_of(*frames: Image.Image, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    more = {"save_all": True, "append_images": list(frames[1:])} if len(frames) > 1 else {}
    frames[0].save(buffer, kind, dpi=(100, 100), **more)
    return buffer.getvalue()


def drawn(*lines: str) -> Callable[[object], None]:
    return lambda page: [page.drawString(72, 700 - 20 * n, line) for n, line in enumerate(lines)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_page_that_was_fed_in_turned_is_read_and_its_words_lie_where_they_are_on_the_page(engine: CornerEngine, turn: int) -> None:
    page = recognise_picture_file(file_of(picture(turn)), options=OPTIONS).pages[0]
    assert page.texts == ("Rechnung",)
    assert page.confidences[0] > 0.9
    assert page.boxes[0] == pytest.approx(np.array([60, 80, 220, 120]) * 0.72, abs=1)  # upright, for the model
    box = tuple(map(float, page.boxes[0]))
    shown = page.placement.box(box) if page.placement else box
    rows, columns = np.nonzero(np.asarray(picture(turn)) < 100)
    assert shown == pytest.approx(np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]) * 0.72, abs=1.5)


@pytest.mark.parametrize("degrees", [-3.0, -0.8, 0.0, 2.2])
def test_a_page_that_was_fed_in_slanted_is_made_level(degrees: float) -> None:
    image = Image.new("L", (700, 900), 255)
    draw = ImageDraw.Draw(image)
    for row in range(12):
        draw.text((80, 100 + 45 * row), f"Position {row} Schraube verzinkt 4,50 9,00", fill=0, font=ImageFont.load_default(22))
    slanted = np.asarray(image.rotate(-degrees, fillcolor=255, resample=Image.Resampling.BICUBIC), np.uint8)
    assert find_skew(slanted) == pytest.approx(-degrees, abs=0.3)
    straightened = straighten(slanted)
    again = straightened.placement(width_pt=700, height_pt=900)
    if abs(degrees) > 0.5:
        assert again is not None
        centre = again.box((350, 450, 350, 450))
        assert centre == pytest.approx((350, 450, 350, 450), abs=0.5)  # turned about the middle
        assert abs(find_skew(straightened.pixels)) < 0.3


def test_a_tiff_of_several_pages_gives_all_of_them(engine: CornerEngine) -> None:
    document = recognise_picture_file(file_of(picture(), picture(), kind="TIFF"), options=OPTIONS)
    assert [(page.number, len(page)) for page in document.pages] == [(1, 1), (2, 1)]
    assert document.reader == "rapidocr"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "GIF", "WEBP"])
def test_every_kind_of_picture_is_read(engine: CornerEngine, kind: str) -> None:
    assert len(recognise(file_of(picture(), kind=kind), None, options=OPTIONS)) == 1


def test_transparent_paper_is_white(engine: CornerEngine) -> None:
    image = Image.new("RGBA", (600, 800), (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((60, 80, 219, 119), fill=(0, 0, 0, 255))
    assert len(recognise(file_of(image), None, options=OPTIONS)) == 1


def test_limits_of_pages_and_pixels_are_kept_before_anything_is_decoded(engine: CornerEngine) -> None:
    with pytest.raises(DocumentLimitError, match="Too many pages"):
        recognise_picture_file(file_of(*[picture()] * 4, kind="TIFF"), options=OPTIONS)
    with pytest.raises(DocumentLimitError, match="Too large"):
        recognise_picture_file(file_of(Image.new("1", (9000, 9000))), options=OPTIONS)
    assert engine.pictures == []


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n broken", file_of(picture())[:300], b"II*\x00" + b"\xff" * 60], ids=["png", "cut", "tiff"]
)
@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_broken_pictures_are_damaged_documents(engine: CornerEngine, data: bytes) -> None:
    with pytest.raises(DamagedDocumentError):
        recognise_picture_file(data, options=OPTIONS)


def test_only_the_pages_without_text_are_recognised(engine: CornerEngine, pdf: Callable[..., bytes]) -> None:
    data = pdf(drawn(*[TEXT] * 3), lambda page: page.rect(60, 700, 150, 40, fill=1), lambda page: None)
    calls: list[int] = []
    document = recognise(data, read_text_layer(data), options=OPTIONS, on_page=lambda: calls.append(1))
    assert len(calls) == 2
    assert document.pages[0].texts[:3] == ("Rechnung", "Nummer", "4711")
    assert document.pages[1].texts == ("Rechnung",)
    assert document.pages[2].texts == ()  # blank: no engine is asked
    assert (document.pages[0].confidences == 1).all()


def test_a_document_with_text_on_every_page_is_left_as_it_is(engine: CornerEngine, pdf: Callable[..., bytes]) -> None:
    document = read_text_layer(data := pdf(drawn(TEXT)))
    assert recognise(data, document, options=OPTIONS) is document
    assert engine.pictures == []


def test_blank_pages_have_no_text_and_say_so(engine: CornerEngine, pdf: Callable[..., bytes]) -> None:
    data = pdf(lambda page: None)
    with pytest.raises(NoTextError, match="blank"):
        recognise(data, read_text_layer(data), options=OPTIONS)


def test_a_garbled_text_layer_is_not_believed() -> None:
    def page(text: str) -> Page:
        words = tuple(text.split())
        n = len(words)
        return Page(1, 595, 842, words, np.zeros((n, 4), np.float32), np.ones(n, np.float32), np.zeros(n, bool), np.ones(n, np.float32))

    assert not is_garbled(page(f"{TEXT} {TEXT} {TEXT}"))
    assert not is_garbled(page("GmbH & Co. KG 4711 " * 3))
    assert is_garbled(page("Qhfkqxqj Zhrkzkxj Sdrtnkrt Bgsdfghj " * 5))
    assert is_garbled(page("\ue001\ue002\ue003 \ue004\ue005 \ue006"))


@pytest.mark.parametrize(("said", "believed"), [("Rechnung", True), ("Lieferschein", False)])
def test_an_earlier_ocr_layer_is_kept_where_it_goes_with_the_picture(
    engine: CornerEngine, pdf: Callable[..., bytes], said: str, believed: bool
) -> None:
    def scan(page: object) -> None:
        page.drawInlineImage(picture(), 0, 0, 595, 842)  # type: ignore[attr-defined]
        text = page.beginText(72, 700)  # type: ignore[attr-defined]
        text.setTextRenderMode(3)
        text.textOut(said)
        page.drawText(text)  # type: ignore[attr-defined]

    data = pdf(scan)
    layer = read_text_layer(data)
    assert layer.pages[0].texts == (said,)
    page = recognise(data, layer, options=OPTIONS).pages[0]
    assert page.texts == ("Rechnung",)
    assert (page.confidences[0] == layer.pages[0].confidences[0]) == believed


def test_an_engine_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractors.readers.ocr_engines.shutil.which", lambda name: None)
    assert not OcrOptions("tesseract").is_usable
    open_engine.cache_clear()
    with pytest.raises(ConfigurationError, match="tesseract"):
        open_engine("tesseract")


def test_rapidocr_reads_a_line_with_a_box_for_each_word() -> None:
    if not is_installed("rapidocr"):
        pytest.skip("the ocr extra is not installed")
    image = Image.new("L", (420, 70), 255)
    ImageDraw.Draw(image).text((20, 15), "Invoice 4826 total 128.50", fill=0, font=ImageFont.load_default(28))
    words = open_engine("rapidocr")(np.asarray(image, np.uint8))
    assert [word.text for word in words] == ["Invoice", "4826", "total", "128.50"]
    assert [word.box[0] for word in words] == sorted(word.box[0] for word in words)
    assert all(word.confidence > 0.8 and word.box[2] > word.box[0] for word in words)
