"""Half-written opinions (仕分け意見の下書き): kept for their author until they are registered."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete

from app.accounts.models import User
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.moves import when_moved
from app.triage.models import OpinionDraft
from app.triage.policy import POLICIES, authorize
from app.triage.worklist.items import STEPS
from app.workflow.states import Action, State

MOST_FIELDS = 300
LONGEST_DRAFT = 100_000  # characters of all fields together
TOO_LONG = "下書きが長すぎるため、保存できません（上限10万文字）。理由か根拠の文を短くしてください"
NOT_OPEN = "この提案には、いま、意見を書く仕事はありません。入力した文は、写して残してください。"
SETTLED = (State.CLASSIFIED, State.CLOSED, State.WITHDRAWN)


@dataclass(frozen=True, kw_only=True)
class SaveOpinionDraft:
    """Fields of the form as they were sent, opened with this version of the case (下書き)."""

    version: int
    fields: Sequence[tuple[str, str]]


def draft_of(actor: User, proposal: Proposal) -> OpinionDraft | None:
    """Return what the actor has half written on a case (下書き), None for nothing."""
    return db.session.get(OpinionDraft, (proposal.id, actor.id))


def save_opinion_draft(
    proposal: Proposal, command: SaveOpinionDraft, *, actor: User
) -> OpinionDraft:
    """Keep a half-written opinion in place of the one before (下書きの保存).

    The version of the case may have changed meanwhile: what was typed is kept all the same. No act
    on the case, so no entry in the trail. Raises NotAllowed, IllegalTransition, InvalidInput.
    """
    steps = [action for _pile, action in STEPS.get(proposal.state, ())]
    if not steps:
        raise IllegalTransition(NOT_OPEN)
    if not any(POLICIES[action](actor, proposal) for action in steps):
        authorize(actor, Action.ASSESS, proposal)
    fields = [[name, value] for name, value in command.fields]
    if len(fields) > MOST_FIELDS or sum(len(n) + len(v) for n, v in fields) > LONGEST_DRAFT:
        raise InvalidInput({"reason": [TOO_LONG]})
    draft = draft_of(actor, proposal)
    if draft is None:
        draft = OpinionDraft(proposal_id=proposal.id, user_id=actor.id)
        db.session.add(draft)
    draft.fields = fields
    draft.case_version = command.version
    draft.saved_at = clock.now()
    db.session.flush()
    return draft


def discard_opinion_draft(proposal: Proposal, *, actor: User) -> None:
    """Forget what the actor has half written: it has become an opinion (下書きの役目の終わり)."""
    db.session.execute(
        delete(OpinionDraft).where(
            OpinionDraft.proposal_id == proposal.id, OpinionDraft.user_id == actor.id
        )
    )


@when_moved
def forget_drafts(proposal: Proposal, actor: User | None, _left: str | None) -> None:
    """Forget the draft of whoever has just registered an opinion, and all once it is settled."""
    if proposal.state in SETTLED:
        db.session.execute(delete(OpinionDraft).where(OpinionDraft.proposal_id == proposal.id))
    elif proposal.state is State.IN_CONFIRMATION and actor is not None:
        discard_opinion_draft(proposal, actor=actor)
