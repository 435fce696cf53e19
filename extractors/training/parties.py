"""Who sends and who receives: invented companies, people and public bodies with addresses and identifiers."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from random import Random

from extractors.training import identifiers
from extractors.training.vocabulary import Vocabulary, fill, small_words

STAND_INS = 0.05  # parties with a name such as templates, tests and demonstrations use


@dataclass(slots=True)
class Party:
    """One party. ``address`` are the lines under the name, ``vat_id`` and ``ibans`` as printed (compact IBANs)."""

    name: str
    country: str
    address: list[str]
    brand: str = ""
    city: str = ""
    country_name: str = ""
    vat_id: str | None = None
    tax_number: str = ""
    register: str = ""
    manager: str = ""
    contact: str = ""
    phone: str = ""
    fax: str = ""
    mobile: str = ""
    email: str = ""
    web: str = ""
    departments: list[str] = field(default_factory=list[str])
    ibans: list[str] = field(default_factory=list[str])
    bics: list[str] = field(default_factory=list[str])
    banks: list[str] = field(default_factory=list[str])
    person: bool = False


def person_name(rng: Random, vocabulary: Vocabulary) -> str:
    company = vocabulary.data["company"]
    return f"{rng.choice(company['given'])} {rng.choice(company['surnames'])}"


def company_name(rng: Random, vocabulary: Vocabulary, country: str, trades: list[str] | None = None) -> tuple[str, str]:
    """A company's legal name and its brand, which is the name without its legal form."""
    company = vocabulary.data["company"]
    forms = company["forms"]
    options = forms.get(country) or next(iter(forms.values()))
    pattern = str(rng.choice(company["patterns"]))
    if "{" not in pattern:
        pattern = "{fantasy} {form}"
    form = str(rng.choice(options)) if rng.random() > 0.09 else ""
    trade = rng.choice(trades) if trades and rng.random() < 0.6 else rng.choice(company["trades"])
    cities = vocabulary.listed("cities", country)
    fantasy = str(rng.choice(company["fantasy"])) if rng.random() < 0.6 else coined(rng)
    values = {
        "surname": str(rng.choice(company["surnames"])), "surname2": str(rng.choice(company["surnames"])), "given": str(rng.choice(company["given"])),
        "trade": str(trade), "fantasy": fantasy, "city": str(rng.choice(cities)[1]), "initials": initials(rng), "number": str(rng.randrange(2, 99)),
        "year": str(rng.randrange(1890, 2022)),
    }  # fmt: skip
    brand = fill(pattern.replace("{form}", ""), values).strip(" ,-&")
    name = fill(pattern, {**values, "form": form}).strip(" ,-&")
    chance = rng.random()
    if chance < 0.08:
        name = name.upper()
    elif chance < 0.12 and form and name.endswith(f" {form}"):
        name = f"{name.removesuffix(form).strip()}, {form}"
    elif chance < 0.14:
        name, brand = name.lower(), brand.lower()
    elif chance < 0.16:  # one word is the whole name
        name = brand = fantasy
    return name, brand or name


def place_name(rng: Random, vocabulary: Vocabulary, city: str) -> str | None:
    """A name that no company register writes: hotels, practices, clubs, foundations, shops; None where the language lists none."""
    company = vocabulary.data["company"]
    if not company.get("shops"):
        return None
    values = {"city": city, "fantasy": str(rng.choice(company["fantasy"])) if rng.random() < 0.6 else coined(rng)}
    for key, words in (("surname", "surnames"), ("given", "given"), ("trade", "trades")):
        values[key] = str(rng.choice(company[words]))
    name = fill(str(rng.choice(company["shops"])), values)
    return name.upper() if rng.random() < 0.08 else name


def stand_in_name(rng: Random, vocabulary: Vocabulary, country: str, role: str) -> str:
    """A name of everyday words as templates and demonstrations carry it ("Your Company", "Sample Ltd"): nothing in it says that it is a name."""
    language = vocabulary.language
    who = rng.choice([*small_words(f"stand_in_{role}", language), *small_words("stand_in", language)])
    what = rng.choice(small_words("stand_in_what", language))
    words = fill(rng.choice(small_words("stand_in_order", language)), {"who": who, "what": what})
    form = rng.choice(list(vocabulary.data["company"]["forms"].get(country) or next(iter(vocabulary.data["company"]["forms"].values()))))
    chance = rng.random()
    if chance < 0.3:
        name = f"{who} {form}"
    elif chance < 0.45:
        name = f"{words} {form}"
    elif chance < 0.6:
        name = f"{words} {rng.choice((*'ABCXYZ', *'123', '01'))}"
    else:
        name = words
    return name.upper() if rng.random() < 0.06 else name


def stand_in_address(rng: Random, language: str) -> tuple[list[str], str]:
    """Street and town lines of a template, and the town."""
    street, town = rng.choice(small_words("stand_in_street", language)), rng.choice(small_words("stand_in_town", language))
    number = str(rng.choice((1, 2, 12, 123, 1234)))
    postcode = rng.choice(("12345", "1234", "00000", "10000", "67890", "AB1 2CD", "123456"))
    lines = [fill(street, {"number": number}), fill(town, {"postcode": postcode})]
    if rng.random() < 0.25:
        lines.insert(1, rng.choice(small_words("stand_in_more", language)))
    return lines, lines[-1]


def coined(rng: Random) -> str:
    """A brand-like word out of syllables, so that names are not a closed list."""
    syllables = rng.choices(
        (
            "ka",
            "lo",
            "ver",
            "ti",
            "nor",
            "al",
            "bra",
            "xen",
            "so",
            "mi",
            "ra",
            "tel",
            "or",
            "vi",
            "da",
            "qu",
            "en",
            "pla",
            "zo",
            "ner",
            "hel",
            "ur",
            "fi",
            "gra",
            "ste",
            "mon",
            "tri",
            "bel",
            "cor",
            "ly",
        ),
        k=rng.choice((2, 2, 3, 3)),
    )
    word = "".join(syllables).capitalize() + rng.choice(("", "", "x", "n", "s", "tec", "soft", "io", "ia", "on", "flow", "works", "line"))
    return word.upper() if rng.random() < 0.15 else word


def initials(rng: Random) -> str:
    letters = [rng.choice("ABCDEFGHKLMNPRSTVW") for _ in range(rng.choice((2, 3)))]
    return rng.choice(("", ".", " & "))[:1].join(letters) if rng.random() < 0.7 else " & ".join(letters[:2])


def address(rng: Random, vocabulary: Vocabulary, country: str) -> tuple[list[str], str]:
    """Street and town lines as the country writes them, and the town."""
    street = fill(
        str(rng.choice(vocabulary.data["street_patterns"])),
        {"street": str(rng.choice(vocabulary.data["streets"])), "number": str(rng.randrange(1, 250)) + rng.choice(("", "", "", "", "a", "b", "-12", "/3")),
         "box": str(rng.randrange(1, 999)), "unit": str(rng.randrange(1, 60)), "floor": str(rng.randrange(1, 12))},
    )  # fmt: skip
    found = rng.choice(vocabulary.listed("cities", country))
    postcode, city = str(found[0]), str(found[1])
    region = str(found[2]) if len(found) > 2 and found[2] else ""
    town = fill(
        str(rng.choice(vocabulary.listed("city_patterns", country))),
        {"postcode": postcode, "city": city, "region": region, "state": region},
    )
    lines = [street]
    if rng.random() < 0.1:
        extra = rng.choice(vocabulary.data["streets"])
        lines.insert(0, f"{extra} {rng.choice(('Center', 'Park', 'Campus', 'Haus', 'Business Park', 'Tower', 'House'))}")
    if rng.random() < 0.08:
        lines = [f"{street}, {town}"]
    else:
        lines.append(town)
    return lines, city


def make_party(rng: Random, vocabulary: Vocabulary, country: str, *, role: str, trades: list[str] | None = None) -> Party:
    """An invented party; ``role`` is "seller" or "buyer"."""
    private = (role == "buyer" and rng.random() < 0.14) or (
        role == "seller" and rng.random() < (0.09 if vocabulary.family == "train" else 0.05)
    )
    public = vocabulary.data["company"].get("public") or []
    lines, city = address(rng, vocabulary, country)
    if private:
        name = brand = person_name(rng, vocabulary)
    elif public and rng.random() < (0.08 if role == "buyer" else 0.015):
        name = brand = fill(str(rng.choice(public)), {"city": city, "surname": str(rng.choice(vocabulary.data["company"]["surnames"]))})
    elif rng.random() < 0.11 and (found := place_name(rng, vocabulary, city)) is not None:
        name = brand = found
    elif rng.random() < STAND_INS:
        name = brand = stand_in_name(rng, vocabulary, country, role)
        if rng.random() < 0.6:
            lines, city = stand_in_address(rng, vocabulary.language)
    else:
        name, brand = company_name(rng, vocabulary, country, trades)
    names = vocabulary.listed("country_names", country)
    country_name = str(rng.choice(names)) if names else country
    domain = ascii_slug(brand) + rng.choice((".com", f".{country.lower()}", f".{country.lower()}", ".net", ".eu", ".io"))
    contact = person_name(rng, vocabulary)
    person_mail = ascii_slug(contact.split()[0]) + rng.choice((".", "-", "")) + ascii_slug(contact.split()[-1])
    party = Party(
        name=name, country=country, address=lines, brand=brand, city=city, country_name=country_name, person=private,
        tax_number=identifiers.tax_number(rng, country), manager=person_name(rng, vocabulary), contact=contact,
        phone=identifiers.phone(rng, country), fax=identifiers.phone(rng, country), mobile=identifiers.phone(rng, country),
        email=rng.choice(("info", "office", "billing", "accounts", "sales", "mail", "contact", person_mail, person_mail)) + "@" + domain,
        web=rng.choice(("www.", "www.", "", "https://")) + domain,
    )  # fmt: skip
    if role == "seller" or not private:
        party.vat_id = identifiers.vat_id(rng, country, vocabulary.family)
    if vocabulary.has("labels", "register"):
        party.register = fill(
            vocabulary.pick(rng, "labels", "register"),
            {"number": str(rng.randrange(100, 300000)), "city": city, "capital": f"{rng.choice((25, 50, 100, 250)) * 1000}"},
        )
    departments = vocabulary.listed("departments")
    if role == "buyer" and not private and departments and rng.random() < 0.35:
        chosen = rng.sample(departments, k=min(len(departments), 1 if rng.random() < 0.85 else 2))
        party.departments = [fill(str(d), {"name": person_name(rng, vocabulary)}) for d in chosen]
    banks = vocabulary.listed("banks", country)
    for _ in range(rng.choices((1, 2, 3), (74, 22, 4))[0]):
        account = identifiers.iban(rng, country)
        if account is not None:
            party.ibans.append(account)
            party.bics.append(identifiers.bic(rng, country))
        party.banks.append(str(rng.choice(banks)) if banks else "Bank")
    return party


def ascii_slug(text: str) -> str:
    """Lower-case letters and digits of ``text`` without accents, for domains and mail addresses."""
    text = text.replace("ß", "ss").replace("ł", "l").replace("ı", "i").replace("ø", "o").replace("æ", "ae")
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "".join(c for c in plain if c.isalnum())[:24] or "mail"
