"""Countries as tax law sees them: VAT-id prefixes, membership of the Union, currencies' minor units.

Sources: ISO 3166-1 alpha-2 (2024), ISO 4217 (2024), Directive 2006/112/EC art. 215 (Greece uses EL), the Windsor Framework (XI).
"""

from __future__ import annotations

import re
from datetime import date

from schemas.invoice import Invoice


def codes(text: str) -> frozenset[str]:
    """Codes written side by side."""
    return frozenset(text.split())


ISO_COUNTRIES: frozenset[str] = codes(
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM "
    "CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY "
    "HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF "
    "MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE "
    "RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ "
    "VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)

EU_COUNTRIES: frozenset[str] = codes("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK")
WITHOUT_VAT: frozenset[str] = frozenset({"US", "HK", "MO", "BM", "KY", "VG", "TC", "GI", "GG", "KW", "QA", "BN"})
UK_LEFT_UNION = date(2021, 1, 1)  # end of the transition period

MINOR_UNITS: dict[str, int] = {
    **dict.fromkeys(codes("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"), 0),
    **dict.fromkeys(codes("BHD IQD JOD KWD LYD OMR TND"), 3),
}

_PREFIX_EXCEPTIONS = {"EL": "GR", "XI": "GB"}


def minor_units(currency: str | None) -> int:
    """Decimals of a currency's amounts; 2 unless ISO 4217 says otherwise."""
    return MINOR_UNITS.get((currency or "").upper(), 2)


def vat_id_country(vat_id: str | None) -> str | None:
    """The country that a VAT id names by its prefix, None for ids without one. ``CHE-123.456.789 MWST`` is Swiss."""
    if not vat_id:
        return None
    compact = re.sub(r"[^0-9A-Z]", "", vat_id.upper())
    if len(compact) < 6 or not any(ch.isdigit() for ch in compact):
        return None
    if re.fullmatch(r"\d{9}MVA", compact):
        return "NO"
    prefix = compact[:2]
    country = _PREFIX_EXCEPTIONS.get(prefix, prefix)
    return country if country in ISO_COUNTRIES and _looks_prefixed(compact) else None


def _looks_prefixed(compact: str) -> bool:
    """Two letters of a national id without prefix (``BE`` in an Indian PAN) are no country: a prefixed id goes on with digits soon."""
    return bool(re.match(r"[A-Z]{2}[A-Z]{0,2}\d", compact)) and sum(ch.isdigit() for ch in compact) >= 5


def seller_country(invoice: Invoice) -> str | None:
    """Where the seller is: as the page tells, else as the VAT id's prefix tells."""
    return invoice.seller_country or vat_id_country(invoice.header.seller_vat_id)


def buyer_country(invoice: Invoice) -> str | None:
    return invoice.buyer_country or vat_id_country(invoice.header.buyer_vat_id)


def in_union(country: str | None, *, on: date | None) -> bool:
    """Whether a country applied the Union's VAT rules on that day (Great Britain until the end of 2020, Croatia since July 2013)."""
    if country == "GB":
        return on is not None and on < UK_LEFT_UNION
    if country == "HR" and on is not None and on < date(2013, 7, 1):
        return False
    return country in EU_COUNTRIES
