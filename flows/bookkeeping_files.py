"""The bookkeeper's own tables: the files that the settings name, read once at start-up."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flows.settings import Settings
from schemas.bookkeeping import Bookkeeping, parse_overrides, with_own_codes
from schemas.errors import ConfigurationError
from schemas.tax_codes import parse_tax_codes


def read_bookkeeping(settings: Settings) -> Bookkeeping:
    """The tables that ``settings`` name, on top of the shipped ones.

    Raises `ConfigurationError` naming file, row and reason, before any document is touched.
    """
    read = b""
    codes, overrides = None, ()
    if settings.tax_codes is not None:
        text = _text_of(settings.tax_codes)
        read += b"codes\0" + text.encode()
        codes = with_own_codes(parse_tax_codes(text, file=str(settings.tax_codes)))
    if settings.spend_overrides is not None:
        text = _text_of(settings.spend_overrides)
        read += b"\0overrides\0" + text.encode()
        overrides = parse_overrides(text, file=str(settings.spend_overrides))
    named = settings.tax_codes is not None or settings.spend_overrides is not None
    return Bookkeeping(codes, overrides, hashlib.sha256(read).hexdigest()[:10] if named else "")


def _text_of(path: Path) -> str:
    if path.suffix.lower() not in (".csv", ".yaml", ".yml"):
        raise ConfigurationError(f"{path}: expected a .csv, .yaml or .yml file")
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as exc:
        raise ConfigurationError(f"{path} cannot be read: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        raise ConfigurationError(f"{path} is not UTF-8 text (byte {exc.start})") from exc
    return text
