"""What seller and other lines say of a line: by Bayes' rule over the invoice's unseen main category."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from extractors.spend_category import ItemText, categorize, usual_companions
from extractors.spend_documents import parse_companions, table_of, with_document
from schemas.errors import ConfigurationError
from schemas.invoice import SPEND_CATEGORIES

SIZE = len(SPEND_CATEGORIES)
HOTEL, FOOD, GOODS = (SPEND_CATEGORIES.index(name) for name in ("lodging", "meals_and_entertainment", "materials_and_merchandise"))
TABLE = table_of({"lodging": ("meals_and_entertainment",)}, own_share=0.8)
NOBODY = np.zeros(SIZE, np.float32)


def line(category: int, share: float) -> NDArray[np.float32]:
    row = np.full(SIZE, (1 - share) / (SIZE - 1), np.float32)
    row[category] = share
    return row


VAGUE = np.full(SIZE, 1 / SIZE, np.float32)


def joined(rows: list[NDArray[np.float32]], *, texts: list[str] | None = None, seller: NDArray[np.float32] = NOBODY) -> NDArray[np.float32]:
    return with_document(
        np.stack(rows),
        documents=["a"] * len(rows),
        texts=texts or [str(n) for n in range(len(rows))],
        sellers=np.stack([seller] * len(rows)),
        table=TABLE,
        seller_odds=40.0,
        others_exponent=0.75,
    )


def test_a_line_that_says_nothing_goes_by_the_others_and_by_what_comes_with_them() -> None:
    vague = joined([line(HOTEL, 0.9), line(HOTEL, 0.8), VAGUE])[2]
    assert vague.sum() == pytest.approx(1)
    assert vague.argmax() == HOTEL
    assert vague[FOOD] > 3 * vague[GOODS]


def test_a_line_that_is_sure_of_itself_is_not_overruled() -> None:
    assert joined([line(HOTEL, 0.95), line(HOTEL, 0.95), line(GOODS, 0.99)])[2].argmax() == GOODS


def test_a_line_alone_hears_its_seller_and_no_other_document() -> None:
    seller = np.eye(SIZE, dtype=np.float32)[HOTEL]
    assert joined([VAGUE])[0] == pytest.approx(VAGUE, abs=0.02)
    assert joined([VAGUE], seller=seller)[0].argmax() == HOTEL
    apart = with_document(
        np.stack([VAGUE, line(HOTEL, 0.9)]),
        documents=[None, None],
        texts=["a", "b"],
        sellers=np.stack([NOBODY, NOBODY]),
        table=TABLE,
        seller_odds=40.0,
        others_exponent=0.75,
    )
    assert apart[0] == pytest.approx(VAGUE, abs=0.02)


def test_the_same_words_again_say_nothing_more() -> None:
    once = joined([line(HOTEL, 0.7), line(FOOD, 0.4)], texts=["a", "b"])
    again = joined([line(HOTEL, 0.7)] * 4 + [line(FOOD, 0.4)], texts=["a"] * 4 + ["b"])
    assert again[4] == pytest.approx(once[1])
    assert again[0] == pytest.approx(once[0])


def test_many_lines_speak_no_louder_than_a_few() -> None:
    few, many = (joined([*([line(HOTEL, 0.5)] * count), VAGUE])[-1][HOTEL] for count in (3, 30))
    assert many == pytest.approx(few, abs=0.02)


@pytest.mark.parametrize(
    ("companions", "reason"), [([], "expected a text"), ({"lodging": "breakfast"}, "breakfast"), ({"holiday": ""}, "holiday")]
)
def test_unusable_companions_are_refused(companions: object, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        parse_companions(companions, file="x.yaml")


def test_every_category_has_companions_and_none_is_its_own() -> None:
    assert set(usual_companions()) == set(SPEND_CATEGORIES)
    assert all(main not in names and names for main, names in usual_companions().items())
    assert table_of(usual_companions(), own_share=0.8).sum(axis=1) == pytest.approx(1)


def test_what_names_no_purchase_goes_by_the_trade() -> None:
    lines = [
        ItemText(text, "Spedition Adler GmbH", "de", "a") for text in ("Bamberg - Zwolle", "04315 Görlitz 26721 Emden", "Hof Besançon")
    ]
    assert {category for category, _ in categorize(lines)} == {"freight_and_shipping"}
    hours = [ItemText(text, "Quarry Hill Recruitment Ltd", "en", "b") for text in ("Basic", "Ann Parker wk 12", "Time and a half")]
    assert {category for category, _ in categorize(hours)} == {"staffing_and_labor"}
