"""Worker processes that are started before there is anything to do for them."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
import stand_in

from flows.inbox import content_hash
from flows.supervision import Worker
from flows.work import Task, WorkOrder
from flows.worker_process import EXTRACTION, spawn, spawned_ahead


def test_one_started_ahead_does_the_work_even_if_something_could_not_be_loaded(inbox: Path) -> None:
    ahead = spawn(ahead=("no_such_module", "json"))
    worker = Worker(WorkOrder(extract=stand_in.extract_many, options=None), ahead=ahead)
    try:
        path = stand_in.write(inbox, "a")
        (result,) = worker.run([Task(1, "a", str(path), path, content_hash(path))]).results
        assert result.invoice is not None
        assert result.invoice.header.invoice_number
        assert worker.pid == ahead.process.pid, "no second process was started"
    finally:
        worker.kill()


def test_one_without_an_order_ends_with_the_command_that_started_it() -> None:
    with pytest.raises(KeyError), spawned_ahead() as ahead:
        assert ahead.is_running
        raise KeyError
    assert not ahead.is_running


def test_what_is_loaded_ahead_exists() -> None:
    assert [module for module in EXTRACTION if find_spec(module) is None] == []
