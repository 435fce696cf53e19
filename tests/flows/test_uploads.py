"""What was handed in through the dashboard goes with the next batch, once."""

from __future__ import annotations

from pathlib import Path

import pytest
import stand_in

from flows.composition import document_store, run_batch
from flows.dashboard_services import dashboard_services
from flows.settings import Settings
from flows.uploads import upload_folder, waiting_uploads
from schemas.errors import NothingArrivedError
from warehouse.database import open_database
from warehouse.queries import list_documents


def names(url: str) -> set[str]:
    with open_database(url) as database:
        return {document.name for document in list_documents(database)}


def test_uploads_go_with_the_next_batch_and_with_no_other(inbox: Path, database_url: str) -> None:
    settings = Settings(database=database_url)
    stand_in.write(inbox, "mailed")
    stand_in.write(upload_folder(settings), "uploaded")
    (upload_folder(settings) / "half.part").write_bytes(b"still being written")
    assert run_batch(str(inbox), settings, options=stand_in.options()).processed == 2
    assert names(database_url) == {"mailed", "uploaded"}
    assert waiting_uploads(settings) == ()
    newer = stand_in.options(pipeline_version="stand-in-2")
    assert run_batch(str(inbox), settings, options=newer).processed == 1, "only what lies in the inbox is read by every version"


def test_an_upload_is_reason_enough_for_a_batch(inbox: Path, database_url: str) -> None:
    settings = Settings(database=database_url)
    stand_in.write(upload_folder(settings), "uploaded")
    run_batch(str(inbox), settings, options=stand_in.options())
    assert names(database_url) == {"uploaded"}
    with pytest.raises(NothingArrivedError):
        run_batch(str(inbox), settings, options=stand_in.options())


def test_processing_one_upload_leaves_the_others_to_the_batch(database_url: str, tmp_path: Path) -> None:
    settings = Settings(database=database_url, upload_folder=tmp_path / "handed in")
    one = stand_in.write(tmp_path / "handed in", "one")
    stand_in.write(tmp_path / "handed in", "other")
    run_batch(str(one), settings, options=stand_in.options())
    assert names(database_url) == {"one"}


def test_the_dashboard_has_the_store_and_the_folder_of_the_batch(database_url: str, tmp_path: Path) -> None:
    settings = Settings(database=database_url, document_store=str(tmp_path / "originals"))
    sha256 = document_store(settings).put(b"an original")
    services = dashboard_services(settings)
    assert services.original(sha256, []) == b"an original"
    assert services.upload_folder == upload_folder(settings)
