"""A warehouse with a few documents in it, as a batch would leave them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient

from dashboard import passwords
from dashboard.app import create_app
from dashboard.passwords import hash_password
from dashboard.services import Services
from schemas.errors import DocumentStoreError
from schemas.invoice import Evidence, Header, Invoice, Issue, LineItem, Severity, Status, TaxLine
from warehouse.accounts import add_user
from warehouse.batches import begin_batch, end_batch
from warehouse.database import open_database
from warehouse.documents import Decision, Judgement, finish
from warehouse.leases import Arrival, claim, register

BASE = "http://127.0.0.1:8420"
PASSWORD = "four plain words together"
TODAY = date(2026, 5, 4)


def stored(
    name: str, *, status: Status = Status.ACCEPTED, seller: str = "Nordwind Werkzeuge GmbH", issues: tuple[Issue, ...] = ()
) -> Invoice:
    return Invoice(
        id=name,
        sha256=sha256(name.encode()).hexdigest(),
        source=f"inbox/{name}.pdf",
        pages=2,
        status=status,
        header=Header(
            invoice_number="RE-2026-104",
            issue_date=date(2026, 4, 30),
            currency="EUR",
            seller_name=seller,
            net_total=Decimal("1000.00"),
            tax_total=Decimal("190.00"),
            gross_total=Decimal("1190.00"),
        ),
        tax_breakdown=(TaxLine("S", Decimal("19"), Decimal("1000.00"), Decimal("190.00")),),
        line_items=(
            LineItem(description="Torque wrench", quantity=Decimal("4"), unit_price=Decimal("250.00"), net_amount=Decimal("1000.00")),
        ),
        confidence=0.9996,
        evidence={"header.gross_total": Evidence(2, (400.0, 500.0, 450.0, 510.0), "1.190,00", 0.98, "task_model+arithmetic")},
        issues=issues,
    )


@pytest.fixture
def doubtful() -> Issue:
    return Issue("BR-CO-15", Severity.ERROR, "header.gross_total", "1190.00", "1191.00", "The total is not net plus tax.")


@pytest.fixture
def invoice() -> Callable[..., Invoice]:
    """Makes an invoice: ``invoice(name, status=…, seller=…, issues=…)``."""
    return stored


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated once; each test works on a copy."""
    path = tmp_path_factory.mktemp("warehouse") / "empty.db"
    open_database(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def warehouse(tmp_path: Path, empty_database: Path) -> Callable[[Sequence[Invoice]], str]:
    """Writes finished documents and returns the URL of their database."""
    url = f"sqlite:///{shutil.copy(empty_database, tmp_path / 'lineitem.db')}"

    def fill(invoices: Sequence[Invoice]) -> str:
        with open_database(url) as database:
            batch = begin_batch(database, source="inbox", owner="test", pipeline_version="1", documents=len(invoices), ignored=0)
            arrivals = [Arrival(item.sha256, item.id, item.source) for item in invoices]
            rows = register(database, arrivals, pipeline_version="1", batch_id=batch)
            claim(database, [row.id for row in rows], owner="test", lease_s=60)
            for row, item in zip(rows, invoices, strict=True):
                decision = Decision(
                    "task_model",
                    tuple(issue.message for issue in item.issues) or ("Confidence 0.40 is below the threshold of 0.90.",),
                    "model-1",
                    "rules-1",
                )
                done = Judgement(item, decision)
                assert finish(
                    database,
                    row.id,
                    item,
                    owner="test",
                    batch_id=batch,
                    today=TODAY,
                    judge=lambda _invoice, _context, done=done: done,
                )
            end_batch(database, batch, outcome="finished", processed=len(invoices), pages=2 * len(invoices), seconds=3.0, stage_seconds={})
        return url

    return fill


SHIPPED_HASHER = passwords._HASHER


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """The same hash with little memory and one pass: a hundred logins would else take a quarter of these tests' time."""
    passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield
    passwords._HASHER = SHIPPED_HASHER


@pytest.fixture(scope="session")
def password_hash(cheap_passwords: None) -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def originals() -> dict[str, bytes]:
    """Files by their hash, for tests that look at pages."""
    return {}


@pytest.fixture
def application(tmp_path: Path, password_hash: str, originals: dict[str, bytes]) -> Iterator[Callable[..., FastAPI]]:
    """Makes the dashboard over a database, with one account for each role, named after it, and a second reviewer ``other``."""
    apps: list[FastAPI] = []

    def original(sha256: str, _sources: Sequence[str]) -> bytes:
        if sha256 not in originals:
            raise DocumentStoreError("not kept")
        return originals[sha256]

    def make(url: str, **options: object) -> FastAPI:
        with open_database(url) as database:
            for name, role in (("viewer", "viewer"), ("reviewer", "reviewer"), ("other", "reviewer"), ("admin", "admin")):
                add_user(database, name, password_hash=password_hash, role=role, must_change=False, actor="test")
        services = Services(original=original, upload_folder=tmp_path / "uploads", today=lambda: TODAY, **options)  # type: ignore[arg-type]
        apps.append(create_app(url, services=services))
        return apps[-1]

    yield make
    for app in apps:
        app.state.site.pictures.close()
        app.state.site.database.close()


@pytest.fixture
def login() -> Callable[..., TestClient]:
    """``login(app, name)``: a browser in which that account is logged in; without a name nobody is."""

    def logged_in(app: FastAPI, name: str | None = "reviewer") -> TestClient:
        client = TestClient(app, base_url=BASE, follow_redirects=False)
        if name:
            answer = client.post("/login", data={"name": name, "password": PASSWORD})
            assert answer.status_code == 303, answer.text
        return client

    return logged_in


def csrf_of(client: TestClient, path: str = "/account") -> str:
    """The token that a page's forms carry."""
    found = re.search(r'name="csrf" value="(\w+)"', client.get(path).text)
    assert found
    return found[1]
