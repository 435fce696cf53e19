"""What all pages share: the templates, the database, and who is looking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request, Response
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, PackageLoader, StrictUndefined

from dashboard.access import Visitor, has_role
from dashboard.page_pictures import PagePictures
from dashboard.processing_again import ProcessingAgain
from dashboard.services import Services
from dashboard.wording import FILTERS
from warehouse.database import Database

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Site:
    """Given to every page when the application is made."""

    database: Database
    services: Services
    pictures: PagePictures
    templates: Jinja2Templates
    cookie: str
    https: bool
    again: ProcessingAgain

    def show(self, request: Request, template: str, values: Mapping[str, object], *, status_code: int = 200) -> Response:
        """A page. Templates see ``visitor``, ``csrf`` and ``may(role)`` beside ``values``."""
        visitor: Visitor | None = getattr(request.state, "visitor", None)

        def may(role: str) -> bool:
            return visitor is not None and has_role(visitor.user, role)

        shared = {
            "visitor": visitor,
            "csrf": visitor.csrf if visitor else "",
            "may": may,
            "path": request.url.path,
        }
        return self.templates.TemplateResponse(request, template, {**shared, **values}, status_code=status_code)

    def message(self, request: Request, title: str, text: str, *, status_code: int) -> Response:
        return self.show(request, "message.html", {"title": title, "text": text}, status_code=status_code)

    @staticmethod
    def number(text: str, *, most: int = 10**9) -> int | None:
        """A positive whole number from an address, None for anything else."""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 11 and 0 < int(text) <= most else None


def make_templates() -> Jinja2Templates:
    environment = Environment(
        loader=PackageLoader("dashboard"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(FILTERS)
    return Jinja2Templates(env=environment)
