from __future__ import annotations

import random
import sys
from importlib import import_module
from importlib.resources import files
from typing import Any, cast

import yaml

from extractors.phrases import Phrases
from extractors.spend_category import parse_keywords


def test_overlapping_phrases_are_all_found() -> None:
    phrases = Phrases([("google", "ads"), ("ads",), ("ads", "campaign"), ("campaign", "of", "may")])
    found = set(phrases.find(["google", "ads", "campaign"]))
    assert found == {(("google", "ads"), 0, 2), (("ads",), 1, 2), (("ads", "campaign"), 1, 3)}
    assert list(phrases.find([])) == list(phrases.find(["of", "may"])) == []


def test_finds_what_spacys_matcher_finds() -> None:
    text = files("extractors").joinpath("data/spend_keywords.yaml").read_text(encoding="utf-8")
    entries, _ = parse_keywords(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))  # noqa: S506
    dictionary = sorted({entry.words for entry in entries})
    vocab, matcher, doc = _spacy(dictionary)
    phrases = Phrases(dictionary)
    random.seed(3)
    several = [phrase for phrase in dictionary if len(phrase) > 1]
    found_in_all = 0
    for _ in range(400):
        tokens = [word for phrase in random.choices(several, k=3) + random.choices(dictionary, k=3) for word in phrase]
        for place in random.choices(range(4), k=2):
            tokens[place : place + 1] = random.choice([[], ["xyz"], [tokens[place], tokens[0]]])
        expected = {(tuple(vocab.strings[key].split(" ")), start, end) for key, start, end in matcher(doc(vocab, words=tokens))}
        found = list(phrases.find(tokens))
        assert set(found) == expected
        assert len(found) == len(expected)
        found_in_all += len(found)
    assert found_in_all > 1000


def _spacy(dictionary: list[tuple[str, ...]]) -> tuple[Any, Any, Any]:
    hidden = "torch" not in sys.modules  # spaCy's tensor library would import it, where it is installed
    if hidden:
        sys.modules["torch"] = cast(Any, None)
    try:
        matchers, spacy = import_module("spacy.matcher"), import_module("spacy")
    finally:
        if hidden:
            del sys.modules["torch"]
    vocab = spacy.vocab.Vocab()
    matcher = matchers.PhraseMatcher(vocab)
    for phrase in dictionary:
        matcher.add(" ".join(phrase), [spacy.tokens.Doc(vocab, words=list(phrase))])
    return vocab, matcher, spacy.tokens.Doc
