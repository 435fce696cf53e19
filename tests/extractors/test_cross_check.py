"""What two networks read by themselves beside their mean: where they differ, and what that does to what is believed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from extractors import digit_repair, pipeline
from extractors.assembly import document, page_words
from extractors.assembly.document import Assembled, assemble
from extractors.assembly.lines import text_lines
from extractors.assembly.page_words import Words
from extractors.assembly.spans import LABEL_INDEX
from extractors.confidence import OPINION_SIGNALS, Agreement, Calibration, Forest, Part, Scale, Tree, leaf, spread
from extractors.cross_check import AGREEMENT_SIGNALS, MOST_TOLD, agreement_signals, differences, issues_of
from extractors.ensemble import Ensemble
from extractors.model_directory import WordTagger
from extractors.pipeline import ExtractOptions, SourceFile, extract, load_model
from extractors.readers.document import read_document
from extractors.signals import SIGNALS
from extractors.tagger import TaggedDocument
from extractors.words import Document
from schemas.invoice import Severity, Status

EXAMPLE = Path(__file__).parents[2] / "examples" / "goods-it.pdf"
OPTIONS = ExtractOptions(today=date(2026, 11, 21))
SURE = Forest((leaf(0.999),))
STRAIGHT = Scale(((0.0, 0.0), (1.0, 1.0)))


@lru_cache(maxsize=1)
def reading() -> Assembled:
    tagger, _ = load_model(None)
    return assemble(tagger.tag_many([read_document(EXAMPLE.read_bytes())])[0])


def with_total(assembled: Assembled, total: str) -> Assembled:
    return replace(assembled, header=replace(assembled.header, gross_total=Decimal(total)))


def agreement() -> Agreement:
    """Readings that agree are believed; one difference in what a document is judged by is enough to doubt them."""
    weights = tuple(-20.0 if name.startswith("differs_") else 0.0 for name in OPINION_SIGNALS)
    return Agreement(Part(7.0, weights), SURE, STRAIGHT, 0.9, 0.0, {"total": 0.25})


def test_the_forest_of_all_readings_sees_what_one_network_alone_shows() -> None:
    place = SIGNALS.index("torn")
    assert spread([1.0, 2.0], [[0.0, 3.0], [1.5, 2.5]], [7.0]) == [1.0, 2.0, 0.0, 2.0, 1.5, 3.0, 7.0]
    greatest = 2 * len(SIGNALS) + place
    believed = replace(agreement(), forest=Forest((Tree([greatest, -1, -1], [0.5, 0.999, 0.001], [2, 0, 0]),)))
    plain, nothing = [0.0] * len(SIGNALS), [0.0] * len(AGREEMENT_SIGNALS)
    torn = [1.0 if i == place else 0.0 for i in range(len(SIGNALS))]
    same = [7.0] * 3 + nothing
    assert believed.raw(same, spread(plain, [plain, plain], nothing)) > 0.99
    assert believed.raw(same, spread(plain, [plain, torn], nothing)) < 0.6


def test_a_reading_agrees_with_itself() -> None:
    assert differences(reading(), reading()) == ()
    assert agreement_signals(reading(), [reading()] * 2, [(), ()]) == [0.0] * len(AGREEMENT_SIGNALS)


def test_a_difference_names_its_value_and_its_part() -> None:
    (found,) = differences(reading(), with_total(reading(), "1.23"))
    assert (found.path, found.first, found.second) == ("header.gross_total", str(reading().header.gross_total), "1.23")
    opinions = [with_total(reading(), "1.23"), reading(), with_total(reading(), "1.23")]
    told = dict(zip(AGREEMENT_SIGNALS, agreement_signals(reading(), opinions, [(found,), (), (found,)]), strict=True))
    assert {name: value for name, value in told.items() if value} == {"differs_totals": 2.0}


def test_values_that_are_not_critical_and_other_rows_are_told_apart() -> None:
    header, items = reading().header, reading().line_items
    other = replace(
        reading(), header=replace(header, purchase_order="other"), line_items=(replace(items[0], quantity=Decimal(77)), *items[1:])
    )
    found = differences(reading(), other)
    assert [d.path for d in found] == ["header.purchase_order", "line_items.0.quantity"]
    told = dict(zip(AGREEMENT_SIGNALS, agreement_signals(reading(), [other], [found]), strict=True))
    assert [name for name, value in told.items() if value] == ["differs_numbers", "other_values"]


def test_a_row_that_only_one_reading_has_is_one_difference() -> None:
    (found,) = differences(reading(), replace(reading(), line_items=reading().line_items[1:]))
    assert found.path == "line_items"
    (issue,) = issues_of([(found,)])
    assert f"{len(reading().line_items) - 1} rows" in issue.message


def test_a_reviewer_is_told_both_values_and_not_flooded() -> None:
    found = differences(reading(), with_total(reading(), "1.23"))
    (issue,) = issues_of([found, found])
    assert (issue.rule, issue.severity, issue.field) == ("LI-TWICE", Severity.WARNING, "header.gross_total")
    assert (issue.expected, issue.found) == ("1.23", str(reading().header.gross_total))
    many = tuple(replace(found[0], path=f"line_items.{row}.quantity") for row in range(40))
    assert len(issues_of([many])) == MOST_TOLD


def extracted_with(
    tagger: WordTagger, calibration: Agreement | None, monkeypatch: pytest.MonkeyPatch
) -> tuple[Status, float, list[str | None], float]:
    shipped = load_model(None)[1]
    threshold = calibration.accept_threshold if calibration else shipped.accept_threshold
    believing: Calibration = replace(shipped, agreement=calibration, accept_threshold=threshold)

    def model(_: Path | None) -> tuple[WordTagger, Calibration]:
        return tagger, believing

    monkeypatch.setattr(pipeline, "load_model", model)
    invoice = extract(SourceFile("goods-it", "goods-it.pdf", EXAMPLE.read_bytes()), options=OPTIONS)
    differing = [issue.field for issue in invoice.issues if issue.rule == "LI-TWICE"]
    return invoice.status, invoice.confidence, differing, invoice.evidence["header.gross_total"].confidence


class Opinions:
    """The shipped networks' mean as the opinion of each of them; ``blind``: labels that the second one does not see."""

    def __init__(self, *blind: str, tagger: WordTagger) -> None:
        self._blind, self._tagger = [LABEL_INDEX[name] for name in blind], tagger

    def tag_many(self, documents: Sequence[Document]) -> list[TaggedDocument]:
        tagged = self._tagger.tag_many(documents)
        others = self._tagger.tag_many(documents)
        for other in others:
            other.labels[:, self._blind] = 0.0
        return [replace(one, opinions=(one, other)) for one, other in zip(tagged, others, strict=True)]


def test_networks_that_agree_are_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    status, confidence, differing, _ = extracted_with(Opinions(tagger=load_model(None)[0]), agreement(), monkeypatch)
    assert (status, differing) == (Status.ACCEPTED, [])
    assert confidence > 0.99


def test_the_pages_are_divided_into_lines_once_for_all_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    readings: list[TaggedDocument] = []
    divided: list[int] = []

    def reading_of(tagged: TaggedDocument, *, words: Words | None = None) -> Assembled:
        readings.append(tagged)
        return assemble(tagged, words=words)

    def lines_of(*arguments: NDArray[np.float32]) -> NDArray[np.int32]:
        divided.append(len(arguments[0]))
        return text_lines(*arguments)

    monkeypatch.setattr(document, "assemble", reading_of)
    monkeypatch.setattr(page_words, "text_lines", lines_of)
    extracted_with(Opinions(tagger=load_model(None)[0]), agreement(), monkeypatch)
    assert len(readings) == 3
    assert len(divided) == len(read_document(EXAMPLE.read_bytes()).pages)


def test_a_document_that_one_network_reads_otherwise_goes_to_a_person_with_both_values(monkeypatch: pytest.MonkeyPatch) -> None:
    otherwise = Opinions("header.gross_total", "header.issue_date", tagger=load_model(None)[0])
    status, confidence, differing, _ = extracted_with(otherwise, agreement(), monkeypatch)
    assert status is Status.REVIEW
    assert confidence < 0.5
    assert "header.issue_date" in differing


def test_readings_of_a_document_that_cannot_be_accepted_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    otherwise = Opinions("header.gross_total", "header.issue_date", tagger=load_model(None)[0])
    hopeless = replace(agreement(), from_probability=1.0, accept_threshold=0.999)
    assert extracted_with(otherwise, hopeless, monkeypatch)[::2] == (Status.REVIEW, [])
    assert extracted_with(otherwise, None, monkeypatch)[2] == []


def test_digits_that_ocr_misread_are_repaired_in_every_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[WordTagger] = []

    def note(_: TaggedDocument, assembled: Assembled, tagger: WordTagger) -> Assembled:
        seen.append(tagger)
        return assembled

    monkeypatch.setattr(digit_repair, "repaired", note)
    both = load_model(None)[0]
    assert isinstance(both, Ensemble)
    extracted_with(both, agreement(), monkeypatch)
    assert seen == [both, both.first, both.second]


def test_a_value_that_is_read_differently_is_no_surer_than_such_values_are() -> None:
    from schemas.invoice import Evidence

    shown = Evidence(1, (0.0, 0.0, 1.0, 1.0), "10.00", 0.99, "task_model")
    believed = agreement().evidence({"header.gross_total": shown, "header.net_total": shown}, {"header.gross_total"})
    assert (believed["header.gross_total"].confidence, believed["header.net_total"].confidence) == (0.25, 0.99)


def test_what_signals_are_too_rare_to_learn_from_caps_readings_that_agree_too() -> None:
    parts = load_model(None)[1].parts
    rare = next(name for name in SIGNALS if name == "other_letterhead")
    model = Calibration(parts, SURE, STRAIGHT, 0.9, rare={rare: 0.3}, agreement=agreement())
    shown = [1.0 if name == rare else 0.0 for name in SIGNALS]
    nothing = [0.0] * len(AGREEMENT_SIGNALS)
    assert model.probability_by_opinions(shown, [shown, shown], nothing) <= 0.3
    plain = [0.0] * len(SIGNALS)
    assert model.probability_by_opinions(plain, [plain, plain], nothing) > 0.9
