"""Requests to process documents again, carried out: the one that a command makes, or all that wait."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager

from extractors.strategy import FallbackProvider
from flows.chunks import BatchOptions
from flows.composition import batch_options, document_store
from flows.progress import Progress
from flows.reprocessing import Change, Reprocessing
from flows.settings import Settings
from schemas.errors import ConfigurationError, LineitemError
from schemas.invoice import Route
from warehouse.batches import begin_batch, end_batch
from warehouse.database import Database, open_database
from warehouse.leases import new_owner
from warehouse.reprocess_requests import ReprocessRequest, end_request, keep_request, request_reprocessing, take_request
from warehouse.selections import Selection, select_documents

REQUEST_LEASE_S = 600.0
KEEP_EVERY_S = 60.0
MakeOptions = Callable[[Settings], BatchOptions]


def settings_for_route(settings: Settings, route: str | None) -> Settings:
    """The settings under which documents take ``route``; None lets the strategy choose. Raises `ConfigurationError` where it cannot be taken.

    Both models read the page, also where an e-invoice XML is embedded. On the route foundation_model the foundation model of the settings
    is asked about what stays doubtful, within its policy and budgets; on the route task_model it is not asked.
    """
    if route == Route.TASK_MODEL:
        return settings.model_copy(update={"ignore_xml": True, "fallback_provider": FallbackProvider.NONE})
    if route == Route.FOUNDATION_MODEL:
        if settings.fallback_provider is FallbackProvider.NONE:
            raise ConfigurationError("No foundation model is configured, so nothing can be processed on the route foundation_model.")
        return settings.model_copy(update={"ignore_xml": True})
    if route == Route.EINVOICE_XML:
        return settings.model_copy(update={"ignore_xml": False})
    return settings


def reprocess_selected(
    selection: Selection,
    settings: Settings,
    *,
    requested_by: str,
    route: str | None,
    replace_corrections: bool,
    progress: Progress,
    dry_run: bool = False,
    make_options: MakeOptions = batch_options,
) -> list[Change]:
    """Process what ``selection`` means now. It is on record as a request, unless it is a dry run, which changes nothing at all.

    A dry run asks no foundation model, because that costs money: it shows what the readings on this machine would change.
    """
    options, version = make_options(settings_for_route(settings, route)), make_options(settings).pipeline_version
    with open_database(settings.database, create=False) as database:
        if dry_run:
            with database.read() as session:
                ids = select_documents(session, selection)
            run = Reprocessing(
                database,
                document_store(settings),
                options,
                progress,
                version,
                "dry run",
                dry_run=True,
                replace_corrections=replace_corrections,
            )
            return list(run.run(ids))
        with database.write() as session:
            request_id = request_reprocessing(
                session, selection, requested_by=requested_by, route=route, replace_corrections=replace_corrections
            )
        owner = new_owner()
        request = take_request(database, owner=owner, lease_s=REQUEST_LEASE_S, request_id=request_id)
        return list(_carry_out(request, database, settings, options, version, progress, owner)) if request else []


def reprocess_waiting(settings: Settings, *, progress: Progress, make_options: MakeOptions = batch_options) -> dict[int, list[Change]]:
    """Carry out all requests that wait, oldest first. A request that cannot be carried out is recorded as failed; the others go on."""
    done: dict[int, list[Change]] = {}
    owner = new_owner()
    with open_database(settings.database, create=False) as database:
        while (request := take_request(database, owner=owner, lease_s=REQUEST_LEASE_S)) is not None:
            try:
                options = make_options(settings_for_route(settings, request.route))
            except LineitemError as exc:
                end_request(database, request.id, state="failed", outcome={"error": str(exc)})
                progress.say(f"Request {request.id} failed: {exc}")
                done[request.id] = []
                continue
            version = make_options(settings).pipeline_version
            done[request.id] = list(_carry_out(request, database, settings, options, version, progress, owner))
    return done


def _carry_out(
    request: ReprocessRequest,
    database: Database,
    settings: Settings,
    options: BatchOptions,
    version: str,
    progress: Progress,
    owner: str,
) -> Iterator[Change]:
    with database.read() as session:
        ids = select_documents(session, request.selection)
    batch_id = begin_batch(
        database, source=f"reprocess request {request.id}", owner=owner, pipeline_version=version, documents=len(ids), ignored=0
    )
    run = Reprocessing(
        database,
        document_store(settings),
        options,
        progress,
        version,
        f"Processed again on request {request.id} of {request.requested_by}" + (f", route {request.route}" if request.route else ""),
        replace_corrections=request.replace_corrections,
        owner=owner,
        second_opinions=options.second_opinions(database, batch_id) if options.second_opinions is not None else None,
    )
    with _recorded(request, database, batch_id, run, documents=len(ids)) as tally:
        kept = time.monotonic()
        for change in run.run(ids):
            tally.update([change.outcome], pages=change.after.pages if change.after else 0)
            if time.monotonic() - kept > KEEP_EVERY_S:
                keep_request(database, request.id, owner=run.owner, lease_s=REQUEST_LEASE_S)
                kept = time.monotonic()
            yield change


@contextmanager
def _recorded(
    request: ReprocessRequest, database: Database, batch_id: int, run: Reprocessing, *, documents: int
) -> Generator[Counter[str]]:
    """Ends the request and its batch when ``run`` is over, however that comes, with what is counted meanwhile: changes by their outcome, and ``pages``."""
    begun, tally, outcome, notes = time.perf_counter(), Counter[str](), "failed", list[str]()
    try:
        yield tally
        outcome = "finished"
    except LineitemError as exc:
        notes.append(str(exc))
        raise
    finally:
        seconds, pages = time.perf_counter() - begun, tally.pop("pages", 0)
        end_request(
            database,
            request.id,
            state="done" if outcome == "finished" else "failed",
            outcome={"documents": documents, **tally, **({"error": notes[0]} if notes else {})},
            batch_id=batch_id,
        )
        end_batch(
            database,
            batch_id,
            outcome=outcome,
            processed=tally["changed"] + tally["same"],
            pages=pages,
            seconds=seconds,
            stage_seconds=run.times,
            notes=notes,
        )


def selection_of(
    database: Database,
    references: Sequence[str],
    *,
    flagged: bool,
    rules: Sequence[str],
    sellers: Sequence[str],
    model_older_than: str | None,
) -> Selection:
    """What the command line names. Raises `WarehouseError` for an unknown document, `ConfigurationError` when nothing is named."""
    from warehouse.queries import find_document

    ids = tuple(find_document(database, reference).id for reference in references)
    selection = Selection(ids, flagged, tuple(rules), tuple(sellers), model_older_than)
    if selection.is_empty:
        raise ConfigurationError("Name what to process again: ids, --flagged, --rule, --seller or --model-older-than.")
    return selection
