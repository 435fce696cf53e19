"""Whether the page of a hybrid e-invoice says what its XML says: number, date, seller, total and bank account.

The XML is what gets booked, the page is what a person sees; where the two differ, somebody made a mistake or hopes that nobody compares them.
The XML's value is looked for on the page in every way in which it may be printed. A value that the page does not print at all is no
contradiction where pages commonly leave it out (the bank account), and one where they never do (number, total).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from extractors.assembly.dates import DateHabit, parse_date
from extractors.readers.einvoice_prices import Price
from extractors.words import Document
from schemas.invoice import Invoice, Issue, LineItem
from schemas.rules_reading import page_differs

MIN_WORDS = 15  # a page with fewer is a cover, or a picture with a caption: nothing to compare with
NAME_SHARE = 0.5  # of a name's words must be on the page: letterheads shorten names, XML adds legal forms and branches
_DATE = re.compile(r"(?<!\d)(\d{1,4})\s?[./\-年]\s?(\d{1,2})\s?[./\-月]\s?(\d{4}|\d{2})(?!\d)")
_COMPACT_DATE = re.compile(r"(?<!\d)(20\d{2})(0[1-9]|1[0-2])([0-2]\d|3[01])(?!\d)")
_DATE_WORDS = (3, 4, 5)  # "3 March 2026", "3 de marzo de 2026"
_ACCOUNT = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?:\s?[A-Z0-9]){11,30}")
_CENT = Decimal("0.01")
_MINUS = ("-", "−", "–")
_OTHER_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩٫٬", "0123456789.,")


def disagreements(invoice: Invoice, document: Document, *, accounts: Sequence[str] = ()) -> tuple[Issue, ...]:
    """The issues (rule LI-XML) of an invoice read from XML against the words of its own pages; none where the pages have too few words.

    ``accounts``: every bank account that the XML names; the page may print any of them.
    """
    if len(document) < MIN_WORDS:
        return ()
    words = _words(document)
    text = " ".join(words)
    header = invoice.header
    issues: list[Issue] = []
    if header.invoice_number and not _prints(text, header.invoice_number):
        issues.append(page_differs("header.invoice_number", header.invoice_number, None))
    if header.issue_date and (others := _other_dates(words, text, header.issue_date)):
        issues.append(page_differs("header.issue_date", header.issue_date.isoformat(), ", ".join(d.isoformat() for d in others[:3])))
    if header.seller_name and not (_names(text, header.seller_name) or (header.seller_vat_id and _prints(text, header.seller_vat_id))):
        issues.append(page_differs("header.seller_name", header.seller_name, None))
    if header.gross_total is not None and not _prints_amount(text, header.gross_total):
        issues.append(page_differs("header.gross_total", format(header.gross_total, "f"), None))
    totals = {name: getattr(header, name) for name in ("net_total", "tax_total", "gross_total")}
    odd = _odd_sign(text, totals)
    if odd is not None:
        issues.append(page_differs(f"header.{odd}", format(totals[odd], "f"), "it with the other sign"))
    known = {_compact(account) for account in (*accounts, header.iban) if account}
    printed = list(dict.fromkeys(_accounts(text)))
    if known and printed and not any(_prints(text, account) for account in known):
        issues.append(page_differs("header.iban", header.iban or "", ", ".join(printed[:3])))
    return tuple(issues)


def printed_price(line: LineItem, net: Price, gross: Price, *, text: str) -> LineItem:
    """The line with that of its stated prices which the page prints: for one unit or for several, with its discount or before it.

    ``text`` is `text_of` the document. The line stays as it is where the page prints the price that it has, or none of the others; and a price before
    its discount is not taken where quantity times net price is the amount.
    """
    if line.unit_price is None or line.quantity is None or line.net_amount is None:
        return line
    has = _prints_amount(text, line.unit_price, with_decimals=True)
    if net.amount is not None and net.amount != line.unit_price and not has and _prints_amount(text, net.amount, with_decimals=True):
        return replace(line, unit_price=net.amount)
    before = gross.per_unit
    if before is None or before == line.unit_price or line.discount or not _prints_amount(text, before, with_decimals=True):
        return line
    fits = abs(line.unit_price * line.quantity - line.net_amount) < _CENT
    discount = before * line.quantity - line.net_amount
    is_discount = discount * line.quantity > 0 and before > line.unit_price
    return replace(line, unit_price=before, discount=discount) if is_discount and not fits else line


def text_of(document: Document) -> str:
    """The words of all pages in one line, in the form that the comparisons here expect."""
    return " ".join(_words(document))


def _words(document: Document) -> list[str]:
    return [unicodedata.normalize("NFKC", word).translate(_OTHER_DIGITS) for page in document.pages for word in page.texts]


def _compact(text: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).casefold()


def _prints(text: str, value: str) -> bool:
    """Whether the identifier stands on the page, spaced and punctuated in any way."""
    characters = _compact(value)
    if not characters:
        return True
    pattern = r"[\W_]*".join(map(re.escape, characters))
    return re.search(rf"(?<![^\W_]){pattern}(?![^\W_])", text.casefold()) is not None


def _prints_amount(text: str, amount: Decimal, *, with_decimals: bool = False) -> bool:
    return next(_printings(text, amount, with_decimals=with_decimals), None) is not None


def _printings(text: str, amount: Decimal, *, with_decimals: bool = False) -> Iterator[re.Match[str]]:
    """Every place where the number stands, whatever its sign; ``with_decimals``: not where a whole number could be a count as well."""
    whole, _, cents = format(abs(amount), "f").partition(".")
    whole, cents = whole.lstrip("0") or "0", cents.rstrip("0")
    grouped = "".join(
        digit + (r"[.,'’\s]?" if (len(whole) - n - 1) % 3 == 0 and n < len(whole) - 1 else "[.,'’]?" if n < len(whole) - 1 else "")
        for n, digit in enumerate(whole)
    )
    decimals = rf"\s?[.,·]\s?{cents}0*" if cents else r"(?:[.,·](?:0+|-+|–|—))" + ("" if with_decimals else "?")
    return re.finditer(rf"(?<![\d])(?<!\d[.,'’]){grouped}{decimals}(?!\d)(?![.,]\d)", text)


def _printed_sign(text: str, amount: Decimal) -> int:
    """1 or -1 where every printing of the number has that sign; 0 where they differ or there is none."""
    minus = [
        bool(
            re.search(r"[-−–(]\s?[^\w\s]?\s?$", text[max(found.start() - 4, 0) : found.start()])
            or text[found.end() : found.end() + 1] in _MINUS
        )
        for found in _printings(text, amount)
    ]
    return 0 if not minus or (any(minus) and not all(minus)) else -1 if minus[0] else 1


def _odd_sign(text: str, totals: dict[str, Decimal | None]) -> str | None:
    """The total whose printed sign does not go with the others'. All turned round together is how credit notes are often printed."""
    turned = {name: (amount > 0) != (sign > 0) for name, amount in totals.items() if amount and (sign := _printed_sign(text, amount))}
    for name, is_turned in turned.items():
        if len(turned) > 2 and list(turned.values()).count(is_turned) == 1:
            return name
    return None


def _other_dates(words: Sequence[str], text: str, day: date) -> list[date]:
    """The dates that the pages print instead of ``day``; none where they print ``day``, or no date that can be read."""
    others: set[date] = set()
    for found in _dates(words, text):
        if found == day:
            return []
        others.add(found)
    return sorted(others, reverse=True)


def _dates(words: Sequence[str], text: str) -> Iterator[date]:
    for a, b, c in _DATE.findall(text):
        orders = ((a, b, c),) if len(a) == 4 else ((c, b, a), (c, a, b), (a, b, c))
        for year, month, day in orders:
            yield from _valid(int(year) + (2000 if len(year) <= 2 else 0), int(month), int(day))
    for year, month, day in _COMPACT_DATE.findall(text):
        yield from _valid(int(year), int(month), int(day))
    for first, word in enumerate(words):
        if any(c.isdigit() for c in word) or any(c.isdigit() for c in "".join(words[first + 1 : first + 2])):
            for length in _DATE_WORDS:
                phrase = " ".join(words[first : first + length])
                if re.search(r"[^\W\d_]{3}", phrase):
                    for habit in (DateHabit(day_first=True), DateHabit(day_first=False)):
                        found = parse_date(phrase, habit)
                        if found is not None:
                            yield found


def _valid(year: int, month: int, day: int) -> Iterator[date]:
    try:
        yield date(year, month, day)
    except ValueError:
        return


def _names(text: str, name: str) -> bool:
    plain = _plain(text)
    parts = [part for part in re.findall(r"\w+", _plain(name)) if len(part) > 1]
    if not parts:
        return True
    shown = set(re.findall(r"\w+", plain))
    run_together = re.sub(r"\W", "", plain)
    share = sum(part in shown or (len(part) > 3 and part in run_together) for part in parts) / len(parts)
    return share >= NAME_SHARE


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def _accounts(text: str) -> Iterator[str]:
    """IBANs on the page whose check digits are right."""
    from stdnum import iban
    from stdnum.exceptions import ValidationError

    for match in _ACCOUNT.finditer(text):
        account = re.sub(r"\s", "", match.group())
        for length in range(len(account), 14, -1):
            try:
                yield str(iban.validate(account[:length], check_country=False))
                break
            except ValidationError:
                continue
