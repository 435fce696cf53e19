"""The foundation model put together from the settings: provider, models, prices, budgets, and its accounts in the warehouse."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from extractors.fallback.asking import Asker, Model
from extractors.fallback.belief import ErrorRates, Outcome
from extractors.fallback.circuit import Circuit
from extractors.fallback.modes import ModeOptions
from extractors.fallback.prices import price_of
from extractors.fallback.provider import Provider, Reply
from extractors.fallback.question import Role, prompts_version
from extractors.fallback.transport import is_local
from extractors.strategy import FallbackProvider
from flows.second_opinions import FoundationOpinions, OpinionOptions
from flows.settings import Settings
from schemas.bookkeeping import Bookkeeping
from schemas.errors import ConfigurationError
from schemas.fallback_calls import Budgets, Call, Settlement
from schemas.rules import RuleContext
from warehouse import fallback as books
from warehouse.database import Database

if TYPE_CHECKING:
    from extractors.fallback.accounts import Accounts


@dataclass(frozen=True, slots=True)
class WarehouseAccounts:
    """Accounts of one batch in the warehouse: they hold across threads, processes and crashes."""

    database: Database
    batch_id: int | None
    budgets: Budgets

    def cached(self, call: Call) -> Reply | None:
        found = books.cached_answer(self.database, call, batch_id=self.batch_id)
        return Reply(*found) if found else None

    def reserve(self, call: Call, cost: Decimal) -> int:
        return books.reserve(self.database, call, cost, batch_id=self.batch_id, budgets=self.budgets)

    def settle(self, reservation: int, call: Call, settlement: Settlement, reply: Reply | None) -> None:
        answer = (call.question, reply.text, reply.input_tokens, reply.output_tokens) if reply else None
        books.settle(self.database, reservation, settlement, answer=answer)

    def budget_left(self, call: Call) -> Decimal | None:
        return books.budget_left(self.database, call, batch_id=self.batch_id, budgets=self.budgets)

    def rates(self, endpoint: str) -> ErrorRates:
        return ErrorRates({kind: Outcome(*counts) for kind, counts in books.outcomes(self.database, endpoint).items()})

    def learn(self, endpoint: str, outcomes: Mapping[str, Outcome]) -> None:
        books.add_outcomes(self.database, endpoint, {kind: (o.asked, o.differed) for kind, o in outcomes.items() if o.asked})


def fallback_version(settings: Settings) -> str:
    """What a result depends on of the foundation model's settings; empty without one."""
    if settings.fallback_provider is FallbackProvider.NONE:
        return ""
    parts = [
        settings.fallback_provider,
        settings.fallback_endpoint,
        settings.fallback_model,
        settings.fallback_verifier_model,
        settings.fallback_mode,
        settings.fallback_rounds,
        settings.fallback_drafts,
        settings.fallback_privacy,
        sorted(settings.fallback_privacy_by_source.items()),
        prompts_version(),
        *(("categories",) if settings.fallback_categories else ()),
    ]
    return ".asks-" + hashlib.sha256(repr([str(part) for part in parts]).encode()).hexdigest()[:8]


def opinion_options(settings: Settings, *, today: date, accept_threshold: float, bookkeeping: Bookkeeping) -> OpinionOptions:
    """Policy and ways of the second opinions under ``settings``."""
    url = settings.fallback_endpoint
    return OpinionOptions(
        provider=settings.fallback_provider,
        endpoint_local=settings.fallback_provider is FallbackProvider.LOCAL or (url is not None and is_local(url)),
        privacy=settings.fallback_privacy,
        privacy_by_source=settings.fallback_privacy_by_source,
        modes=ModeOptions(
            mode=settings.fallback_mode,
            rounds=settings.fallback_rounds,
            drafts=settings.fallback_drafts,
            latency_s=settings.fallback_latency_s,
        ),
        context=RuleContext(today=today),
        accept_threshold=accept_threshold,
        value_limit=settings.fallback_value_limit,
        parallel=settings.fallback_parallel,
        bookkeeping=bookkeeping,
        categories=settings.fallback_categories,
    )


class SecondOpinionsOf:
    """Opens the second opinions of a batch. It travels to other machines, where it opens its provider anew."""

    def __init__(self, settings: Settings, options: OpinionOptions) -> None:
        """Raises `ConfigurationError` when the settings do not do."""
        self._settings, self._options = settings, options
        self._provider = open_provider(settings)

    def __call__(self, database: Database, batch_id: int | None) -> FoundationOpinions:
        accounts = WarehouseAccounts(database, batch_id, budgets(self._settings))
        return FoundationOpinions(self._options, asker(self._settings, self._provider, accounts), accounts)

    def __reduce__(self) -> tuple[type[SecondOpinionsOf], tuple[Settings, OpinionOptions]]:
        return SecondOpinionsOf, (self._settings, self._options)


def budgets(settings: Settings) -> Budgets:
    return Budgets(settings.fallback_budget_document, settings.fallback_budget_batch, settings.fallback_budget_day)


def asker(settings: Settings, provider: Provider | None, accounts: Accounts) -> Asker | None:
    """Who asks, or None where there is nobody to ask."""
    if provider is None:
        return None
    drafter = settings.fallback_model or ""
    local = settings.fallback_provider is FallbackProvider.LOCAL or is_local(settings.fallback_endpoint or "")
    models = {
        role: Model(name, provider, price_of(name, table=settings.fallback_prices, local=local))
        for role, name in ((Role.DRAFTER, drafter), (Role.VERIFIER, settings.fallback_verifier_model or drafter))
    }
    host = urlsplit(settings.fallback_endpoint or "").netloc.rpartition("@")[2] or settings.fallback_provider.value
    return Asker(models, accounts, Circuit(), f"{host} {drafter}", timeout_s=settings.fallback_timeout_s)


def open_provider(settings: Settings) -> Provider | None:
    """The provider that the settings name. Raises `ConfigurationError` when something is missing."""
    kind = settings.fallback_provider
    if kind is FallbackProvider.NONE:
        return None
    if not settings.fallback_model:
        raise ConfigurationError(f"fallback_provider is {kind.value}, but no model is named: set fallback_model.")
    price_of(settings.fallback_model, table=settings.fallback_prices, local=_is_here(settings))
    price_of(settings.fallback_verifier_model or settings.fallback_model, table=settings.fallback_prices, local=_is_here(settings))
    key = settings.fallback_api_key.get_secret_value() if settings.fallback_api_key else None
    if kind is FallbackProvider.LOCAL:
        from extractors.fallback.local_model import LocalModel

        return LocalModel(settings.fallback_model)
    if kind is FallbackProvider.ANTHROPIC:
        from extractors.fallback.anthropic_endpoint import AnthropicEndpoint

        return AnthropicEndpoint(url=settings.fallback_endpoint, key=key, timeout_s=settings.fallback_timeout_s)
    if not settings.fallback_endpoint:
        raise ConfigurationError(
            "fallback_provider is openai, but no endpoint is named: set fallback_endpoint, such as http://127.0.0.1:8000/v1."
        )
    from extractors.fallback.openai_endpoint import OpenAIEndpoint

    return OpenAIEndpoint(url=settings.fallback_endpoint, key=key, timeout_s=settings.fallback_timeout_s)


def _is_here(settings: Settings) -> bool:
    return settings.fallback_provider is FallbackProvider.LOCAL or is_local(settings.fallback_endpoint or "")
