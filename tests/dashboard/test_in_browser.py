"""Monitoring and a full review in a real browser, by keyboard. Needs Debian's Chromium: skipped on a machine without it, but never in CI."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from conftest import PASSWORD
from fastapi import FastAPI
from paper import flagged, page_of

from benchmarks.dashboard_server import served
from schemas.invoice import Evidence, Invoice
from warehouse.documents import load
from warehouse.reviews import reviews_of

CHROMIUM = os.environ.get("LINEITEM_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
PICTURES = os.environ.get("LINEITEM_SCREENSHOTS")  # a folder to write pictures of what was tested to
WAIT_MS = 60_000  # a loaded machine is slow; what is waited for comes at once elsewhere

Fill = Callable[[Sequence[Invoice]], str]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        message = "no chromium on the PATH: the browser tests need it (apt-get install chromium, or LINEITEM_CHROMIUM)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def release() -> threading.Event:
    """Uploads are processed when it is set."""
    return threading.Event()


@pytest.fixture
def app(warehouse: Fill, application: Callable[..., FastAPI], originals: dict[str, bytes], release: threading.Event) -> FastAPI:
    documents: list[Invoice] = []
    for number, name in enumerate(("first", "second", "third", "fourth")):
        data = page_of(name)
        made = flagged(name, data, number=f"N-{name}")
        header = replace(made.header, issue_date=date(2026, 4, number + 1))
        originals[made.sha256] = data
        documents.append(made.replace(header=header))
    unsure = Evidence(1, (72.0, 71.0, 240.0, 83.0), "Nordwind Werkzeuge GmbH", 0.46, "task_model")
    documents[2] = documents[2].replace(evidence={**documents[2].evidence, "header.buyer_name": unsure})
    evil = documents[3]
    line = replace(evil.line_items[0], description='=HYPERLINK("http://evil.example")', net_amount=Decimal("-1234567.89"))
    header = replace(evil.header, seller_name="<script>document.title='stolen'</script>")
    documents[3] = evil.replace(header=header, line_items=(line,))
    return application(warehouse(documents), process=lambda _path: release.wait(60))


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    with served(app) as url:
        yield url


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Callable[..., Any]]:
    """``visit(name, path)``: a page at which that account is logged in. What its console complains of fails the test."""
    complaints: list[str] = []
    contexts: list[Any] = []

    def answered(dialog: Any) -> None:
        if dialog.type != "beforeunload":  # which asks before what was typed is left behind
            complaints.append(f"dialog {dialog.message}")
        dialog.accept()

    def visited(name: str = "reviewer", path: str = "/", **options: Any) -> Any:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, base_url=address, **options)
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda said: (
                complaints.append(said.text) if said.type == "error" and "409" not in said.text and "422" not in said.text else None
            ),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", answered)
        page.goto(f"/login?to={quote(path)}")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        until(page, "!location.pathname.startsWith('/login') && document.readyState === 'complete'")
        return page

    yield visited
    for context in contexts:
        context.close()
    assert not complaints


def until(page: Any, condition: str) -> None:
    """Wait until JavaScript's ``condition`` holds. Asked from outside: the pages' policy lets no text be run as code, the test's neither."""
    from playwright.sync_api import Error

    end = time.monotonic() + WAIT_MS / 1000
    while time.monotonic() < end:
        with suppress(Error):  # asked in the moment in which one page gives way to the next
            if page.evaluate(condition):
                return
        time.sleep(0.05)
    pytest.fail(f"never came true: {condition}")


def picture(page: Any, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


def barriers(page: Any) -> list[str]:
    """What axe-core finds on a page against WCAG 2.2, level AA: contrast of every text, names of controls, order, size of targets."""
    from axe_playwright_python.sync_playwright import Axe

    standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = Axe().run(page, options={"runOnly": standards, "resultTypes": ["violations"]}).response
    assert any(rule["id"] == "color-contrast" for rule in found["passes"]), "the contrast was measured"
    return [f"{rule['id']}: {node['html'][:120]} {node['failureSummary'][:240]}" for rule in found["violations"] for node in rule["nodes"]]


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.name || document.activeElement.value || document.activeElement.tagName"))


def test_monitoring_leads_from_figures_to_documents(visit: Callable[..., Any]) -> None:
    day = datetime.now(UTC).date()  # documents are stamped with the real day, whatever the test's clock says
    page = visit("viewer", f"/?since={day}&until={day}")
    page.get_by_role("heading", name="Overview").wait_for()
    assert page.locator("svg.chart").is_visible()
    picture(page, "overview")
    page.get_by_role("link", name="BR-CO-15").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/documents?*rule=BR-CO-15*")
    assert page.locator("tbody tr").count() == 4
    page.get_by_role("link", name="first").click()
    assert page.get_by_text("Net 1000.00 plus tax 190.00 is not 1910.00.").first.is_visible()
    for name in ("Runs", "Model", "Sellers", "Tax", "Documents", "Review"):
        page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()
        page.get_by_role("heading", name=name, exact=True).wait_for()
        picture(page, name.lower())
    assert page.get_by_role("link", name="Begin with the first").count() == 0, "a viewer does not review"


def test_a_flagged_document_is_cleared_by_keyboard_in_few_keystrokes(
    visit: Callable[..., Any], app: FastAPI, record_testsuite_property: Callable[[str, object], None]
) -> None:
    page = visit("reviewer", "/review?order=age")
    page.get_by_role("link", name="Begin with the first").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/1?order=age")
    until(page, "document.querySelectorAll('#marks .word').length > 10")
    assert focused(page) == "header.gross_total", "the doubtful value has the focus"
    assert page.locator("#marks .seen").count() == 1, "and its place is marked"
    picture(page, "review")
    began, keys = time.monotonic(), 0
    for key in ("1", "1", "9", "0", "Control+Enter"):  # the value is selected: typing replaces it
        page.keyboard.press(key)
        keys += 1
    page.wait_for_url("**/review/2?order=age")
    took = time.monotonic() - began
    database = app.state.site.database
    assert load(database, 1).status == "accepted"
    assert [(c.before, c.after) for c in reviews_of(database, 1)[0].corrections] == [("1910.00", "1190.00".rstrip("0").rstrip("."))]
    until(page, "document.activeElement.name === 'header.gross_total'")
    assert page.locator("h1").inner_text() == "Nordwind Werkzeuge GmbH"
    record_testsuite_property("keystrokes for a flagged document", keys)
    record_testsuite_property("seconds to the next document", round(took, 2))
    assert keys <= 6
    page.keyboard.press("Alt+u")
    page.wait_for_url("**/review/1?order=age")
    assert load(database, 1).status == "review", "undone by a key"


def test_enter_leads_through_what_was_read_unsurely_and_ends_at_approving(visit: Callable[..., Any], app: FastAPI) -> None:
    page = visit("reviewer", "/review/3")
    until(page, "document.activeElement.name === 'header.gross_total'")
    assert " ".join(page.locator("#doubts").inner_text().split()) == "Please compare with the page: Buyer name 46 % sure"
    page.keyboard.type("1190")
    page.keyboard.press("Enter")
    assert focused(page) == "header.buyer_name", "the value that was read least surely comes after the broken rule"
    assert page.locator("#marks .seen").count() == 1
    picture(page, "review-doubt")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.value") == "approve", "nothing is left to look at"
    page.keyboard.press("Enter")
    until(page, "location.pathname !== '/review/3'")
    assert load(app.state.site.database, 3).status == "accepted"


def test_the_check_follows_what_is_typed_and_a_word_of_the_page_can_be_taken(visit: Callable[..., Any], app: FastAPI) -> None:
    page = visit("reviewer", "/review/1")
    until(page, "document.querySelectorAll('#marks .word').length > 10")
    page.locator("#issues li.error").wait_for()
    page.locator("#marks .word", has_text="1.190,00").click()
    assert page.input_value("[name='header.gross_total']") == "1.190,00"
    until(page, "!document.querySelector('#issues li.error')")
    page.keyboard.press("Alt+ArrowRight")
    assert page.input_value("[name='header.gross_total']") != "1.190,00", "the word beside it, by keyboard"
    page.keyboard.press("Alt+ArrowLeft")
    page.locator("[name='line_items.0.description']").focus()
    page.keyboard.press("Home")
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Alt+s")
    assert page.input_value("[name='line_items.1.description']") == "wrench"
    page.keyboard.press("Alt+j")
    assert page.input_value("[name='line_items.0.description']") == "Torque wrench"
    page.keyboard.press("Alt+a")
    assert focused(page) == "line_items.1.description"
    page.keyboard.press("Alt+d")
    page.keyboard.press("F1")
    assert page.get_by_role("dialog").is_visible()
    picture(page, "keys")
    assert not barriers(page), "of the help"
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    until(page, "location.pathname !== '/review/1'")
    stored = load(app.state.site.database, 1)
    assert stored.evidence["header.gross_total"].words == "1.190,00"
    assert len(stored.line_items) == 1


def test_rejecting_asks_why_and_somebody_elses_document_says_so(visit: Callable[..., Any], app: FastAPI) -> None:
    page = visit("reviewer", "/review/2")
    page.keyboard.press("Alt+r")
    until(page, "document.activeElement.name === 'reason'")
    other = visit("other", "/review/2")
    assert "reviewer has this document open" in other.locator(".notice.warning").inner_text()
    other.keyboard.press("Alt+w")
    other.keyboard.type("mine")
    other.keyboard.press("Alt+r")
    until(other, "document.getElementById('said').textContent.includes('reviewer is reviewing')")
    page.keyboard.type("not for us")
    page.keyboard.press("Alt+r")
    until(page, "location.pathname !== '/review/2'")
    assert load(app.state.site.database, 2).status == "rejected"


def test_what_stops_a_person_is_in_sight_and_what_was_typed_is_not_lost_by_one_key(visit: Callable[..., Any], app: FastAPI) -> None:
    page = visit("reviewer", "/review/4")
    cells = "[...document.querySelectorAll('#line_items input.number')].filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.value)"
    assert page.input_value("[name='line_items.0.net_amount']") == "-1234567.89"
    assert page.evaluate(cells) == [], "no amount is cut short"
    page.goto("/review/1")
    other = visit("other", "/review/1", has_touch=True)
    other.set_viewport_size({"width": 820, "height": 500})
    other.locator("[name='line_items.0.net_amount']").focus()
    inside = "document.elementFromPoint(...(({ x, y, width, height }) => [x + width / 2, y + height / 2])(E.getBoundingClientRect())) === E"
    assert other.evaluate(inside.replace("E", "document.querySelector('#held')")), "whatever has the focus"
    picture(other, "held")
    page.locator("[name='header.purchase_order']").fill("PO-7")
    page.keyboard.press("Alt+n")
    until(page, "document.getElementById('said').textContent.startsWith('What you typed is not stored.')")
    page.locator("[name='header.issue_date']").fill("3/4/2026")
    page.keyboard.press("Control+Enter")
    until(page, "document.getElementById('said').textContent.startsWith('Issue date:')")
    assert focused(page) == "header.issue_date", "where something has to be typed"
    page.keyboard.press("Alt+n")
    page.keyboard.press("Alt+n")
    until(page, "location.pathname === '/review/2'")
    assert load(app.state.site.database, 1).header.purchase_order is None


def test_a_file_dropped_on_the_page_is_processed_before_ones_eyes(visit: Callable[..., Any], release: threading.Event) -> None:
    page = visit("reviewer", "/upload")
    drop = """(bytes) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([new Uint8Array(bytes)], "first.pdf", { type: "application/pdf" }));
        document.getElementById("upload").dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    }"""
    page.evaluate(drop, list(page_of("first")))
    until(page, "document.getElementById('said').textContent === '1 still being processed.'")
    assert page.get_by_role("progressbar").is_visible()
    assert page.locator("#progress tr").inner_text().split()[1] == "processing"
    release.set()
    until(page, "document.getElementById('said').textContent === 'All done.'")
    assert page.locator("#progress tr").inner_text().split()[1] == "review", "what was decided, not only that it is done"
    page.evaluate(drop, list(b"no document"))
    until(page, "document.getElementById('said').textContent.includes('Expected a PDF')")
    page.locator("#progress a").click()
    page.get_by_role("heading", name="first").wait_for()


def test_hostile_text_of_a_page_does_nothing(visit: Callable[..., Any]) -> None:
    page = visit("reviewer", "/review/4")
    assert page.locator("h1").inner_text() == "<script>document.title='stolen'</script>"
    page.locator("[name='header.gross_total']").fill("1")
    until(page, "document.querySelector('#issues').textContent.includes('1')")
    for path in ("/sellers", "/documents", "/documents/4", "/review"):
        page.goto(path)
        assert "stolen" not in page.title()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 820)])
def test_every_page_fits_its_window_and_can_be_used_by_everybody(visit: Callable[..., Any], scheme: str, width: int) -> None:
    page = visit("admin", "/", color_scheme=scheme, has_touch=width < 1000)
    page.set_viewport_size({"width": width, "height": 1000})
    for path in (
        "/",
        "/documents",
        "/documents/1",
        "/review",
        "/review/1",
        "/batches",
        "/model",
        "/sellers",
        "/tax",
        "/upload",
        "/account",
        "/account/password",
        "/admin/accounts",
        "/admin/audit",
        "/admin/webhooks",
        "/login",
    ):
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 1, f"{path} is {wide} px too wide"
        assert not (found := barriers(page)), f"{path}: {found}"
        picture(page, f"{path.strip('/').replace('/', '-') or 'overview'}-{scheme}-{width}")
