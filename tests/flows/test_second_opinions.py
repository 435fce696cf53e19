"""A batch with a foundation model: what is asked, what it costs, and that no endpoint, however bad, stops or misleads it."""

from __future__ import annotations

import json
import pickle
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import stand_in

from benchmarks.scripted_endpoint import Endpoint, serve
from extractors.fallback.belief import Outcome
from extractors.pipeline import SourceFile
from extractors.strategy import Privacy
from flows.composition import run_batch
from flows.fallback import SecondOpinionsOf, WarehouseAccounts, budgets, opinion_options
from flows.progress import Quiet
from flows.reprocess_requests import reprocess_selected
from flows.reprocessing import Change
from flows.settings import Settings
from flows.work import Result, Task, Verdict
from schemas.bookkeeping import Bookkeeping
from schemas.errors import BudgetError, ConfigurationError
from schemas.fallback_calls import Budgets, Call, Settlement
from warehouse import fallback as books
from warehouse.batches import list_batches
from warehouse.database import Database, open_database
from warehouse.documents import decisions, load
from warehouse.operating_figures import figures
from warehouse.queries import list_documents
from warehouse.selections import Selection

openai = pytest.importorskip("openai")

PRICES = 'models: [{model: scripted, input: "0.50", output: "1.00"}]'
KEY = "sk-a-key-that-nobody-may-see"


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with serve(Endpoint()) as served:
        yield served


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    path = tmp_path / "prices.yaml"
    path.write_text(PRICES)
    return path


def settings_for(endpoint: Endpoint, database_url: str, prices: Path, **changes: Any) -> Settings:
    given: dict[str, Any] = {
        "fallback_provider": "openai", "fallback_endpoint": endpoint.url, "fallback_model": "scripted", "fallback_prices": prices,
        "fallback_timeout_s": 2.0, "fallback_latency_s": 8.0, "fallback_api_key": KEY, "workers": 1, **changes,
    }  # fmt: skip
    return Settings(database=database_url, **given)


def fill(endpoint: Endpoint, inbox: Path, count: int = 3, **content: Any) -> None:
    """Doubtful documents, and their truth at the endpoint."""
    truths = []
    for n in range(count):
        path = stand_in.write(inbox, f"doc-{n}", confidence=0.5, **content)
        written = json.loads(path.read_text())
        invoice = stand_in.invoice_of(written)
        header = {k: str(v) if v is not None else None for k, v in invoice.to_json()["header"].items()}
        truths.append(({"id": path.stem, "header": header, "line_items": invoice.to_json()["line_items"]}, frozenset([written["number"]])))
    endpoint.truths = truths


def proven(settings: Settings, endpoint: Endpoint) -> None:
    """An endpoint with a good record."""
    with open_database(settings.database) as database:
        name = f"{endpoint.url.removeprefix('http://').removesuffix('/v1')} scripted"
        books.add_outcomes(database, name, {"header": (2000, 5), "rows": (5000, 5)})


def test_a_doubtful_document_is_asked_about_and_accepted(endpoint: Endpoint, inbox: Path, database_url: str, prices: Path) -> None:
    fill(endpoint, inbox)
    settings = settings_for(endpoint, database_url, prices)
    proven(settings, endpoint)
    assert stand_in.run_with_opinions(inbox, settings) == {"accepted": 3}
    with open_database(database_url) as database:
        document = list_documents(database)[0]
        invoice = load(database, document.id)
        _, _, decision = decisions(database, document.id)[-1]
        calls = books.calls_for(database, invoice.sha256)
        assert (
            books.spent_usd(database)
            == sum(
                Decimal(c.cost_nano_usd or 0)
                for d in list_documents(database)
                for c in books.calls_for(database, load(database, d.id).sha256)
            )
            / books.NANO
        )
    assert decision.strategy in ("ask_fields", "ask_document")
    assert any("asked" in reason for reason in decision.reasons)
    assert invoice.evidence["header.gross_total"].set_by.endswith("foundation_model")
    assert [(c.outcome, c.role, c.privacy) for c in calls] == [("ok", "drafter", "local_only")]
    assert (calls[0].cost_nano_usd or 0) > 0


def test_second_opinions_travel_to_another_machine(endpoint: Endpoint, inbox: Path, database_url: str, prices: Path) -> None:
    settings = settings_for(endpoint, database_url, prices)
    ways = opinion_options(settings, today=stand_in.TODAY, accept_threshold=0.9, bookkeeping=Bookkeeping())
    fill(endpoint, inbox, count=1)
    proven(settings, endpoint)
    there = pickle.loads(pickle.dumps(SecondOpinionsOf(settings, ways)))
    assert statuses(opinions(inbox, settings, opened_by=there)) == {"accepted"}
    assert set(endpoint.keys) == {f"Bearer {KEY}"}


def test_processing_again_asks_the_foundation_model_and_books_it_to_its_batch(
    endpoint: Endpoint, inbox: Path, database_url: str, prices: Path
) -> None:
    fill(endpoint, inbox, count=1)
    settings = settings_for(endpoint, database_url, prices)
    plain = stand_in.options(extract=stand_in.extract_with_words, workers=1)
    run_batch(str(inbox), Settings(database=database_url), options=plain)
    proven(settings, endpoint)

    def asking(chosen: Settings) -> Any:
        ways = opinion_options(chosen, today=stand_in.TODAY, accept_threshold=0.9, bookkeeping=Bookkeeping())
        return replace(plain, order=replace(plain.order, words=True), second_opinions=SecondOpinionsOf(chosen, ways))

    def again(*, dry_run: bool) -> list[Change]:
        return reprocess_selected(
            Selection(flagged=True), settings, requested_by="a test", route="foundation_model", replace_corrections=False,
            progress=Quiet(), dry_run=dry_run, make_options=asking,
        )  # fmt: skip

    again(dry_run=True)
    assert endpoint.requests == [], "a dry run costs nothing"
    (change,) = again(dry_run=False)
    assert (change.outcome, change.after.status.value if change.after else None) == ("changed", "accepted")
    with open_database(database_url) as database:
        newest = list_batches(database)[0]
        assert books.spent_usd(database, batch_id=newest.id) > 0
        assert books.calls_by_outcome(database, batch_id=newest.id) == {"ok": len(endpoint.requests)}
        _, _, decision = decisions(database, change.document_id)[-1]
        assert decision.strategy in ("ask_fields", "ask_document")
        day = datetime.now(UTC).date()
        assert books.cost_between(database, day - timedelta(days=1), day + timedelta(days=1)) == books.spent_usd(database)
        assert books.cost_between(database, day + timedelta(days=5), day + timedelta(days=9)) is None
        assert figures(database, window=timedelta(days=1)).cost == float(books.spent_usd(database))


def opinions(folder: Path, settings: Settings, *, opened_by: SecondOpinionsOf | None = None) -> list[Result]:
    """Second opinions without worker processes: the documents of ``folder`` as the stand-in reads them, asked about as in a batch."""
    paths = sorted(folder.glob("*.pdf"))
    words: dict[int, Any] = {}
    sources = [SourceFile(path.stem, str(path), path.read_bytes()) for path in paths]
    invoices = stand_in.extract_with_words(sources, options=None, words=words)
    results = [
        Result(Task(n, path.stem, str(path), path, invoice.sha256), Verdict.DONE, invoice, words=words[n])
        for n, (path, invoice) in enumerate(zip(paths, invoices, strict=True))
    ]
    ways = opinion_options(settings, today=stand_in.TODAY, accept_threshold=0.9, bookkeeping=Bookkeeping())
    with open_database(settings.database) as database:
        opened = (opened_by or SecondOpinionsOf(settings, ways))(database, None)
        try:
            return [result for result in opened.of(results) if result is not None]
        finally:
            opened.close()


def statuses(results: Sequence[Result]) -> set[str]:
    return {result.invoice.status.value for result in results if result.invoice}


def told(results: Sequence[Result]) -> list[str]:
    return [" ".join(result.opinion.reasons) for result in results if result.opinion]


@pytest.mark.parametrize("fault", ["status 500", "status 429", "refuse", "broken json", "instructions", "drop", "empty"])
def test_a_bad_endpoint_sends_documents_to_a_person(endpoint: Endpoint, inbox: Path, database_url: str, prices: Path, fault: str) -> None:
    fill(endpoint, inbox, count=2)
    endpoint.fault = fault
    settings = settings_for(endpoint, database_url, prices)
    proven(settings, endpoint)
    found = opinions(inbox, settings)
    assert len(found) == 2
    assert statuses(found) == {"review"}
    assert all("foundation model" in sentence or "refused" in sentence or "endpoint" in sentence for sentence in told(found))
    with open_database(database_url) as database:
        assert books.spent_usd(database) <= Decimal(5)


def test_wrong_answers_are_not_accepted(endpoint: Endpoint, inbox: Path, database_url: str, prices: Path) -> None:
    fill(endpoint, inbox, count=6)
    endpoint.script.wrong = 1.0
    settings = settings_for(endpoint, database_url, prices)
    proven(settings, endpoint)
    assert statuses(opinions(inbox, settings)) == {"review"}


def test_the_batch_budget_is_never_exceeded(endpoint: Endpoint, inbox: Path, database_url: str, prices: Path) -> None:
    fill(endpoint, inbox, count=8)
    budget = Decimal("0.008")
    settings = settings_for(endpoint, database_url, prices, fallback_budget_day=budget)
    proven(settings, endpoint)
    found = opinions(inbox, settings)
    with open_database(database_url) as database:
        assert Decimal(0) < books.spent_usd(database) <= budget
    assert any("budget" in sentence for sentence in told(found))


def test_the_same_question_is_paid_once(endpoint: Endpoint, inbox: Path, database_url: str, prices: Path) -> None:
    fill(endpoint, inbox, count=1)
    settings = settings_for(endpoint, database_url, prices, fallback_mode="draft")
    first, second = opinions(inbox, settings), opinions(inbox, settings)
    assert len(endpoint.requests) == 1
    with open_database(database_url) as database:
        assert [c.outcome for c in books.calls_for(database, first[0].task.sha256)] == ["ok", "cached"]
    assert statuses(first) | statuses(second)


def test_keys_are_sent_to_the_endpoint_and_kept_nowhere(
    endpoint: Endpoint, inbox: Path, database_url: str, prices: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(endpoint, inbox, count=1)
    settings = settings_for(endpoint, database_url, prices)
    opinions(inbox, settings)
    assert set(endpoint.keys) == {f"Bearer {KEY}"}
    assert KEY not in repr(settings)
    assert KEY not in "".join(capsys.readouterr())
    for file in Path(database_url.removeprefix("sqlite:///")).parent.glob("test.db*"):
        assert KEY.encode() not in file.read_bytes()


def test_local_only_asks_no_other_machine(inbox: Path, database_url: str, prices: Path, endpoint: Endpoint) -> None:
    fill(endpoint, inbox, count=1)
    settings = settings_for(endpoint, database_url, prices, fallback_endpoint="http://192.0.2.1:9/v1")
    found = opinions(inbox, settings)
    assert "local_only" in told(found)[0]
    with open_database(database_url) as database:
        assert books.calls_for(database, found[0].task.sha256) == []


def test_redacted_documents_leave_without_their_names_and_come_back_with_them(
    endpoint: Endpoint, inbox: Path, database_url: str, prices: Path
) -> None:
    fill(endpoint, inbox, count=1, seller="Geheimrat Zwiebelfisch KG", text="Beratung Zwiebelfisch")
    settings = settings_for(endpoint, database_url, prices, fallback_privacy="redacted")
    found = opinions(inbox, settings)
    sent = json.dumps(endpoint.requests)
    assert endpoint.requests
    assert "Zwiebelfisch" not in sent
    assert "Geheimrat" not in sent
    assert "[W1]" in sent
    assert found[0].invoice is not None
    assert found[0].invoice.header.seller_name == "Geheimrat Zwiebelfisch KG"


@pytest.mark.parametrize("mode", ["draft", "diverge_converge", "divide"])
def test_every_mode_settles_a_document_with_a_good_endpoint(
    endpoint: Endpoint, inbox: Path, database_url: str, prices: Path, mode: str
) -> None:
    fill(endpoint, inbox, count=1)
    settings = settings_for(endpoint, database_url, prices, fallback_mode=mode)
    proven(settings, endpoint)
    assert statuses(opinions(inbox, settings)) == {"accepted"}
    assert len(endpoint.requests) == {"draft": 1, "diverge_converge": 3, "divide": 2}[mode]


@pytest.mark.parametrize("fault", ["hang", "drip"])
def test_an_endpoint_that_hangs_costs_seconds(endpoint: Endpoint, inbox: Path, database_url: str, prices: Path, fault: str) -> None:
    fill(endpoint, inbox, count=12)
    endpoint.fault = fault
    settings = settings_for(endpoint, database_url, prices, fallback_timeout_s=0.5, fallback_latency_s=2.0)
    begun = time.monotonic()
    found = opinions(inbox, settings)
    assert len(found) == 12
    assert statuses(found) == {"review"}
    assert time.monotonic() - begun < 60
    assert len(endpoint.requests) < 12 * 3  # the circuit breaker spared most of them
    with open_database(database_url) as database:
        outcomes = {c.outcome for result in found for c in books.calls_for(database, result.task.sha256)}
    assert outcomes == {"timeout"}


def test_the_policy_of_a_source_wins_over_the_general_one(database_url: str) -> None:
    settings = Settings(database=database_url, fallback_privacy_by_source={"*/acme/*": "redacted"})
    ways = opinion_options(settings, today=stand_in.TODAY, accept_threshold=0.9, bookkeeping=Bookkeeping())
    assert ways.privacy_of("inbox/acme/1.pdf") is Privacy.REDACTED
    assert ways.privacy_of("inbox/other/1.pdf") is Privacy.LOCAL_ONLY


def test_a_model_without_a_price_is_not_asked_elsewhere(database_url: str) -> None:
    settings = Settings(
        database=database_url, fallback_provider="openai", fallback_endpoint="https://192.0.2.1/v1", fallback_model="unheard-of"
    )
    ways = opinion_options(settings, today=stand_in.TODAY, accept_threshold=0.9, bookkeeping=Bookkeeping())
    with pytest.raises(ConfigurationError, match="no price"):
        SecondOpinionsOf(settings, ways)


CALL = Call("a" * 64, "e", "m", "drafter", "draft", "fields", "external", "q" * 64, 1)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with open_database(database_url) as opened:
        yield opened


def test_reservations_of_many_threads_never_exceed_the_day(database: Database) -> None:
    limit, refused = Budgets(day=Decimal("0.010")), []

    def spend() -> None:
        for _ in range(5):
            try:
                number = books.reserve(database, CALL, Decimal("0.001"), batch_id=None, budgets=limit)
            except BudgetError as exc:
                refused.append(str(exc))
            else:
                books.settle(database, number, Settlement("ok", Decimal("0.001"), 0.1), answer=None)

    threads = [threading.Thread(target=spend) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert books.spent_usd(database) == Decimal("0.010")
    assert len(refused) == 20
    assert "budget of this day is 0.010 USD" in refused[0]


def test_what_was_reserved_when_the_process_died_counts_as_spent(database: Database) -> None:
    limit = Budgets(document=Decimal("0.003"))
    books.reserve(database, CALL, Decimal("0.002"), batch_id=None, budgets=limit)  # and never settled
    with pytest.raises(BudgetError):
        books.reserve(database, CALL, Decimal("0.002"), batch_id=None, budgets=limit)
    assert books.budget_left(database, CALL, batch_id=None, budgets=limit) == Decimal("0.001")


def test_experience_with_an_endpoint_is_kept(database: Database, database_url: str) -> None:
    accounts = WarehouseAccounts(database, None, budgets(Settings(database=database_url)))
    assert accounts.rates("x").error("rows") == pytest.approx(0.3)
    accounts.learn("x", {"rows": Outcome(500, 5)})
    accounts.learn("x", {"rows": Outcome(490, 2)})
    assert accounts.rates("x").error("rows") == pytest.approx(0.01)


def test_strategies_are_compared_on_the_same_documents(endpoint: Endpoint, inbox: Path, database_url: str, prices: Path) -> None:
    from types import SimpleNamespace

    from flows.comparing import EvaluatedStrategy, compare

    fill(endpoint, inbox, count=2)
    settings = settings_for(endpoint, database_url, prices)
    paths = sorted(inbox.glob("*.pdf"))
    words: dict[int, Any] = {}
    sources = [SourceFile(path.stem, str(path), path.read_bytes()) for path in paths]
    invoices = stand_in.extract_with_words(sources, options=None, words=words)
    results = [
        Result(Task(n, p.stem, str(p), p, invoices[n].sha256), Verdict.DONE, invoices[n], words=words[n]) for n, p in enumerate(paths)
    ]
    options = stand_in.options()
    options = replace(options, order=replace(options.order, options=SimpleNamespace(bookkeeping=Bookkeeping())))
    found = compare(
        list(EvaluatedStrategy),
        results,
        [truth for truth, _ in endpoint.truths],
        seconds=1.0,
        settings=settings,
        options=options,
        threshold=0.9,
    )
    assert [entry.strategy.value for entry in found] == ["specialist", "foundation", "combined"]
    assert [entry.score.documents for entry in found] == [2, 2, 2]
    assert found[0].cost_usd == 0 < found[1].cost_usd
    assert found[1].score.perfect == 2


class CategoryEndpoint(Endpoint):
    """Says of every line that it is an insurance."""

    def content(self, request: Mapping[str, Any]) -> str:
        names = request["response_format"]["json_schema"]["schema"]["properties"]
        return json.dumps(dict.fromkeys(names, "insurance"))


def test_lines_without_a_spend_category_are_asked_about_under_the_same_policy(inbox: Path, database_url: str, prices: Path) -> None:
    stand_in.write(inbox, "sure", text="Widget")
    with serve(CategoryEndpoint()) as served:
        off = settings_for(served, database_url, prices)
        redacted = settings_for(served, database_url, prices, fallback_categories=True, fallback_privacy="redacted")
        poor = settings_for(served, database_url, prices, fallback_categories=True, fallback_budget_document=Decimal("0.00000001"))
        for settings in (off, redacted, poor):
            (result,) = opinions(inbox, settings)
            assert result.invoice is not None
            assert result.invoice.line_items[0].spend_category is None
            assert served.requests == []
        assert "budget of this document" in " ".join(told([result]))
        (result,) = opinions(inbox, settings_for(served, database_url, prices, fallback_categories=True))
        assert result.invoice is not None
        assert result.invoice.line_items[0].spend_category == "insurance"
        assert result.invoice.line_items[0].tax_codes, "codes follow from the category"
        assert told([result]) == ["A foundation model was asked about 1 line without a spend category; it named 1."]
        with open_database(database_url) as database:
            (call,) = books.calls_for(database, result.invoice.sha256)
            assert (call.scope, call.outcome, (call.cost_nano_usd or 0) > 0) == ("categories", "ok", True)
