"""Which finished documents are meant: by id, flagged, by broken rule, by seller, by the model that read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from schemas.errors import ConfigurationError
from warehouse.tables import FINAL_STATES, DecisionRow, DocumentRow, InvoiceRow, IssueRow


@dataclass(frozen=True, slots=True)
class Selection:
    """Documents that meet every condition given. ``rules`` and ``sellers`` match any one of theirs (sellers: part of the name, any case).
    ``model_older_than`` compares with the version of the model in the last decision."""

    ids: tuple[int, ...] = ()
    flagged: bool = False
    rules: tuple[str, ...] = ()
    sellers: tuple[str, ...] = ()
    model_older_than: str | None = None

    @property
    def is_empty(self) -> bool:
        """True when no condition is given; such a selection means nothing rather than everything."""
        return self == Selection()

    def to_json(self) -> dict[str, Any]:
        return {
            "ids": list(self.ids),
            "flagged": self.flagged,
            "rules": list(self.rules),
            "sellers": list(self.sellers),
            "model_older_than": self.model_older_than,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Selection:
        """Read the JSON form. Raises `ConfigurationError` for an unknown condition or an id that is no number."""
        unknown = set(data) - {"ids", "flagged", "rules", "sellers", "model_older_than"}
        if unknown:
            raise ConfigurationError(f"Selection: unknown condition {', '.join(sorted(unknown))}.")
        try:
            ids = tuple(int(id) for id in data.get("ids") or ())
        except (TypeError, ValueError) as exc:
            raise ConfigurationError(f"Selection: expected numbers as ids, found {data.get('ids')!r}.") from exc
        return cls(
            ids,
            bool(data.get("flagged")),
            tuple(str(rule) for rule in data.get("rules") or ()),
            tuple(str(seller) for seller in data.get("sellers") or ()),
            str(data["model_older_than"]) if data.get("model_older_than") else None,
        )


def select_documents(session: Session, selection: Selection) -> list[int]:
    """The ids of the finished documents that ``selection`` means, oldest first; of each content the newest row only."""
    if selection.is_empty:
        return []
    newer = aliased(DocumentRow)
    conditions: list[ColumnElement[bool]] = [
        DocumentRow.state.in_(FINAL_STATES),
        ~select(newer.id).where(newer.sha256 == DocumentRow.sha256, newer.id > DocumentRow.id).exists(),
    ]
    if selection.flagged:
        conditions.append(DocumentRow.state == "review")
    if selection.rules:
        broken = select(IssueRow.document_id).where(IssueRow.rule.in_(selection.rules), IssueRow.severity.in_(("error", "warning")))
        conditions.append(DocumentRow.id.in_(broken))
    if selection.sellers:
        named = [func.lower(InvoiceRow.seller_name).contains(seller.lower(), autoescape=True) for seller in selection.sellers]
        conditions.append(DocumentRow.id.in_(select(InvoiceRow.document_id).where(or_(*named))))
    found = list(session.scalars(select(DocumentRow.id).where(*conditions).order_by(DocumentRow.id)))
    if selection.ids:
        wanted = set(selection.ids)
        found = [id for id in found if id in wanted]
    if selection.model_older_than is not None:
        limit = version_key(selection.model_older_than)
        read_by = _model_versions(session)
        found = [id for id in found if version_key(read_by.get(id, "")) < limit]
    return found


def _model_versions(session: Session) -> dict[int, str]:
    """The model version of each document's newest decision that names one (a person's decision names none)."""
    query = select(DecisionRow.document_id, DecisionRow.model_version).where(DecisionRow.model_version != "").order_by(DecisionRow.id)
    return {row.document_id: row.model_version for row in session.execute(query)}


def version_key(version: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts versions as people count: ``1.9`` before ``1.10``, numbers before words."""
    parts = version.replace("-", ".").replace("+", ".").replace("_", ".").split(".")
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part)
