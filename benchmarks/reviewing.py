"""What it takes to clear flagged invoices by keyboard: ``python -m benchmarks.reviewing FOLDER --database URL [--count 40]``.

FOLDER holds generated invoices with their truth (``lineitem synth``), the database what ``lineitem run FOLDER`` made of them; use a copy, the
invoices are decided on. A Chromium goes through the queue as a clerk would who knows the truth: she looks at each value to which Enter leads,
types the right one where it is wrong, and approves. Counted are key presses and the seconds in which the machine let her wait: from the key to the
next document with its picture on the screen, and how much of it the server took. Before she approves she pauses for `READ_S`, as nobody reads
faster, in which the next document is read ahead. How long a person reads and thinks is not measured; the last line estimates typing and deciding by
the keystroke-level model and says so.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.dashboard_server import served
from dashboard.app import create_app
from dashboard.passwords import hash_password
from flows.dashboard_services import dashboard_services
from flows.settings import load_settings
from schemas.invoice import HEADER_FIELDS
from warehouse.accounts import add_user, has_users
from warehouse.database import open_database
from warehouse.documents import load_many

NAME, PASSWORD = "clerk", "only for measuring"
MOST_STOPS = 40
WAIT_S = 120.0
READ_S = 2.0
# On the screen: the next document's address, its first value in focus, and its picture drawn.
SHOWN = "location.pathname !== '{here}' && document.activeElement?.name && (document.getElementById('page')?.complete ?? true)"
# Card, Moran & Newell, The Keystroke-Level Model, CACM 23 (1980): an average typist's key, and one mental preparation.
KEY_S, MENTAL_S = 0.28, 1.35


# What the last answer to an action took, as the browser measured it; 0 where it left the page.
SERVER_S = "(performance.getEntriesByType('resource').filter((e) => new URL(e.name).pathname === '{here}').at(-1)?.duration ?? 0) / 1000"


@dataclass(slots=True)
class Cleared:
    """One document: keys pressed, values looked at, values corrected, wrong header values to which Enter did not lead, seconds of
    waiting, and of those the server's."""

    keys: int = 0
    stops: int = 0
    corrected: int = 0
    missed: int = 0
    waited_s: float = 0.0
    server_s: float = 0.0


def until(page: Any, condition: str) -> None:
    from playwright.sync_api import Error

    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        with suppress(Error):
            if page.evaluate(condition):
                return
        time.sleep(0.01)
    raise SystemExit(f"never came true: {condition}")


def alike(shown: str, true: str | None) -> bool:
    """Whether a field shows the true value, however it is written."""
    if shown.replace(" ", "").lower() == (true or "").replace(" ", "").lower():
        return True
    try:
        return true is not None and float(shown) == float(true)
    except ValueError:
        return False


def clear(page: Any, truth: dict[str, Any]) -> Cleared:
    """The document on the screen, from its first doubtful value to the next document."""
    done = Cleared()

    def press(key: str) -> None:
        done.keys += 1
        page.keyboard.press(key)

    looked_at: set[str] = set()
    while done.stops < MOST_STOPS:
        name = page.evaluate("document.activeElement.name")
        if name == "do" or name in looked_at:
            break
        looked_at.add(name)
        done.stops += 1
        table, _, field = name.partition(".")
        if table == "header":
            shown, true = page.evaluate("document.activeElement.value"), truth["header"].get(field)
            if not alike(shown, true):
                done.corrected += 1
                for character in true or "":  # the value is selected: typing replaces it
                    press(character)
                if not true:
                    press("Delete")
        press("Enter")
    header = page.evaluate("Object.fromEntries([...document.querySelectorAll('[name^=\"header.\"]')].map((e) => [e.name, e.value]))")
    done.missed = sum(not alike(header[f"header.{name}"], truth["header"].get(name)) for name in HEADER_FIELDS)
    here = page.evaluate("location.pathname")
    time.sleep(READ_S)
    for attempt in range(2):
        begun = time.monotonic()
        press("Control+Enter")
        until(page, f"({SHOWN.format(here=here)}) || location.pathname === '/review' || document.getElementById('said')?.textContent")
        done.waited_s += time.monotonic() - begun
        done.server_s += page.evaluate(SERVER_S.format(here=here))
        if page.evaluate("location.pathname") != here:
            break
        if attempt == 0:  # a rule is still broken: approved all the same, with a reason
            press("Alt+w")
            for character in "checked":
                press(character)
    return done


def walk(address: str, database_url: str, folder: Path, count: int) -> list[Cleared]:
    from playwright.sync_api import sync_playwright

    cleared: list[Cleared] = []
    with sync_playwright() as playwright, open_database(database_url, create=False) as database:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(base_url=address, viewport={"width": 1280, "height": 800})
        page.set_default_timeout(WAIT_S * 1000)
        page.goto("/login?to=/review/next")
        page.get_by_label("Name").fill(NAME)
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        until(page, "location.pathname.startsWith('/review')")
        while len(cleared) < count and page.evaluate("/^\\/review\\/\\d/.test(location.pathname)"):
            until(page, "document.activeElement?.name")
            (invoice,) = load_many(database, [int(page.evaluate("location.pathname.split('/')[2]"))])
            cleared.append(clear(page, json.loads((folder / f"{invoice.id}.json").read_text(encoding="utf-8"))))
            print(invoice.id, cleared[-1], flush=True)
        browser.close()
    return cleared


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--database", required=True)
    parser.add_argument("--count", type=int, default=40)
    options = parser.parse_args()
    with open_database(options.database, create=False) as database, tempfile.TemporaryDirectory() as uploads:
        if not has_users(database):
            add_user(database, NAME, password_hash=hash_password(PASSWORD), role="reviewer", must_change=False, actor="bench")
        settings = load_settings({"database": options.database, "upload_folder": uploads})
        app = create_app(options.database, services=dashboard_services(settings))
        with served(app) as address:
            cleared = walk(address, options.database, options.folder, options.count)
    keys, stops = statistics.mean(c.keys for c in cleared), statistics.mean(c.stops for c in cleared)
    waited = [c.waited_s for c in cleared]
    print(
        f"{len(cleared)} documents: {keys:.1f} keys, {stops:.1f} values looked at, {statistics.mean(c.corrected for c in cleared):.2f} corrected each"
    )
    print(
        f"wrong header values to which Enter did not lead: {sum(c.missed for c in cleared)} in {sum(c.missed > 0 for c in cleared)} documents"
    )
    print(
        f"the machine let her wait {statistics.median(waited):.2f} s (median), {max(waited):.2f} s at most, from approving to the next document "
        f"with its picture; {statistics.median(c.server_s for c in cleared):.2f} s of it the server"
    )
    estimate = keys * KEY_S + (stops + 1) * MENTAL_S + statistics.median(waited)
    print(
        f"estimated, not measured: {estimate:.0f} s each (keystroke-level model: {KEY_S} s a key, {MENTAL_S} s for each value and the decision)"
    )


if __name__ == "__main__":
    main()
