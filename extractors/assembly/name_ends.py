"""Where a party's name ends and what is said of the company begins: its capital, its register, its department, its trade."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.assembly.caption_words import announces, plain
from extractors.assembly.legal_forms import has_legal_form, is_legal_form
from extractors.assembly.spans import Words

LONGEST_PHRASE = 6  # words
OTHER_SIZE = 1.25  # times the size of the smaller letters


def without_statement(words: Words, members: list[int]) -> list[int]:
    """The words of a name up to a statement about the company ("... Ltd is a company registered in", "... SARL au capital de"), and behind one that leads
    to it ("X is a trading name of ..."). The phrases may go on behind the name on their line."""
    for k in range(len(members) - 1, 0, -1):
        for n in range(min(LONGEST_PHRASE, k), 0, -1):
            if announces("called", plain(" ".join(words.texts[i] for i in members[k - n : k]))) and words.texts[members[k]][:1].isupper():
                return without_statement(words, members[k:])
    for k in range(1, len(members)):
        line = words.words_of_line[words.line_list[members[k]]]
        start = line.index(members[k])
        rest = [words.texts[i] for i in line[start : start + LONGEST_PHRASE]]
        if any(announces("statement", plain(" ".join(rest[:n]))) for n in range(1, len(rest) + 1)):
            return _without_second_form(words, members[:k])
    return members


def _without_second_form(words: Words, members: list[int]) -> list[int]:
    """A name without the legal form that is said once more behind a dash ("Duval SAS - SAS au capital de")."""
    texts = [words.texts[i] for i in members]
    again = len(members) > 2 and is_legal_form(texts[-1]) and not any(c.isalnum() for c in texts[-2])
    return members[:-2] if again and texts[-1] in texts[:-2] else members


def without_line_over_it(words: Words, members: list[int]) -> list[int]:
    """The second line of a name where it begins with a legal form and is a name for itself ("SARL Duval Frères"), under what the company is called in
    letters of another size."""
    second = next((k for k in range(1, len(members)) if words.line_list[members[k]] != words.line_list[members[0]]), 0)
    rest = [words.texts[i] for i in members[second:]]
    whole = bool(second) and len(rest) > 1 and is_legal_form(rest[0]) and not is_legal_form(" ".join(rest))
    return members[second:] if whole and _is_of_other_size(words, members[second - 1], members[second]) else members


def names_a_department(words: Words, members: Sequence[int]) -> bool:
    """Whether a line under a name says who there, and is no part of it, or is a placeholder that nobody filled in."""
    text = " ".join(words.texts[i] for i in members)
    return announces("department", plain(text)) or text.startswith("[")


def is_of_other_size(words: Words, above: Sequence[int], below: Sequence[int]) -> bool:
    """Whether what stands under a name in letters of another size is no part of it: a slogan or a trade, without a legal form."""
    return _is_of_other_size(words, above[-1], below[0]) and not has_legal_form(" ".join(words.texts[i] for i in below))


def _is_of_other_size(words: Words, above: int, below: int) -> bool:
    small, large = sorted((words.size_list[above], words.size_list[below]))
    return large > OTHER_SIZE * small
