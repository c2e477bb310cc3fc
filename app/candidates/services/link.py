"""What a candidate rests on (対象候補の根拠): cases and register rows, or why there are none."""

from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.models import User
from app.audit.services import Subject, record
from app.candidates.lifecycle import lock_candidate, subject_of, touch
from app.candidates.models import (
    Candidate,
    CandidateCase,
    CandidateExemption,
    CandidateRegisterEntry,
)
from app.candidates.policy import (
    authorize_case,
    authorize_exempt,
    authorize_gather,
    authorize_link,
)
from app.candidates.queries import exemption_of, get_link, links_of
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotFound
from app.core.text import count_characters, is_blank
from app.extensions import db
from app.proposals.models import Proposal
from app.registers.models import RegisterEntry
from app.registers.queries import are_citable

LONGEST_REASON = 1000  # characters
OTHER_KIND = "練習用の募集回と本番の募集回の間では、つなげません。"
ALREADY_LINKED = (
    "この提案は対象候補につながっています。つながりを外してから、理由を書いてください。"
)
NO_EXEMPTION = "この提案に、対象候補がない理由は書かれていません。"


@dataclass(frozen=True, kw_only=True)
class LinkCase:
    """Why a case leads to a candidate (対象候補につなぐ)."""

    reason: str


def link_case(
    candidate: Candidate, proposal: Proposal, command: LinkCase, *, actor: User
) -> CandidateCase:
    """Say that a case leads to a candidate (対象候補につなぐ); a reason for none is gone with it.

    Raises NotAllowed, IllegalTransition, InvalidInput.
    """
    authorize_link(actor, proposal)
    _lock_case(proposal)
    lock_candidate(candidate)
    if candidate.round.is_practice != proposal.round.is_practice:
        raise IllegalTransition(OTHER_KIND)
    check_reason(command.reason)
    if any(row.candidate_id == candidate.id for row in links_of(proposal)):
        message = f"{proposal.reference}は既に{candidate.name}につながっています"
        raise InvalidInput({"candidate_id": [message], "receipt_number": [message]}, message)
    link = CandidateCase(
        candidate=candidate,
        proposal_id=proposal.id,
        reason=command.reason,
        linked_by_id=actor.id,
        linked_at=clock.now(),
    )
    db.session.add(link)
    exemption = exemption_of(proposal)
    if exemption is not None:
        db.session.delete(exemption)
    touch(candidate)
    _keep_trace("link_candidate", proposal, actor, command.reason, candidate)
    return link


def unlink_case(candidate: Candidate, proposal: Proposal, *, reason: str, actor: User) -> None:
    """Take a case off a candidate (つながりを外す).

    Raises NotAllowed, NotFound, InvalidInput.
    """
    authorize_case(actor, proposal)
    _lock_case(proposal)
    lock_candidate(candidate)
    link = get_link(candidate, proposal)
    check_reason(reason)
    db.session.delete(link)
    touch(candidate)
    _keep_trace("unlink_candidate", proposal, actor, reason, candidate)


def exempt_case(proposal: Proposal, *, reason: str, actor: User) -> CandidateExemption:
    """Say, or say anew, why a case of the class leads to no candidate (対象候補がない理由).

    Raises NotAllowed, IllegalTransition, InvalidInput.
    """
    authorize_exempt(actor, proposal)
    _lock_case(proposal)
    if links_of(proposal):
        raise IllegalTransition(ALREADY_LINKED)
    check_reason(reason)
    exemption = exemption_of(proposal) or CandidateExemption(proposal_id=proposal.id)
    exemption.reason = reason
    exemption.given_by_id = actor.id
    exemption.given_at = clock.now()
    db.session.add(exemption)
    db.session.flush()
    _keep_trace("exempt_from_candidate", proposal, actor, reason)
    return exemption


def withdraw_exemption(proposal: Proposal, *, actor: User) -> None:
    """Take the reason for none back (理由の取消し): the case is looked at again.

    Raises NotAllowed, NotFound.
    """
    authorize_case(actor, proposal)
    _lock_case(proposal)
    exemption = exemption_of(proposal)
    if exemption is None:
        raise NotFound(NO_EXEMPTION)
    db.session.delete(exemption)
    db.session.flush()
    _keep_trace("withdraw_candidate_exemption", proposal, actor, "")


def add_register_row(candidate: Candidate, entry_id: int, *, actor: User) -> None:
    """Name a row of a register the candidate rests on (台帳の行の追加).

    Raises NotAllowed, InvalidInput.
    """
    authorize_gather(actor)
    lock_candidate(candidate)
    entry = db.session.get(RegisterEntry, entry_id)
    if entry is None or not are_citable([entry_id]):
        raise InvalidInput({"entry_id": ["台帳の行を一覧から選んでください"]})
    if db.session.get(CandidateRegisterEntry, (candidate.id, entry_id)) is not None:
        raise InvalidInput({"entry_id": ["この行は既に挙げてあります"]})
    db.session.add(CandidateRegisterEntry(candidate_id=candidate.id, entry_id=entry_id))
    touch(candidate)
    record(
        "candidate.add_register_row",
        subject_of(candidate),
        actor=actor,
        changes={"register": entry.register.value, "number": entry.number},
    )


def remove_register_row(candidate: Candidate, entry_id: int, *, actor: User) -> None:
    """Take a row of a register off a candidate (台帳の行を外す). Raises NotAllowed, NotFound."""
    authorize_gather(actor)
    lock_candidate(candidate)
    row = db.session.get(CandidateRegisterEntry, (candidate.id, entry_id))
    if row is None:
        raise NotFound("この行は挙げてありません。対象候補の画面を開き直してください。")
    entry = row.entry
    db.session.delete(row)
    touch(candidate)
    record(
        "candidate.remove_register_row",
        subject_of(candidate),
        actor=actor,
        changes={"register": entry.register.value, "number": entry.number},
    )


def _lock_case(proposal: Proposal) -> None:
    """Let one act on the candidates of a case run at a time: the case first, as everywhere."""
    db.session.execute(select(Proposal.id).where(Proposal.id == proposal.id).with_for_update())
    db.session.refresh(proposal)


def check_reason(reason: str) -> None:
    """Ask for the reason of an act (理由). Raises InvalidInput."""
    if is_blank(reason):
        raise InvalidInput({"reason": ["理由を入力してください"]})
    over = count_characters(reason) - LONGEST_REASON
    if over > 0:
        message = f"理由は{LONGEST_REASON}文字以内で入力してください（{over}文字超えています）"
        raise InvalidInput({"reason": [message]})


def _keep_trace(
    act: str, proposal: Proposal, actor: User, reason: str, candidate: Candidate | None = None
) -> None:
    """Leave a trace in the history of the case: its number in the list, not its words (P22)."""
    named = {}
    if candidate is not None:
        place = f"（一覧の{candidate.position}行目）" if candidate.mark is None else ""
        named = {
            "candidate_id": candidate.id,
            "candidate": f"{candidate.printed_mark}{place}",
        }
    record(
        f"proposal.{act}",
        Subject(type="proposal", id=proposal.id, version=proposal.version),
        actor=actor,
        reason=reason,
        changes=named,
    )
