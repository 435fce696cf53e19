"""The table of hostile files, gathered by cause."""

from __future__ import annotations

from benchmarks.hostile import Line, by_cause


def test_files_are_gathered_by_what_became_of_them() -> None:
    lines = [
        Line("a.pdf", "rejected", "LI-DOC-DAMAGED", "cannot be parsed", 0.5, 80.0),
        Line("b.pdf", "review", "BR-02", "no number", 1.0, None),
        Line("c.pdf", "rejected", "LI-DOC-DAMAGED", "cannot be parsed", 1.5, 120.0),
    ]
    assert by_cause(lines).splitlines()[2:] == [
        "| rejected | LI-DOC-DAMAGED | 2 | 1.00 | 1.50 | 120 |",
        "| review | BR-02 | 1 | 1.00 | 1.00 | 0 |",
    ]
