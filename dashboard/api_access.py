"""What all routes of the API share: tokens and scopes, parameters, answers that are given once per idempotency key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Depends, Header, Path, Query, Request, Response, Security
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer, SecurityScopes
from starlette.exceptions import HTTPException

from dashboard.access import SCOPES, Visitor, has_role
from schemas.invoice import Invoice
from warehouse.database import Database
from warehouse.documents import load_many
from warehouse.idempotency import begin_request, drop_request, end_request

DocumentId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Sent again within a day, it gets the first answer.",
    ),
]
StatusName = Literal["accepted", "review", "rejected"]
Since = Annotated[date | None, Query(description="First day of processing (UTC).")]
Until = Annotated[date | None, Query(description="Last day of processing (UTC).")]

bearer = HTTPBearer(auto_error=False, description="An API token, made on the page of one's account.")


def visitor_with(request: Request, needed: SecurityScopes, _shown: Annotated[object, Depends(bearer)]) -> Visitor:
    """The token's owner, if token and owner may do what the route needs; raises 403."""
    visitor: Visitor | None = request.state.visitor
    if visitor is None:
        raise HTTPException(401, "Send an API token.")
    for scope in needed.scopes:
        if scope not in visitor.scopes or not has_role(visitor.user, SCOPES[scope]):
            raise HTTPException(403, f"This needs the scope {scope}.")
    return visitor


Reader = Annotated[Visitor, Security(visitor_with, scopes=["documents:read"])]
Writer = Annotated[Visitor, Security(visitor_with, scopes=["documents:write"])]
Sender = Annotated[Visitor, Security(visitor_with, scopes=["documents:upload"])]
Watcher = Annotated[Visitor, Security(visitor_with, scopes=["metrics:read"])]


def once(
    database: Database, visitor: Visitor, key: str | None, path: str, body: bytes, work: Callable[[], tuple[int, dict[str, Any]]]
) -> Response:
    """Do ``work`` once per key, and answer alike every time."""
    if key is None:
        status, answer = work()
        return JSONResponse(answer, status_code=status)
    key_hash = hashlib.sha256(f"{visitor.token_id} {key}".encode()).hexdigest()
    earlier = begin_request(database, key_hash, hashlib.sha256(path.encode() + b"\0" + body).hexdigest())
    if earlier is not None:
        if not earlier.same:
            raise HTTPException(422, "This idempotency key was used for another request.")
        if earlier.status is None or earlier.answer is None:
            raise HTTPException(409, "The request with this idempotency key is at work.")
        return JSONResponse(dict(earlier.answer), status_code=earlier.status, headers={"Idempotent-Replay": "true"})
    try:
        status, answer = work()
    except BaseException:
        drop_request(database, key_hash)
        raise
    end_request(database, key_hash, status=status, answer=answer)
    return JSONResponse(answer, status_code=status)


def stored_of(database: Database, document_id: int) -> Invoice:
    """A finished document; raises 404."""
    found = load_many(database, [document_id])
    if not found:
        raise HTTPException(404, f"There is no finished document {document_id}.")
    return found[0]


def sane(day: date | None) -> date | None:
    """Days outside of what databases and time zones can reckon with are as good as none."""
    return day if day is None or 1900 <= day.year <= 2200 else None
