from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select
from sqlalchemy.exc import StatementError

from warehouse.columns import CleanText, ExactDecimal

METADATA = MetaData()
VALUES = Table("values", METADATA, Column("id", Integer, primary_key=True), Column("amount", ExactDecimal), Column("words", CleanText))
ENGINE = create_engine("sqlite://")
METADATA.create_all(ENGINE)


def stored(**value: object) -> tuple[Decimal, str]:
    with ENGINE.begin() as connection:
        key = connection.execute(insert(VALUES).values(**value)).inserted_primary_key
        assert key is not None
        row = connection.execute(select(VALUES.c.amount, VALUES.c.words).where(VALUES.c.id == key[0])).one()
    return row[0], row[1]


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=4)
    | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30)
)
def test_decimals_come_back_exactly(amount: Decimal) -> None:
    found, _ = stored(amount=amount)
    assert found == amount
    assert format(found, "f") == format(amount, "f")  # trailing zeros too


@pytest.mark.parametrize("amount", ["NaN", "Infinity"])
def test_amounts_that_are_no_numbers_are_refused(amount: str) -> None:
    with pytest.raises(StatementError, match="finite"):
        stored(amount=Decimal(amount))


@given(st.text())
def test_text_comes_back(words: str) -> None:
    assert stored(words=words)[1] == words.replace("\x00", "�")


def test_text_that_is_no_unicode_is_stored_readably() -> None:
    assert stored(words="caf\udce9\x00.pdf")[1] == "caf��.pdf"
