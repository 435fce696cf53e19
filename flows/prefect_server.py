"""Prefect's own server, started so that it keeps schedules: ``python -m flows.prefect_server [options of "prefect server start"]``.

The scheduler of Prefect 3.8 inserts runs with a key, ``state``, that its tables declare as a hybrid attribute. SQLAlchemy 2.0 passed over such keys;
2.1 asks the attribute what to do with them and, where it has no answer, raises "Can't evaluate bulk DML statement", so that no run is ever scheduled
(seen with Prefect 3.8.8 and SQLAlchemy 2.1.9). Here the attribute gets that answer, by SQLAlchemy's own hook (``hybrid_property.bulk_dml``): leave it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping
from typing import Any

from flows.prefect_runtime import OFFLINE


def let_bulk_inserts_pass() -> None:
    """Let the inserts of runs pass over ``state``, as they did before SQLAlchemy 2.1. The scheduler records the states of new runs itself."""
    from prefect.server.database.orm_models import FlowRun, TaskRun

    for table in (FlowRun, TaskRun):
        hybrid: Any = vars(table)["state"]
        if hybrid.bulk_dml_setter is None:  # a later Prefect may bring its own
            hybrid.bulk_dml_setter = _pass_over


def _pass_over(table: type[Any], row: MutableMapping[str, Any], value: Any) -> None:
    """Nothing: the state of a run is kept in a table of its own."""


def main() -> None:
    """``prefect server start`` with the arguments of this program."""
    for name, value in OFFLINE.items():
        os.environ.setdefault(name, value)
    let_bulk_inserts_pass()
    from prefect.cli import app

    sys.argv = ["prefect", "server", "start", *sys.argv[1:]]
    app()


if __name__ == "__main__":
    main()
