"""Signals of assembled documents, with perfect tags and with doubtful ones."""

import math
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

import pytest

pytest.importorskip("reportlab", reason="the generator draws with reportlab (dev and train extras)")

from extractors.assembly.anchors import Anchors
from extractors.assembly.document import Assembled, assemble
from extractors.assembly.spans import LABEL_INDEX
from extractors.signals import SIGNALS, signals
from extractors.tagger import TaggedDocument
from extractors.training.generate import generate
from extractors.training.oracle import oracle_tags
from schemas.invoice import Evidence


@lru_cache(maxsize=1)
def tagged() -> TaggedDocument:
    seed = next(
        s for s in range(7_000, 7_100) if (d := generate(s, family="exam")).document_type == "invoice" and len(d.truth["line_items"]) > 3
    )
    return oracle_tags(generate(seed, family="exam"))


def by_name(assembled: Assembled) -> dict[str, float]:
    return dict(zip(SIGNALS, signals(assembled), strict=True))


def with_date(text: str) -> dict[str, float]:
    shown = Evidence(1, (0.0, 0.0, 1.0, 1.0), "03/04/2024", 0.99, "task_model")
    assembled = assemble(tagged())
    header = replace(assembled.header, issue_date=date(2024, 4, 3), due_date=None)
    return by_name(replace(assembled, header=header, evidence={**assembled.evidence, "header.issue_date": shown}, text=text))


def test_perfect_tags_leave_little_doubt() -> None:
    values = by_name(assemble(tagged()))
    assert all(math.isfinite(v) for v in values.values())
    assert values["worst_name"] < 0.1
    assert values["log_weakest_word"] > -0.1


def test_words_that_may_belong_to_a_name_are_seen() -> None:
    doubtful = tagged()
    labels = doubtful.labels.copy()
    names = labels.argmax(1) == LABEL_INDEX["line.description"]
    labels[names] *= 0.6
    labels[names, 0] += 0.4
    sure, unsure = by_name(assemble(doubtful)), by_name(assemble(replace(doubtful, labels=labels)))
    assert unsure["worst_name"] > sure["worst_name"] + 0.2
    assert unsure["name_doubt"] > sure["name_doubt"]


def test_a_date_whose_day_and_month_may_change_places_is_ambiguous_unless_another_date_tells() -> None:
    assert with_date("Date 03/04/2024")["date_ambiguous"] == 1
    assert with_date("Date 03/04/2024 Delivery 25/03/2024")["date_ambiguous"] == 0
    assert with_date("Date 03/04/2024 Delivery 03/25/2024")["date_order_contradicts"] == 1


def test_dates_after_the_issue_date_are_counted() -> None:
    assert with_date("Date 03/04/2024 Delivery 25/03/2024")["later_dates"] == 0
    assert with_date("Date 03/04/2024 Delivery 25/05/2024")["later_dates"] > 0


def test_a_cell_that_one_row_lacks_is_a_gap_and_an_empty_column_is_none() -> None:
    assembled = assemble(tagged())
    first, *others = (replace(item, quantity=item.quantity or 1) for item in assembled.line_items)
    gap = by_name(replace(assembled, line_items=(replace(first, quantity=None), *others)))
    none = by_name(replace(assembled, line_items=tuple(replace(item, quantity=None) for item in assembled.line_items)))
    assert gap["gaps_quantity"] > 0 == gap["no_quantity"]
    assert none["no_quantity"] == 1 and none["gaps_quantity"] == 0


def test_prices_without_a_quantity_that_explains_the_amount_are_doubtful() -> None:
    assembled = assemble(tagged())
    item = replace(assembled.line_items[0], quantity=None, unit_price=Decimal("8.75"), net_amount=Decimal("79.80"))
    alone = replace(item, net_amount=Decimal("8.75"))
    assert by_name(replace(assembled, line_items=(item, alone)))["price_without_quantity"] == 0.5


def test_other_currencies_and_a_number_in_pieces_are_counted() -> None:
    assembled = assemble(tagged())
    shown = Evidence(1, (0.0, 0.0, 1.0, 1.0), "3091 6816", 0.99, "task_model")
    header = replace(assembled.header, currency="EUR")
    evidence = {**assembled.evidence, "header.invoice_number": shown}
    values = by_name(replace(assembled, header=header, evidence=evidence, text="FATURA FT 3091 6816 Total EUR 12 = 13.00 USD"))
    assert values["other_currencies"] == pytest.approx(math.log(2))
    assert values["number_in_pieces"] == values["number_prefixed"] == 1


def test_what_captions_say_of_the_values_is_a_signal() -> None:
    assembled = assemble(tagged())
    told = Anchors(number=-1, date=1, totals=2, other_totals=1, parties=False, parties_otherwise=True, place=-1.5)
    values = by_name(replace(assembled, anchors=told))
    assert (values["number_captioned"], values["date_captioned"]) == (-1, 1)
    assert (values["totals_captioned"], values["totals_captioned_otherwise"]) == (2, 1)
    assert (values["parties_headed"], values["parties_headed_otherwise"], values["parties_place"]) == (0, 1, -1.5)
