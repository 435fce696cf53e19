"""Remarks, details and headings that no list holds, put together from parts of all of them.

A network that has seen three dozen remarks knows three dozen remarks. What tells a remark from a name is where it stands and how it is printed, not what
it says; documents of the training family therefore say anything there. The exam family keeps to the lists, its own wordings among them.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from extractors.training import identifiers
from extractors.training.item_words import item_list
from extractors.training.names import measure, service_name
from extractors.training.parties import coined, person_name
from extractors.training.vocabulary import Vocabulary, fill

LABELS = (
    "colour",
    "size",
    "material",
    "packaging",
    "site",
    "batch",
    "period",
    "origin",
    "delivery",
    "classification",
    "seller_code",
    "note",
)
SPACES = ("", "-", "/", ".", " ", "_")


def phrase(rng: Random, words: Vocabulary, day: date, *, labelled: bool = False) -> str:
    """A remark or detail of any kind: a sentence of spliced halves, a part that is included, sizes in a row, another service; where ``labelled`` also a
    label with its value."""
    lang = words.language
    chance = rng.random()
    if chance < 0.35:
        return _spliced(rng, words)
    if chance < 0.52:
        things = rng.sample(item_list("objects", lang), k=rng.choice((1, 1, 2, 3)))
        text = f"{rng.choice(item_list('joins', lang))} {', '.join(things)}"
        return f"{text} {measure(rng)}" if rng.random() < 0.3 else text
    if chance < 0.7 and labelled:
        label = rng.choice(item_list(rng.choice(LABELS), lang))
        return f"{label}{rng.choice((':', ':', ' :', '', ' -'))} {_value(rng, words, day)}"
    if chance < 0.82:
        parts = [_value(rng, words, day) for _ in range(rng.randint(2, 4))]
        return rng.choice((", ", " ", " / ", " - ", "; ")).join(parts)
    if chance < 0.92:
        text = service_name(rng, words, day)
        return text[:1].lower() + text[1:] if rng.random() < 0.6 else text
    return f"{rng.randrange(1, 20)} x {rng.choice(item_list('objects', lang))} {measure(rng)}"


def section_heading(rng: Random, words: Vocabulary, day: date) -> str:
    """What stands over a group of items: a month, a place, a person, a number with its label, a kind of work, a phase."""
    lang = words.language
    month = str(rng.choice(words.data["months"]["full"]))
    town = str(rng.choice(next(iter(words.data["cities"].values())))[1])
    heading = rng.choice(
        (
            f"{month} {day.year}",
            town,
            person_name(rng, words),
            coined(rng),
            f"{rng.choice(item_list(rng.choice(LABELS), lang))} {identifiers.from_form(rng, rng.choice(('##', '@-##', '####', '@@##')))}",
            f"{rng.choice(item_list('services', lang))} {town}",
            rng.choice(item_list("services", lang)),
            rng.choice(item_list("objects", lang)).capitalize(),
            f"{rng.choice(item_list('materials', lang))} / {rng.choice(item_list('colours', lang))}",
            f"{rng.choice('ABCDEFG')}. {rng.choice(item_list('services', lang))}",
            f"{rng.randrange(1, 9)}.{rng.randrange(1, 20)} {rng.choice(item_list('services', lang))} {rng.choice(item_list('objects', lang))}",
            _spliced(rng, words),
        )
    )
    heading = fill(heading, {"city": town, "name": person_name(rng, words)})
    return heading.upper() if rng.random() < 0.2 else heading


def code_like(rng: Random) -> str:
    """Letters and digits in any order, as plants and dealers call their goods."""
    parts = ["".join(rng.choice("@#*") for _ in range(rng.randint(1, 5))) for _ in range(rng.choice((1, 1, 2, 2, 3, 4)))]
    return identifiers.from_form(rng, rng.choice(SPACES).join(parts))


def _spliced(rng: Random, words: Vocabulary) -> str:
    """The beginning of one phrase and the end of another."""
    pool = [*words.all("phrases", "detail"), *item_list("remarks", words.language), *item_list("flat", words.language)]
    head, tail = rng.choice(pool).split(), rng.choice(pool).split()
    cut = rng.randint(1, max(1, len(head) - 1))
    text = " ".join(head[:cut] + tail[min(len(tail) - 1, rng.randrange(len(tail))) :])
    if rng.random() < 0.25:
        at = text.split()
        at[rng.randrange(len(at))] = rng.choice(item_list("objects", words.language))
        text = " ".join(at)
    return text[:1].upper() + text[1:] if rng.random() < 0.6 else text


def _value(rng: Random, words: Vocabulary, day: date) -> str:
    lang = words.language
    chance = rng.random()
    if chance < 0.4:
        return measure(rng)
    if chance < 0.6:
        return rng.choice(item_list(rng.choice(("colours", "materials", "objects")), lang))
    if chance < 0.75:
        return code_like(rng)
    if chance < 0.85:
        return (day - timedelta(days=rng.randrange(0, 300))).strftime(rng.choice(("%d.%m.%Y", "%Y-%m-%d", "%d/%m/%y", "%m/%Y")))
    return person_name(rng, words) if chance < 0.92 else coined(rng)
