"""Legal forms of companies in a printed name."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import cast

from extractors.data_files import read_yaml

_MARKS = re.compile(r"[\s.,/()]")
_BETWEEN = frozenset({"", "&", "+", "-", "–", "co", "cie", "epp", "me", "mei"})  # what stands in legal forms of several parts


@lru_cache(maxsize=1)
def _legal_forms() -> frozenset[str]:
    forms = cast("dict[str, list[str]]", read_yaml("legal_forms.yaml"))
    return frozenset(_compact(form) for group in forms.values() for form in group)


def _compact(text: str) -> str:
    return _MARKS.sub("", text).casefold()


@lru_cache(maxsize=8192)
def is_legal_form(text: str) -> bool:
    """Whether a text is nothing but a legal form, the same in two languages ("BV/SRL"), with its partner ("GmbH & Co. KG") or its size ("Ltda - EPP")."""
    forms = _legal_forms()
    if _compact(text) in forms:
        return True
    parts = [_compact(part) for part in re.split(r"[/\s]+", text.strip())]
    return parts[0] in forms and all(part in forms or part in _BETWEEN for part in parts)


@lru_cache(maxsize=8192)
def has_legal_form(name: str) -> bool:
    """Whether a name ends in, or holds, a company's legal form ("GmbH", "S.r.l.", "Ltd")."""
    tokens = name.split()
    return any(
        _compact("".join(tokens[i:j])) in _legal_forms() for i in range(len(tokens)) for j in range(i + 1, min(i + 4, len(tokens)) + 1)
    )
