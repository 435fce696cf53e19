"""The last word on a document: rules that need the record of earlier documents, then the decision. Runs in the writing transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractors.strategy import Strategy, decide
from flows.work import Opinion
from schemas.invoice import Invoice, Issue
from schemas.rules import RULES, RULES_VERSION
from schemas.rules_types import Row as RuleRow
from schemas.rules_types import RuleContext

if TYPE_CHECKING:
    from warehouse.documents import Judgement

HISTORY_RULES = tuple(rule for rule in RULES if rule.id in ("LI-DUP", "LI-BANK"))


@dataclass(frozen=True, slots=True)
class Judge:
    """Decides with the threshold and under the versions of this batch."""

    accept_threshold: float
    model_version: str

    def __call__(self, invoice: Invoice, context: RuleContext, *, opinion: Opinion | None = None) -> Judgement:
        """``invoice`` with the issues that earlier documents give rise to and its final status, and the reasons; ``opinion`` tells what was
        decided and done about a doubtful document before."""
        from warehouse.documents import Decision, Judgement  # not needed to extract one document

        invoice = invoice.replace(issues=(*invoice.issues, *history_issues(invoice, context)))
        threshold = self.accept_threshold
        if opinion is not None and opinion.accept_threshold is not None:
            threshold = opinion.accept_threshold
        explained, before = (opinion.explained, opinion.reasons) if opinion is not None else (False, ())
        decision = decide(invoice, accept_threshold=threshold, explained=explained, before=before)
        return Judgement(
            invoice.replace(status=decision.status),
            Decision(
                strategy=_strategy(decision.strategy, opinion),
                reasons=decision.reasons,
                model_version=self.model_version,
                rules_version=RULES_VERSION,
            ),
        )


def _strategy(decided: Strategy, opinion: Opinion | None) -> str:
    """The way that was taken: a second reading or a question to a foundation model stays visible whatever came of it."""
    taken = opinion is not None and opinion.strategy in (Strategy.SECOND_READ, Strategy.ASK_FIELDS, Strategy.ASK_DOCUMENT)
    return opinion.strategy if opinion is not None and taken else decided.value


def history_issues(invoice: Invoice, context: RuleContext) -> tuple[Issue, ...]:
    """Issues of the rules that compare an invoice with earlier ones: duplicates, changed bank details."""
    row = RuleRow(invoice, 0, context)
    return tuple(
        Issue(
            rule=rule.id,
            severity=finding.severity or rule.severity,
            field=finding.field,
            expected=finding.expected,
            found=finding.found,
            message=finding.detail or rule.sentence,
        )
        for rule in HISTORY_RULES
        if rule.judge is not None
        for finding in rule.judge(row) or ()
    )
