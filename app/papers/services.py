"""Making a version of the meeting paper (会議資料の作成)."""

from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import NotAllowed
from app.extensions import db
from app.papers.contents import paper_content
from app.papers.models import Paper
from app.papers.policy import authorize_make, practice_refusal
from app.papers.queries import last_number
from app.papers.stored import content_as_stored
from app.rounds.models import Round


@dataclass(frozen=True, kw_only=True)
class MakePaper:
    """Make the paper of a round, and for what (会議資料の作成・作る理由)."""

    round: Round
    reason: str


def make_paper(command: MakePaper, *, actor: User | None) -> Paper:
    """Make the next version of the paper and keep it (会議資料の作成).

    `actor` None: the command, which sees all. A paper with an identity that fails is made all the
    same and says so itself. Raises NotAllowed for whoever may not know of every case and for a
    practice round.
    """
    round_ = command.round
    if actor is not None:
        authorize_make(actor, round_)
    elif round_.is_practice:
        raise NotAllowed(practice_refusal(round_))
    # Two that make it at once wait here for each other: each gets a number of its own.
    db.session.scalars(select(Round.id).where(Round.id == round_.id).with_for_update()).one()
    content = paper_content(round_)
    paper = Paper(
        round_id=round_.id,
        number=last_number(round_) + 1,
        title=f"{round_.label}　共通化すべき業務システムの対象候補（会議資料）",
        reason=command.reason,
        made_at=clock.now(),
        made_by_id=actor.id if actor else None,
        **content_as_stored(content),
    )
    db.session.add(paper)
    db.session.flush()
    record(
        "paper.make",
        Subject(type="paper", id=paper.id, version=paper.number),
        actor=actor,
        reason=command.reason,
        changes={
            "round": round_.key,
            "number": paper.number,
            "failing_checks": len(content.failing),
        },
    )
    return paper
