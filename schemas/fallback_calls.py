"""What is recorded of a call to a foundation model, whoever asks and whoever keeps the books, and the budgets that bind it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from schemas.errors import BudgetError


@dataclass(frozen=True, slots=True)
class Call:
    """One call before it is made: for which document, in which role, with what question (its hash, never its text)."""

    sha256: str
    endpoint: str
    model: str
    role: str
    mode: str
    scope: str
    privacy: str
    question: str
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a call ended: ``outcome`` is ok, cached, timeout, failed, refused or invalid; ``cost`` in USD is what it did cost or may have cost."""

    outcome: str
    cost: Decimal
    seconds: float
    input_tokens: int = 0
    output_tokens: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Budgets:
    """Limits in USD; None = no limit."""

    document: Decimal | None = None
    batch: Decimal | None = None
    day: Decimal | None = None


def over_budget(name: str, *, limit: Decimal, used: Decimal, cost: Decimal) -> BudgetError:
    """The error that says which budget a call would exceed."""
    return BudgetError(
        f"The budget of this {name} is {limit:f} USD; {used.normalize():f} are spent or reserved and the next call may cost {cost.normalize():f}."
    )
