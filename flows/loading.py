"""Loading large libraries without looking for garbage meanwhile."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def without_collection() -> Generator[None]:
    """Import in this context what stays for the life of the process, and it is never looked through for garbage.

    Imports make hundreds of thousands of objects, and Python's collector would go through all of them again and again: a quarter of the processor
    time of loading Prefect's server, a third of that of what a worker needs.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collecting:
            gc.enable()
