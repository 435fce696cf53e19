"""What the printed words beside, above or over a value say it is: "Invoice no.", "Due", "Total excl. VAT", "Bill to"."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from extractors.assembly.caption_words import announces, match, plain
from extractors.assembly.currency_words import is_beside_amount
from extractors.assembly.glued import glued_label
from extractors.assembly.legal_forms import has_legal_form
from extractors.assembly.spans import Words

PIECE_GAP_EM = 1.0  # words further apart are separate pieces of a line
REACH_ABOVE_EM = 3.2  # a caption over its value stands no higher
REACH_HEADING_EM = 22.0  # the name of a party stands no further below the heading of its block
BLOCK_GAP_EM = 1.8  # white space inside the block of a party
ALIGNED_EM = 1.5
PITCH_EM = 2.2  # from the baseline of a line, such as a heading, to that of the next
PIECES_ABOVE = 80  # among which what stands over a value is looked for
DIGITS_OF_ACCOUNT = 8
LONGEST_ADDRESS = 9  # lines
LONGEST_CAPTION = 8  # words before the value
LONGEST_HEADING = 5  # words
SLIP_PART = 0.35  # of the page's height, from the top: a slip for the payment begins below
TERM_KINDS = 3  # labels beside the number of one business term, from which the page's numbers are none of these terms
_VALUE = re.compile(r"\d")
_TERM = re.compile(r"\bbt (\d{1,3})\b")
_GLUED = re.compile(r"^[(\[]?[^\W\d][^\d:]{2,24}:(?=\S)")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a line without a wide gap between; ``text`` as `plain`."""

    words: tuple[int, ...]
    text: str
    page: int
    line: int
    box: tuple[float, float, float, float]


@dataclass(eq=False)
class Captions:
    """The captions of a document's values."""

    words: Words
    _known_before: dict[int, str] = field(default_factory=dict[int, str])
    _known_in_front: dict[tuple[str, int], str | None] = field(default_factory=dict[tuple[str, int], str | None])
    _known_over: dict[tuple[str, int], str | None] = field(default_factory=dict[tuple[str, int], str | None])
    _known_above: dict[int, list[str]] = field(default_factory=dict[int, list[str]])
    _known_headed: dict[int, str | None] = field(default_factory=dict[int, str | None])
    _known_party: dict[int, str | None] = field(default_factory=dict[int, str | None])

    @cached_property
    def pieces(self) -> list[Piece]:
        """All pieces, in reading order."""
        result: list[Piece] = []
        words = self.words
        for line, members in words.words_of_line.items():
            start = 0
            for k in range(1, len(members) + 1):
                if (
                    k == len(members)
                    or words.box_list[members[k]][0] - words.box_list[members[k - 1]][2] > PIECE_GAP_EM * words.size_list[members[k - 1]]
                ):
                    inside = members[start:k]
                    text = plain(" ".join(words.texts[i] for i in inside))
                    result.append(Piece(tuple(inside), text, int(words.page[inside[0]]), line, words.box_of(inside)))
                    start = k
        return result

    @cached_property
    def piece_of(self) -> dict[int, int]:
        """Index of the piece of each word."""
        return {i: k for k, piece in enumerate(self.pieces) for i in piece.words}

    def cue(self, topic: str, first: int) -> str | None:
        """What the caption of the value that starts with word ``first`` says, within ``topic`` of the vocabulary; None where it says nothing.
        The words before it on its line speak first, then what stands above."""
        return self.in_front(topic, first) or self.over(topic, first)

    def in_front(self, topic: str, first: int) -> str | None:
        """As `cue`, only from the words before the value on its line."""
        key = (topic, first)
        if key not in self._known_in_front:
            self._known_in_front[key] = match(topic, self.before(first))
        return self._known_in_front[key]

    def over(self, topic: str, first: int) -> str | None:
        """As `cue`, only from the words above the value."""
        key = (topic, first)
        if key not in self._known_over:
            self._known_over[key] = next((c for c in (match(topic, t, whole=True) for t in self.above(first)) if c), None)
        return self._known_over[key]

    def before(self, first: int) -> str:
        """The text in front of a word: the rest of its piece, or the piece to the left where that shows no value of its own."""
        if first not in self._known_before:
            self._known_before[first] = self._text_before(first)
        return self._known_before[first]

    def _text_before(self, first: int) -> str:
        k = self.piece_of[first]
        piece = self.pieces[k]
        own = [self.words.texts[i] for i in piece.words[: piece.words.index(first)]]
        glued = _GLUED.match(self.words.texts[first])
        label = glued[0] if glued else glued_label(self.words.texts[first])
        if label:
            own.append(label)
        if any(not is_beside_amount(t) for t in own):
            return plain(" ".join(own[-LONGEST_CAPTION:]))
        while k > 0 and self.pieces[k - 1].line == piece.line:
            k -= 1
            if any(not is_beside_amount(self.words.texts[i]) for i in self.pieces[k].words):
                return plain(" ".join(self.words.texts[i] for i in self.pieces[k].words[-LONGEST_CAPTION:]))
        return ""

    def above(self, first: int) -> list[str]:
        """Texts of the two nearest pieces over a word, from the nearest."""
        if first not in self._known_above:
            self._known_above[first] = self._texts_above(first)
        return self._known_above[first]

    def _texts_above(self, first: int) -> list[str]:
        k = self.piece_of[first]
        x0, y0, x1, _ = self.words.box_list[first]
        size = self.words.size_list[first]
        found: list[tuple[float, str]] = []
        for j in range(k - 1, max(k - PIECES_ABOVE, -1), -1):
            piece = self.pieces[j]
            if piece.page != self.pieces[k].page or y0 - piece.box[3] > REACH_ABOVE_EM * size:
                break
            if piece.line != self.pieces[k].line and piece.box[0] < x1 and piece.box[2] > x0 and piece.box[3] < y0 + 0.4 * size:
                found.append((y0 - piece.box[3], piece.text))
        return [text for _, text in sorted(found)[:2]]

    @cached_property
    def _headings(self) -> list[tuple[Piece, str]]:
        found: list[tuple[Piece, str]] = []
        for piece in self.pieces:
            if len(piece.words) <= LONGEST_HEADING and not _VALUE.search(piece.text):
                role = self._role(piece.text, piece)
                printed = " ".join(self.words.texts[i] for i in piece.words)
                open_remark = printed.count("(") != printed.count(")")  # "(Original for" over "Recipient)"
                if role and role != "contact" and not open_remark and not has_legal_form(printed):  # a company is no heading
                    found.append((piece, role))
        if any(role == "seller" and not announces("merchant", piece.text) for piece, role in found):
            found = [(piece, match("merchant", piece.text, whole=True) or role) for piece, role in found]
        return found

    def _role(self, text: str, piece: Piece) -> str | None:
        """What a heading or a caption of a party says, which is of ``piece``; on a slip for the payment "to" is who is paid."""
        on_slip = piece.page in self._slips and piece.box[3] > self._slips[piece.page]
        return (match("slip_party", text, whole=True) if on_slip else None) or match("party", text, whole=True)

    @cached_property
    def _slips(self) -> dict[int, float]:
        """Where a slip for the payment begins on a page, by the index of the page."""
        pages = self.words.tagged.document.pages
        found: dict[int, float] = {}
        for piece in self.pieces:
            if announces("slip", piece.text) and piece.box[1] > SLIP_PART * pages[piece.page].height_pt:
                found.setdefault(piece.page, piece.box[1])
        return found

    def _one_block(self, heading: Piece, piece: Piece) -> bool:
        """Whether lines without a wide gap lead from a heading down to a piece."""
        size = self.words.size_list[piece.words[0]]
        bottom = heading.box[3]
        for other in self.pieces[self.piece_of[heading.words[0]] + 1 : self.piece_of[piece.words[0]] + 1]:
            if abs(other.box[0] - heading.box[0]) < 2.5 * size or other is piece:
                if other.box[1] - bottom > BLOCK_GAP_EM * size:
                    return False
                bottom = max(bottom, other.box[3])
        return True

    def block(self, first: int) -> str:
        """The text of the address that begins with a word: the pieces below it that begin or end where its own does."""
        own = self.pieces[self.piece_of[first]]
        size = self.words.size_list[first]
        bottom, texts = own.box[3], []
        for piece in self.pieces[self.piece_of[first] :]:
            aligned = min(abs(piece.box[0] - own.box[0]), abs(piece.box[2] - own.box[2])) < ALIGNED_EM * size
            if piece.page != own.page or piece.box[1] - bottom > REACH_ABOVE_EM * size or len(texts) == LONGEST_ADDRESS:
                break
            if aligned:
                bottom = piece.box[3]
                texts.append(" ".join(self.words.texts[i] for i in piece.words))
        return "\n".join(texts)

    def headed(self, first: int) -> str | None:
        """``seller`` or ``buyer`` where the line directly over a word, at its left edge, is the heading of their block, "Name" between the two or not, or
        tells the number of the business term. A heading under the number of a bank account ("Recipient") names who is paid."""
        if first not in self._known_headed:
            self._known_headed[first] = self._role_of_heading(first)
        return self._known_headed[first]

    def _role_of_heading(self, first: int) -> str | None:
        heading = self._over_at_left_edge(first)
        term = self._term(first) or (match("term", heading.text) if heading is not None else None)
        if term is not None:
            return term if term in ("seller", "buyer") else None
        if heading is not None and (announces("naming", heading.text) or announces("key", heading.text)):
            heading = self._over_at_left_edge(heading.words[0]) or heading
        role = next((role for piece, role in self._headings if piece is heading), None)
        if heading is None or role not in ("seller", "buyer"):
            return None
        account = self._over_at_left_edge(heading.words[0])
        return None if account is not None and sum(c.isdigit() for c in account.text) >= DIGITS_OF_ACCOUNT else role

    @cached_property
    def _terms_are_kept(self) -> bool:
        """Whether no number of a business term stands with labels of several kinds: one that does numbers something else."""
        labels: dict[str, set[str]] = {}
        for piece in self.pieces:
            for found in _TERM.finditer(piece.text):
                before, after = piece.text[: found.start()].split(), piece.text[found.end() :].split()
                label = " ".join(before[-1:] or after[:1])
                if label:
                    labels.setdefault(found[1], set()).add(label)
        return all(len(kinds) < TERM_KINDS for kinds in labels.values())

    def _term(self, first: int) -> str | None:
        """Whose value the number of a business term in front of a word says it is; one that stands alone to the left may be another value's."""
        before = self.before(first)
        alone = announces("term", before) and self.pieces[self.piece_of[first]].words[0] == first
        return None if alone or not self._terms_are_kept else match("term", before)

    def line_over(self, first: int) -> Piece | None:
        """The piece directly over the one of a word, no further above than a line of the same text."""
        k = self.piece_of[first]
        own, size = self.pieces[k], self.words.size_list[first]
        over = [
            p
            for p in self.pieces[max(k - PIECES_ABOVE, 0) : k]
            if p.page == own.page
            and p.line != own.line
            and 0 < own.box[3] - p.box[3] < PITCH_EM * max(size, self.words.size_list[p.words[0]])
            and p.box[0] < own.box[2]
            and p.box[2] > own.box[0]
        ]
        return max(over, key=lambda p: p.box[3], default=None)

    def _over_at_left_edge(self, first: int) -> Piece | None:
        own, over = self.pieces[self.piece_of[first]], self.line_over(first)
        return over if over is not None and abs(over.box[0] - own.box[0]) < self.words.size_list[own.words[0]] else None

    def party(self, first: int) -> str | None:
        """The role (``seller``, ``buyer``, ``delivery``, ``other_party``) of the block that a word belongs to: named in front of it, or by the
        nearest heading over its column or over the start of its line."""
        if first not in self._known_party:
            self._known_party[first] = self._role_of_block(first)
        return self._known_party[first]

    def _role_of_block(self, first: int) -> str | None:
        in_front = self._role(self.before(first), self.pieces[self.piece_of[first]])
        apart = self.pieces[self.piece_of[first]].words[0] == first  # what stands in front may be of another column
        directly = self.headed(first) if apart else self._term(first)
        if directly:
            return directly
        over = self._over_at_left_edge(first) if apart else None
        third = next((role for piece, role in self._headings if piece is over), None)
        if third:
            return third
        if in_front:
            return "other_party" if in_front == "contact" else in_front
        k = self.piece_of[first]
        own = self.pieces[k]
        start = self._key(k)
        size = self.words.size_list[first]
        best: tuple[int, bool, str] | None = None
        for heading, role in self._headings:
            drop = own.box[1] - heading.box[3]
            if heading.page != own.page or not -0.5 * size < drop < REACH_HEADING_EM * size:
                continue
            over, beside = (abs(heading.box[0] - p.box[0]) < 2.5 * size for p in (own, start))
            if (over or beside) and self._one_block(heading, own):
                best = min(best or (round(drop), not over, role), (round(drop), not over, role))
        return best[2] if best else None

    def _key(self, k: int) -> Piece:
        """What a piece is the value of: the piece to the left where that is a key ("Name:"), else the first one of the line."""
        line, first = self.pieces[k].line, k
        while first > 0 and self.pieces[first - 1].line == line:
            first -= 1
        before = self.pieces[max(k - 1, first)]
        is_key = self.words.texts[before.words[-1]].endswith(":") or announces("naming", before.text)
        return before if before is not self.pieces[k] and is_key else self.pieces[first]
