"""Settings: command line, then ``LINEITEM_*`` environment variables, then ``lineitem.toml`` in the working directory, then defaults."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

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
    document_timeout_s: float = Field(60.0, gt=0, description="Seconds one document may take before it is rejected.")
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
        description="Where the dashboard keeps uploaded documents. Default: `lineitem-uploads` beside the database; add it to the next batch.",
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
