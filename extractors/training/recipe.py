"""The recipe of a model: everything its training depends on, from one TOML file.

``[generator]`` and ``[exam]`` say which documents are generated (``count``, ``seed``, ``family``); the first are learnt from, the second
never: on them the confidence is fitted. ``[training]`` holds the settings of `extractors.training.train.TrainingConfig` and ``start_from``
(a checkpoint, relative to the file), ``[network]`` those of `extractors.training.network.SpecialistConfig`, ``[export]`` the largest
difference between torch and ONNX Runtime that is let pass, and whether weights get eight bits (``int8``). ``[second.training]`` and
``[second.network]``: where either is there, a second network is trained on the same documents, from weights of its own, with these settings in place of the
first one's; it reads again what could be accepted, in eight bits. ``workers`` is the number of processes; 0 = one per core.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, cast

from schemas.errors import ConfigurationError

FAMILIES = ("train", "exam")
EXTENDABLE = (
    "training.minutes",
    "training.checkpoint_every_s",
    "second.training.minutes",
    "second.training.checkpoint_every_s",
    "workers",
)  # may change between two runs into one folder


@dataclass(frozen=True, slots=True)
class Documents:
    """Generated documents: the seeds ``seed`` … ``seed + count - 1`` of a family."""

    count: int
    seed: int = 0
    family: str = "train"


@dataclass(frozen=True, slots=True)
class SecondNetwork:
    """Settings of the second network where they are not those of the first."""

    training: Mapping[str, Any] = field(default_factory=dict[str, Any])
    network: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Recipe:
    """A parsed recipe. ``training`` and ``network`` are handed on by name."""

    generator: Documents
    exam: Documents
    training: Mapping[str, Any] = field(default_factory=dict[str, Any])
    network: Mapping[str, Any] = field(default_factory=dict[str, Any])
    start_from: Path | None = None
    max_difference: float = 1e-3
    int8: bool = False
    workers: int = 0
    second: SecondNetwork | None = None

    def differences(self, other: Mapping[str, Any]) -> list[str]:
        """Names of the settings in which the recorded recipe ``other`` differs, those aside that may change between runs."""
        mine, theirs = _flat(self.plain()), _flat(other)
        return sorted(name for name in mine.keys() | theirs.keys() if name not in EXTENDABLE and mine.get(name) != theirs.get(name))

    def plain(self) -> dict[str, Any]:
        """The recipe as JSON values."""
        return {
            **asdict(self),
            "training": dict(self.training),
            "network": dict(self.network),
            "second": {"training": dict(self.second.training), "network": dict(self.second.network)} if self.second else None,
            "start_from": str(self.start_from) if self.start_from else None,
        }


def load_recipe(path: Path) -> Recipe:
    """Read a recipe. Raises `ConfigurationError` with the setting, what was expected and what was found."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise ConfigurationError(f"The training configuration {path} cannot be read: {exc}.") from exc
    known = {"generator", "exam", "training", "network", "second", "export", "workers"}
    if unknown := sorted(data.keys() - known):
        raise ConfigurationError(f"{path}: unknown {', '.join(unknown)}; expected {', '.join(sorted(known))}.")
    training = dict(_table(data, "training", path))
    start = training.pop("start_from", None)
    export = _table(data, "export", path)
    if unknown := sorted(export.keys() - {"max_difference", "int8"}):
        raise ConfigurationError(f"{path}: unknown export.{unknown[0]}; expected int8 or max_difference.")
    if not isinstance(export.get("int8", False), bool):
        raise ConfigurationError(f"{path}: export.int8 must be true or false, found {export['int8']!r}.")
    return Recipe(
        generator=_documents(data, "generator", path),
        exam=_documents(data, "exam", path),
        training=_numbers(training, "training", path),
        network=_numbers(_table(data, "network", path), "network", path),
        start_from=path.parent / str(start) if start else None,
        max_difference=float(export.get("max_difference", 1e-3)),
        int8=bool(export.get("int8", False)),
        workers=_whole(data.get("workers", 0), "workers", path),
        second=_second(data, path),
    )


def _second(data: Mapping[str, Any], path: Path) -> SecondNetwork | None:
    if "second" not in data:
        return None
    table = _table(data, "second", path)
    if unknown := sorted(table.keys() - {"training", "network"}):
        raise ConfigurationError(f"{path}: unknown second.{unknown[0]}; expected training or network.")
    found = {name: _numbers(_table(table, name, path), f"second.{name}", path) for name in ("training", "network")}
    return SecondNetwork(found["training"], found["network"])


def _documents(data: Mapping[str, Any], name: str, path: Path) -> Documents:
    table = _table(data, name, path)
    known = [f.name for f in fields(Documents)]
    if unknown := sorted(table.keys() - set(known)):
        raise ConfigurationError(f"{path}: unknown {name}.{unknown[0]}; expected {', '.join(known)}.")
    count = _whole(table.get("count", 0), f"{name}.count", path)
    family = table.get("family", "train" if name == "generator" else "exam")
    if count < 1:
        raise ConfigurationError(f"{path}: {name}.count: expected the number of documents, found {table.get('count')!r}.")
    if family not in FAMILIES:
        raise ConfigurationError(f"{path}: {name}.family: expected {' or '.join(FAMILIES)}, found {family!r}.")
    return Documents(count, _whole(table.get("seed", 0), f"{name}.seed", path), str(family))


def _table(data: Mapping[str, Any], name: str, path: Path) -> Mapping[str, Any]:
    found = data.get(name, {})
    if not isinstance(found, dict):
        raise ConfigurationError(f"{path}: expected a table [{name}], found {found!r}.")
    return cast("Mapping[str, Any]", found)


def _numbers(table: Mapping[str, Any], name: str, path: Path) -> dict[str, Any]:
    for key, value in table.items():
        if not isinstance(value, int | float):
            raise ConfigurationError(f"{path}: {name}.{key}: expected a number or true/false, found {value!r}.")
    return dict(table)


def _whole(value: Any, name: str, path: Path) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ConfigurationError(f"{path}: {name}: expected a whole number, found {value!r}.")
    return value


def _flat(data: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in data.items():
        if isinstance(value, Mapping):
            flat |= _flat(cast("Mapping[str, Any]", value), f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat
