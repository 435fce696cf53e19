"""Issue and due date, chosen together: captions, payment terms and the order of the two speak beside the network."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.caption_words import announces, match, plain
from extractors.assembly.captions import Captions
from extractors.assembly.dates import LANGUAGES_OF_BOTH, DateHabit, month_number, parse_date
from extractors.assembly.header import Choice
from extractors.assembly.spans import LABEL_INDEX, Span, Words, make_span

ISSUE, DUE = "header.issue_date", "header.due_date"
# Odds, chosen on generated layouts: what a caption adds to, or takes from, the network's opinion.
CAPTION_AGREES = 8.0
CAPTION_DENIES = 0.08
CALLED_DUE = 0.001  # for the issue date: rather none than the other one
OWN_NUMBERS = frozenset({"invoice_number", "credit_number"})
ANOTHERS = 0.02  # for the date of an order, a contract, a delivery, which stands behind its number
CAPTION_ONLY = 0.06  # probability of a date that only its caption speaks for
THRESHOLD = {ISSUE: 0.08, DUE: 0.3}  # an invoice has a date of issue, so a faint one is likelier than none
ROW_SHARE = 0.5
_DISCOUNT = re.compile(
    r"\b(skonto|discount|escompte|sconto|descuento|pronto pago|korting|rabat|rabatt|slev\w+|alennus|iskonto|kassarabat\w*)\b"
)
_NUMERIC = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}")
# What leads from a number to its date: "4711 of 2 March", "4711 d.d. 2-3-2024".
_LEADING_ON = frozenset(
    "of dated from vom v den du de en date del della di des da do van af av fra fran per d dd z ze dn dne dnia din".split()  # noqa: SIM905
    + "fecha tarihli tarih kelt".split()  # noqa: SIM905
)
_CAPTIONS = frozenset(("date", "fecha", "tarih", "kelt"))  # one of them alone is the caption of a date: "Client 4711 Date 02.03.2024"
_OF_THE_YEAR = frozenset(("m.", "gada"))  # Lithuanian and Latvian, behind the year: "2026 m. kovo 5 d.", "2026. gada 5. martā"
_BARS = frozenset("-–—/")
LONGEST_LEAD = 3  # words
LONGEST_CALL = 4  # words at the end of a line
GOES_ON = 0.3  # probability of two digits in the next line that they end the year of a date
_CUT_YEAR = re.compile(r"\d[./-](?:19|20)$")
_BROKEN_YEAR = re.compile(r"\d[./-](?:19|20) \d\d$")
_TWO_DIGITS = re.compile(r"\d\d")
SHORTEST_NUMBER = 3  # digits
_NET = re.compile(r"\b(netto|ohne abzug|net|rein netto|sans escompte|neto|solde)\b")


def dates_in_order(
    words: Words,
    captions: Captions,
    probabilities: NDArray[np.float32],
    spans: Sequence[Span],
    habit: DateHabit,
    *,
    due_is_tagged: bool,
    language: str,
) -> tuple[Choice | None, Choice | None]:
    """Issue and due date as `choose_dates` reads them; where only the other order of day and month puts the due date after the issue date, and the
    language is written in both, in that order: 01/11/20 and due 02/01/20."""
    issued, due = choose_dates(words, captions, probabilities, spans, habit)
    if due is not None or issued is None or not due_is_tagged or language not in LANGUAGES_OF_BOTH:
        return issued, due
    other = choose_dates(words, captions, probabilities, spans, DateHabit(not habit.day_first))
    same_words = other[0] is not None and other[0].span.words == issued.span.words
    return other if same_words and other[1] is not None and other[0] is not None and other[0].value != issued.value else (issued, due)


def choose_dates(
    words: Words, captions: Captions, probabilities: NDArray[np.float32], spans: Sequence[Span], habit: DateHabit
) -> tuple[Choice | None, Choice | None]:
    """Issue and due date; a due date never lies before the issue date."""
    printed = [*words.once(printed_dates, habit), *words.once(_broken_dates, captions, habit)]
    issued = _candidates(words, captions, probabilities, spans, printed, habit, ISSUE)
    due = _candidates(words, captions, probabilities, spans, printed, habit, DUE)
    best: tuple[float, Choice | None, Choice | None] = (-1.0, None, None)
    for first in (*issued, None):
        for second in (*due, None):
            if first is not None and second is not None:
                if second[1].value < first[1].value:  # type: ignore[operator]
                    continue
                if first[1].span.words == second[1].span.words:
                    continue
            total = (first[0] if first else THRESHOLD[ISSUE]) + (second[0] if second else THRESHOLD[DUE])
            if total > best[0]:
                best = (total, first[1] if first else None, second[1] if second else None)
    return best[1], best[2]


def _candidates(
    words: Words,
    captions: Captions,
    probabilities: NDArray[np.float32],
    spans: Sequence[Span],
    printed: Sequence[tuple[int, ...]],
    habit: DateHabit,
    label: str,
) -> list[tuple[float, Choice]]:
    """The dates of the page with the support for being ``label``, 0 to 1 and a little for every repetition."""
    wanted = label.removeprefix("header.")
    support: dict[date, list[tuple[float, Span]]] = {}
    tagged = {i: s for s in spans if s.label == label for i in s.words}
    seen: set[int] = set()
    for found in (*dict.fromkeys(tuple(s.words) for s in tagged.values()), *printed):
        if any(i in seen for i in found):
            continue
        run = found + _rest_of_year(words, probabilities, found, label)
        span = make_span(words, label, run, probabilities)
        broken = _BROKEN_YEAR.search(span.text) and words.line_list[run[-1]] != words.line_list[run[-2:][0]]
        value = parse_date("".join(words.texts[i] for i in run) if broken else span.text, habit)
        if value is None:  # a part of a date: the whole is among the printed ones
            continue
        seen.update(run)
        probability = min(max(span.probability, tagged[run[0]].probability if run[0] in tagged else 0.0), 0.995)
        cue = captions.cue("date", _start_of_period(words, captions, run[0])) or _led_to_in_line_above(words, run[0])
        net_follows = cue == "discount_date" and _net_follows(words, run)
        cue = "due_date" if net_follows else cue
        number = words.once(_number_in_front, captions, run[0])
        odds = 1.0
        if number is not None and number not in OWN_NUMBERS:
            odds = ANOTHERS
        elif wanted == cue or (label == ISSUE and number is not None):
            odds = CAPTION_AGREES
            if 1 - float(probabilities[list(run), : LABEL_INDEX["line.position"]].sum(1).mean()) <= ROW_SHARE:
                probability = max(probability, CAPTION_ONLY)
        elif cue is not None:
            odds = CALLED_DUE if (label, cue) == (ISSUE, "due_date") and _is_plainly_called(captions, run[0]) else CAPTION_DENIES
        if label == DUE and not net_follows and words.once(_before_discount, captions, run):
            odds = min(odds, 1.0) * CAPTION_DENIES
        if probability >= 0.02:
            supported = probability * odds / (1 - probability + probability * odds)
            support.setdefault(value, []).append((supported, span))
    result: list[tuple[float, Choice]] = []
    for value, members in support.items():
        best, span = max(members, key=lambda m: m[0])
        result.append((best + 0.02 * min(len(members) - 1, 5), Choice(value, span, span.probability)))
    return result


def _rest_of_year(words: Words, probabilities: NDArray[np.float32], run: Sequence[int], label: str) -> tuple[int, ...]:
    """The last two digits of a year that a narrow column broke ("31.05.20" over "19"): they stand under the date, and the network takes them for its."""
    if not _CUT_YEAR.search(words.texts[run[-1]]):
        return ()
    below = (i for i in words.below_in_cell(run) if _TWO_DIGITS.fullmatch(words.texts[i]))
    return next(((i,) for i in below if probabilities[i, LABEL_INDEX[label]] >= GOES_ON), ())


def _start_of_period(words: Words, captions: Captions, first: int) -> int:
    """The first word of the date from which a period runs that ends on the one of word ``first`` ("01.03.2024 - 31.03.2024"), else ``first``."""
    piece = captions.pieces[captions.piece_of[first]].words
    k = piece.index(first)
    if k >= 2 and words.texts[piece[k - 1]] in _BARS and _NUMERIC.search(words.texts[piece[k - 2]]):
        return piece[k - 2]
    return first


def _is_plainly_called(captions: Captions, first: int) -> bool:
    """Whether the caption of a date stands in front of it, or over it without a value of its own."""
    above = captions.above(first)[:1]
    return captions.in_front("date", first) is not None or any(not any(c.isdigit() for c in text) for text in above)


def _led_to_in_line_above(words: Words, first: int) -> str | None:
    """The kind of date that the last words of a line call the one with which the next line begins: "... payable until" over "30.04.2026"."""
    line = words.line_list[first]
    above = words.words_of_line.get(line - 1, ())
    if words.words_of_line[line][0] != first or not above or words.page_list[above[0]] != words.page_list[first]:
        return None
    ends = (plain(" ".join(words.texts[i] for i in above[-n:])) for n in range(2, min(LONGEST_CALL, len(above)) + 1))
    return "due_date" if any(announces("date", text) and match("date", text) == "due_date" for text in ends) else None


def _number_in_front(words: Words, captions: Captions, first: int) -> str | None:
    """The kind of number whose date begins with word ``first``, as it stands behind it ("Order 4711 of 2 March"); None where it stands behind none.
    Behind a bar ("4711 / 02.03.2024") only the invoice's own number is followed by its date for sure."""
    own = captions.pieces[captions.piece_of[first]].words
    piece = own[: own.index(first)]
    if all(_leads_on(words, i) for i in piece):
        piece = (*_line_above(words, captions, own[0]), *piece)
    k = end = len(piece)
    while k > 0 and end - k < LONGEST_LEAD and _leads_on(words, piece[k - 1]):
        k -= 1
    if (
        k == end
        or k == 0
        or sum(c.isdigit() for c in words.texts[piece[k - 1]]) < SHORTEST_NUMBER
        or _NUMERIC.search(words.texts[piece[k - 1]])
    ):
        return None
    kind = captions.cue("number", piece[k - 1])
    told = any((lead := plain(words.texts[i])) and lead not in _CAPTIONS for i in piece[k:end])
    return kind if told or (kind is not None and kind in OWN_NUMBERS) else None


def _leads_on(words: Words, i: int) -> bool:
    """Whether a word leads from a number to its date, as a bar does."""
    return set(plain(words.texts[i]).split()) <= _LEADING_ON and not words.has_digit[i]


def _line_above(words: Words, captions: Captions, first: int) -> tuple[int, ...]:
    """The words of the line of text under which word ``first`` begins, where the next line may go on with it."""
    left, over = words.box_list[first][0], captions.line_over(first)
    return over.words if over is not None and over.box[0] - words.size_list[first] < left < over.box[2] else ()


def _before_discount(words: Words, captions: Captions, run: Sequence[int]) -> bool:
    """Whether a date is the last day of an early-payment discount: the words around it, up to the next date, speak of one and not of the net term."""
    line = words.words_of_line[words.line_list[run[-1]]]
    after: list[str] = []
    for i in line[line.index(run[-1]) + 1 :][:8]:
        if _NUMERIC.search(words.texts[i]) or (after and after[-1].endswith((".", ";"))):
            break
        after.append(words.texts[i])
    first = words.words_of_line[words.line_list[run[0]]]
    before = captions.before(run[0])
    if first.index(run[0]) < 6:  # a sentence that began in the line above
        above = words.words_of_line.get(words.line_list[run[0]] - 1, [])
        if above and abs(words.box_list[above[0]][0] - words.box_list[first[0]][0]) < 2 * words.size_list[run[0]]:
            tail = " ".join(words.texts[i] for i in above)
            before = plain(_NUMERIC.split(tail)[-1]) + " " + before
    if _NET.search(before):
        return False
    return _DISCOUNT.search(before) is not None or (
        _DISCOUNT.search(plain(" ".join(after))) is not None and not _NET.search(plain(" ".join(after)))
    )


def _net_follows(words: Words, run: Sequence[int]) -> bool:
    """Whether the words behind a date say that without discount it is due then, and no date follows that they may belong to: "... 2 % Skonto, bis
    30.06.2024 netto"."""
    line = words.words_of_line[words.line_list[run[-1]]]
    after = [words.texts[i] for i in line[line.index(run[-1]) + 1 :]]
    return _NET.search(plain(" ".join(after[:2]))) is not None and not any(_NUMERIC.search(text) for text in after)


def _broken_dates(words: Words, captions: Captions, habit: DateHabit) -> list[tuple[int, ...]]:
    """Words of every date with a month's name that begins at the end of one line of a text and ends in the next."""
    result: list[tuple[int, ...]] = []
    for line, members in words.words_of_line.items():
        below = words.words_of_line.get(line + 1, ())
        if (
            not below
            or words.page[below[0]] != words.page[members[0]]
            or (not words.has_digit[members[-1]] and not month_number(words.texts[members[-1]]))
        ):
            continue
        for tail, head in ((1, 2), (2, 1), (1, 3), (3, 1)):
            run = (*members[-tail:], *below[:head])
            parts = (members[-tail:], below[:head])
            if len(run) != tail + head or not any(month_number(words.texts[i].strip(".,")) for i in run):
                continue
            if any(parse_date(" ".join(words.texts[i] for i in part), habit) for part in parts):
                continue
            if len(captions.pieces[captions.piece_of[below[0]]].words) >= head and parse_date(" ".join(words.texts[i] for i in run), habit):
                result.append(run)
                break
    return result


def printed_dates(words: Words, habit: DateHabit) -> list[tuple[int, ...]]:
    """Words of every date on the pages: one word, or day, month's name and year beside each other."""
    result: list[tuple[int, ...]] = []
    for members in words.words_of_line.values():
        used = -1
        for k, i in enumerate(members):
            if k <= used:
                continue
            text = words.texts[i]
            if (
                words.has_digit[i]
                and sum(c.isdigit() for c in text) >= 3
                and parse_date(text, habit) is not None
                and len(text) <= (36 if ":" in text else 16)
            ):
                result.append((i,))
            elif (
                not words.has_digit[i]
                and len(text) >= 3
                and any(words.has_digit[j] for j in (*members[max(k - 1, 0) : k], *members[k + 1 : k + 3]))
                and month_number(text.strip(".,")) is not None
            ):
                year_first = (
                    ((k - 2, k + 2), (k - 3, k + 1)) if any(words.texts[j] in _OF_THE_YEAR for j in members[max(k - 2, 0) : k]) else ()
                )
                for start, stop in (*year_first, (k - 1, k + 2), (k, k + 3), (k - 2, k + 3)):
                    run = tuple(members[max(start, 0) : stop])
                    if start >= 0 and len(run) == stop - start and parse_date(" ".join(words.texts[j] for j in run), habit) is not None:
                        result.append(run)
                        used = stop - 1
                        break
    return result
