"""Settings: command line, then ``LINEITEM_*`` environment variables, then ``lineitem.toml`` in the working directory, then defaults."""

from __future__ import annotations

import os
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from extractors.strategy import FallbackProvider, Mode, Privacy
from schemas.errors import ConfigurationError

SETTINGS_FILE = Path("lineitem.toml")


class Settings(BaseSettings):
    """Every setting with its default. ``docs/settings.md`` is generated from this class."""

    model_config = SettingsConfigDict(env_prefix="LINEITEM_", extra="forbid", frozen=True, toml_file=SETTINGS_FILE)

    database: str = Field("sqlite:///lineitem.db", description="Database URL (SQLAlchemy), or the path of a SQLite file.")
    workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        le=256,
        description="Worker processes that read documents. Default: one per core.",
    )
    chunk: int = Field(25, ge=1, le=1000, description="Documents per chunk: one Prefect task, one validation, one worker at a time.")
    ignore_xml: bool = Field(False, description="Read the page even where an e-invoice XML is embedded.")
    model_dir: Path | None = Field(None, description="Folder of the specialist model. Default: the model that comes with the package.")
    accept_threshold: float | None = Field(
        None, ge=0, le=1, description="Least confidence for acceptance without a person. Default: the threshold chosen with the model."
    )
    tax_codes: Path | None = Field(
        None,
        description="Own tax codes (CSV or YAML): codes that win over the shipped ones, or whole jurisdictions. Columns as in `schemas/data/tax_codes.csv`.",
    )
    spend_overrides: Path | None = Field(
        None,
        description="Own categories or codes for a seller or a keyword (CSV or YAML). Columns: `seller`, `keyword`, `spend_category`, `jurisdiction`, "
        "`code`, `valid_from`, `valid_to`.",
    )
    document_timeout_s: float = Field(
        60.0,
        gt=0,
        description="Seconds one document may take (where OCR reads it: one page) before it is rejected. Waiting for a processor on a busy machine does not "
        "count (Linux), up to ten times as long.",
    )
    document_max_mb: float = Field(50.0, gt=0, description="Files above this size (megabytes) are rejected unread.")
    document_max_pages: int = Field(2000, ge=1, description="Documents with more pages are rejected.")
    second_read_pages: int = Field(
        0, ge=0, description="Documents of up to this many pages that break a rule are read again by pdfplumber, which is slow; 0 = never."
    )
    worker_memory_mb: int = Field(
        4096, ge=512, description="Address space of a worker process (megabytes); a document that needs more is rejected."
    )
    lease_s: float = Field(
        120.0, ge=5, description="Seconds after which a document of a run that fell silent on another machine is free again."
    )
    orchestrator: Literal["prefect", "none"] = Field(
        "prefect",
        description="`prefect` reports each batch as a flow run (to `PREFECT_API_URL` where set); `none` runs the same batch without it.",
    )

    # Every kind of document
    passwords: Path | None = Field(
        None,
        description="File of passwords for encrypted PDFs (YAML list of `source`, a glob for the document's path or name, and `password`). "
        "Keep it readable for the batch's user only.",
    )
    ocr: Literal["rapidocr", "tesseract", "none"] = Field(
        "rapidocr",
        description="What reads scans and pictures: `rapidocr` (the `ocr` extra), `tesseract` (a program of the system). "
        "Where it is not installed, and with `none`, they are rejected.",
    )
    ocr_dpi: int = Field(200, ge=150, le=300, description="Dots per inch at which pages are drawn for OCR; more is slower.")
    ocr_max_pages: int = Field(100, ge=1, description="Documents with more pages that need OCR are rejected.")
    # Batch operation
    document_store: str | None = Field(
        None,
        description="Where originals are kept: a folder or an fsspec URL (`s3://…`, `gs://…`, `az://…`, `sftp://…`). "
        "Default: beside a SQLite database (`lineitem.db` → `lineitem-documents`), else `lineitem-documents` in the working directory.",
    )
    settle_s: float = Field(
        2.0, ge=0, description="Files changed within this many seconds are still being written: the batch waits until they are left alone."
    )
    settle_limit_s: float = Field(
        30.0, ge=0, description="Longest wait for files that are still being written; then the next run takes them."
    )
    notify_url: str | None = Field(
        None,
        pattern="^https?://",
        description="Webhook (http or https) that is told when a batch failed or nothing arrived. Default: none.",
    )
    runner: Literal["local", "dask"] = Field(
        "local",
        description="`local`: worker processes of this machine; `dask`: a Dask cluster (with PostgreSQL and a shared document store).",
    )
    dask_address: str | None = Field(None, description="Address of the Dask scheduler, such as `tcp://host:8786`.")
    database_wait_s: float = Field(120.0, ge=0, description="Seconds that a batch waits for a database that is away in its midst.")
    # The foundation model that is asked about doubtful documents.
    fallback_provider: FallbackProvider = Field(
        FallbackProvider.NONE,
        description="Who is asked about doubtful documents: `none`, `openai` (any endpoint that speaks this protocol), `anthropic`, `local` (a small model "
        "inside this process).",
    )
    fallback_endpoint: str | None = Field(None, description="URL of the foundation model's endpoint, such as `http://127.0.0.1:8000/v1`.")
    fallback_model: str | None = Field(None, description="Name of the model that drafts.")
    fallback_verifier_model: str | None = Field(None, description="Name of the model that checks. Default: the one that drafts.")
    fallback_api_key: SecretStr | None = Field(
        None, description="Key of the endpoint; better given as LINEITEM_FALLBACK_API_KEY than in a file. Never logged or stored."
    )
    fallback_privacy: Privacy = Field(
        Privacy.LOCAL_ONLY,
        description="What the foundation model may see: `local_only` (only an endpoint on this machine is asked), `redacted` (names, addresses, numbers "
        "and texts are replaced by placeholders), `external` (the words as printed).",
    )
    fallback_privacy_by_source: dict[str, Privacy] = Field(
        default_factory=dict[str, Privacy],
        description="Other policies for some documents: patterns of their paths, such as `inbox/acme/*`, with a policy each; the first that fits counts.",
    )
    fallback_mode: Mode = Field(
        Mode.DRAFT_CHECK_CORRECT,
        description="`draft` asks once; `draft_check_correct` lets the second role read again what is disputed; `diverge_converge` takes several drafts; "
        "`divide` gives texts to one role and numbers to the other.",
    )
    fallback_rounds: int = Field(
        3,
        ge=0,
        le=5,
        description="Most rounds of correction in the mode `draft_check_correct`; after the first only what two readings differ on is asked.",
    )
    fallback_drafts: int = Field(3, ge=1, le=9, description="Drafts in the mode `diverge_converge`.")
    fallback_budget_document: Decimal | None = Field(
        Decimal("0.05"), ge=0, description="US dollars that may be spent on one document, ever."
    )
    fallback_budget_batch: Decimal | None = Field(Decimal("5"), ge=0, description="US dollars that may be spent on one batch.")
    fallback_budget_day: Decimal | None = Field(Decimal("20"), ge=0, description="US dollars that may be spent in one day (UTC).")
    fallback_prices: Path | None = Field(None, description="Own table of prices per million tokens (YAML).")
    fallback_timeout_s: float = Field(30.0, gt=0, description="Seconds after which a call to the foundation model is given up.")
    fallback_latency_s: float = Field(90.0, gt=0, description="Seconds that all calls for one document may take together.")
    fallback_parallel: int = Field(4, ge=1, le=64, description="Calls to the foundation model at the same time.")
    fallback_categories: bool = Field(
        False,
        description="Also ask the foundation model what lines are about whose spend category the classifier leaves open, many lines at once; not "
        "under the policy `redacted`.",
    )
    fallback_value_limit: Decimal | None = Field(
        None, ge=0, description="Documents with a larger total are not settled by a foundation model; a person sees them."
    )
    # The dashboard.
    dashboard_https: bool = Field(
        False, description="The dashboard is reached over HTTPS through a proxy on this machine: cookies are marked as secure."
    )
    dashboard_names: str = Field(
        "",
        description="Further host names under which the dashboard may be addressed, separated by commas (the proxy's name, for example).",
    )
    dashboard_prefect_url: str | None = Field(
        None, description="Address of Prefect's user interface, to link runs to it (for example `http://127.0.0.1:4200`)."
    )
    upload_folder: Path | None = Field(
        None,
        description="Where the dashboard keeps uploaded documents. Default: `lineitem-uploads` beside the database. The next batch takes them in.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(overrides: Mapping[str, Any] | None = None) -> Settings:
    """The settings in force. ``overrides`` come from the command line; its None values are options that were not given.

    Raises `ConfigurationError` naming the setting, what was expected and what was found.
    """
    given = {name: value for name, value in (overrides or {}).items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as exc:
        problems = "; ".join(f"{_spelled(str(error['loc'][0]))}: {error['msg']}, found {error['input']!r}" for error in exc.errors())
        raise ConfigurationError(f"Unusable setting: {problems}.") from exc
    except (OSError, ValueError) as exc:
        raise ConfigurationError(f"{SETTINGS_FILE} cannot be read: {exc}.") from exc


def _spelled(name: str) -> str:
    plain = name.lower().removeprefix("lineitem_")
    return f"{plain} (--{plain.replace('_', '-')}, LINEITEM_{plain.upper()} or {SETTINGS_FILE})"
