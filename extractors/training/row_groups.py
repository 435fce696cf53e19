"""Rows under headings that name somebody or something: employees, guests, vehicles, telephone numbers, rooms."""

from __future__ import annotations

from random import Random

from extractors.training import identifiers
from extractors.training.amounts import Row
from extractors.training.manners import Manners
from extractors.training.parties import person_name
from extractors.training.structure_words import structure_list
from extractors.training.vocabulary import Vocabulary

THINGS = ("@-@@ ####", "@@ ### @@", "@@## @@@", "0### ######", "07### ######", "#### #### ##", "7### **** **** ##", "###", "@@-###")


def group_rows(manners: Manners, rows: list[Row], words: Vocabulary) -> list[str]:
    """Deal the rows over two to four groups in place; returns the groups' headings."""
    rng = manners.draw("groups")
    count = min(rng.randint(2, 4), len(rows))
    for index, row in enumerate(rows):
        row.section = index * count // len(rows)
    label = rng.choice(structure_list(f"group_{manners.groups}", words.language))
    colon = rng.choice((":", ":", "", " -"))
    form = rng.choice(THINGS)
    return [f"{label}{colon} {_named(rng, manners.groups, words, form)}" for _ in range(count)]


def _named(rng: Random, kind: str, words: Vocabulary, form: str) -> str:
    if kind == "thing":
        return identifiers.from_form(rng, form)
    name = person_name(rng, words)
    if rng.random() < 0.3:
        first, _, last = name.rpartition(" ")
        name = f"{last}, {first}"
    return f"{name} ({identifiers.from_form(rng, '#####')})" if rng.random() < 0.3 else name
