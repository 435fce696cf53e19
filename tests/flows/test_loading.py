"""What is loaded for good is not looked through for garbage; what comes later is, as before."""

from __future__ import annotations

import gc
import weakref

from flows.loading import without_collection


class Node:
    def __init__(self) -> None:
        self.itself = self


def test_collection_goes_on_behind_the_loading() -> None:
    gc.collect()
    frozen = gc.get_freeze_count()
    with without_collection():
        assert not gc.isenabled()
        loaded = [Node() for _ in range(1000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() >= frozen + len(loaded)
    node = Node()
    later = weakref.ref(node)
    del node
    gc.collect()
    assert later() is None
    gc.unfreeze()


def test_collection_goes_on_when_loading_fails() -> None:
    try:
        with without_collection():
            raise ImportError("no such library")
    except ImportError:
        pass
    assert gc.isenabled()
    gc.unfreeze()
