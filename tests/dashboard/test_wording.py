from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from dashboard.charts import HALF, bars
from dashboard.periods import Period
from dashboard.wording import age, money, read_by, words

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("waited", "said"),
    [
        (timedelta(seconds=-5), "0 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=47, minutes=59), "47 h"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=27, hours=23), "27 days"),
    ],
)
def test_how_long_a_document_waits_is_said_in_one_unit(waited: timedelta, said: str) -> None:
    assert age(NOW - waited, NOW) == said


def test_amounts_stand_below_each_other_whether_a_currency_is_known_or_not() -> None:
    assert money(Decimal("25371.00"), "HUF") == '25\u202f371.00<span class="currency">HUF</span>'
    assert money(Decimal("2.67"), None) == '2.67<span class="currency"></span>'
    assert money(None, "EUR") == '<span class="currency"></span>', "a currency without an amount says nothing"
    assert "<b>" not in money(Decimal(1), "<b>")


def test_the_last_days_end_where_the_period_ends() -> None:
    assert Period(date(2026, 1, 1), date(2026, 5, 4)).last(7) == Period(date(2026, 4, 28), date(2026, 5, 4))


def test_amounts_beside_a_chart_are_not_cut_off() -> None:
    drawn = bars([("2026-11", 1_850_000.0)], title="Net total by month")
    labels = re.findall(r'<text x="([\d.]+)" y="[\d.]+" text-anchor="end">([^<]*)</text>', drawn)
    assert labels[-1][1] == "2 000 000"
    assert all(float(x) >= 7 * len(text) for x, text in labels), "12.5 px type is 7 px wide at most for a digit"


def test_who_read_or_decided_is_said_in_words() -> None:
    assert [read_by("human"), read_by("task_model")] == ["decided by a person", "read by task model"]
    assert words("task_model+arithmetic") == "task model and arithmetic"
    assert words("user:anna") == "anna"


def test_labels_of_a_chart_leave_each_other_room() -> None:
    steps = [(f"{number / 10:.1f}–{(number + 1) / 10:.1f}", 1.0) for number in range(10)]
    assert bars(steps, title="Confidence", width=HALF).count("–") - len(steps) == 5, "every second one, beside a title for each"
    month = [((date(2026, 11, 1) + timedelta(days=number)).isoformat(), 1.0) for number in range(30)]
    assert ">1 Nov<" in bars(month, title="Days")
