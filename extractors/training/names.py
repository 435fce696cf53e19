"""Names of goods and services put together from parts: materials, sizes, codes, periods, prices, abbreviations."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from extractors.training import identifiers
from extractors.training.item_words import item_list, item_word
from extractors.training.parties import coined, person_name
from extractors.training.vocabulary import Vocabulary

CODE_NAMES = (
    "@@@-@@##-(@#@)-#,#X###", "@@-#@@-@@@###-#@#@-@@##-(@#@)-@##", "@@@#####", "@###@", "@@ ###/##", "#### @@@@", "@@@@-@@@@@-####X###X#,##",
    "@@-@@@-#@@@@", "@@##.#@-###", "@@@_@@@@_##", "@##-@#", "### @@-##",
)  # fmt: skip
MEASURES = (
    "{n}mm", "{n} mm", "M{m}x{n}", "{n}x{k} cm", "{n} g", "{d}kg", "{n}W", "{k}V", "{m}{mark}{m} l", "0{mark}{d} l", "{d} x {m}{mark}{m}l", "Ø {n} mm",
    '{m}/4"', "{d} pcs", "1:{d}", "{n}%", "{d}/{t:04}", "A4", "XL", "IP{d}", "{t}X{k}X0{mark}0{m}", "± {n} °C", "RAL {t}", "{n} µm", "{m}{mark}{d} m²",
    "{d}{mark}{m}x{k}", "{m}/{k}", "{n} Stk/VE", "{d}er", "{k} dpi", "{n} GB", "{d}\" LED",
)  # fmt: skip
TOKENS = ("@", "##", "#", "@@", "@#", "@@@#", "@@@@#")


def composed_name(rng: Random, words: Vocabulary, day: date) -> str:
    """A name that no list holds."""
    lang = words.language
    chance = rng.random()
    if chance < 0.42:
        return _goods(rng, lang)
    if chance < 0.72:
        return service_name(rng, words, day)
    if chance < 0.8:
        return identifiers.from_form(rng, rng.choice(CODE_NAMES))
    if chance < 0.86:
        return _abbreviated(rng, lang)
    if chance < 0.91:  # hardly a name at all
        if rng.random() < 0.4:
            return identifiers.from_form(rng, rng.choice(TOKENS))
        word = item_word(rng, rng.choice(("name", "objects", "line")), lang, words.family)
        return f"{word} {identifiers.from_form(rng, rng.choice(('@', '#', '##')))}" if rng.random() < 0.7 else word
    if chance < 0.96:
        return item_word(rng, rng.choice(("flat", "extras")), lang, words.family)
    return item_word(rng, rng.choice(("services", "objects")), lang, words.family).capitalize()


def measure(rng: Random) -> str:
    """A size, a content, a rating."""
    mark = rng.choice((",", ".", ","))
    form = rng.choice(MEASURES)
    return form.format(
        n=rng.randrange(1, 200),
        m=rng.randrange(1, 9),
        k=rng.randrange(5, 300),
        d=rng.randrange(10, 99),
        t=rng.randrange(100, 2000),
        mark=mark,
    )


def _goods(rng: Random, lang: str) -> str:
    thing = rng.choice(item_list("objects", lang))
    parts = [thing if rng.random() < 0.25 else thing.capitalize()]
    if rng.random() < 0.2:
        parts.insert(0, coined(rng) if rng.random() < 0.7 else f'"{coined(rng)}"')
    if rng.random() < 0.35:
        parts.append(rng.choice(item_list("materials", lang)))
    if rng.random() < 0.6:
        parts.append(measure(rng))
    if rng.random() < 0.2:
        parts.append(rng.choice(item_list("colours", lang)))
    if rng.random() < 0.15:
        parts.append(identifiers.from_form(rng, rng.choice(("@##", "@@-###", "###", "@#@", "####/#"))))
    if rng.random() < 0.12:
        parts.append(f"({measure(rng)})")
    if rng.random() < 0.07:
        parts.append(f"{rng.choice(item_list('joins', lang))} {rng.choice(item_list('objects', lang))}")
    mark = rng.choice((" ", " ", " ", ", ", " - ", "/"))
    return mark.join(parts) if len(parts) < 4 or mark != "/" else " ".join(parts)


def service_name(rng: Random, words: Vocabulary, day: date) -> str:
    """A service with its object, day, period, person, place, share or number."""
    lang = words.language
    out = rng.choice(item_list("services", lang))
    if rng.random() < 0.45:
        out += f" {rng.choice(item_list('joins', lang)) if rng.random() < 0.5 else ''} {rng.choice(item_list('objects', lang))}"
    extra = rng.random()
    if extra < 0.12:  # a price inside the name
        amount = (
            f"{rng.randrange(0, 90)},{rng.randrange(0, 99):02}" if lang != "en" else f"{rng.randrange(0, 90)}.{rng.randrange(0, 99):02}"
        )
        out += f"{rng.choice((' - ', ' ', ', ', ' ('))}{amount} {rng.choice(('EUR', 'Euro', '€', 'USD', '$'))} {rng.choice(item_list('per', lang))}"
        if " (" in out and ")" not in out:
            out += ")"
    elif extra < 0.24:
        start = day - timedelta(days=rng.randrange(1, 60))
        out += " " + start.strftime(rng.choice(("%d.%m.", "%Y-%m-%d", "%d/%m/%Y", "%m/%Y", "KW %V", "%d.%m.%y")))
        if rng.random() < 0.4:
            out += f" - {day.day:02}.{day.month:02}.{day.year}"
    elif extra < 0.34:
        out += f" {rng.choice(words.data['months']['full'])} {day.year}"
    elif extra < 0.44:
        out += f"{rng.choice((' ', ', ', ' - '))}{person_name(rng, words)}"
    elif extra < 0.52:
        out += f" {rng.choice(next(iter(words.data['cities'].values())))[1]}"
    elif extra < 0.6:
        out += f" ({rng.randrange(5, 100)} %)" if rng.random() < 0.5 else f" {rng.randrange(5, 60)}%"
    elif extra < 0.68:
        out += f" {identifiers.from_form(rng, rng.choice(('########', '@@-## ####', '@#/##', '#######')))}"
    elif extra < 0.73:
        out += f" {rng.choice(item_list('per', lang))}"
    elif extra < 0.77:
        out += f" # {rng.randrange(1, 400)}"
    return " ".join(out.split())


def _abbreviated(rng: Random, lang: str) -> str:
    """As old systems print: capitals, cut words, units without blanks."""
    parts = [rng.choice(item_list(key, lang)) for key in ("objects", "materials", "colours")[: rng.randint(1, 3)]]
    cut = [w[: rng.randint(3, 6)] + rng.choice(("", ".", ".")) if len(w) > 6 else w for w in parts]
    return " ".join(" ".join([*cut, measure(rng).replace(" ", "")]).upper().split())
