"""Every exception that Lineitem raises on purpose.

LineitemError
├── ConfigurationError          a setting, table or model file is not usable: fix it and start again
├── DocumentError               this one document cannot be read (becomes a ``rejected`` row with its reason)
│   ├── NotADocumentError       the bytes are no PDF (nor any other supported kind)
│   ├── EncryptedDocumentError  a password would be needed
│   ├── DamagedDocumentError    the structure cannot be parsed
│   ├── EmptyDocumentError      zero bytes or zero pages
│   ├── NoTextError             pages without a usable text layer
│   └── DocumentLimitError      too large, too many pages, too slow, too much memory
├── ModelError                  the specialist's files are missing or do not fit together
├── DocumentStoreError          the store of original files cannot be read or written
└── WarehouseError              the database cannot be reached, written or migrated
    ├── ReviewConflictError     somebody else changed the document, or is at work on it
    └── StillBrokenError        approval without a reason although rules are broken

A bad document is data: `DocumentError` never leaves a batch, it is turned into an issue row whose
rule is the error's ``rule`` attribute. The others end the command with a message and exit code 2.
"""

from __future__ import annotations

from typing import ClassVar


class LineitemError(Exception):
    """Base of all deliberate errors. ``str(error)`` is a sentence for the person who runs the command."""


class ConfigurationError(LineitemError):
    """A setting, table or file given by the user is not usable."""


class DocumentError(LineitemError):
    """One document cannot be processed. ``rule`` names the issue that it becomes."""

    rule: ClassVar[str] = "LI-DOC"


class NotADocumentError(DocumentError):
    rule = "LI-DOC-KIND"


class EncryptedDocumentError(DocumentError):
    rule = "LI-DOC-ENCRYPTED"


class DamagedDocumentError(DocumentError):
    rule = "LI-DOC-DAMAGED"


class EmptyDocumentError(DocumentError):
    rule = "LI-DOC-EMPTY"


class NoTextError(DocumentError):
    rule = "LI-DOC-NOTEXT"


class DocumentLimitError(DocumentError):
    rule = "LI-DOC-LIMIT"


class ModelError(LineitemError):
    """The model's files are missing, unreadable or do not belong together."""


class DocumentStoreError(LineitemError):
    """The store of original files cannot be read or written, or does not hold a document."""


class WarehouseError(LineitemError):
    """The database cannot be reached, written or migrated."""


class ReviewConflictError(WarehouseError):
    """A person's change was not stored because the document is not as that person saw it, or somebody else is at work on it."""


class StillBrokenError(WarehouseError):
    """A person approved a document whose rules at error level are broken, without saying why. ``rules`` are their ids."""

    def __init__(self, rules: tuple[str, ...]) -> None:
        super().__init__(f"Still broken: {', '.join(rules)}. Correct it, or approve it all the same and say why.")
        self.rules = rules
