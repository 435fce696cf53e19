"""Documents at an fsspec URL (s3://, gs://, az://, sftp://, https://, …). Credentials come from the environment, as each protocol defines."""

from __future__ import annotations

import glob
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from flows.containers import Contents, is_container, open_container
from flows.originals import DOCUMENT_SUFFIXES, Original
from schemas.errors import ConfigurationError


def find_remote(source: str, *, max_bytes: int, recursive: bool = True) -> Contents:
    """Documents under ``source``: a folder, an object, or a glob. Raises `ConfigurationError` when it cannot be listed."""
    import fsspec

    contents = Contents()
    try:
        filesystem, root = fsspec.core.url_to_fs(source)
        if glob.has_magic(root):
            paths = sorted(str(path) for path in filesystem.glob(root))
        elif filesystem.isfile(root):
            paths = [root]
        else:
            paths = sorted(str(path) for path in filesystem.find(root, maxdepth=None if recursive else 1))
        for path in paths:
            _add(filesystem, path, contents, max_bytes, named=path == root)
    except (ImportError, ValueError) as exc:
        raise ConfigurationError(f"{source} cannot be opened: {exc}.") from exc
    except Exception as exc:  # each of fsspec's file systems has errors of its own
        raise ConfigurationError(f"{source} cannot be listed: {type(exc).__name__}: {exc}.") from exc
    return contents


def _add(filesystem: Any, path: str, contents: Contents, max_bytes: int, *, named: bool) -> None:
    name = PurePosixPath(path)
    if any(part.startswith(".") for part in name.parts):
        return
    shown, read = str(filesystem.unstrip_protocol(path)), partial(_fetched, filesystem, path, max_bytes)
    if is_container(path):
        try:
            open_container(shown, read(), contents, max_bytes=max_bytes)
        except OSError as exc:
            contents.unread.append(f"{shown} cannot be read: {exc}")
    elif named or name.suffix.lower() in DOCUMENT_SUFFIXES:
        contents.documents.append(Original(name.stem, shown, read=read))
    else:
        contents.ignored[name.suffix.lower()] += 1


def _fetched(filesystem: Any, path: str, max_bytes: int) -> bytes:
    try:
        with filesystem.open(path, "rb") as file:
            data: bytes = file.read(max_bytes + 1)
    except OSError:
        raise
    except Exception as exc:  # each of fsspec's file systems has errors of its own
        raise OSError(f"{type(exc).__name__}: {exc}") from exc
    if len(data) > max_bytes:
        raise OSError(f"it has more than {max_bytes / 1e6:.0f} MB (setting document_max_mb)")
    return data
