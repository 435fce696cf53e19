"""Invoice and order number: candidates of the network and of captions, weighed by what stands beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.caption_words import announces, match, plain
from extractors.assembly.captions import Captions
from extractors.assembly.header import Choice, clean_identifier, text_key
from extractors.assembly.number_parts import DATE, may_be_a_label, parts_around
from extractors.assembly.spans import LABEL_INDEX, NUMERIC_LABELS, Span, Words, groups_touch, make_span

# Odds, chosen on generated layouts: what a caption adds to, or takes from, the network's opinion.
CAPTION_AGREES = {"credit_number": 8.0, "invoice_number": 8.0, "order_number": 3.0}
ORDER_LETTERS_TOO = 10.0  # where the number itself also says that it is an order's
CAPTION_LEANS = 0.5  # "Order" may be the seller's own number
CAPTION_DENIES = 0.05
CORRECTED = 0.2  # less again for the number of another invoice, which looks like the own one
OWN_CAPTIONS = {"invoice_number": ("credit_number", "invoice_number"), "order_number": ("order_number",)}
CAPTION_ONLY = 0.06
IMPLAUSIBLE = 0.01  # odds of a year, a date, an amount
# Every invoice has a number, which its caption alone may tell; few name an order.
THRESHOLDS = {"invoice_number": 0.33, "purchase_order": 0.65}
REPEATED = 0.02
OTHER_SHARE = 0.5  # probability of a part of an item or an amount from which no caption makes a word a number of the document
SHORTEST_REFERRED = 4  # digits of a number that a payment reference may begin with
GOES_ON = 0.08  # probability of a fragment below that it belongs to the number
LIKELY = 0.5  # probability of a number that "No." alone stands in front of
LETTERS_GAP_EM = 0.8
SHORTEST_WORD = 4  # letters of a word of a title, which no number begins with
LETTERS_ABOVE = 0.5  # as the next, for letters at the end of the line above
LETTERS_TOLD = 0.05  # probability from which letters in front of a number belong to it
LETTERS_OF_MORE = 0.3  # of one that begins with letters itself
_LETTERS = re.compile(r"^([A-Z]{1,4}(?:-[A-Z]{1,2})?)$|(?<=[:.#])([A-Z]{1,4})$")
_BEHIND_LABEL = re.compile(r"^(.*[a-zß-ž]{2})([A-Z]{2,4})$")
# Words, and abbreviations of "number", that stand in front of a number without belonging to it.
_ABBREVIATIONS = frozenset(
    {"DOIT", "FOR", "OF", "DU", "VOM", "TO", "NO", "NR", "N", "NUM", "ID", "REF", "DOC", "CODE", "VAT", "IVA", "TVA", "BTW"}
)
_END_OF_LABEL = re.compile(r"^(?:[^\W\d_]{4,}|[^\W\d_]?[a-zß-ž]{2,3})(?=\d)|^[^\W\d_]*[a-zß-ž]{2}(?=[A-Z][A-Z\d./-]*\d)")
_COPYRIGHT = re.compile(r"©|\(c\)|copyright", re.IGNORECASE)
_ORDER_LETTERS = re.compile(r"(?:PO|BC|BDC|OC|ODA|OA)[\W_]*\d[\w./-]*")
_HEAD_OF_GROUPS = re.compile(r"\d{1,3}")
_GROUP_OF_THREE = re.compile(r"\d{3}")
FEWEST_GROUPS = 2  # behind its first digits, from which a number is grouped by spaces
_FRAGMENT = re.compile(r"[A-Z\d/.\-]{1,8}$")
_YEAR = re.compile(r"(?:19|20)\d{2}")
_BARE_DATE = re.compile(r"(?:\d{2})?\d{6}")  # "201031", where a caption says that it is one
_AMOUNT = re.compile(r"[^\w]?\d{1,3}(?:[.,']\d{3})*[.,]\d{2}[^\w]?")


def choose_number(
    words: Words,
    captions: Captions,
    probabilities: NDArray[np.float32],
    spans: Sequence[Span],
    *,
    name: str,
    caption: str,
    exclude: Iterable[str] = (),
) -> Choice | None:
    """The likeliest value of the header field ``name`` whose captions are of the kind ``caption``; ``exclude`` are keys not to be chosen."""
    label = f"header.{name}"
    column = LABEL_INDEX[label]
    banned = set(exclude)
    others = sorted({LABEL_INDEX[n] for n in LABEL_INDEX if n.startswith("line.") or n in NUMERIC_LABELS})
    candidates = [s for s in spans if s.label == label]
    own = {i for s in candidates for i in s.words}
    taken = {i for s in spans for i in s.words}
    in_column: list[float] = probabilities[:, column].tolist()
    in_others: list[float] = probabilities[:, others].sum(1).tolist()
    for i in words.once(_possible_numbers):
        if i in own:
            continue
        cued = in_others[i] < OTHER_SHARE and _is_called(captions, i, OWN_CAPTIONS[caption])
        if cued or (in_column[i] >= CAPTION_ONLY and i not in taken):
            candidates.append(make_span(words, label, [i], probabilities))
    lettered = _with_letters(words, captions, probabilities, label) if name == "purchase_order" else []
    candidates += lettered
    cues = [caption if span in lettered else _cue(words, captions, span) for span in candidates]
    agreeing = OWN_CAPTIONS[caption]
    if "credit_number" in agreeing and "credit_number" not in cues and "invoice_number" in cues and _is_credit_note(captions):
        cues = ["credit_number" if _is_bare(captions, s, cue) else cue for s, cue in zip(candidates, cues, strict=True)]
    if "credit_number" in agreeing and "credit_number" in cues:
        # what is called an invoice beside a credit note's own number is the one that it corrects
        agreeing = agreeing[:1]
        cues = ["corrected_number" if cue == "invoice_number" else cue for cue in cues]
    if name == "invoice_number":
        cues = _receipts_apart(captions, candidates, cues)
    groups: dict[str, list[tuple[float, Span]]] = {}
    for span, cue in zip(candidates, cues, strict=True):
        value = clean_identifier(span.text)
        key = text_key(value)
        if key and key not in banned:
            groups.setdefault(key, []).append((_support(words, captions, span, value, cue, agreeing), span))
    if not groups:
        return None

    def total(members: list[tuple[float, Span]]) -> float:
        return max(support for support, _ in members) + REPEATED * min(len(members) - 1, 5)

    likely = {key: members for key, members in groups.items() if total(members) >= THRESHOLDS[name]}
    if not likely:
        return None
    best_key = max(likely, key=lambda key: total(likely[key]))
    longer = [key for key in likely if key.startswith(best_key) and not _is_checked(best_key, key, likely[key])]
    best = likely[max(longer, key=len)]  # elsewhere it may be printed whole
    span = max(best, key=lambda m: m[0])[1]
    rest = _rest_below(words, captions, probabilities, span, column) or _groups_behind(words, span)
    whole = make_span(words, label, (*span.words, *rest), probabilities) if rest else span
    bare = sum(_stands_alone(words, s) for _, s in best) > 0
    letters = "" if bare else _letters_before(words, captions, probabilities, span, column, OWN_CAPTIONS[caption])
    joint = " " if rest and words.line_list[rest[0]] == words.line_list[span.words[-1]] else ""
    text = span.text[_end_of_label(words, captions, span) :] + "".join(joint + words.texts[i] for i in rest)
    if not rest:
        before, behind = parts_around(words, probabilities, span, column)
        whole = make_span(words, label, (*before, *span.words, *behind), probabilities) if before or behind else span
        text = " ".join([*(words.texts[i] for i in before), text, *(words.texts[i] for i in behind)])
        letters = "" if before else letters
    return Choice(letters + clean_identifier(text), whole, min(span.probability if whole is span else whole.probability, 1.0))


def _with_letters(words: Words, captions: Captions, probabilities: NDArray[np.float32], label: str) -> list[Span]:
    """Numbers behind the letters of an order ("PO 4711") where a caption of their own stands in front of both, or over them alone."""
    result: list[Span] = []
    for i in words.once(_possible_numbers):
        piece = captions.pieces[captions.piece_of[i]].words
        k = piece.index(i)
        if k == 0 or not _ORDER_LETTERS.fullmatch(f"{words.texts[piece[k - 1]]} {words.texts[i]}"):
            continue
        told = captions.in_front("number", piece[k - 1]) or (captions.over("number", piece[0]) if piece == (piece[0], i) else None)
        over = captions.above(piece[0])[:1] if piece == (piece[0], i) else []
        if told == "order_number" or any(announces("reference", text) for text in over):
            result.append(make_span(words, label, [piece[k - 1], i], probabilities))
    return result


def _groups_behind(words: Words, span: Span) -> tuple[int, ...]:
    """The groups of three digits behind a number that is grouped by spaces ("No 12 345 678 901")."""
    if not _HEAD_OF_GROUPS.fullmatch(words.texts[span.words[-1]]):
        return ()
    line = words.words_of_line[words.line_list[span.words[-1]]]
    members: list[int] = []
    for i in line[line.index(span.words[-1]) + 1 :]:
        if not (_GROUP_OF_THREE.fullmatch(words.texts[i]) and groups_touch(words, (members or span.words)[-1], i)):
            break
        members.append(i)
    return tuple(members) if len(members) >= FEWEST_GROUPS else ()


def _is_checked(number: str, longer: str, members: Sequence[tuple[float, Span]]) -> bool:
    """Whether a longer number in one word is a payment reference that holds a number and digits to check it."""
    one_word = all(len(span.words) == 1 for _, span in members)
    return longer != number and one_word and longer.isdecimal() and number.isdecimal() and len(number) >= SHORTEST_REFERRED


def _receipts_apart(captions: Captions, candidates: Sequence[Span], cues: Sequence[str | None]) -> list[str | None]:
    """The cues, where some number is called an invoice's: what is called a receipt's is likely another one."""
    receipts = [
        cue == "invoice_number" and match("receipt", captions.before(s.first)) is not None for s, cue in zip(candidates, cues, strict=True)
    ]
    if not any(cue == "invoice_number" and not receipt for cue, receipt in zip(cues, receipts, strict=True)):
        return list(cues)
    return [None if receipt else cue for cue, receipt in zip(cues, receipts, strict=True)]


def _is_called(captions: Captions, i: int, kinds: Sequence[str]) -> bool:
    """Whether the caption in front of a word, or over one that nothing stands beside, is of one of the ``kinds``."""
    alone = captions.pieces[captions.piece_of[i]].words == (i,) and not captions.before(i)
    return captions.in_front("number", i) in kinds or (alone and captions.over("number", i) in kinds)


def _is_credit_note(captions: Captions) -> bool:
    """Whether a line of the first page is the title of a credit note or of another correction."""
    return any(piece.page == 0 and match("title", piece.text, whole=True) == "credit_note" for piece in captions.pieces)


def _is_bare(captions: Captions, span: Span, cue: str | None) -> bool:
    """Whether a likely number has no more than "No." in front of it: under such a title the number is the credit note's own."""
    return cue in (None, "invoice_number") and span.probability >= LIKELY and announces("bare", captions.before(span.first))


def _possible_numbers(words: Words) -> list[int]:
    """Words that may be a number of any kind."""
    return [i for i, text in enumerate(words.texts) if words.has_digit[i] and len(text) >= 2]


def _end_of_label(words: Words, captions: Captions, span: Span) -> int:
    """How many letters at the start of a number are the end of the label in front of it: letters of its first word ("NO. DE FACTURA739374",
    "Note NumberK-17"), or the whole word ("Invoice code 17", "Facture mensuelle 17")."""
    text = words.texts[span.first]
    piece = captions.pieces[captions.piece_of[span.first]].words
    before = " ".join(words.texts[i] for i in piece[: piece.index(span.first)])
    if not before:
        return 0
    if len(span.words) > 1 and text.isalpha() and any(words.has_digit[i] for i in span.words[1:]):
        led = announces("number", plain(before)) or announces("title", plain(before))
        told = text.islower() or text in _ABBREVIATIONS
        return len(text) + 1 if len(text) >= SHORTEST_WORD and (announces("number", plain(f"{before} {text}")) or (led and told)) else 0
    found = _END_OF_LABEL.match(text)
    led = (before, before.split()[-1])
    return len(found[0]) if found and any(announces("number", plain(f"{text} {found[0]}")) for text in led) else 0


def _stands_alone(words: Words, span: Span) -> bool:
    """Whether a number is printed directly behind a colon, and so without letters in front of it."""
    line = words.words_of_line[span.line]
    k = line.index(span.first)
    return k > 0 and words.texts[line[k - 1]].endswith(":")


def _letters_before(
    words: Words, captions: Captions, probabilities: NDArray[np.float32], span: Span, column: int, own: Sequence[str]
) -> str:
    """The letters with which a number begins where a space or the end of a line stands behind them ("FV 2024/17"), and a space; empty without any. The
    network tells them, or a caption of the field (of a kind in ``own``) directly in front of them."""
    starts_with_digit = words.texts[span.first][:1].isdigit()
    line = words.words_of_line[span.line]
    k = line.index(span.first)
    if k > 0 and words.box_list[span.first][0] - words.box_list[line[k - 1]][2] < LETTERS_GAP_EM * words.size_list[span.first]:
        letters, glued = _letters_of(words.texts[line[k - 1]])
        spaced_out = k > 1 and len(letters) == len(words.texts[line[k - 2]]) == 1  # the end of a title
        likely = probabilities[line[k - 1], column]
        told = (
            glued or likely >= (LETTERS_TOLD if starts_with_digit else LETTERS_OF_MORE) or captions.in_front("number", line[k - 1]) in own
        )
        return f"{letters} " if letters and told and not spaced_out else ""
    for line_above in range(span.line - 1, span.line - 3, -1) if starts_with_digit else ():
        for i in words.words_of_line.get(line_above, ()):
            letters, _ = _letters_of(words.texts[i])
            if letters and words.page[i] == span.page and probabilities[i, column] >= LETTERS_ABOVE:
                return f"{letters} "
    return ""


def _letters_of(text: str) -> tuple[str, bool]:
    """Letters that may begin a number: a word of one to four capitals, or such at the end of a label (then True)."""
    glued = _BEHIND_LABEL.match(text)
    if glued and match("number", plain(glued[1])):
        return glued[2], True
    found = _LETTERS.search(text)
    letters = (found[1] or found[2]) if found is not None else ""
    if letters in _ABBREVIATIONS or announces("number", plain(letters)):
        return "", False
    return letters, found is not None and found[1] is None


def _rest_below(words: Words, captions: Captions, probabilities: NDArray[np.float32], span: Span, column: int) -> tuple[int, ...]:
    """The word that goes on, in the next line of a narrow cell, with a number that is broken there: a hyphen or slash says so, or the network."""
    last = span.words[-1]
    i = next(iter(words.below_in_cell(span.words)), None)
    if i is None:
        return ()
    members = words.words_of_line[words.line_list[i]]
    after = members[members.index(i) + 1 :][:1]
    before = members[: members.index(i)][-1:]
    cut = words.texts[last][-1] in "-/"
    labelled = bool(before) and words.texts[before[0]].endswith(":")
    labelled = labelled or (not cut and may_be_a_label(captions.before(i)))
    alone = not after or words.box_list[after[0]][0] - words.box_list[i][2] > words.size_list[last]
    fits = _FRAGMENT.match(words.texts[i]) is not None and (cut or len(words.texts[i]) <= len(words.texts[last]))
    told = cut or (probabilities[i, column] >= GOES_ON and not _YEAR.fullmatch(words.texts[i]) and captions.in_front("number", i) is None)
    return (i,) if alone and fits and told and not labelled else ()


def _cue(words: Words, captions: Captions, span: Span) -> str | None:
    """What the caption of a candidate says that it is."""
    first = next((i for i in span.words if words.has_digit[i]), span.first)
    return captions.cue("number", span.first) or (captions.in_front("number", first) if first != span.first else None)


def _support(words: Words, captions: Captions, span: Span, value: str, cue: str | None, agreeing: Sequence[str]) -> float:
    """Probability of a candidate whose caption says ``cue``; ``agreeing`` is what captions of the field say."""
    probability = min(max(span.probability, CAPTION_ONLY), 0.99)
    leans = cue == f"weak_{agreeing[-1]}"
    odds = 1.0 if cue is None else CAPTION_AGREES[agreeing[-1]] if cue in agreeing else CAPTION_LEANS if leans else CAPTION_DENIES
    if cue == "order_number" and cue in agreeing and _ORDER_LETTERS.match(value):
        odds *= ORDER_LETTERS_TOO
    if cue == "corrected_number":
        odds *= CORRECTED
    if cue is None and _BARE_DATE.fullmatch(value) and captions.cue("date", span.first):
        odds *= IMPLAUSIBLE
    line = words.words_of_line[words.line_list[span.first]]
    k = line.index(span.first)
    nearby = " ".join(words.texts[i] for i in line[max(k - 2, 0) : k + len(span.words)])
    goes_on = words.texts[span.words[-1]][-1] in "-/"
    if (
        _COPYRIGHT.search(nearby)
        or _YEAR.fullmatch(value)
        or DATE.fullmatch(value)
        or _AMOUNT.fullmatch(value)
        or not (goes_on or any(c.isdigit() for c in value))
    ):
        odds *= IMPLAUSIBLE
    return probability * odds / (1 - probability + probability * odds)
