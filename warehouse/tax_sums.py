"""Keeps the table ``tax_sums`` in step with the documents: each one's share is taken out before its result is replaced and put in after.

Sums are whole ten-thousandths, so what is taken out is exactly what was put in. 100,000 documents have half a million lines; adding them up
for a page takes seconds, a year of these sums milliseconds.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import Connection, TextClause, text
from sqlalchemy.orm import Session

from schemas.tax_codes import JURISDICTIONS

SCALE = 10_000

# Every part runs over documents d and invoices i; {which} picks documents, {sign} is 1 or -1, {code} is a database's way to read a code.
_SHARES = """
INSERT INTO tax_sums (kind, issue_date, currency, name, rate, documents, net, taxed, tax)
WITH places (place) AS (VALUES {places}),
lines AS (
  SELECT l.document_id, l.spend_category, l.tax_codes, i.issue_date, substr(coalesce(i.currency, '?'), 1, 64) AS currency, {line_net} AS net
  FROM documents d JOIN invoices i ON i.document_id = d.id JOIN line_items l ON l.document_id = d.id
  WHERE d.state = 'accepted' AND i.issue_date IS NOT NULL AND {which}
),
coded AS (
  SELECT document_id, issue_date, currency, net, place, substr(coalesce({code}, 'none'), 1, 64) AS name FROM lines CROSS JOIN places
)
SELECT 'rate', i.issue_date, substr(coalesce(i.currency, '?'), 1, 64), substr(coalesce(t.category, '?'), 1, 64),
  substr(coalesce(CAST(t.rate AS VARCHAR), '?'), 1, 64),
  {sign} * count(DISTINCT d.id), {sign} * coalesce(sum({taxable}), 0), {sign} * count(t.tax_amount), {sign} * coalesce(sum({tax_amount}), 0)
FROM documents d JOIN invoices i ON i.document_id = d.id JOIN tax_lines t ON t.document_id = d.id
WHERE d.state = 'accepted' AND i.issue_date IS NOT NULL AND {which} GROUP BY 2, 3, 4, 5
UNION ALL
SELECT 'total', i.issue_date, substr(coalesce(i.currency, '?'), 1, 64), '', '',
  {sign} * count(*), {sign} * coalesce(sum({net_total}), 0), {sign} * count(i.tax_total), {sign} * coalesce(sum({tax_total}), 0)
FROM documents d JOIN invoices i ON i.document_id = d.id
WHERE d.state = 'accepted' AND i.issue_date IS NOT NULL AND {which} GROUP BY 2, 3
UNION ALL
SELECT 'category', issue_date, currency, substr(coalesce(spend_category, 'unknown'), 1, 64), '',
  {sign} * count(DISTINCT document_id), {sign} * coalesce(sum(net), 0), 0, 0
FROM lines WHERE 1 = 1 GROUP BY 2, 3, 4
UNION ALL
SELECT 'code:' || place, issue_date, currency, name, '', {sign} * count(DISTINCT document_id), {sign} * coalesce(sum(net), 0), 0, 0
FROM coded WHERE 1 = 1 GROUP BY 1, 2, 3, 4
ON CONFLICT (kind, issue_date, currency, name, rate) DO UPDATE SET documents = tax_sums.documents + excluded.documents,
  net = tax_sums.net + excluded.net, taxed = tax_sums.taxed + excluded.taxed, tax = tax_sums.tax + excluded.tax
"""


def put_in(session: Session, document_id: int) -> None:
    """Add an accepted document's share, as its rows are now; one that is not accepted has none."""
    _share(session, document_id, sign=1)


def take_out(session: Session, document_id: int) -> None:
    """Subtract the share of a document whose rows are about to change."""
    _share(session, document_id, sign=-1)


def _share(session: Session, document_id: int, *, sign: int) -> None:
    session.flush()
    connection = session.connection()
    connection.execute(_statement(connection.dialect.name, "d.id = :id", sign=sign), {"id": document_id})


def rebuild(connection: Connection) -> None:
    """Make all sums anew; for rows that were written past this program, and once by the migration."""
    connection.execute(text("DELETE FROM tax_sums"))
    connection.execute(_statement(connection.dialect.name, "1 = 1", sign=1))


@cache
def _statement(dialect: str, which: str, *, sign: int) -> TextClause:
    postgresql = dialect == "postgresql"
    statement = _SHARES.format(  # all parts are constants of this file
        places=", ".join(f"('{place}')" for place in JURISDICTIONS),
        which=which,
        sign=sign,
        code="tax_codes ->> place" if postgresql else "json_extract(tax_codes, '$.\"' || place || '\"')",
        line_net=_scaled("coalesce(l.net_amount, l.gross_amount)"),
        taxable=_scaled("t.taxable_amount"),
        tax_amount=_scaled("t.tax_amount"),
        net_total=_scaled("i.net_total"),
        tax_total=_scaled("i.tax_total"),
    )
    return text(statement)


def _scaled(amount: str) -> str:
    """Ten-thousandths; a credit note's amounts count against."""
    number = f"CAST({amount} AS DOUBLE PRECISION)"
    signed = f"CASE WHEN i.document_type = 'credit_note' THEN -abs({number}) ELSE {number} END"
    return f"CAST(round(({signed}) * {SCALE}) AS BIGINT)"
