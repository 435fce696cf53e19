"""Items that letters and tills tell: lists with dashes or numbers, sentences, dots that lead to the amount, "2 x 3,50" above or under a name."""

from __future__ import annotations

from random import Random

from extractors.training.amounts import Row
from extractors.training.cells import discount_spans, note, unit_span
from extractors.training.columns import Plan
from extractors.training.layout import Block, Line, Span, stack, text_block, width_of
from extractors.training.look import Look
from extractors.training.structure_words import structure_list
from extractors.training.trade_cells import mark_spans
from extractors.training.vocabulary import small_words
from extractors.training.writing import Writer

BULLETS = ("-", "-", "–", "•", "*", "·", "1.", "1)", "a)", "(1)", "1", "")
LEADERS = (".", ".", ".", "_", "-", " .", "·")


class Teller:
    """How one document tells its items; made once."""

    def __init__(self, writer: Writer, look: Look, plan: Plan, width: float) -> None:
        self.writer, self.look, self.plan, self.width = writer, look, plan, width
        self.kind = writer.facts.manners.cards
        rng = self.rng = writer.facts.manners.draw("told")
        self.bullet = rng.choice(BULLETS)
        self.form = rng.randrange(4)
        self.times = rng.choice(("x", "x", "×", "*", "à", "@", *small_words("at", writer.facts.language)))
        self.leader = rng.choice(LEADERS)
        self.counts = rng.random() < 0.6
        self.united = rng.random() < 0.5
        self.above = rng.random() < 0.3
        self.amount_with = rng.random() < 0.4  # the amount stands on the line of arithmetic
        self.always = rng.random() < 0.4  # also where the quantity is one
        self.behind = rng.random() < 0.25  # "× 2" behind the name
        self.amount_place = writer.line_place if rng.random() < 0.6 else "after"
        self.sentences = structure_list("sentence", writer.facts.language)
        self.narrow = width * rng.choice((1.0, 1.0, 0.75, 0.6)) if self.kind in ("till", "leaders") else width

    def block(self, row: Row, name: list[Line], under: list[Line], group: int) -> Block:
        """One item."""
        make = {"list": self._listed, "leaders": self._led, "till": self._rung_up, "prose": self._told}[self.kind]
        block = make(row, name, under, group)
        block.width = self.width
        return block

    # -- parts -------------------------------------------------------------------------------------------------

    def _amount(self, row: Row, group: int) -> Line:
        inclusive = self.writer.facts.inclusive
        value, label = (row.gross, "line.gross_amount") if inclusive else (row.net, "line.net_amount")
        return [*self.writer.money(value, label, group, place=self.amount_place), *mark_spans(self.writer, row, group)]

    def _quantity(self, row: Row, group: int) -> Line:
        unit = [unit_span(Random(group), self.writer, row, group)] if self.united else []
        return [self.writer.quantity(row.quantity, group=group), *unit]

    def _arithmetic(self, row: Row, group: int) -> Line:
        """Quantity and price with what else makes the amount of them."""
        writer = self.writer
        out: Line = [*self._quantity(row, group), note(self.times, group)]
        if row.factor != 1:
            out += [note(writer.number.short(row.factor), group), note(self.times, group)]
        out += writer.money(row.price, "line.unit_price", group, place=writer.line_place, places=row.price_places)
        if row.per != 1:
            out.append(note(f"/ {row.per}", group))
        if row.discount_percent is not None:
            off = discount_spans(writer, self.plan, row, group)
            if self.plan.discount_as != "percent":
                out += [note(writer.word("discount", "columns"), group), *off]
            else:
                out += [note("-", group), *off]
        return out

    def _counted(self, row: Row) -> bool:
        plain = row.quantity == 1 and row.discount_percent is None and row.factor == 1 and row.per == 1
        return row.priced and (self.always or not plain)

    def _bullet(self, group: int) -> Line:
        number = str(group + 1)
        if "1" in self.bullet:
            text = self.bullet.replace("1", number)
            return [Span(text, "line.position", group, number)]
        if "a" in self.bullet:
            return [Span(self.bullet.replace("a", "abcdefghijklmnopqrstuvwxyz"[group % 26]))]
        return [Span(self.bullet)] if self.bullet else []

    # -- forms -------------------------------------------------------------------------------------------------

    def _listed(self, row: Row, name: list[Line], under: list[Line], group: int) -> Block:
        amount, style = self._amount(row, group), self.look.body
        bullet = self._bullet(group)
        lead = width_of([*bullet, Span("")], style) + style.size * 0.6 if bullet else 0.0
        room = self.width - lead
        counted = self._counted(row)
        if self.form == 0 or len(name) > 1:  # the amount at the right edge
            first: Line = [*(self._quantity(row, group) if row.priced and self.counts else []), *name[0]]
            body = self._right([first, *name[1:], *under], amount, room)
        elif self.form == 1:
            body = text_block(
                [[*name[0], *([Span(","), *self._arithmetic(row, group)] if counted else []), Span("="), *amount], *under],
                style,
                width=room,
            )
        elif self.form == 2:
            body = text_block([[*name[0], Span(":", space=False), *amount], *under], style, width=room)
        else:
            extra = [Span("("), *_glued(self._arithmetic(row, group)), Span("):", space=False)] if counted else [Span(":", space=False)]
            body = text_block([[*name[0], *extra, *amount], *under], style, width=room)
        out = Block(self.width, 0)
        if bullet:
            out.add(text_block([bullet], style), 0, 0)
        out.add(body, lead, 0)
        return out

    def _led(self, row: Row, name: list[Line], under: list[Line], group: int) -> Block:
        """Name, a row of dots, amount; long names go on above the line with the dots."""
        style, amount = self.look.body, self._amount(row, group)
        first: Line = [*([*self._quantity(row, group), note(self.times, group)] if self.counts and self._counted(row) else []), *name[0]]
        value = text_block([amount], style)
        lines = text_block([first], style, width=max(80.0, self.narrow - value.width - 30))
        last = max((r.y for r in lines.runs), default=0.0)
        ends = max((r.x + width_of(r.spans, style) for r in lines.runs if r.y == last), default=0.0) + 3
        dot = (
            width_of([Span(self.leader.strip() * 10)], style) / 10
            if self.leader.strip() == self.leader
            else width_of([Span(self.leader)], style)
        )
        count = int((self.narrow - value.width - 3 - ends) / max(0.5, dot))
        top = lines.height - style.size * style.leading
        out = Block(self.width, 0)
        out.add(lines, 0, 0)
        if count > 2:
            out.add(
                text_block(
                    [
                        [
                            Span(
                                self.leader.strip() * count
                                if self.leader.strip() == self.leader
                                else self.leader.strip() + self.leader * (count // 2)
                            )
                        ]
                    ],
                    style,
                ),
                ends,
                top,
            )
        out.add(value, self.narrow - value.width, top)
        lower = [*name[1:], *under]
        return stack([out, text_block(lower, self.look.small, width=self.narrow * 0.8)]) if lower else out

    def _rung_up(self, row: Row, name: list[Line], under: list[Line], group: int) -> Block:
        """A till's row: the arithmetic has a line of its own above or under the name."""
        style, amount = self.look.body, self._amount(row, group)
        lower = [*name[1:], *under]
        if not self._counted(row):
            return self._right([name[0], *lower], amount, self.narrow)
        if self.behind and row.factor == 1 and row.per == 1 and row.discount_percent is None:
            quantity = self._quantity(row, group)
            return self._right(
                [[*name[0], note(self.times if self.times in "x×*" else "x", group), *quantity], *lower], amount, self.narrow
            )
        arithmetic = self._arithmetic(row, group)
        indent = self.rng.choice((0.0, 10.0, 18.0)) if group == 0 else getattr(self, "indent", 0.0)
        self.indent = indent
        small = Block()
        small.add(self._right([arithmetic], amount if self.amount_with else [], self.narrow - indent), indent, 0)
        named = self._right([name[0]], [] if self.amount_with else amount, self.narrow)
        parts = [small, named] if self.above else [named, small]
        return stack([*parts, text_block(lower, style, width=self.narrow * 0.75)]) if lower else stack(parts)

    def _told(self, row: Row, name: list[Line], under: list[Line], group: int) -> Block:
        """A sentence."""
        style = self.look.body
        pattern = self.sentences[(self.form + group // 3) % len(self.sentences)]
        if "{price}" in pattern and not self._counted(row):
            pattern = next(p for p in self.sentences if "{price}" not in p)
        if "{price}" in pattern and (row.factor != 1 or row.per != 1 or row.discount_percent is not None):
            pattern = next(p for p in self.sentences if "{price}" not in p)
        date = note(self.writer.date(row.day, other=True).text, group)
        price = self.writer.money(row.price, "line.unit_price", group, places=row.price_places)
        values = {"name": name[0], "amount": self._amount(row, group), "quantity": self._quantity(row, group), "price": price, "date": date}
        spans = self.writer.filled(pattern, values) or [*name[0], *self._amount(row, group)]
        return text_block([spans, *name[1:], *under], style, width=self.width)

    def _right(self, lines: list[Line], amount: Line, width: float) -> Block:
        """Lines with the amount at the right edge of the first."""
        value = text_block([amount], self.look.body) if amount else Block()
        out = Block(width, 0)
        out.add(text_block(lines, self.look.body, width=max(60.0, width - value.width - 12)), 0, 0)
        out.add(value, max(0.0, width - value.width), 0)
        return out


def _glued(spans: Line) -> Line:
    """Spans of which the first follows without a space."""
    return [Span(s.text, s.label, s.group, s.value, s.space if i else False, s.bold, s.key) for i, s in enumerate(spans)]
