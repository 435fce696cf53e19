"""Who is let in, and who may change what."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from conftest import BASE, PASSWORD, SHIPPED_HASHER, csrf_of
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

import dashboard.serve
from dashboard.passwords import weakness
from dashboard.serve import first_password, serve
from dashboard.services import Services
from schemas.errors import ConfigurationError
from schemas.invoice import Invoice, Status
from warehouse.accounts import FREE_FAILURES, User, list_users
from warehouse.audit import list_audit
from warehouse.sessions import digest, open_session
from warehouse.tables_review import SessionRow, UserRow

Fill = Callable[[Sequence[Invoice]], str]
Make = Callable[..., Invoice]
App = Callable[..., FastAPI]
Login = Callable[..., TestClient]


@pytest.fixture
def app(warehouse: Fill, invoice: Make, application: App) -> FastAPI:
    return application(warehouse([invoice("secret-name", status=Status.REVIEW)]))


def every_route(app: FastAPI) -> list[tuple[str, str]]:
    """Method and path of every page, with numbers for its parameters; those of the API behind its prefix."""
    found: list[tuple[str, str]] = []
    for prefix, routes in (("", app.routes), ("/api/v1", api_of(app).routes)):
        for route in flat(routes):
            path = re.sub(r"\{[^}]*\}", "1", route.path)
            found += [(method, prefix + path) for method in sorted(route.methods or ())]
    assert len(found) > 40, "the walk over the routes finds too few"
    return found


def flat(routes: Sequence[object]) -> list[APIRoute]:
    """Routes, also those of included routers where the framework keeps these as one entry."""
    found: list[APIRoute] = []
    for route in routes:
        if isinstance(route, APIRoute):
            found.append(route)
        elif inner := getattr(getattr(route, "original_router", None), "routes", None):
            found += flat(inner)
    return found


def api_of(app: FastAPI) -> FastAPI:
    return next(mounted for route in app.routes if isinstance(mounted := getattr(route, "app", None), FastAPI))


def test_anonymous_gets_nothing_from_any_page_or_endpoint(app: FastAPI, login: Login) -> None:
    nobody = login(app, None)
    for method, path in every_route(app):
        if path == "/login":
            continue
        answer = nobody.request(method, path)
        assert answer.status_code == 401, f"{method} {path}"
        assert "secret-name" not in answer.text
        assert "lineitem.db" not in answer.text
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/nothing", "/docs", "/openapi.json", "/api/v1/openapi.json", "/?token=x", "/documents/1/pages/1.png"])
def test_anonymous_gets_nothing_from_other_addresses(app: FastAPI, login: Login, path: str) -> None:
    assert login(app, None).get(path).status_code == 401


def test_a_browser_is_sent_to_the_login_and_back_to_where_it_wanted(app: FastAPI, login: Login) -> None:
    nobody = login(app, None)
    answer = nobody.get("/review?order=age", headers={"accept": "text/html"})
    assert answer.headers["location"] == "/login?to=%2Freview%3Forder%3Dage"
    page = nobody.get(answer.headers["location"])
    assert 'name="to" value="/review?order=age"' in page.text
    answer = nobody.post("/login", data={"name": "viewer", "password": PASSWORD, "to": "/review?order=age"})
    assert answer.headers["location"] == "/review?order=age"


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/\n/evil.example"])
def test_no_link_leads_through_the_login_to_elsewhere(app: FastAPI, login: Login, to: str) -> None:
    answer = login(app, None).post("/login", data={"name": "viewer", "password": PASSWORD, "to": to})
    assert answer.headers["location"] == "/"


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(app: FastAPI, login: Login) -> None:
    answer = login(app, None).post("/login", data={"name": "viewer", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "; secure" not in cookie, "over plain HTTP on this machine the cookie would be lost"


def test_behind_tls_the_cookie_is_secure(warehouse: Fill, tmp_path: Path) -> None:
    url = warehouse([])
    services = Services(original=lambda _sha256, _sources: b"", upload_folder=tmp_path)
    app = dashboard.serve.create_app(url, services=services, https=True)
    password = first_password(app.state.site.database)
    answer = TestClient(app, base_url=BASE, follow_redirects=False).post("/login", data={"name": "admin", "password": password or ""})
    assert "; secure" in answer.headers["set-cookie"].lower()
    assert "strict-transport-security" in answer.headers


def test_viewers_change_nothing(app: FastAPI, login: Login) -> None:
    viewer = login(app, "viewer")
    token = csrf_of(viewer)
    own = {"/login", "/logout", "/account/tokens", "/account/tokens/1/revoke", "/account/password"}
    changing = [(method, path) for method, path in every_route(app) if method != "GET" and not path.startswith("/api/") and path not in own]
    assert len(changing) >= 8
    for method, path in changing:
        answer = viewer.request(method, path, data={"csrf": token, "do": "approve", "version": "1"})
        assert answer.status_code == 403, f"{method} {path}"
    for path in ("/review/1", "/upload", "/admin/accounts", "/admin/audit", "/admin/webhooks"):
        assert viewer.get(path).status_code == 403, path
    assert "status review" in viewer.get("/documents/1").text


def test_reviewers_see_nothing_of_administration(app: FastAPI, login: Login) -> None:
    reviewer = login(app, "reviewer")
    token = csrf_of(reviewer)
    for method, path in every_route(app):
        if path.startswith("/admin"):
            assert reviewer.request(method, path, data={"csrf": token}).status_code == 403, path


@pytest.mark.parametrize("token", ["", "0" * 64, None])
def test_a_change_without_the_pages_token_is_refused(app: FastAPI, login: Login, token: str | None) -> None:
    admin = login(app, "admin")
    data = {} if token is None else {"csrf": token}
    for method, path in every_route(app):
        if method == "GET" or path == "/login" or path.startswith("/api/"):
            continue
        assert admin.request(method, path, data=data).status_code == 403, path
    assert admin.get("/").status_code == 200, "still logged in"


def test_the_token_of_another_session_is_refused(app: FastAPI, login: Login) -> None:
    stolen = csrf_of(login(app, "other"))
    assert login(app, "admin").post("/admin/accounts", data={"csrf": stolen, "name": "eve", "role": "admin"}).status_code == 403


@pytest.mark.parametrize("header", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}, {"origin": "null"}])
def test_a_request_from_another_site_is_refused_even_with_the_token(app: FastAPI, login: Login, header: dict[str, str]) -> None:
    admin = login(app, "admin")
    data = {"csrf": csrf_of(admin), "name": "eve", "role": "admin"}
    assert admin.post("/admin/accounts", data=data, headers=header).status_code == 403
    assert login(app, None).post("/login", data={"name": "viewer", "password": PASSWORD}, headers=header).status_code == 403
    assert admin.post("/admin/accounts", data=data, headers={"origin": BASE, "sec-fetch-site": "same-origin"}).status_code == 200


def test_guessing_is_slowed_down(app: FastAPI, login: Login) -> None:
    guesser = login(app, None)
    for _ in range(FREE_FAILURES):
        assert guesser.post("/login", data={"name": "admin", "password": "guess"}).status_code == 401
    answer = guesser.post("/login", data={"name": "admin", "password": PASSWORD})
    assert answer.status_code == 429, "even the right password has to wait"
    assert "seconds" in answer.text
    assert login(app, "viewer").get("/").status_code == 200, "others come in"


def test_a_wrong_name_and_a_wrong_password_read_alike(app: FastAPI, login: Login) -> None:
    nobody = login(app, None)
    answers = [nobody.post("/login", data={"name": name, "password": "x"}) for name in ("admin", "nobody-here")]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].text.replace("admin", "") == answers[1].text.replace("nobody-here", "")


def test_the_first_start_makes_an_admin_whose_password_serves_once(warehouse: Fill, tmp_path: Path) -> None:
    services = Services(original=lambda _sha256, _sources: b"", upload_folder=tmp_path)
    app = dashboard.serve.create_app(warehouse([]), services=services)
    database = app.state.site.database
    password = first_password(database)
    assert password
    assert first_password(database) is None, "printed once"
    client = TestClient(app, base_url=BASE, follow_redirects=False)
    assert client.post("/login", data={"name": "admin", "password": password}).headers["location"] == "/account/password"
    assert client.get("/").headers["location"] == "/account/password", "nothing else until it is changed"
    form = {"csrf": csrf_of(client, "/account/password"), "old": password, "new": PASSWORD, "again": PASSWORD}
    assert client.post("/account/password", data=form).headers["location"] == "/login?changed=1"
    assert "Your password is changed." in client.get("/login?changed=1").text
    assert client.get("/").status_code == 401, "sessions end with the old password"
    assert client.post("/login", data={"name": "admin", "password": password}).status_code == 401
    assert client.post("/login", data={"name": "admin", "password": PASSWORD}).headers["location"] == "/"
    assert client.get("/").status_code == 200


def test_a_lost_password_is_replaced_from_the_command_line(app: FastAPI, login: Login) -> None:
    database = app.state.site.database
    password = first_password(database, reset="admin")
    answer = login(app, None).post("/login", data={"name": "admin", "password": password or ""})
    assert answer.headers["location"] == "/account/password"
    with pytest.raises(ConfigurationError, match="no account"):
        first_password(database, reset="nobody")


@pytest.mark.parametrize(
    ("password", "weak"),
    [
        ("short", True),
        ("reviewer-reviewer", True),
        ("aaaaaaaaaaaaaaa", True),
        ("x" * 300, True),
        (PASSWORD, False),
        ("кошка на крыше в мае", False),
    ],
)
def test_weak_passwords_are_refused(password: str, weak: bool) -> None:
    assert (weakness(password, name="reviewer") is not None) is weak


def test_a_disabled_account_is_out_at_once(app: FastAPI, login: Login) -> None:
    admin, reviewer = login(app, "admin"), login(app, "reviewer")
    user = next(user for user in list_users(app.state.site.database) if user.name == "reviewer")
    form = {"csrf": csrf_of(admin), "role": "reviewer", "disabled": "on"}
    assert admin.post(f"/admin/accounts/{user.id}", data=form).status_code == 303
    assert reviewer.get("/").status_code == 401
    assert login(app, None).post("/login", data={"name": "reviewer", "password": PASSWORD}).status_code == 401


def test_the_last_admin_stays_admin(app: FastAPI, login: Login) -> None:
    admin = login(app, "admin")
    user = next(user for user in list_users(app.state.site.database) if user.name == "admin")
    answer = admin.post(f"/admin/accounts/{user.id}", data={"csrf": csrf_of(admin), "role": "viewer"})
    assert answer.status_code == 409
    assert "only admin" in answer.text


def test_an_admin_makes_accounts_with_one_time_passwords(app: FastAPI, login: Login) -> None:
    admin = login(app, "admin")
    page = admin.post("/admin/accounts", data={"csrf": csrf_of(admin), "name": "Clerk.2", "role": "reviewer"}).text
    password = re.search(r"<code>([\w-]{20,})</code>", page)
    assert password
    assert password[1] not in admin.get("/admin/accounts").text, "shown once"
    answer = login(app, None).post("/login", data={"name": "clerk.2", "password": password[1]})
    assert answer.headers["location"] == "/account/password"


def test_logging_out_ends_the_session_itself(app: FastAPI, login: Login) -> None:
    client = login(app, "viewer")
    kept = dict(client.cookies)
    client.post("/logout", data={"csrf": csrf_of(client)})
    assert TestClient(app, base_url=BASE, cookies=kept).get("/", headers={"accept": "application/json"}).status_code == 401


def test_sessions_end(app: FastAPI, monkeypatch: pytest.MonkeyPatch, login: Login) -> None:
    from datetime import timedelta

    client = login(app, "viewer")
    monkeypatch.setattr("warehouse.sessions.IDLE_LIFE", timedelta(seconds=-1))
    assert client.get("/").status_code == 401


def test_neither_passwords_nor_sessions_nor_tokens_are_stored_readably(app: FastAPI, login: Login) -> None:
    database = app.state.site.database
    client = login(app, "reviewer")
    page = client.post("/account/tokens", data={"csrf": csrf_of(client), "name": "bot", "scope.documents:read": "on", "days": "9"}).text
    token = re.search(r"lineitem_[\w-]{40,}", page)
    assert token
    user = next(user for user in list_users(database) if user.name == "reviewer")
    session_token = open_session(database, user)
    raw = b"".join(path.read_bytes() for path in Path(database.engine.url.database).parent.glob("lineitem.db*"))
    assert PASSWORD.encode() not in raw
    assert token[0].encode() not in raw
    assert session_token.encode() not in raw
    with database.read() as session:
        assert session.get(SessionRow, digest(session_token)) is not None
        assert all(row.password_hash.startswith("$argon2id$") for row in session.query(UserRow))


def test_passwords_cost_an_attacker_what_rfc_9106_asks_for() -> None:
    assert SHIPPED_HASHER.hash(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$"), "64 MiB and three passes, whatever the tests use"


def test_a_token_without_scopes_is_asked_for_them(app: FastAPI, login: Login) -> None:
    client = login(app, "viewer")
    form = {"csrf": csrf_of(client), "name": "nightly export", "days": "90"}
    answer = client.post("/account/tokens", data=form)
    assert answer.status_code == 400
    assert "at least one scope" in answer.text
    assert "shown this once" in client.post("/account/tokens", data={**form, "scope.documents:read": "on"}).text


def test_what_happened_is_in_the_audit_log_and_stays_there(app: FastAPI, login: Login) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import DatabaseError

    admin = login(app, "admin")
    login(app, None).post("/login", data={"name": "admin", "password": "wrong"})
    page = admin.get("/admin/audit").text
    assert "login.refused" in page
    database = app.state.site.database
    assert {"account.add", "login", "login.refused"} <= {entry.event for entry in list_audit(database)}
    for statement in ("UPDATE audit_log SET actor = 'nobody'", "DELETE FROM audit_log"):
        with pytest.raises(DatabaseError, match="append-only"), database.write() as session:
            session.execute(text(statement))


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", ""])
def test_a_foreign_name_for_this_machine_is_refused(app: FastAPI, login: Login, host: str) -> None:
    assert login(app, "viewer").get("/", headers={"host": host}).status_code == 400


def test_pages_allow_no_foreign_code_no_frame_and_no_copy(app: FastAPI, login: Login) -> None:
    client = login(app, "reviewer")
    for path in ("/", "/documents/1", "/review/1", "/nothing", "/static/lineitem.css", "/static/review.js", "/api/v1/documents"):
        headers = client.get(path).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == "'self'"
        assert policy["style-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
    assert client.get("/").headers["cache-control"] == "no-store"


def test_templates_hold_neither_code_nor_styles_nor_foreign_addresses() -> None:
    templates = sorted((Path(dashboard.serve.__file__).parent / "templates").glob("*.html"))
    assert len(templates) > 10
    for template in templates:
        odd = r'<script(?! type="module" src="/static/[\w.]+"></script>)|<style|\sstyle=|\son\w+=|https?://|\|\s*safe'
        assert not re.search(odd, template.read_text()), template.name


def test_scripts_write_no_markup() -> None:
    for script in (Path(dashboard.serve.__file__).parent / "static").glob("*.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|https?://(?!www\.w3\.org)", script.read_text()
        )


def test_a_body_that_is_too_large_is_refused_unread(app: FastAPI, login: Login) -> None:
    client = login(app, "reviewer")
    assert client.post("/review/1", headers={"content-length": "999999999"}).status_code == 413
    assert client.post("/review/1", content=(piece for piece in [b"x"])).status_code == 413, "a body without a length"


def test_a_taken_port_is_said_before_an_address_is_shown(warehouse: Fill, tmp_path: Path) -> None:
    shown: list[str] = []
    services = Services(original=lambda _sha256, _sources: b"", upload_folder=tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ConfigurationError, match="port"):
        serve(warehouse([]), services=services, announce=shown.append, port=taken.getsockname()[1])
    assert not shown


def test_it_listens_on_this_machine_only(warehouse: Fill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listening: list[tuple[str, int]] = []
    shown: list[str] = []

    def run(_self: object, sockets: list[socket.socket]) -> None:
        listening.extend(each.getsockname() for each in sockets)
        sockets[0].close()

    monkeypatch.setattr("uvicorn.Server.run", run)
    services = Services(original=lambda _sha256, _sources: b"", upload_folder=tmp_path)
    url = warehouse([])
    serve(url, services=services, announce=shown.append, port=0)
    assert [host for host, _ in listening] == ["127.0.0.1"]
    assert re.fullmatch(r"Log in as “admin” with this password, once; .*: (\w{5}-){3}\w{5}", shown[0])
    assert shown[1] == f"http://127.0.0.1:{listening[0][1]}/"
    serve(url, services=services, announce=shown.append, port=0)
    assert len(shown) == 3, "no password is printed at the second start"


def test_roles_are_ordered() -> None:
    from datetime import UTC, datetime

    from dashboard.access import has_role

    now = datetime.now(UTC)
    ranks = [has_role(User(1, "x", role, False, False, now, None), "reviewer") for role in ("viewer", "reviewer", "admin")]
    assert ranks == [False, True, True]
