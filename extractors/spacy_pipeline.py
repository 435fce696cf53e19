"""The spend categories as a spaCy pipeline, for programs that work with spaCy: tokenisation, then `extractors.spend_category` as a component.

Nothing else here imports spaCy: reading an invoice calls the same function directly (docs/decisions/0034-spacy-for-those-who-use-it.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from extractors.spend_category import ItemText, categorize

COMPONENT = "lineitem_spend"


class SpendCategories:
    """Sets ``Doc.cats`` to ``{category: probability}``; to nothing where it abstains."""

    def __init__(self, *, seller: str | None = None, language: str | None = None) -> None:
        self._seller, self._language = seller, language

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc], batch_size=1))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 256) -> Iterator[Doc]:
        """Many at once, in order, as spaCy does it."""
        docs = iter(stream)
        while batch := list(islice(docs, batch_size)):
            found = categorize([ItemText(doc.text, self._seller, self._language) for doc in batch])
            for doc, (category, probability) in zip(batch, found, strict=True):
                doc.cats = {} if category is None else {category: probability}
                yield doc


def spend_component(nlp: Language, name: str, seller: str | None, language: str | None) -> SpendCategories:
    """``nlp.add_pipe("lineitem_spend", config={"seller": …, "language": …})``; both may be left out."""
    return SpendCategories(seller=seller, language=language)


Language.factory(COMPONENT, default_config={"seller": None, "language": None}, func=spend_component)


def spend_pipeline(*, seller: str | None = None, language: str | None = None) -> Any:
    """A blank pipeline of ``language`` (ISO 639-1; without it spaCy's multi-language tokenisation) that ends in the spend categories."""
    nlp = spacy.blank(language or "xx")
    nlp.add_pipe(COMPONENT, config={"seller": seller, "language": language})
    return nlp
