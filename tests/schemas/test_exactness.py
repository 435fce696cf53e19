"""No rule computes in binary floating point."""

from __future__ import annotations

import ast
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invoices import TODAY, invoice, line, tax

import schemas
from schemas.invoice import Invoice, Severity
from schemas.rules import RuleContext, validate

ROOT = Path(schemas.__file__).parent
JUDGING = sorted(ROOT.glob("rules*.py")) + [
    ROOT / f"{name}.py"
    for name in ("arithmetic", "rounding", "document_sums", "price_bases", "printed_gaps", "vat_rates", "tax_codes", "countries")
]
CONTEXT = RuleContext(TODAY)


def errors(document: Invoice) -> set[str]:
    return {issue.rule for issue in validate([document], context=CONTEXT)[0] if issue.severity is Severity.ERROR}


@pytest.mark.parametrize("path", JUDGING, ids=lambda path: path.name)
def test_no_float_and_no_division_in_the_source(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        where = f"{path.name}:{getattr(node, 'lineno', 0)}"
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), where
        assert not (isinstance(node, ast.Name) and node.id == "float"), where
        assert not (isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)), f"{where}: a quotient is rounded"
        assert not (isinstance(node, ast.Attribute) and node.attr in ("Float64", "Float32", "to_numpy")), where


@given(st.integers(10**15, 10**17), st.integers(1, 9))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_a_cent_beyond_the_precision_of_floats_is_seen(cents: int, off: int) -> None:
    """Sums of 17 digits: as binary floats the right and the wrong total are often the same number."""
    net = Decimal(cents).scaleb(-2)
    document = invoice(
        lines=(line("1", f"{net:f}", f"{net:f}", rate="0", category="Z"),),
        breakdown=(tax("0", f"{net:f}", "0.00", "Z"),),
        header={"net_total": net, "tax_total": Decimal("0.00"), "gross_total": net, "amount_due": net},
    )
    wrong = net + Decimal(off).scaleb(-2)
    assert errors(document) == set()
    assert "BR-CO-15" in errors(document.replace(header=replace(document.header, gross_total=wrong, amount_due=wrong)))
    assert "BR-CO-10" in errors(document.replace(line_items=(replace(document.line_items[0], net_amount=wrong, unit_price=wrong),)))


def test_sums_that_floats_get_wrong_are_right() -> None:
    """0.1 + 0.2 is 0.3 here, and a thousand cents of a tenth make one hundred."""
    lines = tuple(line("1", "0.10", "0.10", rate="0", category="Z") for _ in range(1000))
    document = invoice(
        lines=lines,
        breakdown=(tax("0", "100.00", "0.00", "Z"),),
        header={"tax_total": "0.00", "gross_total": "100.00", "amount_due": "100.00"},
    )
    assert sum(float(item.net_amount or 0) for item in lines) != 100.0
    assert errors(document) == set()


class Watched(Decimal):
    """A Decimal that refuses to become a float."""

    def __float__(self) -> float:
        raise AssertionError("a rule asked for a binary float")


def test_amounts_are_never_turned_into_floats() -> None:
    document = invoice(
        lines=(replace(line(), quantity=Watched("2"), unit_price=Watched("50.00"), net_amount=Watched("100.00"), tax_rate=Watched("19")),),
        breakdown=(replace(tax(), taxable_amount=Watched("100.00"), tax_amount=Watched("19.00"), rate=Watched("19")),),
        header={
            "net_total": Watched("100.00"),
            "tax_total": Watched("19.00"),
            "gross_total": Watched("119.00"),
            "amount_due": Watched("119.00"),
        },
    )
    assert errors(document) == set()
    wrong = replace(document.header, tax_total=Watched("18.00"))
    assert errors(document.replace(header=wrong)) >= {"BR-CO-14", "BR-CO-15"}
    with pytest.raises(AssertionError, match="binary float"):
        float(Watched("1"))
