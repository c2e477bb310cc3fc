"""Values of the placeholders (差込みの値) of a hand-off."""

from collections.abc import Sequence
from datetime import date

from app.accounts.models import Organization
from app.batches.placeholders import Placeholder
from app.core.eras import format_date
from app.proposals.content import ministry_name
from app.proposals.models import Proposal
from app.registers.models import RegisterEntry
from app.rounds.models import Round
from app.routing.evidence import entry_words
from app.workflow.handoffs import HANDOFF_PART_LABELS, HandoffPart, HandoffPurpose
from app.workflow.terms import Term


def due_words(round_: Round, announced_on: date | None, purpose: HandoffPurpose) -> str:
    """When a reply is due, in words (回答期限); "" for what is only information."""
    if purpose is HandoffPurpose.INFORMATION:
        return ""
    if announced_on is not None:
        return format_date(announced_on)
    return f"受領の日から{round_.office_days(Term.REPLY)}開庁日"


def case_values(
    proposal: Proposal,
    destination: Organization,
    part: HandoffPart,
    *,
    cited: Sequence[RegisterEntry],
    due: str,
) -> dict[str, str]:
    """What is filled in for a case on its way to a destination, "" where there is nothing."""
    category = proposal.category
    return {
        Placeholder.RECEIPT_NUMBER: proposal.reference,
        Placeholder.TITLE: proposal.title,
        Placeholder.BODY: proposal.organization.name,
        Placeholder.CLASS: f"{category.code}　{category.label}" if category else "",
        Placeholder.POLICY: category.response_policy if category else "",
        Placeholder.EVIDENCE: "、".join(map(entry_words, cited)),
        Placeholder.MINISTRY: ministry_name(destination),
        Placeholder.PART: HANDOFF_PART_LABELS[part],
        Placeholder.ROUND: proposal.round.label,
        Placeholder.DUE: due,
    }
