"""What another guide would say to the answers given in a round (手引きを変えたときの影響)."""

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, select

from app.accounts.models import User
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.rounds.models import Round
from app.triage.blindness import cases_with_hidden_class
from app.triage.guide import FIRST_GUIDE, Guide, guide_of, is_answered, next_question, suggest
from app.triage.models import Assessment, AssessmentStatus


class Flip(NamedTuple):
    """A case to which the new guide says another class (変わる提案)."""

    proposal: Proposal
    before: str
    after: str


class Unanswered(NamedTuple):
    """A case whose answers do not reach a class of the new guide (答えが足りない提案)."""

    proposal: Proposal
    question: str


class CountChange(NamedTuple):
    """How often a guide says a class, before and after (件数の変化)."""

    code: str
    label: str
    before: int
    after: int


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """What a change of the guide comes to (影響). Classes that stand are never changed by it."""

    answered: int
    flips: list[Flip]
    unanswered: list[Unanswered]
    counts: list[CountChange]


def what_if(actor: User, round_: Round, guide: Guide) -> WhatIf:
    """Run a guide on the answers stored in a round (影響の下見).

    The latest opinion of each case that was not set aside counts, as its own version of the guide
    read it. A case the actor has a conflict of interest with, or whose opinion the actor may not
    read yet, is in no list and no figure.
    """
    codes = {row.key: row.code for row in round_.scheme.categories}
    flips: list[Flip] = []
    unanswered: list[Unanswered] = []
    before, after = Counter[str](), Counter[str]()
    opinions = _opinions(actor, round_)
    for proposal, opinion in opinions:
        own = guide_of(opinion.guide_version) if opinion.guide_version else FIRST_GUIDE
        old, new = suggest(opinion.answers, own), suggest(opinion.answers, guide)
        before[old or ""] += 1
        after[new or ""] += 1
        missing = next_question(opinion.answers, guide)
        if missing is not None:
            unanswered.append(Unanswered(proposal, f"{missing.mark}　{missing.text}"))
        elif new != old:
            flips.append(Flip(proposal, codes.get(old or "", "—"), codes.get(new or "", "—")))
    return WhatIf(
        answered=len(opinions),
        flips=flips,
        unanswered=unanswered,
        counts=[
            CountChange(row.code, row.short_label, before[row.key], after[row.key])
            for row in round_.scheme.categories
            if before[row.key] or after[row.key]
        ],
    )


def _opinions(actor: User, round_: Round) -> list[tuple[Proposal, Assessment]]:
    """Cases with the opinion whose answers count, by receipt number."""
    latest = (
        select(func.max(Assessment.id))
        .join(Proposal, Proposal.id == Assessment.proposal_id)
        .where(
            Proposal.round_id == round_.id,
            visible_to(actor),
            Assessment.status != AssessmentStatus.SUPERSEDED,
            Assessment.first_opinion_id.is_(None),
        )
        .group_by(Assessment.proposal_id)
    )
    rows = [
        (proposal, opinion)
        for proposal, opinion in db.session.execute(
            select(Proposal, Assessment)
            .join(Assessment, Assessment.proposal_id == Proposal.id)
            .where(Assessment.id.in_(latest))
            .order_by(Proposal.receipt_sequence)
        )
        if is_answered(opinion.answers)
    ]
    hidden = cases_with_hidden_class(actor, [proposal for proposal, _opinion in rows])
    return [row for row in rows if row[0].id not in hidden]
