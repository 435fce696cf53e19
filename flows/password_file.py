"""The file of passwords that the settings name: YAML, a list of ``source`` (a glob) and ``password``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from extractors.readers.passwords import SourcePassword
from schemas.errors import ConfigurationError


def read_passwords(path: Path | None) -> tuple[SourcePassword, ...]:
    """The passwords in the file's order; none without a file. Raises `ConfigurationError`, which never quotes a password."""
    if path is None:
        return ()
    import yaml

    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise ConfigurationError(f"{path} cannot be read: {exc.strerror}") from exc
    except (yaml.YAMLError, UnicodeDecodeError) as exc:
        raise ConfigurationError(f"{path} is not a YAML file in UTF-8") from exc
    if not isinstance(entries, list):
        raise ConfigurationError(f"{path}: expected a list of entries with source and password")
    return tuple(_entry(path, number, entry) for number, entry in enumerate(cast("list[Any]", entries), start=1))


def _entry(path: Path, number: int, entry: Any) -> SourcePassword:
    fields = cast("dict[str, Any]", entry) if isinstance(entry, dict) else {}
    if set(fields) != {"source", "password"} or not isinstance(fields["source"], str):
        raise ConfigurationError(f"{path}: entry {number}: expected source (a glob such as '*/acme/*') and password, and nothing else")
    return SourcePassword(fields["source"], str(fields["password"]))
