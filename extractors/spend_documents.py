"""What an invoice as a whole says of each of its lines: most invoices buy one kind of thing.

Every invoice has a main category that is not seen. The seller's trade makes some likelier than others, and each line speaks for the main categories that
go with what it says itself; a line is of the main category itself, or of one that usually comes with it (``companions`` of ``data/spend_keywords.yaml``: a
delivery with goods, breakfast with a room), or of any other. By Bayes' rule each line then has its own text times what the seller and the *other*
lines make likely. Lines of the same words speak once, and many lines not much louder than a few, because they err together.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from schemas.errors import ConfigurationError
from schemas.invoice import SPEND_CATEGORIES

COMPANION_SHARE = 0.6  # of the lines that are not of the main category
LOUDEST = 3.0  # lines: more than these together speak no louder
TINY = 1e-12


def parse_companions(companions: object, *, file: str) -> dict[str, tuple[str, ...]]:
    """Categories that usually come with a main one. Raises `ConfigurationError` where a name is no category."""
    if not isinstance(companions, Mapping):
        raise ConfigurationError(f"{file}: expected a text of categories for each category under 'companions'")
    found = {str(main): tuple(str(names).split()) for main, names in companions.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    unknown = ({*found} | {name for names in found.values() for name in names}) - {*SPEND_CATEGORIES}
    if unknown:
        raise ConfigurationError(f"{file}, companions: unknown categories {', '.join(sorted(unknown))}")
    return found


def table_of(companions: Mapping[str, Sequence[str]], *, own_share: float) -> NDArray[np.float64]:
    """[main, category]: how often a line is of a category on an invoice with that main category. Rows sum to one."""
    size = len(SPEND_CATEGORIES)
    table = np.zeros((size, size))
    for row, main in enumerate(SPEND_CATEGORIES):
        names = companions.get(main, ())
        share = COMPANION_SHARE if names else 0.0
        table[row] = (1 - own_share) * (1 - share) / size
        table[row, [SPEND_CATEGORIES.index(name) for name in names]] += (1 - own_share) * share / max(len(names), 1)
        table[row, row] += own_share
    return table / table.sum(axis=1, keepdims=True)


def with_document(
    own: NDArray[np.float32],
    *,
    documents: Sequence[str | None],
    texts: Sequence[Hashable],
    sellers: NDArray[np.float32],
    table: NDArray[np.float64],
    seller_odds: float,
    others_exponent: float,
) -> NDArray[np.float32]:
    """[n, categories]: each line's ``own`` probabilities with what its seller (``sellers`` [n, categories], 0 or more) and its document's other lines
    say. Lines without a document stand alone. ``texts`` tells which lines are of the same words."""
    rows: dict[Hashable, list[int]] = defaultdict(list)
    for row, document in enumerate(documents):
        rows[(row,) if document is None else document].append(row)
    result = np.empty_like(own)
    for members in rows.values():
        mine = own[members].astype(np.float64)
        speaks = np.log(mine @ table.T + TINY)  # [lines, main]
        same = [texts[row] for row in members]
        counts = Counter(same)
        firsts = {text: index for index, text in enumerate(same)}
        total = speaks[list(firsts.values())].sum(axis=0)
        loudness = others_exponent * min(1.0, LOUDEST / max(len(counts) - 1, 1))
        mains = np.log1p(seller_odds * sellers[members]) + loudness * (total - speaks[[firsts[text] for text in same]])
        mains = np.exp(mains - mains.max(axis=1, keepdims=True))
        joined = mine * ((mains / mains.sum(axis=1, keepdims=True)) @ table)
        result[members] = joined / joined.sum(axis=1, keepdims=True)
    return result
