"""The text fields of a form, as a dependency of the routes that take one."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from dashboard.access import FORM_FIELDS


async def form_of(request: Request) -> dict[str, str]:
    """The text fields of a form."""
    form = await request.form(max_fields=FORM_FIELDS, max_files=50)
    return {key: value for key, value in form.items() if isinstance(value, str)}


Form = Annotated[dict[str, str], Depends(form_of)]
