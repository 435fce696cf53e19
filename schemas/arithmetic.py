"""Exact sums and products of printed amounts.

Binary floats are not used anywhere; Python decimals are exact as long as the context's precision holds every digit, so rules run in
`EXACT`, which traps a rounded result as a defect. Quotients are avoided: both sides are multiplied instead.
Polars' own Decimal is left out on purpose: its products are limited to 38 digits and rescale silently.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow

EXACT = Context(prec=400, rounding=ROUND_HALF_EVEN, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])
_ROUNDING = Context(prec=400, rounding=ROUND_HALF_UP)

MAX_DIGITS_BEFORE_POINT = 18
MAX_DECIMALS = 12

ZERO = Decimal(0)
HUNDRED = Decimal(100)


def plausible(value: Decimal) -> bool:
    """Whether a number can be an amount, quantity, price or rate at all: finite, at most 18 digits before the point and 12 after it."""
    if not value.is_finite() or value.adjusted() >= MAX_DIGITS_BEFORE_POINT:
        return False
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -MAX_DECIMALS


def decimals(value: Decimal) -> int:
    """Printed decimals: 2 for 1.50, 0 for 3."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def significant_decimals(value: Decimal) -> int:
    """Decimals without trailing zeros: 1 for 1.50, 0 for 3.00."""
    return decimals(value.normalize())


def half_unit(places: int) -> Decimal:
    """Half of the last place: 0.005 for 2. The largest error that rounding to that place can make."""
    return Decimal((0, (5,), -places - 1))


def percent(amount: Decimal, rate: Decimal) -> Decimal:
    """``amount`` × ``rate`` %, unrounded."""
    return (amount * rate).scaleb(-2)


def rounded(value: Decimal, places: int) -> Decimal:
    """``value`` at ``places`` decimals, halves away from zero as commerce rounds: for amounts that are shown, never for a comparison."""
    return value.quantize(Decimal((0, (1,), -places)), context=_ROUNDING)


def total(values: Iterable[Decimal]) -> Decimal:
    return sum(values, ZERO)


def subset_sums(steps: Sequence[Decimal], *, at_most: int = 10) -> set[Decimal]:
    """Every sum that leaving out some of the steps can give, the empty sum included.

    Beyond ``at_most`` steps (2^10 sums) only the empty sum, the whole and all but one are tried.
    """
    if len(steps) > at_most:
        whole = total(steps)
        return {ZERO, whole, *(whole - step for step in steps)}
    sums = {ZERO}
    for step in steps:
        sums |= {value + step for value in sums}
    return sums


def meets(value: Decimal, target: Decimal, *, slack: Decimal = ZERO, either_sign: bool = False) -> bool:
    """Whether ``value`` is ``target`` (within ``slack``); with ``either_sign`` also where the two are printed with opposite signs."""
    return abs(value - target) <= slack or (either_sign and abs(value + target) <= slack)
