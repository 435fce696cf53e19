"""What `make site` does beyond MkDocs: the pages of the repository's root join the site, and links between both lead on.

README, CONTRIBUTING and CHANGELOG stay where people look for them; the site has copies under small names.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT_PAGES = {"README.md": "readme.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
ROOT_TEXTS = {"LICENSE": "license.md", "NOTICE": "notice.md"}
LINK = re.compile(r"(\]\()([^)#\s]+)([^)]*\))")


def on_files(files: Files, config: Any) -> Files:
    """Add the pages of the root."""
    root = Path(config["docs_dir"]).parent
    for name, page in ROOT_PAGES.items():
        text = (root / name).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=LINK.sub(lambda link: link[1] + _from_root(link[2]) + link[3], text)))
    for name, page in ROOT_TEXTS.items():
        text = (root / name).read_text(encoding="utf-8")
        file = File.generated(config, page, content=f"# {name.capitalize()}\n\n```\n{text}\n```\n")
        file.inclusion = file.inclusion.NOT_IN_NAV
        files.append(file)
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Let links to the root's pages lead to their copies."""
    return LINK.sub(lambda link: link[1] + _to_root(link[2]) + link[3], markdown)


def _from_root(target: str) -> str:
    return (ROOT_PAGES | ROOT_TEXTS).get(target, target.removeprefix("docs/"))


def _to_root(target: str) -> str:
    return ROOT_PAGES.get(target.removeprefix("../"), target) if target.startswith("../") else target
