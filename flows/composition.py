"""Where everything is put together: settings in, a batch at work out."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractors.strategy import FallbackProvider
from flows.chunks import BatchOptions
from flows.judging import Judge
from flows.loading import without_collection
from flows.progress import Progress, Quiet
from flows.settings import Settings
from flows.work import WorkOrder
from schemas.errors import ConfigurationError

if TYPE_CHECKING:  # a single document is extracted without a database: what only a batch needs is imported by what opens one
    from flows.cluster import Cluster
    from flows.running_batch import RunningBatch
    from flows.second_opinions import SecondOpinions
    from flows.summary import BatchSummary
    from warehouse.database import Database
    from warehouse.document_store import DocumentStore


def extract_options(settings: Settings, *, today: date) -> Any:
    """The settings that the extraction understands, as its own options."""
    from extractors.pipeline import ExtractOptions
    from extractors.readers.document import ReadLimits
    from extractors.readers.scanned_documents import OcrOptions
    from flows.bookkeeping_files import read_bookkeeping
    from flows.password_file import read_passwords

    return ExtractOptions(
        today=today,
        ignore_xml=settings.ignore_xml,
        model_dir=settings.model_dir,
        accept_threshold=settings.accept_threshold,
        second_read_pages=settings.second_read_pages,
        bookkeeping=read_bookkeeping(settings),
        ocr=OcrOptions(settings.ocr, settings.ocr_dpi, settings.ocr_max_pages),
        passwords=read_passwords(settings.passwords),
        limits=ReadLimits(max_bytes=int(settings.document_max_mb * 1e6), max_pages=settings.document_max_pages),
    )


def batch_options(settings: Settings, *, today: date | None = None) -> BatchOptions:
    """How a batch runs under ``settings``. Raises `ModelError` when there is no usable model."""
    from extractors.model_directory import threshold_of
    from extractors.pipeline import extract_many, pipeline_version

    today = today or date.today()
    options = extract_options(settings, today=today)
    version = pipeline_version(options)
    threshold = settings.accept_threshold
    if threshold is None:
        threshold = threshold_of(settings.model_dir)
    second_opinions: Callable[[Database, int], SecondOpinions] | None = None
    if settings.fallback_provider is not FallbackProvider.NONE:
        from flows.fallback import SecondOpinionsOf, fallback_version, opinion_options

        version += fallback_version(settings)
        policy = opinion_options(settings, today=today, accept_threshold=threshold, bookkeeping=options.bookkeeping)
        second_opinions = SecondOpinionsOf(settings, policy)
    return BatchOptions(
        order=WorkOrder(
            extract=extract_many,
            options=options,
            document_timeout_s=settings.document_timeout_s,
            document_max_bytes=int(settings.document_max_mb * 1e6),
            memory_bytes=settings.worker_memory_mb * 1024 * 1024,
            words=second_opinions is not None,
            second_read=settings.second_read_pages > 0,
        ),
        pipeline_version=version,
        judge=Judge(accept_threshold=threshold, model_version=version.partition("+")[2]),
        today=today,
        workers=settings.workers,
        chunk=settings.chunk,
        lease_s=settings.lease_s,
        database_wait_s=settings.database_wait_s,
        second_opinions=second_opinions,
    )


def taking_apart(options: BatchOptions, settings: Settings) -> BatchOptions:
    """``options`` of a batch that takes files with several invoices apart. What only reads or reads again leaves them whole, and so does a cluster,
    whose chunks have nobody to process parts."""
    return replace(options, order=replace(options.order, split=settings.runner == "local"))


@contextmanager
def open_batch(
    source: str, settings: Settings, *, options: BatchOptions | None = None, progress: Progress | None = None
) -> Generator[RunningBatch]:
    """A batch over ``source`` and what was uploaded since the last one, at work.

    Raises `ConfigurationError`, `ModelError` or `WarehouseError` before anything is processed.
    """
    with without_collection():
        from flows.running_batch import RunningBatch
        from flows.uploads import arrivals
        from warehouse.database import open_database

    inbox = arrivals(source, settings)
    options = options or taking_apart(batch_options(settings), settings)
    store = document_store(settings)
    with ExitStack() as stack:
        database = stack.enter_context(open_database(settings.database))
        elsewhere = None
        if settings.runner == "dask":
            elsewhere = _cluster(settings)
            stack.callback(elsewhere.close)
        yield stack.enter_context(RunningBatch(inbox, database, store, options, progress or Quiet(), elsewhere=elsewhere))


def _cluster(settings: Settings) -> Cluster:
    from flows.cluster import Cluster
    from warehouse.document_store import default_store_url

    if settings.dask_address is None:
        raise ConfigurationError("The runner dask needs the address of a scheduler: --dask-address tcp://host:8786.")
    store = settings.document_store or default_store_url(settings.database)
    if "://" not in store:
        store = str(Path(store).absolute())  # a folder that all machines have under the same path
    return Cluster(settings.dask_address, database=settings.database, store=store)


def document_store(settings: Settings) -> DocumentStore:
    """The store of originals that the settings name. Raises `DocumentStoreError`."""
    from warehouse.document_store import default_store_url, open_document_store

    return open_document_store(settings.document_store or default_store_url(settings.database))


def run_batch(
    source: str, settings: Settings, *, options: BatchOptions | None = None, progress: Progress | None = None, verbose: bool = False
) -> BatchSummary:
    """Process ``source`` from beginning to end, reported to Prefect unless the settings say otherwise."""
    progress = progress or Quiet()
    with open_batch(source, settings, options=options, progress=progress) as batch:
        if settings.orchestrator == "prefect":
            from flows.prefect_runtime import report_to_prefect

            report_to_prefect(batch, source, settings.database, verbose=verbose)
        else:
            for _ in batch.reports():
                pass
        return batch.summary()
