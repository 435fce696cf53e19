"""The price of a line in an e-invoice: an amount for a number of units that is often, not always, one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

_PLACES = Decimal("0.000001")
_ROUNDING = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Price:
    """``amount`` (BT-146, or BT-148 before its discount) for ``units`` units (BT-149), one where that is not stated."""

    amount: Decimal | None
    units: Decimal | None = None

    @property
    def per_unit(self) -> Decimal | None:
        """The amount for one unit, to at most six decimals."""
        if self.amount is None or self.units is None or self.units <= 0 or self.units == 1:
            return self.amount
        return Decimal(format((self.amount / self.units).quantize(_PLACES).normalize(), "f"))


def unit_price(price: Price, quantity: Decimal | None, discount: Decimal, amount: Decimal | None) -> Decimal | None:
    """The price that the line is reckoned with: that of one unit, except where only the stated amount gives the line's ``amount``, because
    a program wrote the billed quantity where the number of priced units belongs."""
    if price.amount is None or price.units is None or quantity is None or amount is None:
        return price.per_unit
    by_unit, as_stated = (abs(quantity * value - discount - amount) for value in (price.per_unit or price.amount, price.amount))
    return price.amount if as_stated <= _ROUNDING < by_unit else price.per_unit
