"""Asking a foundation model with everything round it: cache, budget, circuit breaker, bounded retries, one repair of a broken answer."""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from extractors.fallback.accounts import Accounts
from extractors.fallback.circuit import Circuit
from extractors.fallback.prices import Price
from extractors.fallback.provider import EndpointTimeoutError, Provider, RefusedError, Reply, Request, TransientError
from extractors.fallback.question import Message, Question, Role, answer_schema, answer_tokens, messages_for
from extractors.fallback.reading import AnswerError, parse_answer, parse_object
from extractors.fallback.redaction import Redactor
from extractors.fallback.spend_question import SpendQuestion
from schemas.errors import FallbackError
from schemas.fallback_calls import Call, Settlement

ATTEMPTS = 3
BACKOFF_S = 0.5  # doubled with each attempt, with jitter

AnyQuestion = Question | SpendQuestion


@dataclass(frozen=True, slots=True)
class Model:
    """Who answers in one role."""

    name: str
    provider: Provider
    price: Price


@dataclass(frozen=True, slots=True)
class Asker:
    """The roles, and what every call goes through. ``endpoint`` names the endpoint in records, without key or query."""

    models: dict[str, Model]
    accounts: Accounts
    circuit: Circuit
    endpoint: str
    timeout_s: float = 30.0
    sleep: Callable[[float], None] = time.sleep
    jitter: random.Random = field(default_factory=lambda: random.Random(0))

    def at_most(self, question: Question, *, rows: int) -> Decimal:
        """Upper bound in USD of one answer of the drafter."""
        return self.models[Role.DRAFTER].price.at_most(self._request(question, Role.DRAFTER, rows, self.timeout_s))

    def ask(
        self, question: Question, call: Call, *, rows: int, until: float, redactor: Redactor | None = None, sample: int = 0
    ) -> dict[str, Any]:
        """The answer's object. ``until`` is the moment (`time.monotonic`) by which the document must be through; ``sample`` numbers several answers
        to one question. Raises `FallbackError`."""
        if redactor is not None:
            hidden = tuple(redactor.hide(line) for line in question.lines)
            question = replace(question, lines=hidden, complaints=tuple(redactor.hide(c) for c in question.complaints))
        request = self._request(question, call.role, rows, self.timeout_s)
        request = replace(request, temperature=0.7 if sample else 0.0)
        answer = self._answer_or_repair(request, call, question, until, sample)
        return _restored(answer, redactor) if redactor is not None else answer

    def ask_categories(self, question: SpendQuestion, call: Call, *, until: float) -> dict[str, Any]:
        """The answer's object to a question about categories, under the same budgets, cache, limits and repair. Raises `FallbackError`."""
        request = Request(self.models[call.role].name, question.messages(), question.schema(), question.tokens(), self.timeout_s)
        return self._answer_or_repair(request, call, question, until, 0)

    def _answer_or_repair(self, request: Request, call: Call, question: AnyQuestion, until: float, sample: int) -> dict[str, Any]:
        answer, problem = self._answer(request, call, question, until, sample)
        if answer is None:
            mend = Message("user", f"That was not usable: {problem}. Answer again with one JSON object of the schema and nothing else.")
            request = replace(request, messages=(*request.messages, mend))
            answer, problem = self._answer(request, call, question, until, sample)
        if answer is None:
            raise FallbackError(f"The foundation model's answer is not usable: {problem}.")
        return answer

    def _request(self, question: Question, role: str, rows: int, timeout_s: float) -> Request:
        messages = messages_for(question, role=role)
        return Request(self.models[role].name, messages, answer_schema(question), answer_tokens(question, rows), timeout_s)

    def _answer(self, request: Request, call: Call, question: AnyQuestion, until: float, sample: int) -> tuple[dict[str, Any] | None, str]:
        """The object, or None and what is wrong with the text."""
        call = replace(call, model=request.model, question=_digest(request, self.endpoint, sample))
        reply = self.accounts.cached(call) or self._call(request, call, question, until)
        try:
            return _parsed(reply.text, question), ""
        except AnswerError as exc:
            return None, str(exc)

    def _call(self, request: Request, call: Call, question: AnyQuestion, until: float) -> Reply:
        model = self.models[call.role]
        cost = model.price.at_most(request)
        for attempt in range(1, ATTEMPTS + 1):
            left_s = until - time.monotonic()
            if left_s <= 0:
                raise FallbackError("The time that a document may take for a foundation model is over.")
            self.circuit.check()
            call = replace(call, attempt=attempt)
            request = replace(request, timeout_s=min(self.timeout_s, left_s))
            reservation = self.accounts.reserve(call, cost)
            begun = time.monotonic()
            try:
                reply = model.provider.ask(request)
            except TransientError as exc:
                self._settle(reservation, call, exc, cost if exc.billed else Decimal(0), begun)
                self.circuit.failed()
                if attempt == ATTEMPTS:
                    raise FallbackError(f"The foundation model did not answer: {exc}.") from exc
                wait_s = exc.wait_s if exc.wait_s is not None else BACKOFF_S * 2 ** (attempt - 1) * (0.5 + self.jitter.random())
                self.sleep(max(0.0, min(wait_s, until - time.monotonic())))
            except RefusedError as exc:
                self._settle(reservation, call, exc, cost, begun)
                raise
            except BaseException as exc:
                self._settle(reservation, call, exc, cost, begun)  # an unknown ending may be a paid one
                raise
            else:
                self.circuit.succeeded()
                usable = _is_usable(reply, question)
                spent = (
                    model.price.of_reply(reply) if reply.input_tokens or reply.output_tokens else cost
                )  # an endpoint that counts nothing
                settlement = Settlement(
                    "ok" if usable else "invalid", spent, time.monotonic() - begun, reply.input_tokens, reply.output_tokens
                )
                self.accounts.settle(reservation, call, settlement, reply if usable else None)
                return reply
        raise AssertionError("the last attempt returns or raises")

    def _settle(self, reservation: int, call: Call, error: BaseException, cost: Decimal, begun: float) -> None:
        outcome = "timeout" if isinstance(error, EndpointTimeoutError) else "refused" if isinstance(error, RefusedError) else "failed"
        detail = str(error) if isinstance(error, FallbackError) else type(error).__name__
        self.accounts.settle(reservation, call, Settlement(outcome, cost, time.monotonic() - begun, detail=detail[:200]), None)


def _parsed(text: str, question: AnyQuestion) -> dict[str, Any]:
    return parse_object(text, question.keys) if isinstance(question, SpendQuestion) else parse_answer(text, question)


def _is_usable(reply: Reply, question: AnyQuestion) -> bool:
    try:
        _parsed(reply.text, question)
    except AnswerError:
        return False
    return True


def _digest(request: Request, endpoint: str, sample: int) -> str:
    content = [endpoint, request.model, [[m.role, m.content] for m in request.messages], request.schema, request.max_tokens, sample]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _restored(value: Any, redactor: Redactor) -> Any:
    if isinstance(value, str):
        return redactor.restore(value)
    if isinstance(value, list):
        return [_restored(item, redactor) for item in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, dict):
        return {key: _restored(item, redactor) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return value
