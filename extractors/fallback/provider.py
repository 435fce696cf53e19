"""The seam to whoever answers: one request, one reply. Errors of every library are translated here into four kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from extractors.fallback.question import Message
from schemas.errors import FallbackError


class TransientError(FallbackError):
    """Too many requests, a server's failure, no connection: trying again may help. ``billed`` tells whether the call may cost money."""

    def __init__(self, message: str, *, billed: bool = False, wait_s: float | None = None) -> None:
        super().__init__(message)
        self.billed = billed
        self.wait_s = wait_s


class EndpointTimeoutError(TransientError):
    """No complete answer in time. The endpoint may have worked, so the call counts as paid."""

    def __init__(self, message: str) -> None:
        super().__init__(message, billed=True)


class RefusedError(FallbackError):
    """The endpoint answered that it will not: bad key, unknown model, content filter, a redirect. Trying again does not help."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call: conversation, JSON schema of the answer, most tokens of the answer, seconds until it must be there."""

    model: str
    messages: Sequence[Message]
    schema: Mapping[str, Any]
    max_tokens: int
    timeout_s: float
    temperature: float = 0.0


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer's text and the tokens that were counted for it."""

    text: str
    input_tokens: int
    output_tokens: int


class Provider(Protocol):
    """A foundation model. Raises `TransientError` or `RefusedError`."""

    def ask(self, request: Request) -> Reply: ...
