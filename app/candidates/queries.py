"""Finding candidates (対象候補の検索). Every list starts from what the actor may see."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import joinedload

from app.accounts.models import Role, User
from app.accounts.queries import destinations_of
from app.candidates.models import (
    Candidate,
    CandidateCase,
    CandidateExemption,
    CandidateMilestone,
    CandidateMinistry,
    CandidateMove,
    CandidateRegisterEntry,
    CandidateSection,
    ProgressReport,
)
from app.core.errors import NotFound
from app.core.page_reads import once_a_page
from app.extensions import db
from app.handoffs.queries import MINISTRY_ROLES, released_replies_of
from app.proposals.models import Proposal
from app.proposals.queries import BODY_ROLES, SECRETARIAT_ROLES, visible_to
from app.registers.models import RegisterEntry
from app.rounds.models import Round
from app.workflow.candidates import CandidateKind, CandidateState, MinistryPart
from app.workflow.states import State

NOT_FOUND = "この対象候補は見つかりません。対象候補の一覧から選んでください。"
READERS = (*SECRETARIAT_ROLES, Role.ADMIN, *MINISTRY_ROLES, Role.OBSERVER)


class LinkedCase(NamedTuple):
    """A case of a candidate with what was said of the link (対象候補の案件)."""

    proposal: Proposal
    link: CandidateCase


def candidates_visible_to(actor: User) -> ColumnElement[bool]:
    """Condition for the candidates an actor may know of (閲覧範囲).

    The secretariat all; a ministry those it is in charge of or concerned with; observers those
    that were selected (選定) and are not provisional, of real rounds. Nobody else sees the list.
    Lines that were cancelled (取消し) are the secretariat's alone.
    """
    allowed: list[ColumnElement[bool]] = [false()]
    if actor.has_role(*SECRETARIAT_ROLES, Role.ADMIN):
        allowed.append(true())
    if actor.has_role(*MINISTRY_ROLES):
        allowed.append(_of_ministry(actor))
    if actor.has_role(Role.OBSERVER):
        allowed.append(is_announced())
    return or_(*allowed)


def is_announced() -> ColumnElement[bool]:
    """Condition for the candidates the meeting selected (選定済み): no 【P】, no practice."""
    return and_(
        Candidate.kind == CandidateKind.CANDIDATE,
        Candidate.state != CandidateState.PROPOSED,
        Candidate.is_provisional.is_(False),
        Candidate.round_id.in_(select(Round.id).where(Round.is_practice.is_(False))),
    )


def _of_ministry(actor: User, *parts: MinistryPart) -> ColumnElement[bool]:
    return exists().where(
        CandidateMinistry.candidate_id == Candidate.id,
        CandidateMinistry.organization_id.in_(destinations_of(actor)),
        CandidateMinistry.part.in_(parts or tuple(MinistryPart)),
        Candidate.cancelled_at.is_(None),
    )


def is_in_charge(actor: User, candidate: Candidate) -> bool:
    """Whether the actor's ministry is in charge of the candidate (担当府省庁)."""
    found = select(Candidate.id).where(
        Candidate.id == candidate.id, _of_ministry(actor, MinistryPart.LEAD)
    )
    return db.session.scalar(found) is not None


def candidates_of(round_: Round, actor: User) -> list[Candidate]:
    """Candidates of a round the actor may see, as printed (対象候補の一覧)."""
    return list(db.session.scalars(listed_candidates(round_, actor)))


def listed_candidates(round_: Round, actor: User) -> Select[Candidate]:
    """What the list of a round shows an actor (対象候補の一覧), as printed."""
    return _listed(round_).where(candidates_visible_to(actor))


def all_candidates_of(round_: Round) -> list[Candidate]:
    """The whole list of a round (対象候補（案）の一覧), for reports and checks."""
    return list(db.session.scalars(_listed(round_)))


def _listed(round_: Round) -> Select[Candidate]:
    return (
        select(Candidate)
        .where(Candidate.round_id == round_.id, Candidate.cancelled_at.is_(None))
        .order_by(Candidate.position, Candidate.id)
    )


def get_visible_candidate(actor: User, candidate_id: int) -> Candidate:
    """Return the candidate with this id. Raises NotFound, also for one the actor may not see."""
    found = db.session.scalars(
        select(Candidate).where(Candidate.id == candidate_id, candidates_visible_to(actor))
    ).one_or_none()
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def sections_of(round_: Round) -> list[CandidateSection]:
    """Headings of the list of a round, in their order (一覧の区分)."""
    return list(
        db.session.scalars(
            select(CandidateSection)
            .where(CandidateSection.round_id == round_.id)
            .order_by(CandidateSection.position, CandidateSection.id)
        )
    )


def cases_of(candidate: Candidate, actor: User) -> list[LinkedCase]:
    """Cases that lead to a candidate and that the actor may see (対象候補の案件), by number."""
    rows = db.session.execute(
        select(Proposal, CandidateCase)
        .join(CandidateCase, CandidateCase.proposal_id == Proposal.id)
        .where(CandidateCase.candidate_id == candidate.id, visible_to(actor))
        .order_by(Proposal.round_id, Proposal.receipt_sequence, Proposal.branch_number)
        .options(joinedload(Proposal.category), joinedload(Proposal.organization))
    )
    return [LinkedCase(*row) for row in rows]


def case_counts(candidate_ids: Sequence[int], actor: User) -> dict[int, int]:
    """Number of cases of each candidate that the actor may see (案件数)."""
    rows = db.session.execute(
        select(CandidateCase.candidate_id, func.count())
        .join(Proposal, Proposal.id == CandidateCase.proposal_id)
        .where(CandidateCase.candidate_id.in_(candidate_ids), visible_to(actor))
        .group_by(CandidateCase.candidate_id)
    )
    return {row[0]: row[1] for row in rows}


@once_a_page
def links_of(proposal: Proposal) -> list[CandidateCase]:
    """Candidates a case leads to, in the order of the lists (案件の対象候補)."""
    return list(
        db.session.scalars(
            select(CandidateCase)
            .join(CandidateCase.candidate)
            .where(CandidateCase.proposal_id == proposal.id)
            .order_by(Candidate.round_id.desc(), Candidate.position, Candidate.id)
        )
    )


def get_link(candidate: Candidate, proposal: Proposal) -> CandidateCase:
    """Return the link of a case to a candidate (つながり). Raises NotFound."""
    found = db.session.scalars(
        select(CandidateCase).where(
            CandidateCase.candidate_id == candidate.id, CandidateCase.proposal_id == proposal.id
        )
    ).one_or_none()
    if found is None:
        raise NotFound(f"{proposal.reference}はこの対象候補につながっていません。")
    return found


@once_a_page
def exemption_of(proposal: Proposal) -> CandidateExemption | None:
    """Why a case leads to no candidate, None while nobody said (対象候補がない理由)."""
    return db.session.scalars(
        select(CandidateExemption).where(CandidateExemption.proposal_id == proposal.id)
    ).one_or_none()


def candidates_to_choose(proposal: Proposal) -> list[Candidate]:
    """Candidates a case may be linked to (つなぐ先): the list of its round, then newer ones.

    Practice stays with practice. What it leads to already is left out.
    """
    linked = select(CandidateCase.candidate_id).where(CandidateCase.proposal_id == proposal.id)
    rounds = select(Round.id).where(Round.is_practice.is_(proposal.round.is_practice))
    rows = db.session.scalars(
        select(Candidate)
        .where(
            Candidate.round_id.in_(rounds),
            Candidate.id.not_in(linked),
            Candidate.cancelled_at.is_(None),
        )
        .order_by(Candidate.round_id, Candidate.position, Candidate.id)
        .options(joinedload(Candidate.round))
    )
    return sorted(rows, key=lambda row: row.round_id != proposal.round_id)


def told_to_body(proposal: Proposal, reader: User) -> list[Candidate]:
    """Candidates the case's own body is told of (団体に知らせる対象候補).

    From the end of the case or the release of a reply on, never before (P26); none that is still
    provisional.
    """
    if not reader.has_role(*BODY_ROLES):
        return []
    if proposal.state is not State.CLOSED and not released_replies_of(proposal):
        return []
    return [row.candidate for row in links_of(proposal) if not row.candidate.is_provisional]


def register_rows_of(candidate: Candidate) -> list[RegisterEntry]:
    """Rows of the registers a candidate rests on (台帳の行), register by register."""
    return list(
        db.session.scalars(
            select(RegisterEntry)
            .join(CandidateRegisterEntry, CandidateRegisterEntry.entry_id == RegisterEntry.id)
            .where(CandidateRegisterEntry.candidate_id == candidate.id)
            .order_by(RegisterEntry.register, RegisterEntry.number)
        )
    )


def standing_moves(candidate: Candidate) -> list[CandidateMove]:
    """Moves that were not taken back, in their order (有効な経過)."""
    return list(
        db.session.scalars(
            select(CandidateMove)
            .where(
                CandidateMove.candidate_id == candidate.id, CandidateMove.taken_back_at.is_(None)
            )
            .order_by(CandidateMove.id)
        )
    )


def cancelled_lines(round_: Round) -> list[Candidate]:
    """Lines of a round that were entered by mistake (取り消した行), the newest first."""
    return list(
        db.session.scalars(
            select(Candidate)
            .where(Candidate.round_id == round_.id, Candidate.cancelled_at.is_not(None))
            .order_by(Candidate.cancelled_at.desc(), Candidate.id.desc())
            .options(joinedload(Candidate.cancelled_by))
        )
    )


def milestones_of(candidate_ids: Iterable[int]) -> dict[int, list[CandidateMilestone]]:
    """Milestones by candidate (節目)."""
    found: dict[int, list[CandidateMilestone]] = {}
    for row in db.session.scalars(
        select(CandidateMilestone)
        .where(CandidateMilestone.candidate_id.in_(list(candidate_ids)))
        .order_by(CandidateMilestone.id)
    ):
        found.setdefault(row.candidate_id, []).append(row)
    return found


def reports_on(candidate_ids: Iterable[int]) -> dict[int, list[ProgressReport]]:
    """Progress reports by candidate, the newest first (進捗報告)."""
    found: dict[int, list[ProgressReport]] = {}
    for row in db.session.scalars(
        select(ProgressReport)
        .where(ProgressReport.candidate_id.in_(list(candidate_ids)))
        .order_by(ProgressReport.reported_on.desc(), ProgressReport.id.desc())
        .options(joinedload(ProgressReport.reported_by))
    ):
        found.setdefault(row.candidate_id, []).append(row)
    return found
