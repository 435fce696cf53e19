"""What was bought: a spend category for each line item, from its description, its seller and the document's language.

Three sources are combined in log space. The phrases of ``data/spend_keywords.yaml``: longer phrases win over shorter ones, words of
the document's language count more, actions (repair, rent, insurance) decide against the thing they are done to. A small linear model over
character n-grams (`extractors.spend_model`). Known names of purchases (`extractors.spend_names`). What they say together is believed by how much of the
text is known, and then joined with the trade words in the seller's name and with the document's other lines (`extractors.spend_documents`). How much
each counts, and the threshold, were chosen on product names kept apart in training. A line that only names a discount or a surcharge says nothing
of its own: it goes by the seller and the other lines of its document.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from extractors.phrases import Phrases
from extractors.spend_documents import parse_companions, table_of, with_document
from extractors.spend_model import SpendModel, load_spend_model
from extractors.spend_names import Known, SpendNames, load_spend_names
from extractors.spend_words import COMPOUNDING, CanonicalWords, words
from schemas.errors import ConfigurationError
from schemas.invoice import SPEND_CATEGORIES

FILE = "spend_keywords.yaml"
WEIGHTS = {"+": 2.0, "": 1.0, "-": 0.4}
WORD_BONUS = 0.5  # for every further word of a phrase
OTHER_LANGUAGE = 0.25
ENGLISH = 0.8  # product names are English everywhere
UNKNOWN_LANGUAGE = 0.8
SCORES = {"keywords": "keyword_exponent", "names": "name_exponent"}  # field of `Evidence`: its setting
TEMPERATURES = ("temperature_unknown", "temperature_word", "temperature_name", "temperature_whole_name")  # by `Known`
TEXT_TEMPERATURES = tuple(f"text_{name}" for name in TEMPERATURES)  # before seller and other lines are heard
TINY = 1e-12  # keeps the logarithm of a probability finite


_TRAVEL, _HIRE = SPEND_CATEGORIES.index("travel"), SPEND_CATEGORIES.index("rent_equipment")


@dataclass(frozen=True, slots=True)
class ItemText:
    """What is known of one line. ``language`` is ISO 639-1. ``document`` is any name that the lines of one document share: what the other
    lines are about then counts for a line that says little itself."""

    description: str
    seller: str | None = None
    language: str | None = None
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What each source says of one item. Shapes, all [categories]: ``model`` log probabilities; ``keywords``, ``names`` and ``seller`` scores
    from 0. ``known`` says how much of the description is a known name; ``text`` its words, of which a document's lines of the same words are known."""

    model: NDArray[np.float32]
    keywords: NDArray[np.float32]
    names: NDArray[np.float32]
    seller: NDArray[np.float32]
    known: Known = Known.NOTHING
    text: tuple[str, ...] = ()


def categorize(items: Sequence[ItemText]) -> list[tuple[str | None, float]]:
    """Category and probability for each item, in order; (None, probability of the best guess) below the threshold.

    Raises `ConfigurationError` when the shipped keywords or the shipped model are not usable.
    """
    if not items:
        return []
    model = load_spend_model()
    settings = model.settings
    evidence = gather(items, model=model, names=load_spend_names())
    probabilities = calibrated(believed(items, evidence, settings=settings), evidence, settings=settings)
    results: list[tuple[str | None, float]] = []
    for item, row in zip(items, probabilities, strict=True):
        best = int(row.argmax())
        sure = float(row[best]) >= settings["threshold"] and bool(words(item.description))
        results.append((SPEND_CATEGORIES[best] if sure else None, round(float(row[best]), 4)))
    return results


def gather(items: Sequence[ItemText], *, model: SpendModel, names: SpendNames) -> list[Evidence]:
    """The evidence for each item, in order."""
    keywords = _keywords()
    sellers: dict[str | None, NDArray[np.float32]] = {None: np.zeros(len(SPEND_CATEGORIES), np.float32)}
    logs = model.log_probabilities([item.description for item in items])
    nothing = _vector({})
    found: list[Evidence] = []
    for item, log in zip(items, logs, strict=True):
        if item.seller not in sellers:
            sellers[item.seller] = _vector(keywords.seller_scores(item.seller or ""))
        text = tuple(words(item.description))
        if keywords.is_neutral(text):
            found.append(Evidence(nothing, nothing, nothing, sellers[item.seller], text=text))
        else:
            scores, known = _vector(keywords.scores(text, language=item.language)), names.find(text)
            found.append(Evidence(log, scores, known.scores, sellers[item.seller], known.known, text))
    return found


def believed(items: Sequence[ItemText], evidence: Sequence[Evidence], *, settings: Mapping[str, float]) -> NDArray[np.float32]:
    """[n, categories]: all evidence of each line, of its seller and of its document's other lines together."""
    own = tempered(combine(evidence, exponents=settings), evidence, settings=settings, temperatures=TEXT_TEMPERATURES)
    return joined(own, items, evidence, settings=settings)


def joined(
    own: NDArray[np.float32], items: Sequence[ItemText], evidence: Sequence[Evidence], *, settings: Mapping[str, float]
) -> NDArray[np.float32]:
    """[n, categories]: what the texts say, ``own``, with what sellers and the documents' other lines say."""
    texts: list[Hashable] = [found.text for found in evidence]
    return with_document(
        own,
        documents=[item.document for item in items],
        texts=texts,
        sellers=np.stack([found.seller for found in evidence]),
        table=table_of(usual_companions(), own_share=settings["own_share"]),
        seller_odds=settings["seller_odds"],
        others_exponent=settings["others_exponent"],
    )


def calibrated(probabilities: NDArray[np.float32], evidence: Sequence[Evidence], *, settings: Mapping[str, float]) -> NDArray[np.float32]:
    """[n, categories]: as far as they can be believed by the kind of evidence."""
    return tempered(probabilities, evidence, settings=settings, temperatures=TEMPERATURES)


def tempered(
    probabilities: NDArray[np.float32], evidence: Sequence[Evidence], *, settings: Mapping[str, float], temperatures: Sequence[str]
) -> NDArray[np.float32]:
    """[n, categories] ∝ probabilities^(1 / temperature), by the kind of evidence: a guess from letters alone is less often right than it seems,
    a known name more often."""
    logits = np.log(probabilities + TINY) / np.array([settings[temperatures[kind]] for kind in kinds_of(evidence)])[:, None]
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (exponentials / exponentials.sum(axis=1, keepdims=True)).astype(np.float32)


def kinds_of(evidence: Sequence[Evidence]) -> list[Known]:
    """How much of each is a known name, which picks one of `TEMPERATURES`; a word of the dictionary is as good as a name of one word."""
    return [max(found.known, Known.WORD if found.keywords.any() else Known.NOTHING) for found in evidence]


def combine(evidence: Sequence[Evidence], *, exponents: Mapping[str, float]) -> NDArray[np.float32]:
    """What the texts say: probabilities [n, categories] ∝ p(model) × Π (1 + scores)^exponent over `SCORES`."""
    logits = np.stack([e.model for e in evidence])
    for scores, exponent in SCORES.items():
        logits = logits + exponents[exponent] * np.log1p(np.stack([getattr(e, scores) for e in evidence]))
    travels = np.array([bool(e.seller[_TRAVEL] and not e.seller[_HIRE]) for e in evidence], bool)
    logits[travels, _TRAVEL] = logits[travels][:, [_TRAVEL, _HIRE]].max(1)  # what a travel company hires out is a journey
    logits[travels, _HIRE] = logits[travels].min(1)
    logits -= logits.max(axis=1, keepdims=True)
    exponentials = np.exp(logits)
    return (exponentials / exponentials.sum(axis=1, keepdims=True)).astype(np.float32)


def usual_companions() -> Mapping[str, tuple[str, ...]]:
    """The categories that usually come with each on one invoice."""
    return _keywords().companions


def _vector(scores: dict[str, float]) -> NDArray[np.float32]:
    return np.array([scores.get(category, 0.0) for category in SPEND_CATEGORIES], np.float32)


@dataclass(frozen=True, slots=True)
class _Entry:
    category: str
    language: str
    weight: float
    words: tuple[str, ...]


def parse_keywords(document: Any, *, file: str = FILE) -> tuple[list[_Entry], dict[str, list[tuple[str, ...]]]]:
    """Entries and seller words by category. Raises `ConfigurationError` naming category and language of what is not usable."""
    categories = cast("dict[str, dict[str, Any]]", document.get("categories")) if isinstance(document, dict) else None
    if not isinstance(categories, dict):
        raise ConfigurationError(f"{file}: expected a mapping under 'categories'")
    unknown = set(categories) - set(SPEND_CATEGORIES)
    if unknown:
        raise ConfigurationError(f"{file}: unknown categories {', '.join(sorted(unknown))}")
    entries: list[_Entry] = []
    sellers: dict[str, list[tuple[str, ...]]] = {}
    for category, languages in categories.items():
        for language, text in languages.items():
            if not isinstance(text, str):
                raise ConfigurationError(f"{file}, {category}, {language}: expected words separated by commas, found {text!r}")
            for phrase in filter(None, (part.strip() for part in text.split(","))):
                mark = phrase[0] if phrase[0] in "+-" else ""
                parts = tuple(words(phrase.removeprefix(mark)))
                if not parts:
                    raise ConfigurationError(f"{file}, {category}, {language}: {phrase!r} holds no word")
                if language == "sellers":
                    sellers.setdefault(category, []).append(parts)
                else:
                    entries.append(_Entry(category, language, WEIGHTS[mark], parts))
    return entries, sellers


def parse_neutral(document: Any, *, file: str = FILE) -> frozenset[str]:
    """Folded words under ``neutral``, of all languages. Raises `ConfigurationError` when they are not usable."""
    languages: object = document.get("neutral", {})
    if not isinstance(languages, dict):
        raise ConfigurationError(f"{file}: expected a text of words for each language under 'neutral'")
    languages = cast("dict[str, object]", languages)
    if not all(isinstance(text, str) for text in languages.values()):
        raise ConfigurationError(f"{file}: expected a text of words for each language under 'neutral'")
    return frozenset(word for text in languages.values() for word in words(str(text)))


class _Keywords:
    """The loaded dictionary: its phrases, and what each stands for."""

    def __init__(
        self,
        entries: Sequence[_Entry],
        sellers: dict[str, list[tuple[str, ...]]],
        neutral: frozenset[str],
        companions: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._neutral = neutral
        self.companions = companions
        by_phrase: dict[tuple[str, ...], list[_Entry]] = defaultdict(list)
        for entry in entries:
            by_phrase[entry.words].append(entry)
        self._meanings = dict(by_phrase)
        self._phrases = Phrases(by_phrase)
        self._canonical = CanonicalWords(
            known={word for phrase in by_phrase for word in phrase}, single={phrase[0] for phrase in by_phrase if len(phrase) == 1}
        )
        self._sellers = sorted(
            ((phrase, category) for category, phrases in sellers.items() for phrase in phrases), key=lambda entry: -len(" ".join(entry[0]))
        )

    def is_neutral(self, text: Sequence[str]) -> bool:
        """Whether all of its words are such as name no product: a discount, a surcharge, a correction."""
        return bool(text) and self._neutral.issuperset(text)

    def scores(self, text: Sequence[str], *, language: str | None) -> dict[str, float]:
        compounds = language is None or language in COMPOUNDING
        tokens = [self._canonical(word, compounds=compounds) for word in text]
        scores: dict[str, float] = defaultdict(float)
        if not tokens:
            return scores
        taken: set[int] = set()
        for phrase, start, end in sorted(self._phrases.find(tokens), key=lambda match: (match[1] - match[2], match[1])):
            if not taken.isdisjoint(range(start, end)):
                continue
            taken.update(range(start, end))
            best: dict[str, float] = {}
            for entry in self._meanings[phrase]:
                weight = entry.weight * (1 + WORD_BONUS * (end - start - 1)) * _language_factor(entry.language, language)
                best[entry.category] = max(best.get(entry.category, 0.0), weight)
            for category, weight in best.items():
                scores[category] += weight
        return scores

    def seller_scores(self, seller: str) -> dict[str, float]:
        """1.0 for each category of which the supplier's name holds a trade word, also as the first or last part of a compound; the longer
        trade word takes the word of the name (``autovermietung`` before ``vermietung``)."""
        tokens = words(seller)
        scores: dict[str, float] = defaultdict(float)
        taken: dict[int, tuple[str, ...]] = {}
        name = " ".join(tokens)
        for phrase, category in self._sellers:
            if phrase[0] not in name:
                continue
            for start in range(len(tokens) - len(phrase) + 1):
                places = range(start, start + len(phrase))
                if any(taken.get(place, phrase) != phrase for place in places):
                    continue
                whole = tokens[start : start + len(phrase)] == list(phrase)
                if whole or (len(phrase) == 1 and _part_of(tokens[start], phrase[0])):
                    taken.update(dict.fromkeys(places, phrase))
                    scores[category] = 1.0
        return scores


def _part_of(name: str, word: str) -> bool:
    return (len(word) >= 4 and name.startswith(word)) or (len(word) >= 5 and name.endswith(word))


def _language_factor(entry: str, document: str | None) -> float:
    if document is None:
        return UNKNOWN_LANGUAGE
    if entry == document:
        return 1.0
    return ENGLISH if entry == "en" else OTHER_LANGUAGE


@cache
def _keywords() -> _Keywords:
    import yaml

    try:
        text = files("extractors").joinpath("data", FILE).read_text(encoding="utf-8")
        document = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  (both are safe loaders, the first is ten times faster)
    except (FileNotFoundError, yaml.YAMLError) as exc:
        raise ConfigurationError(f"extractors/data/{FILE} cannot be read: {exc}") from exc
    return _Keywords(*parse_keywords(document), parse_neutral(document), parse_companions(document.get("companions", {}), file=FILE))
