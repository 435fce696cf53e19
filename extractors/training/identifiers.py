"""Random identifiers with valid check digits: VAT ids and their analogues, IBANs, document numbers, telephone numbers."""

from __future__ import annotations

import importlib
import string
from datetime import date
from functools import lru_cache
from random import Random
from typing import Any

# '#' digit, '@' capital letter, '*' either, other characters stand for themselves; the first form is what python-stdnum checks.
VAT_FORMS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "DE": ("de.vat", "#########", ("DE{0}", "DE{0}", "DE {0}", "DE {0:3}")),
    "AT": ("at.uid", "U########", ("AT{0}", "AT{0}", "AT {0}")),
    "CH": ("ch.uid", "CHE#########", ("{ch} MWST", "{ch} MWST", "{ch}", "{ch} TVA", "{ch} IVA", "{0}MWST")),
    "LU": ("lu.tva", "########", ("LU{0}", "LU{0}", "LU {0}")),
    "FR": ("fr.tva", "###########", ("FR{0}", "FR{0}", "FR {fr}", "FR {0}")),
    "BE": ("be.vat", "0#########", ("BE{0}", "BE {be}", "BE{be}", "BE {0}")),
    "NL": ("nl.btw", "#########B##", ("NL{0}", "NL{0}", "NL {0}", "NL{nl}")),
    "ES": ("es.nif", "B########", ("ES{0}", "{0}", "ES-{0}", "ES {0}", "{0}")),
    "IT": ("it.iva", "###########", ("IT{0}", "{0}", "IT {0}", "IT{0}")),
    "PT": ("pt.nif", "5########", ("PT{0}", "{0}", "{0:3}", "PT {0}")),
    "PL": ("pl.nip", "##########", ("{0}", "{pl}", "PL{0}", "{pl2}", "PL {0}")),
    "SE": ("se.vat", "##########01", ("SE{0}", "SE{0}", "SE {0}")),
    "DK": ("dk.cvr", "########", ("DK{0}", "{0}", "DK {0}", "DK-{0}", "{0:2}")),
    "NO": ("no.orgnr", "#########", ("NO {0:3} MVA", "{0:3} MVA", "NO{0}MVA", "{0}MVA", "NO {0} MVA")),
    "FI": ("fi.alv", "########", ("FI{0}", "FI{0}", "FI {0}")),
    "CZ": ("cz.dic", "########", ("CZ{0}", "CZ{0}", "CZ {0}")),
    "SK": ("sk.dph", "##########", ("SK{0}", "SK{0}", "SK {0}")),
    "GB": ("gb.vat", "#########", ("GB{0}", "GB {0}", "GB {gb}", "{gb}", "GB{gb}")),
    "IE": ("ie.vat", "#######@", ("IE{0}", "IE{0}", "IE {0}")),
    "AU": ("au.abn", "###########", ("{au}", "{au}", "{0}")),
    "IN": ("in_.gstin", "##@@@@@####@#Z*", ("{0}",)),
    "TR": ("tr.vkn", "##########", ("{0}", "{0}", "{0:3}")),
    "BR": ("br.cnpj", "########0001##", ("{br}", "{br}", "{0}")),
    "MT": ("mt.vat", "########", ("MT{0}", "MT {0}", "MT {0:4}")),
    "HU": ("hu.anum", "########", ("HU{0}", "{0}-2-42")),
    "RO": ("ro.cui", "########", ("RO{0}", "RO {0}")),
    "GR": ("gr.vat", "#########", ("EL{0}", "EL {0}")),
    "NZ": ("nz.ird", "0########", ("{0:3}", "{nz}", "{0}")),
    "US": ("", "##-#######", ("{0}",)),
    "CA": ("", "#########", ("{0} RT0001", "{0}RT0001", "{0:3} RT0001")),
    "SG": ("", "20########@", ("{0}", "M{0}")),
    "ZA": ("", "4#########", ("{0}", "{0}")),
    "MX": ("", "@@@#######@#", ("{0}", "{0}")),
    "AR": ("", "30-########-#", ("{0}",)),
    "CL": ("", "76.###.###-#", ("{0}",)),
    "CO": ("", "900.###.###-#", ("{0}",)),
    "PE": ("", "20#########", ("{0}",)),
    "LI": ("", "#####", ("{0}", "CHE-{0}")),
    "MC": ("fr.tva", "###########", ("FR{0}",)),
}  # fmt: skip

# Basic bank account number after country and check digits, and its usual length in all.
IBAN_FORMS: dict[str, str] = {
    "DE": "#" * 18, "AT": "#" * 16, "CH": "#####************", "LI": "#####************", "LU": "###*************", "FR": "##########" + "#" * 11 + "##",
    "MC": "#" * 23, "BE": "#" * 12, "NL": "@@@@##########", "ES": "#" * 20, "IT": "@" + "#" * 22, "PT": "#" * 21, "PL": "#" * 24, "SE": "#" * 20,
    "DK": "#" * 14, "NO": "#" * 11, "FI": "#" * 14, "CZ": "#" * 20, "SK": "#" * 20, "GB": "@@@@##############", "IE": "@@@@##############",
    "TR": "#####0" + "#" * 16, "MT": "@@@@" + "#" * 23, "HU": "#" * 24, "RO": "@@@@" + "#" * 16, "GR": "#" * 23,
}  # fmt: skip


def from_form(rng: Random, form: str) -> str:
    """A random text of the form: '#' digit, '@' capital letter, '*' digit or capital letter, other characters as they are."""
    out: list[str] = []
    for char in form:
        if char == "#":
            out.append(rng.choice(string.digits))
        elif char == "@":
            out.append(rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ"))
        elif char == "*":
            out.append(rng.choice("0123456789012345678901234567890123456789ABCDEFGHKLMNPRSTUVWXYZ"))
        else:
            out.append(char)
    return "".join(out)


@lru_cache(maxsize=64)
def _checker(module: str) -> Any:
    return importlib.import_module(f"stdnum.{module}")


def vat_body(rng: Random, country: str) -> str | None:
    """A VAT id without its country prefix that passes the national check, or None where the country has no form."""
    form = VAT_FORMS.get(country)
    if form is None:
        return None
    module, pattern, _ = form
    if not module:
        return from_form(rng, pattern)
    if country in ("FR", "MC"):
        body = from_form(rng, "########")
        siren = body + _checker("luhn").calc_check_digit(body)
        return f"{(12 + 3 * (int(siren) % 97)) % 97:02}{siren}"
    if country == "IN":
        body = f"{rng.randrange(1, 36):02}" + from_form(rng, "@@@P@") + f"{rng.randrange(1, 10000):04}" + from_form(rng, "@1Z")
        return body + _checker("luhn").calc_check_digit(body, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    checker = _checker(module)
    if country == "BR":
        body = from_form(rng, pattern[:-2])
        return body + str(checker.calc_check_digits(body))
    for _ in range(600):  # at most one in 97 passes; 600 tries fail about twice in a thousand documents
        body = from_form(rng, pattern)
        if checker.is_valid(body):
            return body
    return None


# What people type where a VAT id belongs: too long, too short, no prefix, not an id at all.
UNUSUAL_IDS = (
    "{country}############", "{country}########", "##########", "@@@@@##@@@@#", "{country}-####-####", "#########", "@@#########@", "######-####",
    "T@@@",
)  # fmt: skip


MORE_SHARE = 0.3
# Further ways of writing VAT ids, for the training family: {0} is the whole body,
# {3} the body in groups of three, {6} cut once behind the sixth; what follows the digit is the mark.
MORE_FORMS: dict[str, tuple[str, ...]] = {
    "DE": ("DE {3}", "DE-{0}", "{0}", "DE.{0}"), "AT": ("ATU {3}", "AT-{0}", "ATU {2}", "{0}"), "CH": ("CHE {3}", "CHE-{0} MWST", "CHE{3.} TVA"),
    "LU": ("LU {2}", "LU-{0}"), "FR": ("FR-{0}", "FR.{0}", "{0}"), "BE": ("{0}", "BE-{0}", "BE {4.}", "{4.}"),
    "NL": ("NL {0}", "NL-{0}", "{0}"), "ES": ("ES {1-}", "{1-}", "ES{1-}"), "IT": ("IT-{0}", "IT {3}", "{3}"), "PT": ("PT-{0}", "PT {3}", "PT{3}"),
    "PL": ("PL-{0}", "PL {3-}", "{3}"), "SE": ("SE {6}", "SE{6-}", "SE-{0}", "{6-}"), "DK": ("DK {2}", "DK-{2}", "{4}"),
    "NO": ("{3}", "NO {3}", "NO-{0}-MVA", "NO {0}", "{0} MVA", "{3}MVA"), "FI": ("{7-}", "FI-{0}", "FI {7-}"), "CZ": ("CZ-{0}", "{0}", "CZ {3}"),
    "SK": ("{0}", "SK-{0}", "SK {4}", "SK {3}", "{3}"), "GB": ("GB-{0}", "{0}", "GB {3}", "{3}"), "IE": ("IE-{0}", "{0}", "IE {7}"),
    "AU": ("{2}", "{3}"), "TR": ("TR{0}", "{5}", "{3}"), "MT": ("MT-{0}", "{4-}"), "HU": ("HU-{0}", "HU {0}", "{0}-1-13", "{0}-2-08"),
    "RO": ("{0}", "RO{3}", "RO {3}", "RO-{0}"), "GR": ("{0}", "EL-{0}", "GR{0}", "{3}"), "NZ": ("{3}", "{3-}"), "US": ("US {0}",),
    "CA": ("{3}", "{0}", "{0}-RT0001", "{3}RT0001"), "SG": ("{4}", "M2-{0}", "{0}"), "ZA": ("{3}", "{4}", "ZA{0}", "ZA {0}", "{0}"),
    "MX": ("{3}", "{3-}", "MX{0}"), "IN": ("{5}", "{0}"), "LI": ("LI {0}", "{0}"),
}  # fmt: skip
# Forms whose digits are made anew: ids that countries write with points, dashes and slashes.
FREE_FORMS: dict[str, tuple[str, ...]] = {
    "AR": ("30-########-#", "30########", "33-########-#", "30.########.#"), "CL": ("76.###.###-#", "76######-#", "96.###.###-K"),
    "CO": ("900.###.###-#", "900######-#", "860######", "901 ### ### - #"), "PE": ("20#########", "10#########"),
    "BR": ("##.###.###/0001-##", "########0001##", "##.###.###/0002-##"), "ZA": ("4#########", "4### ### ###", "4 ### ### ###"),
    "MX": ("@@@######@##", "@@@-######-@#@", "@@@@######@##", "@@@ ###### @@#"), "RO": ("RO#######", "RO ######", "RO#####", "#######"),
}  # fmt: skip


def _more_form(rng: Random, country: str, body: str) -> str:
    """The body in one of the further forms: in groups of 2, 3 or 4, or cut once behind some digit, with the mark behind the number."""
    free = FREE_FORMS.get(country)
    if free and rng.random() < 0.6:
        return from_form(rng, rng.choice(free))
    form = rng.choice(MORE_FORMS.get(country, ("{0}",)))
    body = body.removeprefix("CHE").removeprefix("U") if "{0}" not in form else body.removeprefix("CHE")
    start, end = form.find("{"), form.find("}")
    inner = form[start + 1 : end]
    size, mark = int(inner[0]), inner[1:] or " "
    text = body if size == 0 else body[:size] + mark + body[size:] if size in (1, 5, 6, 7) else chunked(body, size, mark)
    return (form[:start] + text + form[end + 1 :]).strip()


def vat_id(rng: Random, country: str, family: str = "exam") -> str | None:
    """A VAT id as it is printed, spaces and dots included; a few are none that a check would pass. Documents for training write it in further forms."""
    if rng.random() < 0.025:
        return from_form(rng, rng.choice(UNUSUAL_IDS).replace("{country}", country))
    body = vat_body(rng, country)
    if body is None:
        return None
    form = rng.choice(VAT_FORMS[country][2])
    own = Random(f"{country}{body}")
    if family == "train" and own.random() < MORE_SHARE:
        return _more_form(own, country, body)
    digits = body.removeprefix("CHE")
    values = {
        "{0}": body, "{0:2}": chunked(body, 2), "{0:3}": chunked(body, 3), "{0:4}": chunked(body, 4), "{ch}": "CHE-" + chunked(digits, 3, "."),
        "{fr}": body[:2] + " " + chunked(body[2:], 3), "{be}": f"{body[:4]}.{body[4:7]}.{body[7:]}", "{nl}": f"{body[:4]}.{body[4:6]}.{body[6:9]}.{body[9:]}",
        "{pl}": f"{body[:3]}-{body[3:6]}-{body[6:8]}-{body[8:]}", "{pl2}": f"{body[:3]}-{body[3:5]}-{body[5:7]}-{body[7:]}",
        "{gb}": f"{body[:3]} {body[3:7]} {body[7:]}", "{au}": f"{body[:2]} {chunked(body[2:], 3)}", "{nz}": f"{body[:3]}-{body[3:6]}-{body[6:]}",
        "{br}": f"{body[:2]}.{body[2:5]}.{body[5:8]}/{body[8:12]}-{body[12:]}",
    }  # fmt: skip
    for key, value in values.items():
        form = form.replace(key, value)
    return form


def chunked(text: str, size: int, mark: str = " ") -> str:
    return mark.join(text[i : i + size] for i in range(0, len(text), size))


def iban(rng: Random, country: str) -> str | None:
    """A compact IBAN with valid check digits (ISO 7064 mod 97-10), or None where the country has none."""
    form = IBAN_FORMS.get(country)
    if form is None:
        return None
    account = from_form(rng, form)
    if country == "BE":
        account = account[:10] + f"{int(account[:10]) % 97 or 97:02}"
    digits = "".join(str(int(char, 36)) for char in account + country + "00")
    return f"{country}{98 - int(digits) % 97:02}{account}"


def bic(rng: Random, country: str) -> str:
    return from_form(rng, "@@@@") + country + from_form(rng, "**") + rng.choice(("", "", "XXX", from_form(rng, "###")))


def document_number(rng: Random, day: date, prefixes: tuple[str, ...] = ()) -> str:
    """A document number in one of many habits: running, with year, month, prefix, slashes, hash."""
    prefix = (
        rng.choice(prefixes)
        if prefixes
        else rng.choice(("INV", "R", "RE", "F", "FA", "FV", "FAC", "IN", "SI", "A", "B", "K", "FT", "FC", "RG", "VF", "N"))
    )
    year, short, month = str(day.year), f"{day.year % 100:02}", f"{day.month:02}"
    run = str(rng.randrange(1, 10 ** rng.randrange(2, 7)))
    form = rng.choice(
        (
            "{run5}",
            "{run6}",
            "{run7}",
            "{run8}",
            "{run10}",
            "{p}-{run5}",
            "{p}{run5}",
            "{p}-{y}-{run4}",
            "{p}{y}{run4}",
            "{y}-{run4}",
            "{y}/{run3}",
            "{y}{run5}",
            "{y}-{run}",
            "{run}/{y}",
            "{run}/{s}",
            "{s}{m}{run3}",
            "{p}{s}{m}{run3}",
            "{p}/{y}/{run4}",
            "{p}/{m}/{y}/{run}",
            "{s}-{run5}",
            "{p}-{s}{run4}",
            "{p} {run6}",
            "{p}.{y}.{run4}",
            "{hex8}-{run4}",
            "{p}_{run6}",
            "{run3}-{run3b}-{run3}",
            "{p}{run}",
            "{run}",
            "{y}.{run4}",
            "{p} {y}/{run4}",
            "{run4} {run4b}",
            "{p}-{m}{s}-{run3}",
            "{d}{m}{s}-{run2}",
            "{y}{m}{d}-{run2}",
            "{run9}",
            "{run}-{s}",
            "{p}{s}/{run5}",
            "{p}-{run}-{let}",
            "{let}{run7}",
            "{run6}-{let}",
            "{p}{s}-{run3}",
            "{y}{m}-{run3}",
        )
    )
    values = {
        "p": prefix,
        "y": year,
        "s": short,
        "m": month,
        "d": f"{day.day:02}",
        "run": run,
        "hex8": from_form(rng, "########" if rng.random() < 0.2 else "*#@#*#@*"),
        "let": rng.choice("ABCDEFGHKLMNPRSTUVWX"),
        "run3b": from_form(rng, "###"),
        "run4b": from_form(rng, "####"),
    }
    for width in (2, 3, 4, 5, 6, 7, 8, 9, 10):
        values[f"run{width}"] = (
            run.zfill(width) if rng.random() < 0.5 and len(run) <= width else str(rng.randrange(1, 10)) + from_form(rng, "#" * (width - 1))
        )
    out = form
    for key, value in values.items():
        out = out.replace("{" + key + "}", value)
    return out


def reference(rng: Random, day: date) -> str:
    """An order, project or contract number of somebody else's system: digits, mixed, or like a name with a number."""
    kind = rng.randrange(8)
    if kind < 3:
        return str(rng.randrange(1, 10)) + from_form(rng, "#" * rng.choice((3, 4, 5, 6, 7, 9)))
    if kind < 5:
        return rng.choice(
            ("PO", "PO-", "4500", "B", "BE", "AB-", "O-", "P", "ORD-", "EK", "PO ", "WO-", "SO", "V", "C-", "Q-", "LS", "DN")
        ) + from_form(rng, "#" * rng.choice((4, 5, 6)))
    if kind == 5:
        return document_number(rng, day)
    if kind == 6:
        return from_form(rng, rng.choice(("@@-####", "@####", "###-####", "@@@/##/####", "##.####.##", "@#@#@#", "####/@@", "##-###-@")))
    return f"{day.year}{rng.choice('-/.')}{from_form(rng, '####')}"


PHONE_FORMS: dict[str, tuple[str, ...]] = {
    "DE": ("+49 (0) ### / ######", "0#### / ######", "0### ######-##", "+49 ### #######", "0###/######"),
    "AT": ("+43 1 ### ## ##", "0##/### ####", "+43 (0)#### / ####-0"),
    "CH": ("+41 44 ### ## ##", "0## ### ## ##", "+41 (0)## ### ## ##"),
    "FR": ("0# ## ## ## ##", "0#.##.##.##.##", "+33 # ## ## ## ##", "+33 (0)# ## ## ## ##"),
    "US": ("(###) ###-####", "###-###-####", "+1 ###-###-####", "###.###.####", "1-800-###-####"),
    "CA": ("(###) ###-####", "###-###-####", "+1 ### ### ####"),
    "GB": ("0#### ######", "020 #### ####", "+44 (0)#### ######", "+44 ## #### ####"),
    "IT": ("0## #######", "+39 0## ######", "02/########"),
    "ES": ("9## ## ## ##", "+34 9## ### ###"),
    "NL": ("0##-#######", "+31 (0)## ### ####", "0## ### ## ##"),
    "BE": ("0#/### ## ##", "+32 # ### ## ##"),
    "PT": ("+351 2## ### ###", "2## ### ###"),
    "PL": ("+48 ## ### ## ##", "## ### ## ##", "### ### ###"),
    "SE": ("0#-### ### ##", "+46 # ### ## ##", "0##-## ## ##"),
    "DK": ("## ## ## ##", "+45 ## ## ## ##", "+45 ####  ####"),
    "CZ": ("+420 ### ### ###", "### ### ###"),
    "TR": ("0 (###) ### ## ##", "+90 ### ### ## ##"),
    "IN": ("+91 ##### #####", "0##-########"),
    "AU": ("(0#) #### ####", "1300 ### ###", "+61 # #### ####"),
}


def phone(rng: Random, country: str) -> str:
    return from_form(rng, rng.choice(PHONE_FORMS.get(country, ("+## ## ### ####", "0## ### ####"))))


def tax_number(rng: Random, country: str) -> str:
    """A national tax or company number that is not a VAT id: a hard negative."""
    forms = {
        "DE": ("##/###/#####", "###/####/####", "### / #### / ####", "#### #### ####"),
        "AT": ("##-###/####",),
        "FR": ("### ### ### #####", "##############", "### ### ###"),
        "GB": ("########", "SC######"),
        "IT": ("###########", "@@@@@@##@##@###@"),
        "ES": ("########@",),
        "PL": ("#########", "##########"),
        "SE": ("######-####",),
        "NL": ("########",),
        "CZ": ("########",),
        "CH": ("CH-###.#.###.###-#",),
        "IN": ("@@@@@####@", "@#####@@####@@@######"),
        "AU": ("### ### ###",),
        "BR": ("###.###.###.###",),
    }
    return from_form(rng, rng.choice(forms.get(country, ("#########", "###-###-###", "######/####"))))
