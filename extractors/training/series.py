"""Document numbers that name their series, hold spaces, or come in two parts."""

from __future__ import annotations

from datetime import date
from random import Random

from extractors.training.identifiers import from_form
from extractors.training.structure_words import structure_table
from extractors.training.vocabulary import fill

ELSEWHERE = (
    "{series} {run}",
    "{series}/{run}",
    "{year} {run}",
    "{run} / {short}",
    "{short} {month} {run}",
    "{group} {group2}",
    "{series} {year}-{run}",
)


def series_number(rng: Random, language: str, day: date) -> str:
    """A number as programs of the language's countries write it, series words included."""
    own = structure_table()["series"].get(language, [])
    form = rng.choice(own) if own and rng.random() < 0.7 else rng.choice(ELSEWHERE)
    run = str(rng.randrange(1, 10 ** rng.choice((2, 3, 4, 5))))
    values = {
        "series": from_form(rng, rng.choice(("@", "@@", "@@@", "@@@@", "@#", "@@##"))),
        "run": run.zfill(rng.choice((0, 0, 3, 4, 5, 6, 7))),
        "year": str(day.year),
        "short": f"{day.year % 100:02}",
        "next": f"{(day.year + 1) % 100:02}",
        "month": f"{day.month:02}",
        "group": from_form(rng, rng.choice(("##", "###", "####"))),
        "group2": from_form(rng, rng.choice(("###", "####", "### ###"))),
    }
    return fill(form, values)
