"""The follow-up on the page of its case (案件の画面の後続対応)."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.accounts.models import User
from app.follow_ups.listing import step_url
from app.follow_ups.models import OUTCOME_STATUS_LABELS, OtherProcessOutcome
from app.follow_ups.policy import is_for_reference
from app.follow_ups.queries import FOLLOWED_STATES
from app.follow_ups.steps import (
    PROGRESS_LABELS,
    PROGRESS_TONES,
    CaseSteps,
    Progress,
    Step,
    row_words,
    steps_of_case,
)
from app.handoffs.queries import released_replies_of
from app.proposals.models import Proposal
from app.proposals.presentation import reads_as_secretariat
from app.proposals.queries import BODY_ROLES
from app.triage.policy import can_work
from app.workflow.labels import FOLLOW_UP_LABELS
from app.workflow.states import State


@dataclass(frozen=True, kw_only=True)
class ToldOutcome:
    """What another process says of a case (他の手続の結果): the row, how far, when, where."""

    row: str
    status: str
    outcome: OtherProcessOutcome


@dataclass(frozen=True, kw_only=True)
class FollowUpPanel:
    """Follow-up of one case for one reader (後続対応の欄); a body is told the outcomes alone."""

    outcomes: Sequence[ToldOutcome]
    found: CaseSteps | None = None
    follows: str = ""
    next: Step | None = None
    next_url: str = ""
    may_note: bool = False

    @property
    def label(self) -> str:
        """How far it is, in words (進み)."""
        return PROGRESS_LABELS[self._progress]

    @property
    def tone(self) -> str:
        """Look of its badge."""
        return PROGRESS_TONES[self._progress]

    @property
    def _progress(self) -> Progress:
        return self.found.progress if self.found else Progress.DONE


def follow_up_panel(proposal: Proposal, reader: User) -> FollowUpPanel | None:
    """Build the panel (後続対応の欄); None where there is nothing to say, or not to read.

    The body reads an outcome from the end of the case or the release of a reply on (P26).
    """
    category = proposal.category
    if proposal.state not in FOLLOWED_STATES or category is None:
        return None
    if not reads_as_secretariat(reader):
        return _for_body(proposal) if reader.has_role(*BODY_ROLES) else None
    found = steps_of_case(proposal)
    may_write = can_work(reader, proposal)
    step = found.next if may_write else None
    return FollowUpPanel(
        outcomes=_told(found),
        found=found,
        follows=FOLLOW_UP_LABELS[category.follow_up],
        next=step,
        next_url=step_url(step, proposal) if step else "",
        may_note=may_write and is_for_reference(proposal),
    )


def _for_body(proposal: Proposal) -> FollowUpPanel | None:
    if proposal.state is not State.CLOSED and not released_replies_of(proposal):
        return None
    found = steps_of_case(proposal)
    told = _told(found)
    return FollowUpPanel(outcomes=told) if told else None


def _told(found: CaseSteps) -> list[ToldOutcome]:
    rows = {row.id: row for row in found.rows}
    return [
        ToldOutcome(
            row=row_words(rows[outcome.register_entry_id]),
            status=OUTCOME_STATUS_LABELS[outcome.status],
            outcome=outcome,
        )
        for outcome in found.outcomes
    ]
