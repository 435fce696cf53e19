"""Text on a page that addresses a reading program: never sent on. What is surely an instruction, `schemas.instructions` reports."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import cast

import yaml


def instructing_lines(lines: Sequence[str]) -> set[int]:
    """Numbers of the lines that instruct a reader, alone or together with the line below."""
    found: set[int] = set()
    for number, line in enumerate(lines):
        if _instructs(line):
            found.add(number)
        elif number + 1 < len(lines) and not _instructs(lines[number + 1]) and _instructs(f"{line} {lines[number + 1]}"):
            found |= {number, number + 1}
    return found


def _instructs(text: str) -> bool:
    plain = " ".join(text.casefold().split())
    return any(pattern.search(plain) for pattern in _patterns())


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], ...]:
    text = files("extractors.fallback").joinpath("data/instructions.yaml").read_text(encoding="utf-8")
    return tuple(re.compile(pattern) for pattern in cast("dict[str, list[str]]", yaml.safe_load(text))["patterns"])
