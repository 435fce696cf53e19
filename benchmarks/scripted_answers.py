"""What a foundation model would say about a generated document, right or wrong: answers from the truth with faults by fixed seeds.

A wrong value is a plausible one: another date, number or text that the page prints, so that grounding alone does not catch it; sometimes one that
it does not print.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

_ROW = ("description", "quantity", "unit_price", "amount")


@dataclass(slots=True)
class Script:
    """``wrong``: share of wrong values; ``invent``: probability of an invented row, ``drop``: of a lost one."""

    wrong: float = 0.0
    invent: float = 0.0
    drop: float = 0.0
    seed: int = 0
    calls: int = field(default=0)

    def answer(self, truth: Mapping[str, Any], fields: Sequence[str], lines: Sequence[str]) -> str:
        """JSON for ``fields`` (names of header fields, ``line_items``), given the lines that were sent."""
        self.calls += 1
        dice = random.Random(f"{self.seed}/{truth.get('id')}/{self.calls}")
        dates = sorted({text for line in lines for text in re.findall(r"\d{4}-\d\d-\d\d", line)})
        numbers = [n for line in lines for n in re.findall(r"\d+[.,]\d{2}\b", line)]
        header = truth["header"]
        result: dict[str, Any] = {}
        for name in fields:
            if name == "line_items":
                rows = [self._row(row, numbers, lines, dice) for row in truth["line_items"]]
                if rows and dice.random() < self.drop:
                    rows.pop(dice.randrange(len(rows)))
                if rows and dice.random() < self.invent:
                    rows.insert(dice.randrange(len(rows) + 1), dict(dice.choice(rows)))
                result[name] = rows
            else:
                result[name] = self._maybe_wrong(name, header.get(name), header, dates, numbers, lines, dice)
        return json.dumps(result, ensure_ascii=False)

    def _row(self, row: Mapping[str, Any], numbers: Sequence[str], lines: Sequence[str], dice: random.Random) -> dict[str, Any]:
        amount = row.get("net_amount") if row.get("net_amount") is not None else row.get("gross_amount")
        values = {
            "description": row.get("description"),
            "quantity": row.get("quantity"),
            "unit_price": row.get("unit_price"),
            "amount": amount,
        }
        return {name: self._maybe_wrong(name, values[name], {}, (), numbers, lines, dice) for name in _ROW}

    def _maybe_wrong(
        self,
        name: str,
        value: str | None,
        header: Mapping[str, Any],
        dates: Sequence[str],
        numbers: Sequence[str],
        lines: Sequence[str],
        dice: random.Random,
    ) -> str | None:
        if dice.random() >= self.wrong:
            return value
        if name in ("issue_date", "due_date"):
            others = [d for d in (header.get("due_date"), header.get("issue_date"), *dates) if d and d != value]
            moved = (date.fromisoformat(value) + timedelta(days=30)).isoformat() if value else None
            return dice.choice(others) if others and dice.random() < 0.8 else moved
        if name in ("net_total", "tax_total", "gross_total", "amount_due"):
            others = [header[n] for n in ("net_total", "tax_total", "gross_total", "amount_due") if header.get(n) and header[n] != value]
            return dice.choice(others) if others and dice.random() < 0.7 else _changed_digit(value, dice)
        if name in ("quantity", "unit_price", "amount"):
            if numbers and dice.random() < 0.7:
                return str(dice.choice(numbers)).replace(",", ".")
            return _changed_digit(value, dice) or None
        if name == "currency":
            return dice.choice(["EUR", "USD", "SEK"])
        if name in ("seller_name", "buyer_name"):
            other = header.get("buyer_name" if name == "seller_name" else "seller_name")
            return other if other and dice.random() < 0.7 else " ".join((value or "").split()[:-1]) or None
        if name == "description":
            words = (value or "").split()
            return " ".join(words[: max(1, len(words) // 2)]) if len(words) > 2 and dice.random() < 0.5 else dice.choice(lines or [""])
        others = [header.get(n) for n in ("purchase_order", "invoice_number") if header.get(n) and header.get(n) != value]
        return str(dice.choice(others)) if others and dice.random() < 0.6 else _changed_digit(value, dice)


def _changed_digit(value: str | None, dice: random.Random) -> str | None:
    at = [n for n, c in enumerate(value or "") if c.isdigit()]
    if not value or not at:
        return None
    n = dice.choice(at)
    return value[:n] + str((int(value[n]) + dice.randint(1, 9)) % 10) + value[n + 1 :]
