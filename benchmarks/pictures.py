"""Pictures of every page of the dashboard: ``python -m benchmarks.pictures FOLDER --out PICTURES [--only NAME …]``.

FOLDER is a working directory in which ``lineitem run`` filled ``lineitem.db``; a copy is shown. So that the charts have something to show, the
copy's documents are spread over the last 30 days, and two in three are decided on by a reviewer who types what the generator's truth says of
number, date and total (FOLDER/inbox/NAME.json, as ``lineitem synth`` leaves it). Taken in light and dark at 1280 pixels and on a tablet of 820.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from benchmarks.dashboard_server import served
from dashboard.app import create_app
from dashboard.passwords import hash_password
from flows.dashboard_services import dashboard_services
from flows.settings import load_settings
from warehouse.accounts import add_user, has_users
from warehouse.database import open_database
from warehouse.review_queue import Order, queue

PASSWORD = "only for pictures"
DAYS = 30
WAIT_MS = 300_000  # a busy machine is slow
TYPED = ("invoice_number", "issue_date", "gross_total")
# Instants that are moved together, and whose document they belong to.
INSTANTS = (
    ("documents", "id", ("received_at", "finished_at")),
    ("decisions", "document_id", ("decided_at",)),
    ("reviews", "document_id", ("at",)),
)


@dataclass(frozen=True, slots=True)
class Mode:
    """How a page is looked at. Sizes in CSS pixels."""

    name: str
    scheme: str
    width: int
    height: int
    touch: bool = False


MODES = (
    Mode("light", "light", 1280, 860),
    Mode("dark", "dark", 1280, 860),
    Mode("tablet", "light", 820, 1180, touch=True),
    Mode("tablet-dark", "dark", 820, 1180, touch=True),
)


def pages_of(url: str) -> dict[str, str]:
    """Every page by name. Of the documents that wait: the shortest with a broken rule, and the longest."""
    count = "SELECT count(*) FROM line_items l WHERE l.document_id = d.id"
    broken = "EXISTS (SELECT 1 FROM issues i WHERE i.document_id = d.id AND i.severity = 'error')"
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        waiting = connection.execute(f"SELECT d.id, ({count}), {broken} FROM documents d WHERE d.state = 'review'").fetchall()  # noqa: S608
    first = min(waiting, key=lambda row: (not row[2], row[1]))[0]
    longest = max(waiting, key=lambda row: row[1])[0]
    return {
        "overview": "/", "queue": "/review?order=reason", "review": f"/review/{first}?order=reason", "review-long": f"/review/{longest}",
        "documents": "/documents", "document": f"/documents/{first}", "runs": "/batches", "model": "/model", "sellers": "/sellers", "tax": "/tax",
        "upload": "/upload", "account": "/account", "accounts": "/admin/accounts", "webhooks": "/admin/webhooks", "audit": "/admin/audit",
    }  # fmt: skip


def review(app: FastAPI, url: str, truth: Path) -> None:
    """Decide on two of three flagged documents."""
    client = TestClient(app, base_url="http://127.0.0.1:8420", follow_redirects=False)
    client.post("/login", data={"name": "admin", "password": PASSWORD})
    with open_database(url, create=False) as database:
        waiting = [(each.id, each.name) for each in queue(database, order=Order.AGE, limit=1000)]
    for number, (document, name) in enumerate(waiting):
        if number % 3 == 2 or not (truth / f"{name}.json").exists():
            continue
        header = json.loads((truth / f"{name}.json").read_text())["header"]
        page = client.get(f"/review/{document}").text
        form = dict(fields_of(page))
        form |= {f"header.{key}": header[key] or "" for key in TYPED} | {
            "do": "approve",
            "reason": "checked",
            "seconds": str(20 + number % 40),
        }
        client.post(f"/review/{document}", data=form)


def fields_of(page: str) -> Iterator[tuple[str, str]]:
    """Names and values of a page's form, as a browser would send them."""
    from lxml import html

    for element in html.fromstring(page).get_element_by_id("review").iter("input", "select"):
        if element.tag == "select":
            chosen = [option.get("value") for option in element if option.get("selected") is not None]
            yield element.name, chosen[0] if chosen else ""
        elif element.name:
            yield element.name, element.get("value") or ""


def spread(path: Path) -> None:
    """Move the documents of the database apart, as if they had come in over the last days, more on weekdays."""
    today = datetime.now(UTC).replace(hour=2, minute=31)
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    days = [day for day in days for _ in range(1 if day.weekday() > 4 else 3)]
    with closing(sqlite3.connect(path)) as connection, connection:
        ids = [id for (id,) in connection.execute("SELECT id FROM documents WHERE finished_at IS NOT NULL ORDER BY id")]
        for number, id in enumerate(ids):
            day = days[number * len(days) // len(ids)]
            for table, key, columns in INSTANTS:
                for column in columns:
                    rows = connection.execute(f"SELECT rowid, {column} FROM {table} WHERE {key} = ?", (id,)).fetchall()  # noqa: S608  (names are those above)
                    for row, stamp in rows:
                        if stamp:
                            moved = datetime.combine(day.date(), datetime.fromisoformat(stamp).time()).isoformat(" ", "microseconds")
                            connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (moved, row))  # noqa: S608


def take(address: str, url: str, out: Path, only: list[str]) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for mode in MODES:
            viewport: Any = {"width": mode.width, "height": mode.height}
            scheme: Any = mode.scheme
            context = browser.new_context(viewport=viewport, base_url=address, color_scheme=scheme, has_touch=mode.touch)
            page = context.new_page()
            page.set_default_timeout(WAIT_MS)
            page.on("pageerror", lambda error: print(f"error: {error}"))
            page.goto("/login")
            if not only or "login" in only:
                page.screenshot(path=out / f"login-{mode.name}.png")
            page.get_by_label("Name").fill("admin")
            page.get_by_label("Password").fill(PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url("**/")
            for name, path in pages_of(url).items():
                if only and name not in only:
                    continue
                page.goto(path, wait_until="networkidle")
                page.screenshot(path=out / f"{name}-{mode.name}.png", full_page=not name.startswith("review"))
            context.close()
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=[], help="names of pages")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    out, folder = options.out.resolve(), options.folder.resolve()
    os.chdir(folder)  # originals lie beside the database
    with tempfile.TemporaryDirectory() as work:
        copy = Path(work) / "lineitem.db"
        with closing(sqlite3.connect(folder / "lineitem.db")) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        url = f"sqlite:///{copy}"
        with open_database(url) as database:
            if not has_users(database):
                add_user(database, "admin", password_hash=hash_password(PASSWORD), role="admin", must_change=False, actor="pictures")
        store = str(folder / "lineitem-documents")
        settings = load_settings({"database": url, "upload_folder": f"{work}/uploads", "document_store": store})
        app = create_app(url, services=dashboard_services(settings))
        review(app, url, folder / "inbox")
        spread(copy)
        with served(app) as address:
            take(address, url, out, options.only)


if __name__ == "__main__":
    main()
