"""Printing for people. Text from documents and file names is shown, never obeyed: no escape sequences, no markup."""

from __future__ import annotations

import contextlib
import shutil
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

PIPED_WIDTH = 200  # where there is no terminal to fit into


def console(*, stderr: bool = False) -> Console:
    """The terminal, or as wide a page where the output goes to a file or another program."""
    from rich.console import Console

    terminal = (sys.stderr if stderr else sys.stdout).isatty()
    return Console(stderr=stderr, width=None if terminal else PIPED_WIDTH, highlight=False, soft_wrap=False)


def typed_name(started_as: str | None = None) -> str:
    """What to type for this command: ``lineitem`` where the shell finds it, else the path by which it was started, such as
    ``.venv/bin/lineitem``."""
    path = Path(started_as or sys.argv[0])
    if path.name != "lineitem" or shutil.which("lineitem"):
        return "lineitem"
    with contextlib.suppress(ValueError):
        path = path.resolve().relative_to(Path.cwd())
    return str(path)


def printable(value: object) -> str:
    """``value`` as text without control characters and characters that change the direction of others; None is empty."""
    if value is None:
        return ""
    text = str(value)
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        " " if character in "\n\t" else "�" if unicodedata.category(character) in ("Cc", "Cf", "Cs") and character != "­" else character
        for character in text
    )


def shown(value: object, style: str = "") -> Text:
    """``value`` for a table cell or a line."""
    from rich.text import Text

    return Text(printable(value), style)
