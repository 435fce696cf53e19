"""What tokens cost, as data; and how many tokens a call can cost at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import yaml

from extractors.fallback.provider import Reply, Request
from schemas.errors import ConfigurationError

MILLION = Decimal(1_000_000)
TOKENS_PER_MESSAGE = 16  # role and separators, generously


@dataclass(frozen=True, slots=True)
class Price:
    """USD per million tokens."""

    input: Decimal = Decimal(0)
    output: Decimal = Decimal(0)

    def of(self, input_tokens: int, output_tokens: int) -> Decimal:
        """Cost in USD."""
        return (self.input * input_tokens + self.output * output_tokens) / MILLION

    def at_most(self, request: Request) -> Decimal:
        """Upper bound of a call's cost: no tokenizer makes more tokens of a text than it has bytes."""
        tokens = sum(len(m.content.encode()) + TOKENS_PER_MESSAGE for m in request.messages) + len(str(request.schema).encode())
        return self.of(tokens, request.max_tokens)

    def of_reply(self, reply: Reply) -> Decimal:
        return self.of(reply.input_tokens, reply.output_tokens)


def price_of(model: str, *, table: Path | None = None, local: bool = False) -> Price:
    """The price of ``model``: from ``table`` where given, else from the shipped one; nothing for an endpoint on this machine.

    Raises `ConfigurationError` when the model has no price: a budget without prices would promise nothing.
    """
    rows = _rows(table)
    fitting = [row for row in rows if model.startswith(str(row["model"]))]
    if fitting:
        row = max(fitting, key=lambda entry: len(str(entry["model"])))
        return Price(Decimal(str(row["input"])), Decimal(str(row["output"])))
    if local:
        return Price()
    raise ConfigurationError(
        f"There is no price for the model {model!r}: add a row to a table of your own and name it with the setting fallback_prices "
        "(YAML: models: [{model: NAME, input: USD per million tokens, output: USD per million tokens}])."
    )


def _rows(table: Path | None) -> Sequence[Mapping[str, Any]]:
    try:
        text = (table or files("extractors.fallback").joinpath("data/prices.yaml")).read_text(encoding="utf-8")
        rows = cast("Sequence[Mapping[str, Any]]", yaml.safe_load(text)["models"])
        for row in rows:
            if min(Decimal(str(row["input"])), Decimal(str(row["output"]))) < 0 or not str(row["model"]):
                raise ValueError(f"a price below zero or a row without model: {dict(row)}")
    except (OSError, KeyError, TypeError, ValueError, InvalidOperation, yaml.YAMLError) as exc:
        raise ConfigurationError(f"The price table {table} cannot be used: {exc!r}.") from exc
    return rows
