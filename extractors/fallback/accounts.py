"""What asking needs to know and to leave behind: money, answers already paid for, and how often an endpoint was wrong.

The batch keeps them in the warehouse, so that they hold across processes and crashes; `MemoryAccounts` serves runs without a database.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from decimal import Decimal
from typing import Protocol

from extractors.fallback.belief import ErrorRates, Outcome
from extractors.fallback.provider import Reply
from schemas.fallback_calls import Budgets, Call, Settlement, over_budget


class Accounts(Protocol):
    """Reserve before a call, settle after it. A reservation that nobody settled, because the process died, counts as spent."""

    def cached(self, call: Call) -> Reply | None:
        """The answer to the same question, if one was paid for before; its use is recorded."""
        ...

    def reserve(self, call: Call, cost: Decimal) -> int:
        """Set ``cost`` aside. Raises `BudgetError` when document, batch or day would exceed their budget."""
        ...

    def settle(self, reservation: int, call: Call, settlement: Settlement, reply: Reply | None) -> None:
        """Replace the reservation by what the call did cost, record it, and keep a usable ``reply`` for the next time."""
        ...


class Experience(Protocol):
    """Recorded outcomes of an endpoint."""

    def rates(self, endpoint: str) -> ErrorRates: ...

    def learn(self, endpoint: str, outcomes: Mapping[str, Outcome]) -> None: ...


class MemoryAccounts:
    """Accounts and experience of one process, for measuring."""

    def __init__(self, budgets: Budgets | None = None) -> None:
        self._budgets = budgets or Budgets()
        self._lock = threading.Lock()
        self._answers: dict[str, Reply] = {}
        self._spent: dict[str, Decimal] = {}
        self._reserved: dict[int, tuple[str, Decimal]] = {}
        self._outcomes: dict[str, dict[str, Outcome]] = {}
        self.calls: list[tuple[Call, Settlement]] = []

    @property
    def spent(self) -> Decimal:
        """USD of all settled calls."""
        return sum((settlement.cost for _, settlement in self.calls), Decimal(0))

    def cached(self, call: Call) -> Reply | None:
        with self._lock:
            reply = self._answers.get(call.question)
            if reply is not None:
                self.calls.append((call, Settlement("cached", Decimal(0), 0.0)))
            return reply

    def reserve(self, call: Call, cost: Decimal) -> int:
        with self._lock:
            held = sum((amount for _, amount in self._reserved.values()), Decimal(0))
            held_here = sum((amount for sha256, amount in self._reserved.values() if sha256 == call.sha256), Decimal(0))
            of_document = self._spent.get(call.sha256, Decimal(0)) + held_here
            of_all = sum(self._spent.values(), Decimal(0)) + held
            for name, limit, used in (
                ("document", self._budgets.document, of_document),
                ("batch", self._budgets.batch, of_all),
                ("day", self._budgets.day, of_all),
            ):
                if limit is not None and used + cost > limit:
                    raise over_budget(name, limit=limit, used=used, cost=cost)
            number = len(self.calls) + len(self._reserved) + 1
            while number in self._reserved:
                number += 1
            self._reserved[number] = (call.sha256, cost)
            return number

    def settle(self, reservation: int, call: Call, settlement: Settlement, reply: Reply | None) -> None:
        with self._lock:
            del self._reserved[reservation]
            self._spent[call.sha256] = self._spent.get(call.sha256, Decimal(0)) + settlement.cost
            self.calls.append((call, settlement))
            if reply is not None:
                self._answers[call.question] = reply

    def rates(self, endpoint: str) -> ErrorRates:
        with self._lock:
            return ErrorRates(dict(self._outcomes.get(endpoint, {})))

    def learn(self, endpoint: str, outcomes: Mapping[str, Outcome]) -> None:
        with self._lock:
            known = self._outcomes.setdefault(endpoint, {})
            for kind, outcome in outcomes.items():
                known[kind] = known.get(kind, Outcome()) + outcome
