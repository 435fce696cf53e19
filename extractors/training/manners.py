"""What a training document does beside the usual: columns of a trade, items told in other forms, captions under values, one grid for everything.

Every choice is drawn for itself, by a generator of its own, so that it combines with all others and moves none of them. Documents of the exam family
have `PLAIN` manners: none of these.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

CARDS: dict[str, float] = {"list": 26, "leaders": 20, "till": 30, "prose": 24}
TRADES: dict[str, float] = {"claim": 22, "freight": 18, "shipment": 20, "hire": 18, "money": 22}
MARKS: dict[str, float] = {"letters": 34, "digits": 18, "stars": 16, "flag": 16, "glued": 16}


@dataclass(frozen=True, slots=True)
class Manners:
    """``key`` seeds what else these choices draw. Empty texts, False and 0 mean the usual."""

    key: str = ""
    whole: str = ""  # grid: one ruled table for all; printer: a line printer's page
    trade: str = ""  # columns of `trade_columns`
    cards: str = ""  # how items are told outside tables, see `told_items`
    conditions: str = ""  # price conditions under the rows: always (also where there is no discount) or where_any
    marks: str = ""  # how a row's tax is marked by a sign that is explained elsewhere
    captions_below: bool = False
    twin: bool = False  # two item tables side by side
    totals_in_table: bool = False
    summary_first: bool = False
    groups: str = ""  # page headings: person or thing
    fresh_pages: bool = False  # each group on a page of its own
    names: str = ""  # footer, trading_as, footer_only
    agent: bool = False
    subject: bool = False  # somebody beside the payer whom the document is about
    trade_line: bool = False  # what the seller does, or a department, behind or under the name
    unused: bool = False  # rows of a form that nobody filled in
    placeholders: bool = False
    fine: str = ""  # small prices with many decimals: places; per: priced for 100 or 1,000
    bare_point: bool = False  # .1825
    series: bool = False  # the document's number in a series

    @property
    def special_rows(self) -> bool:
        return bool(self.fine or self.trade == "hire" or self.conditions)

    def draw(self, what: str) -> Random:
        """Random numbers for one purpose, the same whenever they are asked for."""
        return Random(f"{self.key}:{what}")


PLAIN = Manners()


def make_manners(key: str, document_type: str) -> Manners:
    """The manners of one document of the training family; ``key`` must differ from document to document."""
    rng = Random(f"manners:{key}")

    def one(share: float) -> bool:
        return rng.random() < share

    def pick(share: float, options: dict[str, float]) -> str:
        chosen = rng.choices(list(options), list(options.values()))[0]
        return chosen if rng.random() < share else ""

    whole = pick(0.05, {"grid": 55, "printer": 45})
    made = Manners(
        key=key,
        whole=whole,
        trade=pick(0.12, TRADES),
        cards=pick(0.06, CARDS),
        conditions=pick(0.035, {"always": 50, "where_any": 50}),
        marks=pick(0.06, MARKS),
        captions_below=one(0.05),
        twin=one(0.022),
        totals_in_table=one(0.04),
        summary_first=one(0.025),
        groups=pick(0.035, {"person": 50, "thing": 50}),
        fresh_pages=one(0.4),
        names=pick(0.06, {"footer": 40, "trading_as": 25, "footer_only": 35}),
        agent=one(0.035),
        subject=one(0.04),
        trade_line=one(0.05),
        unused=one(0.05),
        placeholders=one(0.02),
        fine=pick(0.05, {"places": 60, "per": 40}),
        bare_point=one(0.15),
        series=one(0.12),
    )
    return made if document_type in ("invoice", "credit_note") else Manners(key=key, agent=made.agent, trade_line=made.trade_line)
