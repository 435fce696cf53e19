"""Options that several commands share, and what they all begin with: the settings in force and a progress display."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from flows.progress import Progress
    from flows.settings import Settings

Database = Annotated[
    str | None, typer.Option(help="Database URL or SQLite file. Default: lineitem.db in the working directory.", metavar="URL")
]
Model = Annotated[
    Path | None,
    typer.Option(
        "--model",
        help="Folder of the model: one of Lineitem's, or a transformers token-classification checkpoint with Lineitem's labels. "
        "Default: the one that comes with the package.",
        metavar="DIR",
    ),
]
IgnoreXml = Annotated[bool, typer.Option("--ignore-xml", help="Read the page even where an e-invoice XML is embedded.")]
Out = Annotated[Path, typer.Option("--out", help="Folder to write to.", metavar="DIR")]


def settings_in_force(**overrides: Any) -> Settings:
    """The settings with what the command line overrides; None = not given."""
    from flows.settings import load_settings

    return load_settings(overrides)


@contextmanager
def shown_progress(unit: str = "documents", *, waiting: str = "loading the model") -> Generator[Progress]:
    """A bar on a terminal, else lines on stderr. ``waiting`` is said until the first ``unit`` is done."""
    from flows.progress import Bar, PlainLines

    if not sys.stderr.isatty():
        yield PlainLines(unit)
        return
    with Bar(unit, waiting=waiting) as bar:
        yield bar
