"""Pages that fill from the top: a cursor, page breaks with repeated table headings and carried sums, footers at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from extractors.training.layout import Block, Run, Shape
from extractors.training.table import Piece

PAGE_SIZES = {
    "a4": (595.28, 841.89),
    "letter": (612.0, 792.0),
    "a4_landscape": (841.89, 595.28),
    "legal": (612.0, 1008.0),
    "a5": (419.5, 595.28),
}


@dataclass(slots=True)
class Sheet:
    """The growing document. ``top`` and ``bottom`` bound the body in points; ``reserve`` is kept free above the footer."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    pages: list[Block] = field(default_factory=list[Block])
    y: float = 0.0
    on_new_page: Callable[[Sheet], None] | None = None

    @property
    def inner(self) -> float:
        return self.width - self.left - self.right

    @property
    def room(self) -> float:
        return self.height - self.bottom - self.y

    def new_page(self) -> None:
        self.pages.append(Block(self.width, self.height))
        self.y = self.top
        if len(self.pages) > 1 and self.on_new_page is not None:
            self.on_new_page(self)

    def put(self, block: Block, *, x: float = 0.0, gap: float = 0.0) -> None:
        """Place a block under what is there, on a new page where it does not fit."""
        if self.y + gap + block.height > self.height - self.bottom and self.y > self.top + 20:
            self.new_page()
            gap = 0.0
        self.place(block, self.left + x, self.y + gap)
        self.y += gap + block.height

    def place(self, block: Block, x: float, y: float, page: int = -1) -> None:
        """Place a block at absolute coordinates without moving the cursor."""
        target = self.pages[page]
        width, height = target.width, target.height
        target.add(block, x, y)
        target.width, target.height = width, height

    def put_table(
        self,
        heads: list[Block],
        pieces: list[Piece],
        *,
        repeat: bool,
        carry: Callable[[Decimal, str], Block] | None,
        x: float = 0.0,
        gap: float = 0.0,
    ) -> None:
        """Rows down the pages; ``carry`` makes the line of the running sum at the foot ("forward") and the head ("brought") of a page."""
        running = Decimal(0)
        copies = iter(heads)
        head = next(copies, None)
        first = pieces[0].block.height if pieces else 0.0
        if self.y + gap + (head.height if head else 0.0) + first > self.height - self.bottom and self.y > self.top + 20:
            self.new_page()
            gap = 0.0
        self.y += gap
        if head is not None:
            self.put(head, x=x)
        reserve = 14.0 if carry is not None else 0.0
        for piece in pieces:
            if (self.y + piece.block.height + reserve > self.height - self.bottom or piece.fresh) and self.y > self.top + 60:
                if carry is not None:
                    self.place(carry(running, "forward"), self.left + x, self.y)
                self.new_page()
                if repeat:
                    head = next(copies, None)
                    if head is not None:
                        self.put(head, x=x)
                if carry is not None:
                    brought = carry(running, "brought")
                    self.put(brought, x=x)
            self.place(piece.block, self.left + x, self.y)
            self.y += piece.block.height
            if piece.amount is not None:
                running += piece.amount


def copy_of(block: Block) -> Block:
    """A block with its own runs and shapes (the spans are shared), to be placed on another page."""
    return Block(block.width, block.height, [replace(r) for r in block.runs], [replace(s) for s in block.shapes])


__all__ = ["PAGE_SIZES", "Run", "Shape", "Sheet", "copy_of"]
