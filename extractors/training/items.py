"""Names and codes of what is bought."""

from __future__ import annotations

from datetime import date
from random import Random

from extractors.training import identifiers
from extractors.training.names import composed_name
from extractors.training.parties import coined, person_name
from extractors.training.phrases import code_like, phrase
from extractors.training.vocabulary import Vocabulary, fill, vocabulary

CODE_FORMS = (
    "######",
    "#####",
    "####",
    "###-###",
    "@@-####",
    "@@@###",
    "##.###.##",
    "@####",
    "########",
    "@@#####-##",
    "####-@",
    "##-##-####",
    "@@@-###-@@",
    "###.####",
    "@#@###",
    "#### ####",
    "@@/####",
    "##########",
    "@@@@-##",
    "*#*@#*#",
    "@-###",
    "###",
    "@@ ### ##",
    "@@@@####",
    "#####-###",
)

COMPOSED_SHARE = 0.35
ODD_SHARE = 0.09  # of the training family's names: codes, names that read like remarks, names with a remark in the same breath


def item_name(rng: Random, words: Vocabulary, category: str, day: date) -> str:
    """An item as its seller would call it; now and then in English, spliced from two, or shouted like an ERP's short text."""
    return told_item(rng, words, category, day)[0]


def told_item(rng: Random, words: Vocabulary, category: str, day: date) -> tuple[str, bool]:
    """An item's name, and whether it is of its category: a name composed of words of any kind tells nobody what category was meant."""
    if words.family == "train" and (chance := rng.random()) < ODD_SHARE:
        return _odd_name(rng, words, day, chance / ODD_SHARE), False
    if rng.random() < COMPOSED_SHARE:
        return composed_name(rng, words if rng.random() > 0.06 else _english(words), day), False
    source = words if words.language == "en" or rng.random() > 0.06 else _english(words)
    categories = source.products["categories"]
    items = (categories.get(category) or categories["other"])["items"]
    name = str(rng.choice(items))
    chance = rng.random()
    if chance < 0.08:  # head of one, tail of another: products that no list knows
        other = str(rng.choice(items)).split()
        head = name.split()
        name = " ".join(head[: max(1, len(head) // 2)] + other[len(other) // 2 :])
    qualifiers = source.products.get("qualifiers") or []
    for _ in range(rng.choices((0, 1, 2, 3), (58, 28, 10, 4))[0]):
        if qualifiers:
            name += rng.choice((" ", ", ", " ", " - ", " / ")) + str(rng.choice(qualifiers))
    if rng.random() < 0.1:
        name = (
            rng.choice((coined(rng), coined(rng) + " " + identifiers.from_form(rng, rng.choice(("##", "@##", "###", "@-##"))))) + " " + name
        )
    name = _filled(rng, words, name, day)
    if rng.random() < 0.07:
        name = name.upper()
    return name, True


def _odd_name(rng: Random, words: Vocabulary, day: date, chance: float) -> str:
    if chance < 0.3:
        return code_like(rng)
    remark = _filled(rng, words, phrase(rng, words, day), day)
    if chance < 0.5:
        return remark
    mark = rng.choice((" ", " ", ", ", " - ", " (", ": "))
    return f"{composed_name(rng, words, day)}{mark}{remark}{')' if '(' in mark else ''}"


def _english(words: Vocabulary) -> Vocabulary:
    return vocabulary("en", words.family)


def _filled(rng: Random, words: Vocabulary, name: str, day: date) -> str:
    if "{" not in name:
        return name
    months = words.data["months"]["full"]
    values = {
        "n": str(rng.choice((2, 3, 4, 5, 6, 8, 10, 12, 20, 24, 25, 50, 100, 250, 500))),
        "year": str(day.year),
        "month": str(months[day.month - 1]),
        "person": person_name(rng, words),
        "name": person_name(rng, words),
        "code": identifiers.from_form(rng, rng.choice(("@##", "###", "@@-##", "####"))),
        "city": str(rng.choice(next(iter(words.data["cities"].values())))[1]),
        "number": identifiers.from_form(rng, "####"),
        "date": f"{day.day:02}.{day.month:02}.{day.year}",
    }
    return fill(name, values)


def item_code(rng: Random, habit: float) -> str:
    """An article number; ``habit`` in [0, 1) fixes the document's form mostly."""
    if rng.random() < 0.8:
        return identifiers.from_form(rng, CODE_FORMS[int(habit * 1e6) % len(CODE_FORMS)])
    return identifiers.from_form(rng, rng.choice(CODE_FORMS))
