"""The page docs/settings.md, from the settings themselves: ``python -m flows.settings_page`` prints it."""

from __future__ import annotations

import sys
import types
from enum import StrEnum
from typing import Any, Literal, Union, get_args, get_origin

from flows.settings import SETTINGS_FILE, Settings

INTRODUCTION = f"""# Settings

Order of precedence: command line, environment variable, `{SETTINGS_FILE}` in the working directory, default.
The file uses the names of the first column (`workers = 4`); an unknown name in it is an error.

| setting | environment variable | values | default | meaning |
| --- | --- | --- | --- | --- |
"""


def settings_page() -> str:
    """The page as Markdown."""
    return INTRODUCTION + "".join(_row(name, field) for name, field in Settings.model_fields.items())


def _row(name: str, field: Any) -> str:
    default = (
        "—"
        if field.default_factory is not None or field.default is None
        else f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"
    )
    return f"| `{name}` | `LINEITEM_{name.upper()}` | {_values(field.annotation)} | {default} | {field.description} |\n"


def _values(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(kind))
    if get_origin(kind) in (Union, types.UnionType):
        return " or ".join(_values(part) for part in get_args(kind) if part is not types.NoneType)
    if get_origin(kind) is dict:
        return f"table of {_values(get_args(kind)[1])}"
    if issubclass(kind, StrEnum):
        return ", ".join(f"`{member.value}`" for member in kind)
    return {
        "Decimal": "number",
        "SecretStr": "text",
        "str": "text",
        "int": "whole number",
        "float": "number",
        "bool": "`true`, `false`",
        "Path": "path",
    }[kind.__name__]


if __name__ == "__main__":
    sys.stdout.write(settings_page())
