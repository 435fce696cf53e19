"""The printed extent of a party's name: neither a fragment nor the address, mail address or person that stands beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.caption_words import announces, match, plain
from extractors.assembly.captions import Captions, Piece
from extractors.assembly.header import text_key
from extractors.assembly.legal_forms import has_legal_form, is_legal_form
from extractors.assembly.name_ends import is_of_other_size, names_a_department, without_line_over_it, without_statement
from extractors.assembly.name_lines import naming_line
from extractors.assembly.party_places import letters_of_pages
from extractors.assembly.spans import JOINING, LABEL_INDEX, Span, Words, goes_on, is_unfinished, make_span

GROW = 0.08  # a word beside a name belongs to it when the network finds it this likely
WORD_GAP_EM = 0.6
SPACED_OUT_EM = 1.2
EVENLY = 1.3  # times the narrowest gap of the line
LINE_PITCH_EM = 1.9  # from the baseline of a name to that of its continuation
NAME_WORDS = 8
MONOGRAM = 3  # letters
PARTY = 0.5  # probability from which a text that stands alone names a party
FEWEST_HEADED = 3  # words, of which the first may be a heading: "Vendor Partners" is a name
LONGEST_CAPTION = 3  # words in front of a name
NO_HEADING = 0.75  # probability of a name from which a word of a heading may be part of it
PARTY_NAMES = ("header.seller_name", "header.buyer_name")
BLOCK_LINES = 7  # lines above and below a name in which its block shows how wide it is
SAME_SIZE = 1.1
SPACE_EM = 0.4
SAME_EDGE_EM = 0.3
LETTERHEAD_SIZE = 1.3  # of the median size of the page: letters of a name that heads it
LETTERHEAD_WORDS = 6
LETTERHEAD_PART = 0.35  # of the page's height, from the top
_STOP = re.compile(r"[@<>]|^https?:|^www\.|^[-–—·•●|/:;]+$|[|;:]$")
_SEPARATED = re.compile(r"[,;:|]$")
_STREET = re.compile(r"(?:str\.|straße|strasse|weg|platz|allee|gasse|straat|laan|gatan|vej|gata|veien)$", re.IGNORECASE)
# "12 Harbour Road": a house number in front of a street, as English addresses have it
_NUMBERED_STREET = re.compile(
    r"\d+\w?,? (?:[^\W\d]+ ){1,3}(?:st|street|ave|avenue|road|rd|blvd|boulevard|lane|ln|drive|dr|way|court|ct|place|pl)\b", re.IGNORECASE
)


def without_headings(words: Words, spans: Sequence[Span]) -> tuple[list[Span], list[Span]]:
    """The spans without the headings and captions in front of a name that were taken for names themselves, and these."""
    firsts = {(span.label, span.first) for span in spans}

    def leads(span: Span) -> bool:
        line = words.words_of_line[words.line_list[span.words[-1]]]
        after = line[line.index(span.words[-1]) + 1 :][:1]
        return bool(after) and (span.label, after[0]) in firsts and _close(words, span.words[-1], after[0])

    kept: list[Span] = []
    headings: list[Span] = []
    for span in spans:
        heads = span.label in PARTY_NAMES and _is_heading(span.text, span.probability) and leads(span)
        (headings if heads else kept).append(span)
    return kept, headings


def whole_names(words: Words, captions: Captions, probabilities: NDArray[np.float32], spans: Sequence[Span]) -> list[Span]:
    """Name spans grown over the rest of the name and cut where something else begins."""
    result: list[Span] = []
    named = {(span.label, captions.piece_of[i]) for span in spans for i in span.words}
    for span in spans:
        over = captions.line_over(span.first)
        if over is not None and (span.label, captions.piece_of[over.words[0]]) in named and names_a_department(words, span.words):
            continue
        members = _grown(words, captions, probabilities, _cut(words, captions, probabilities, list(span.words)))
        members = _without_heading(words, without_line_over_it(words, without_statement(words, members)))
        if not members:
            continue
        if is_legal_form(" ".join(words.texts[i] for i in members)):
            members = [*_line_above(words, captions, members), *members]
        elif is_unfinished(make_span(words, span.label, members, probabilities)):
            members = [*members, *_line_below(words, captions, members)]
        named_by, members = members[0], naming_line(words, captions, list(members))
        same = tuple(members) == span.words
        found = span if same else make_span(words, span.label, members, probabilities)
        if named_by not in members:  # the line beside it is as likely as what led there
            found = replace(found, probability=span.probability)
        if (
            any(c.isalpha() for c in found.text)
            and not _is_heading(found.text, found.probability)
            and not _NUMBERED_STREET.match(found.text)
            and not _is_monogram(words, found.text)
        ):
            result.append(found)
    return result


def _is_monogram(words: Words, text: str) -> bool:
    """Whether a text is two or three letters that the pages show nowhere else: a logo, not how a party is called."""
    return len(text_key(text)) <= MONOGRAM and sum(plain(word) == plain(text) for word in words.texts) <= 1


def _is_heading(text: str, probability: float = 0.0) -> bool:
    """Whether a text is what stands over or in front of a name: "Supplier", "Company name". One with a word more may be a name, if the network is of that
    ``probability`` sure of it."""
    if has_legal_form(text):
        return False
    heading = plain(text)
    told = any(announces(topic, heading) for topic in ("party", "naming", "title"))
    return told or (probability < NO_HEADING and match("party", heading, whole=True) is not None)


def _cut(words: Words, captions: Captions, probabilities: NDArray[np.float32], members: list[int]) -> list[int]:
    """The words before a mail address, a bracket, a street, or a person in the line of an address, behind a caption ("Payable to"); separators at the
    ends fall off."""
    members = _before_comma(words, captions, probabilities, _without_person(words, captions, members))
    for k in range(min(LONGEST_CAPTION, len(members) - 1), 0, -1):
        if announces("naming", plain(" ".join(words.texts[i] for i in members[:k]))):
            members = members[k:]
            break
    for k, i in enumerate(members):
        text = words.texts[i]
        if re.search(r"[@<>]|^www\.|^https?:", text) or (k > 0 and _STREET.search(text.rstrip(",")) and len(members) > k):
            before = words.texts[members[k - 1]] if k else ""
            if "@" in text or "<" in text or has_legal_form(before):
                members = members[:k]
                break
    return members


def _without_heading(words: Words, members: list[int]) -> list[int]:
    """A name without the heading of its block in front of it ("Supplier Nordwind"), which is none where the page shows it with the name elsewhere too."""
    bracketed = len(members) > 1 and words.texts[members[1]].startswith("(")  # "Vendor (UK) Ltd" is a name
    if len(members) < FEWEST_HEADED or bracketed or not announces("party", plain(words.texts[members[0]])):
        return members
    page = words.once(letters_of_pages)
    whole, rest = (text_key(" ".join(words.texts[i] for i in members[k:])) for k in (0, 1))
    shown_without = page.count(rest) > max(page.count(whole), 1)
    return members[1:] if shown_without and not is_legal_form(" ".join(words.texts[i] for i in members[1:])) else members


def _without_person(words: Words, captions: Captions, members: list[int]) -> list[int]:
    """A name without the person behind its comma ("Acme Ltd, Jane Doe, 5 High Street"): nothing but capitalised words stands there, no legal form and
    no joining word, and the line or the next one goes on with the address, or the name has ended in a legal form already, or stands alone elsewhere."""
    texts = [words.texts[i] for i in members]
    end = next((k for k, text in enumerate(texts[:-1]) if text.endswith(",")), None)
    if end is None or any(words.line_list[i] != words.line_list[members[0]] for i in members):
        return members
    rest = [text.strip(",") for text in texts[end + 1 :]]
    person = 2 <= len(rest) <= 4 and all(t[:1].isupper() and t.replace("-", "").replace(".", "").isalpha() for t in rest)
    if not person or has_legal_form(" ".join(rest)):
        return members
    line = words.words_of_line[words.line_list[members[0]]]
    after = line[line.index(members[-1]) + 1 :]
    goes_on = texts[-1].endswith(",") and any(words.has_digit[i] for i in after or _line_below(words, captions, members, numbered=True))
    name = " ".join(texts[: end + 1])
    return members[: end + 1] if goes_on or has_legal_form(name) or any(p.text == plain(name) for p in captions.pieces) else members


def _before_comma(words: Words, captions: Captions, probabilities: NDArray[np.float32], members: list[int]) -> list[int]:
    """A name without what follows its comma where that is a house number ("Acme, 5 High Street"), or where the name stands alone elsewhere as a party's."""
    end = next((k for k, i in enumerate(members[:-1]) if words.texts[i].endswith(",")), None)
    if end is None or has_legal_form(" ".join(words.texts[i] for i in members[end + 1 :])):
        return members
    name = plain(" ".join(words.texts[i] for i in members[: end + 1]))
    columns = [LABEL_INDEX[label] for label in PARTY_NAMES]
    called = any(p.text == name and float(probabilities[np.ix_(p.words, columns)].sum(1).mean()) >= PARTY for p in captions.pieces)
    house_number = words.texts[members[end + 1]][:1].isdigit()
    return members[: end + 1] if house_number or called else members


def _grown(words: Words, captions: Captions, probabilities: NDArray[np.float32], members: list[int]) -> list[int]:
    if not members:
        return members
    columns = [LABEL_INDEX[name] for name in PARTY_NAMES]
    piece = list(captions.pieces[captions.piece_of[members[0]]].words)
    first = piece.index(members[0])
    own = {words.texts[i].casefold() for i in members}  # a name printed twice side by side is not one name
    form_first = is_legal_form(words.texts[members[0]]) or words.texts[members[0]].startswith("(")  # neither begins a name
    while first > 0:
        i = piece[first - 1]
        text = words.texts[i]
        if (
            i in members
            or text.casefold() in own
            or not _close(words, i, members[0])
            or _STOP.search(text)
            or (_SEPARATED.search(text) and not form_first)
            or words.texts[i][:1].isdigit()
        ):
            break
        if float(probabilities[i, columns].sum()) < GROW and not form_first:
            break
        members.insert(0, i)
        first -= 1
    last_piece = list(captions.pieces[captions.piece_of[members[-1]]].words)
    last = last_piece.index(members[-1])
    while last + 1 < len(last_piece):
        i = last_piece[last + 1]
        text = words.texts[i]
        before = words.texts[members[-1]]
        if i in members or text.casefold() in own or not _close(words, members[-1], i):
            break
        if is_legal_form(text) or (
            float(probabilities[i, columns].sum()) >= 2 * GROW and not _STOP.search(text) and not _SEPARATED.search(before)
        ):
            members.append(i)
            last += 1
        else:
            break
    return members


def _line_above(words: Words, captions: Captions, members: Sequence[int]) -> Sequence[int]:
    """The piece of text directly above a legal form that stands alone on its line: the name that it belongs to."""
    own = captions.pieces[captions.piece_of[members[0]]]
    if own.words[0] != members[0]:
        return ()
    size = words.size_list[members[0]]
    above = [
        p
        for p in captions.pieces
        if p.page == own.page and _aligned(p.box, own.box) <= size and 0 < own.box[3] - p.box[3] <= LINE_PITCH_EM * size
    ]
    nearest = max(above, key=lambda p: p.box[3], default=None)
    if nearest is None or nearest.words[NAME_WORDS:] or any(words.has_digit[i] for i in nearest.words):
        return ()
    return () if match("party", nearest.text, whole=True) else nearest.words


def _aligned(above: tuple[float, ...], below: tuple[float, ...]) -> float:
    """How far, in points, the edges or middles of two lines are apart, whichever are nearest."""
    left, right = above[0] - below[0], above[2] - below[2]
    return min(abs(left), abs(right), abs(left + right) / 2)


def _line_below(words: Words, captions: Captions, members: Sequence[int], *, numbered: bool = False) -> Sequence[int]:
    """The piece of text directly below a name, at its left edge, none with digits in it unless ``numbered``."""
    own = captions.pieces[captions.piece_of[members[-1]]]
    size = words.size_list[members[0]]
    below = [
        p
        for p in captions.pieces
        if p.page == own.page and abs(p.box[0] - own.box[0]) <= size and 0 < p.box[3] - own.box[3] <= LINE_PITCH_EM * size
    ]
    nearest = min(below, key=lambda p: p.box[3], default=None)
    if own.words[-1] != members[-1] or nearest is None or nearest.words[NAME_WORDS:]:
        return ()
    return nearest.words if numbered or not any(words.has_digit[i] for i in nearest.words) else ()


def _close(words: Words, left: int, right: int) -> bool:
    """Whether two words of a line stand as close as those of one text, or as all words of a line that is spaced out."""
    gap = words.box_list[right][0] - words.box_list[left][2]
    if gap < WORD_GAP_EM * words.size_list[left]:
        return True
    line = words.words_of_line[words.line_list[left]]
    gaps = [words.box_list[b][0] - words.box_list[a][2] for a, b in pairwise(line)]
    return len(gaps) > 1 and gap < SPACED_OUT_EM * words.size_list[left] and gap < EVENLY * min(gaps)


def stands_apart(words: Words, captions: Captions, above: Span, below: Span) -> bool:
    """Whether two lines of a party's block are not one name: the upper one is a heading or ends in a legal form, the lower one names a department or a trade,
    or the upper one had room for the first word of the lower one, as a line of the block, of no larger type, is that wide."""
    if above.label in PARTY_NAMES and _is_heading(above.text, above.probability):
        return True
    if is_unfinished(above) or goes_on(below):
        return False
    last, first = above.words[-1], below.first
    if above.label in PARTY_NAMES and names_a_department(words, below.words):
        return True
    size, line = words.size_list[last], words.line_list[last]
    own = [i for i in above.words if words.line_list[i] == line]
    if above.label not in PARTY_NAMES or len(own) < 2 or len(below.words) < 2:
        return False
    if is_legal_form(below.text) or is_legal_form(" ".join(below.text.split()[1:])):
        return False
    if any(is_legal_form(" ".join((*above.text.split()[-k:], below.text))) for k in (1, 2)):
        return False
    ended = is_legal_form(words.texts[last])
    if not (ended or words.texts[last][-1:].isalnum()) or (below.text[:1].islower() and below.text.split()[0] in JOINING):
        return False
    trade = below.text[:1].islower() and words.texts[last][:1].isupper()  # "psychologist" under a person's name
    if trade or ended or is_of_other_size(words, own, below.words):
        return True
    x0, _, x1, _ = words.box_of(own)
    needed = x1 - x0 + SPACE_EM * size + words.box_list[first][2] - words.box_list[first][0]
    return any(
        right - left > needed and min(abs(left - x0), abs(right - x1), abs(left + right - x0 - x1) / 2) < SAME_EDGE_EM * size
        for piece in captions.pieces
        for left, _, right, _ in (piece.box,)
        if piece.page == above.page
        and abs(piece.line - line) <= BLOCK_LINES
        and piece.line not in (line, below.line)
        and words.size_list[piece.words[0]] <= SAME_SIZE * size
    )


def letterhead(words: Words, captions: Captions, probabilities: NDArray[np.float32]) -> Span | None:
    """What heads the first page in large letters and is no title: the seller's name where the network tags none."""
    piece = words.once(_heading_of_page, captions)
    return make_span(words, "header.seller_name", piece.words, probabilities) if piece is not None else None


def _heading_of_page(words: Words, captions: Captions) -> Piece | None:
    on_first = [i for i, page in enumerate(words.page_list) if page == 0]
    if not on_first:
        return None
    median = float(np.median(words.size[on_first]))
    height = words.tagged.document.pages[0].height_pt
    best: tuple[float, Piece] | None = None
    for piece in captions.pieces:
        whole_words = [i for i in piece.words if len(words.texts[i]) > 1]  # letters that are spaced out may stand alone
        if piece.page != 0 or piece.box[1] > LETTERHEAD_PART * height or whole_words[LETTERHEAD_WORDS:]:
            continue
        first = piece.words[0]
        size = words.size_list[first]
        text = " ".join(words.texts[i] for i in piece.words)
        if size < LETTERHEAD_SIZE * median or any(c.isdigit() for c in text) or sum(c.isalpha() for c in text) < 3:
            continue
        if any(match(topic, piece.text, whole=True) for topic in ("number", "date", "amount", "party", "title")) or "@" in text:
            continue
        if best is None or size > best[0]:
            best = (size, piece)
    return best[1] if best else None
