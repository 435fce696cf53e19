"""The invoice: one shape for output, truth, review and exports.

Amounts are `Decimal`, dates `datetime.date`, ``None`` = the page does not show it. The JSON form
(`Invoice.to_json`, `Invoice.from_json`) carries amounts as decimal strings and dates as ISO 8601. Terms follow EN 16931.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar, cast

T = TypeVar("T")


class DocumentType(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class Status(StrEnum):
    ACCEPTED = "accepted"
    REVIEW = "review"
    REJECTED = "rejected"


class Route(StrEnum):
    EINVOICE_XML = "einvoice_xml"
    TASK_MODEL = "task_model"
    FOUNDATION_MODEL = "foundation_model"
    HUMAN = "human"


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class AdjustmentKind(StrEnum):
    """What changes a total outside the lines. Amounts are positive in their kind's usual direction."""

    ALLOWANCE = "allowance"  # lowers the net total (EN 16931 BG-20)
    CHARGE = "charge"  # raises the net total (BG-21)
    PREPAID = "prepaid"  # lowers the amount due (BT-113)
    ROUNDING = "rounding"  # added to the amount due, either sign (BT-114)
    WITHHOLDING = "withholding"  # tax withheld by the buyer, lowers the amount due


SPEND_CATEGORIES: tuple[str, ...] = (
    "advertising", "bank_fees", "software_and_cloud", "it_hardware", "office_supplies", "furniture_and_fixtures", "telecom",
    "professional_services", "staffing_and_labor", "facility_services", "training", "travel", "lodging", "meals_and_entertainment",
    "vehicle_and_fuel", "freight_and_shipping", "utilities", "rent_property", "rent_equipment", "insurance", "repairs_and_maintenance",
    "construction", "taxes_and_licenses", "materials_and_merchandise", "other",
)  # fmt: skip

TAX_CATEGORIES: tuple[str, ...] = ("S", "Z", "E", "AE", "K", "G", "O", "L", "M")

CRITICAL_FIELDS: tuple[str, ...] = (
    "invoice_number", "issue_date", "currency", "seller_name", "net_total", "tax_total", "gross_total",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Header:
    invoice_number: str | None = None
    issue_date: date | None = None
    due_date: date | None = None
    purchase_order: str | None = None
    currency: str | None = None
    seller_name: str | None = None
    seller_vat_id: str | None = None
    buyer_name: str | None = None
    buyer_vat_id: str | None = None
    iban: str | None = None
    net_total: Decimal | None = None
    tax_total: Decimal | None = None
    gross_total: Decimal | None = None
    amount_due: Decimal | None = None


HEADER_FIELDS: tuple[str, ...] = tuple(f.name for f in fields(Header))


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One row of the VAT breakdown. ``rate`` is in percent: Decimal("19") = 19 %."""

    category: str | None = None
    rate: Decimal | None = None
    taxable_amount: Decimal | None = None
    tax_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Allowance, charge, prepayment, rounding or withholding at document level."""

    kind: AdjustmentKind
    amount: Decimal
    description: str | None = None


@dataclass(frozen=True, slots=True)
class LineItem:
    position: str | None = None
    item_code: str | None = None
    description: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    unit_price: Decimal | None = None
    discount: Decimal | None = None  # amount taken off this line, positive
    discount_percent: Decimal | None = None
    net_amount: Decimal | None = None
    gross_amount: Decimal | None = None
    tax_rate: Decimal | None = None
    tax_category: str | None = None
    spend_category: str | None = None
    spend_category_probability: float | None = None
    tax_codes: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def amount(self) -> Decimal | None:
        """The printed line total: net or, where only that is printed, gross."""
        return self.net_amount if self.net_amount is not None else self.gross_amount


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a value was read. ``page`` counts from 1; ``box`` is (x0, y0, x1, y1) in points, origin top left;
    ``set_by`` names the reader, model, rule or person (``task_model``, ``task_model+arithmetic``, ``task_model+digit_repair``, ``einvoice_xml``,
    ``rule:...``, ``user:...``)."""

    page: int
    box: tuple[float, float, float, float]
    words: str
    confidence: float
    set_by: str


@dataclass(frozen=True, slots=True)
class Issue:
    """One broken rule: data, not an exception. ``field`` is a path such as ``header.gross_total`` or ``line_items.3.quantity``."""

    rule: str
    severity: Severity
    field: str | None
    expected: str | None
    found: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """One document and everything that is known of it."""

    id: str  # the source's file stem
    sha256: str
    source: str
    pages: int
    language: str | None = None
    document_type: DocumentType = DocumentType.INVOICE
    status: Status = Status.REVIEW
    route: Route = Route.TASK_MODEL
    header: Header = Header()
    tax_breakdown: tuple[TaxLine, ...] = ()
    line_items: tuple[LineItem, ...] = ()
    document_adjustments: tuple[Adjustment, ...] = ()
    confidence: float = 0.0  # calibrated probability that every critical field is right
    evidence: Mapping[str, Evidence] = field(default_factory=dict[str, Evidence])
    issues: tuple[Issue, ...] = ()
    seller_country: str | None = None  # ISO 3166-1 alpha-2, where the page tells
    buyer_country: str | None = None
    notes: tuple[str, ...] = ()  # sentences of the page that bear on tax treatment (exemption, reverse charge) or line prices

    def replace(self, **changes: Any) -> Invoice:
        return replace(self, **changes)

    def to_json(self) -> dict[str, Any]:
        """The JSON object of the data contract; amounts are strings, never floats."""
        return {
            "id": self.id,
            "sha256": self.sha256,
            "source": self.source,
            "pages": self.pages,
            "language": self.language,
            "document_type": self.document_type.value,
            "status": self.status.value,
            "route": self.route.value,
            "header": {name: _plain(getattr(self.header, name)) for name in HEADER_FIELDS},
            "tax_breakdown": [_record(line) for line in self.tax_breakdown],
            "line_items": [_record(item) for item in self.line_items],
            "document_adjustments": [_record(item) for item in self.document_adjustments],
            "confidence": round(self.confidence, 4),
            "evidence": {
                key: {
                    "page": e.page,
                    "box": [round(v, 2) for v in e.box],
                    "words": e.words,
                    "confidence": round(e.confidence, 4),
                    "set_by": e.set_by,
                }
                for key, e in self.evidence.items()
            },
            "issues": [_record(issue) for issue in self.issues],
            "seller_country": self.seller_country,
            "buyer_country": self.buyer_country,
            "notes": list(self.notes),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Invoice:
        """Read the JSON form (also truth files, whose extra keys are ignored).

        Raises `ValueError` naming the field when an amount or a date is malformed.
        """
        header = cast(Mapping[str, Any], data.get("header") or {})
        return cls(
            id=str(data.get("id", "")),
            sha256=str(data.get("sha256", "")),
            source=str(data.get("source", "")),
            pages=int(data.get("pages") or 0),
            language=data.get("language"),
            document_type=DocumentType(data.get("document_type") or "invoice"),
            status=Status(data.get("status") or "review"),
            route=Route(data.get("route") or "task_model"),
            header=Header(**{name: _parse(Header, name, header.get(name)) for name in HEADER_FIELDS}),
            tax_breakdown=tuple(_from_record(TaxLine, row) for row in data.get("tax_breakdown") or ()),
            line_items=tuple(_from_record(LineItem, row) for row in data.get("line_items") or ()),
            document_adjustments=tuple(_adjustment(row) for row in data.get("document_adjustments") or ()),
            confidence=float(data.get("confidence") or 0.0),
            evidence={
                key: Evidence(
                    e["page"], cast("tuple[float, float, float, float]", tuple(e["box"])), e["words"], e["confidence"], e["set_by"]
                )
                for key, e in (data.get("evidence") or {}).items()
            },
            issues=tuple(
                Issue(i["rule"], Severity(i["severity"]), i.get("field"), i.get("expected"), i.get("found"), i["message"])
                for i in data.get("issues") or ()
            ),
            seller_country=data.get("seller_country"),
            buyer_country=data.get("buyer_country"),
            notes=tuple(data.get("notes") or ()),
        )


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return dict(cast(Mapping[str, Any], value))
    return value


def _record(value: Any) -> dict[str, Any]:
    return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}


def _parse(cls: type, name: str, value: Any) -> Any:
    if value is None:
        return None
    kind = str(cls.__dataclass_fields__[name].type)
    try:
        if kind.startswith("Decimal"):
            return Decimal(str(value))
        if kind.startswith("date"):
            return date.fromisoformat(value)
    except (InvalidOperation, ValueError, TypeError) as exc:
        raise ValueError(f"{cls.__name__}.{name}: expected {kind}, found {value!r}") from exc
    return value


def _from_record(cls: type[T], row: Mapping[str, Any]) -> T:
    names = [f.name for f in fields(cast(Any, cls))]
    return cls(**{name: _parse(cls, name, row[name]) for name in names if row.get(name) is not None})


def _adjustment(row: Mapping[str, Any]) -> Adjustment:
    amount = Decimal(str(row["amount"]))
    kind = row.get("kind")
    if kind is None:  # truth files give a signed amount only
        kind = AdjustmentKind.ALLOWANCE if amount < 0 else AdjustmentKind.CHARGE
        amount = abs(amount)
    return Adjustment(AdjustmentKind(kind), amount, row.get("description"))
