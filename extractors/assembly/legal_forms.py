"""Legal forms of companies in a printed name."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import cast

import yaml


@lru_cache(maxsize=1)
def _legal_forms() -> frozenset[str]:
    text = files("extractors").joinpath("data/legal_forms.yaml").read_text(encoding="utf-8")
    forms = cast("dict[str, list[str]]", yaml.safe_load(text))
    return frozenset(_compact(form) for group in forms.values() for form in group)


def _compact(text: str) -> str:
    return re.sub(r"[\s.,/()]", "", text).casefold()


def is_legal_form(text: str) -> bool:
    """Whether a text is nothing but a legal form, or the same in two languages ("BV/SRL")."""
    return _compact(text) in _legal_forms() or ("/" in text and all(_compact(part) in _legal_forms() for part in text.split("/")))


@lru_cache(maxsize=8192)
def has_legal_form(name: str) -> bool:
    """Whether a name ends in, or holds, a company's legal form ("GmbH", "S.r.l.", "Ltd")."""
    tokens = name.split()
    return any(
        _compact("".join(tokens[i:j])) in _legal_forms() for i in range(len(tokens)) for j in range(i + 1, min(i + 4, len(tokens)) + 1)
    )
