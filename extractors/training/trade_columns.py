"""Columns of trades whose rows show more amounts than their own: claims by progress, freight with surcharges, shipments with what is still to come,
hire by the week, amounts with and without tax side by side. The other amounts are told of the row, none of them is its own."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from extractors.training.columns import Plan
from extractors.training.writing import Writer

CLAIMS = (
    ("position", "description", "contract_amount", "share_done", "done_so_far", "billed_before", "net_amount"),
    ("description", "contract_amount", "share_done", "billed_before", "net_amount"),
    ("position", "description", "contract_amount", "billed_before", "share_done", "done_so_far", "net_amount"),
    ("position", "description", "contract_amount", "share_done", "done_so_far", "net_amount", "billed_before"),
    ("item_code", "description", "unit", "contract_amount", "share_done", "net_amount"),
    ("description", "contract_amount", "done_so_far", "billed_before", "net_amount"),
)
FREIGHTS = (
    ("date", "reference", "description", "weight", "base_amount", "surcharge_1", "surcharge_2", "net_amount"),
    ("reference", "description", "quantity", "base_amount", "surcharge_1", "net_amount"),
    ("date", "description", "base_amount", "surcharge_1", "surcharge_2", "surcharge_3", "net_amount"),
    ("position", "description", "weight", "base_amount", "surcharge_3", "net_amount"),
    ("description", "quantity", "base_amount", "surcharge_1", "surcharge_3", "tax_rate", "net_amount"),
)
SHIPMENTS = (
    ("item_code", "description", "all_ordered", "quantity", "backordered", "unit_price", "net_amount"),
    ("all_ordered", "quantity", "backordered", "item_code", "description", "unit", "unit_price", "net_amount"),
    ("position", "all_ordered", "backordered", "quantity", "unit", "description", "unit_price", "discount", "net_amount"),
    ("quantity", "all_ordered", "backordered", "item_code", "description", "unit_price", "net_amount"),
    ("item_code", "description", "unit", "all_ordered", "quantity", "backordered", "unit_price", "discount", "net_amount"),
)
HIRES = (
    ("quantity", "item_code", "description", "from_date", "to_date", "duration", "unit_price", "net_amount"),
    ("description", "quantity", "duration", "unit_price", "net_amount"),
    ("position", "description", "quantity", "unit", "duration", "unit_price", "net_amount"),
    ("date", "description", "duration", "quantity", "unit_price", "discount", "net_amount"),
    ("item_code", "description", "from_date", "to_date", "quantity", "duration", "unit_price", "tax_rate", "net_amount"),
)
MONEYS = (
    ("net_amount", "tax_rate", "tax_amount", "gross_amount"),
    ("net_amount", "tax_amount", "gross_amount"),
    ("gross_amount", "tax_amount", "net_amount"),
    ("tax_rate", "net_amount", "tax_amount", "gross_amount"),
    ("gross_amount", "tax_rate", "net_amount"),
    ("net_amount", "gross_amount", "tax_rate", "tax_amount"),
    ("tax_amount", "tax_rate", "net_amount", "gross_amount"),
    ("net_amount", "tax_rate", "gross_amount", "tax_amount"),
)
SETS = {"claim": CLAIMS, "freight": FREIGHTS, "shipment": SHIPMENTS, "hire": HIRES}
MONEY_KINDS = ("net_amount", "tax_rate", "tax_amount", "gross_amount")


def trade_plan(writer: Writer, plan: Plan) -> Plan:
    """The plan with the columns of the document's trade, fitted to what the facts have."""
    facts, manners = writer.facts, writer.facts.manners
    if manners.trade and "description" in plan.kinds and not manners.conditions:
        plan = (
            _money_plan(manners.draw("trade"), writer, plan) if manners.trade == "money" else _set_plan(manners.draw("trade"), writer, plan)
        )
    if manners.conditions:
        plan = replace(plan, kinds=_with_price(plan.kinds, facts.inclusive), discount_place="column", price_story=False)
        plan = replace(plan, kinds=tuple(k for k in plan.kinds if k != "discount"))
    if manners.fine == "per" and "unit_price" in plan.kinds and "per" not in plan.every_kind:
        at = plan.kinds.index("unit_price") + 1
        plan = replace(plan, kinds=(*plan.kinds[:at], "per", *plan.kinds[at:]))
    if (
        manners.marks
        and manners.marks != "glued"
        and any(k in plan.kinds for k in ("net_amount", "gross_amount"))
        and "tax_code" not in plan.every_kind
    ):
        kinds = [k for k in plan.kinds if k != "tax_rate"]
        last = max(kinds.index(k) for k in kinds if k in ("net_amount", "gross_amount"))
        kinds.insert(last + 1 if manners.draw("marks").random() < 0.75 else kinds.index("description") + 1, "tax_mark")
        plan = replace(plan, kinds=tuple(kinds))
    return plan


def _with_price(kinds: tuple[str, ...], inclusive: bool) -> tuple[str, ...]:
    money = "gross_amount" if inclusive else "net_amount"
    kept = [k for k in kinds if k not in ("tax_amount", "gross_amount", "net_amount", "quantity", "unit_price")]
    return (*kept, "quantity", "unit_price", money)


def _money_plan(rng: Random, writer: Writer, plan: Plan) -> Plan:
    facts = writer.facts
    if not facts.totals.tax or facts.country.tax == "sales":
        return plan
    order = rng.choice(MONEYS)
    head = [k for k in plan.kinds if k not in MONEY_KINDS]
    at = len(head) if rng.random() < 0.85 else head.index("description") + 1
    taken = [(h, g) for h, g in plan.stacked if h not in MONEY_KINDS and g not in MONEY_KINDS]
    return replace(plan, kinds=(*head[:at], *order, *head[at:]), stacked=tuple(taken))


def _set_plan(rng: Random, writer: Writer, plan: Plan) -> Plan:
    facts = writer.facts
    kinds = list(rng.choice(SETS[facts.manners.trade]))
    money = "gross_amount" if facts.inclusive else "net_amount"
    kinds = [money if k == "net_amount" else k for k in kinds]
    if "item_code" in kinds and not facts.rows[0].code:
        kinds.remove("item_code")
    discounted = any(r.discount_percent is not None for r in facts.rows)
    if "discount" in kinds and not discounted:
        kinds.remove("discount")
    if "tax_rate" in kinds and (not facts.totals.tax or facts.country.tax == "sales"):
        kinds.remove("tax_rate")
    if any(r.per != 1 for r in facts.rows) and "unit_price" in kinds:
        kinds.insert(kinds.index("unit_price") + 1, "per")
    if rng.random() < 0.15 and "position" not in kinds:
        kinds.insert(0, "position")
    unit_place = "column" if "unit" in kinds else "after" if rng.random() < 0.15 and "quantity" in kinds else "none"
    under = "under" if discounted and "discount" not in kinds and "unit_price" in kinds else "column"
    return replace(
        plan,
        kinds=tuple(kinds),
        unit_place=unit_place,
        discount_place=under,
        stacked=(),
        code_place="column" if "item_code" in kinds else "none",
    )
