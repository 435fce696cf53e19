"""Pictures of pages: what one file does to the process that draws must not be felt by the next."""

from __future__ import annotations

import threading
import time

import pytest
from paper import page_of

from dashboard import page_pictures
from dashboard.page_pictures import PagePictures
from schemas.errors import DamagedDocumentError


def test_a_file_that_takes_too_long_does_not_take_its_neighbours_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = PagePictures()
    drawn = pictures.picture("warm", 1, lambda: page_of("warm"))
    assert drawn.startswith(b"\x89PNG")
    failures: list[BaseException] = []

    def slow() -> None:
        try:
            pictures._run(time.sleep, 60)  # as a page that never ends
        except DamagedDocumentError as exc:
            failures.append(exc)

    monkeypatch.setattr(page_pictures, "TIMEOUT_S", 1.0)
    thread = threading.Thread(target=slow)
    thread.start()
    time.sleep(0.4)
    monkeypatch.setattr(page_pictures, "TIMEOUT_S", 60.0)
    assert pictures.picture("neighbour", 1, lambda: page_of("neighbour")).startswith(b"\x89PNG"), "drawn in the next process"
    thread.join()
    assert "limits on time" in str(failures[0])
    pictures.close()
