"""The files of knowledge that ship with the extractors (``extractors/data``)."""

from __future__ import annotations

from importlib.resources import files
from typing import Any


def read_yaml(name: str) -> Any:
    """What a shipped file says."""
    import yaml

    text = files("extractors").joinpath("data", name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  (both are safe loaders, the first is ten times faster)
