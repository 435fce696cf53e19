"""The page of commands, from the command line itself: ``python docs/cli_page.py > docs/cli.md`` (``make docs``). A test compares."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

HEAD = """\
# Commands

Exit codes, the same for every command that processes documents: **0** every document was accepted, **1** at least one was flagged for
review or rejected, **2** the command itself failed (a path that does not exist, a database that cannot be written), with one line on
stderr that says why.

This page is made from the commands: `make docs`.
"""


def page() -> str:
    """The whole page as Markdown."""
    import typer

    from flows.cli import app

    parts = [HEAD]
    for name, command in commands(typer.main.get_command(app), ()):
        parts.append(f"## lineitem {name}\n\n{description(command)}\n\n```\nlineitem {name} {usage(command)}\n```\n")
        if rows := [row(parameter) for parameter in visible(command)]:
            parts.append("| | |\n|---|---|\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Every command that can be run, depth first, with its name as typed."""
    if children := getattr(command, "commands", None):
        for name, child in children.items():
            if not child.hidden:
                yield from commands(child, (*path, name))
    else:
        yield " ".join(path), command


def visible(command: Any) -> list[Any]:
    return [parameter for parameter in command.params if not getattr(parameter, "hidden", False) and parameter.name != "help"]


def description(command: Any) -> str:
    return inspect.cleandoc(command.help or "").split("\f")[0].strip()


def usage(command: Any) -> str:
    options = any(is_option(parameter) for parameter in visible(command))
    arguments = [value_name(parameter) for parameter in visible(command) if not is_option(parameter)]
    return " ".join([*(["[OPTIONS]"] if options else []), *arguments])


def is_option(parameter: Any) -> bool:
    return parameter.param_type_name == "option"


def value_name(parameter: Any) -> str:
    """What stands for the value: the metavar if it has one, the choices of an enum, else its kind."""
    kind = parameter.type_descriptor.annotation
    if is_option(parameter):
        if parameter.is_flag:
            return ""
        if isinstance(kind, type) and issubclass(kind, Enum):
            return "|".join(str(choice.value) for choice in kind)
        return parameter.metavar or {int: "N", float: "NUMBER", Path: "PATH"}.get(kind, parameter.name.upper())
    name = parameter.metavar or parameter.name.upper()
    return name if parameter.required else f"[{name}]"


def row(parameter: Any) -> str:
    names = ", ".join([*parameter.opts, *parameter.secondary_opts]) if is_option(parameter) else ""
    shown = f"{names} {value_name(parameter)}".strip().replace("|", "\\|")
    text = re.sub(r"([<*|_])", r"\\\1", re.sub(r"\s+", " ", parameter.help or "").strip())
    if is_option(parameter) and not parameter.is_flag and parameter.default is not None:
        default = parameter.default.value if isinstance(parameter.default, Enum) else parameter.default
        text += f" Default: `{default}`."
    if is_option(parameter) and parameter.required:
        text += " Required."
    return f"| `{shown}` | {text} |"


if __name__ == "__main__":
    sys.stdout.write(page())
