"""Every exception that Lineitem raises on purpose.

LineitemError
├── ConfigurationError          a setting, table or model file is not usable: fix it and start again
│   └── NothingArrivedError     the source is there but holds no document
├── DocumentError               this one document cannot be read (becomes a ``rejected`` row with its reason)
│   ├── NotADocumentError       the bytes are no PDF (nor any other supported kind)
│   ├── EncryptedDocumentError  a password would be needed
│   ├── DamagedDocumentError    the structure cannot be parsed
│   ├── EmptyDocumentError      zero bytes or zero pages
│   ├── NoTextError             pages without a usable text layer
│   ├── DocumentLimitError      too large, too many pages, too slow, too much memory
│   └── OtherDocumentError      a long report, order, ...: a few pages show that it is no invoice
├── ModelError                  the specialist's files are missing or do not fit together
├── DocumentStoreError          the store of original files cannot be read or written
├── FallbackError               a foundation model could not be asked or did not answer; the document goes to a person
│   ├── TransientError          trying again may help (extractors.fallback.provider)
│   ├── RefusedError            trying again does not help
│   ├── BudgetError             the call could cost more than is left
│   └── CircuitOpenError        the endpoint failed so often that it is left alone for a while
└── WarehouseError              the database cannot be reached, written or migrated
    ├── WarehouseUnavailableError   it is away for a while: restarting, locked, not reachable; trying again may help
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


class NothingArrivedError(ConfigurationError):
    """The source exists and holds no document: on some nights that is news, on others a mistake in its name."""


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


class OtherDocumentError(DocumentError):
    """A few of the document's ``pages`` show that it is neither invoice nor credit note. ``kind`` and ``language`` are those that it was found
    to be, ``probability`` how sure that is."""

    rule = "LI-NOTINV"

    def __init__(self, kind: str, *, language: str, probability: float, pages: int) -> None:
        super().__init__(f"This looks like a {kind.replace('_', ' ')}, not like an invoice or a credit note.")
        self.kind, self.language, self.probability, self.pages = kind, language, probability, pages


class ModelError(LineitemError):
    """The model's files are missing, unreadable or do not belong together."""


class DocumentStoreError(LineitemError):
    """The store of original files cannot be read or written, or does not hold a document."""


class FallbackError(LineitemError):
    """A foundation model was not asked or did not answer. Never ends a batch: the document goes to a person."""


class BudgetError(FallbackError):
    """The call could cost more than the budget of its document, batch or day still holds."""


class CircuitOpenError(FallbackError):
    """The endpoint failed several times in a row and is not asked for a while."""


class WarehouseError(LineitemError):
    """The database cannot be reached, written or migrated."""


class WarehouseUnavailableError(WarehouseError):
    """The database is away for a while: the same transaction may be tried again."""


class ReviewConflictError(WarehouseError):
    """A person's change was not stored because the document is not as that person saw it, or somebody else is at work on it."""


class StillBrokenError(WarehouseError):
    """A person approved a document whose rules at error level are broken, without saying why. ``rules`` are their ids."""

    def __init__(self, rules: tuple[str, ...]) -> None:
        super().__init__(f"Still broken: {', '.join(rules)}. Correct it, or approve it all the same and say why.")
        self.rules = rules
