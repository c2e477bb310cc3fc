"""Writing the list of candidates (対象候補の一覧の登録・変更)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.accounts.models import Organization, OrganizationKind, User
from app.audit.services import record
from app.candidates.lifecycle import check_candidate_version, subject_of, touch
from app.candidates.models import (
    Candidate,
    CandidateMinistry,
    CandidateSection,
)
from app.candidates.models.candidate import LARGEST_MARK, LONGEST_SYSTEM
from app.candidates.policy import authorize_edit
from app.candidates.printing import UnreadableMinistries, print_ministries, read_ministries
from app.candidates.queries import sections_of
from app.core import clock
from app.core.errors import InvalidInput
from app.core.text import count_characters, is_blank
from app.extensions import db
from app.rounds.models import Round
from app.workflow.candidates import CandidateKind, CandidateOrigin, CandidateState

LARGEST_POSITION = 999
STARTED = "選定の後は「検討」に戻せません"


@dataclass(frozen=True, kw_only=True)
class WriteCandidate:
    """A line of the list as it is to read (対象候補の行).

    `mark` is the printed number, None for ＋; `position` its place in the list, None for the end.
    `section_title` is needed for a heading that the list does not have yet.
    """

    system: str
    ministries: str
    section_code: str = ""
    section_title: str = ""
    origin: CandidateOrigin | None = None
    mark: int | None = None
    position: int | None = None
    kind: CandidateKind = CandidateKind.CANDIDATE
    is_provisional: bool = False
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class ChangeCandidate:
    """The line as it is to read from now on, and why (対象候補の行の変更)."""

    version: int
    line: WriteCandidate
    reason: str


def add_candidate(round_: Round, command: WriteCandidate, *, actor: User) -> Candidate:
    """Put a line into the list of a round (対象候補の登録). Raises NotAllowed, InvalidInput."""
    authorize_edit(actor)
    _lock_list(round_)
    now = clock.now()
    candidate = Candidate(
        round_id=round_.id,
        state=CandidateState.PROPOSED,
        created_by_id=actor.id,
        created_at=now,
        changed_at=now,
    )
    _check(round_, command, None)
    _write(candidate, round_, command)
    db.session.add(candidate)
    db.session.flush()
    record(
        "candidate.add",
        subject_of(candidate),
        actor=actor,
        to_state=candidate.state.value,
        changes={"round": round_.key, "mark": candidate.printed_mark},
    )
    return candidate


def change_candidate(candidate: Candidate, command: ChangeCandidate, *, actor: User) -> None:
    """Let a line read otherwise (対象候補の変更).

    Raises NotAllowed, StaleVersion, InvalidInput.
    """
    authorize_edit(actor)
    _lock_list(candidate.round)
    check_candidate_version(candidate, command.version)
    _check(candidate.round, command.line, candidate, reason=command.reason)
    before = _content(candidate)
    _write(candidate, candidate.round, command.line)
    touch(candidate)
    after = _content(candidate)
    record(
        "candidate.change",
        subject_of(candidate),
        actor=actor,
        reason=command.reason,
        changes={"fields": [name for name in after if after[name] != before[name]]},
    )


def _lock_list(round_: Round) -> None:
    """Let one line of a list be written at a time: numbers and places are its own (排他)."""
    db.session.execute(select(Round.id).where(Round.id == round_.id).with_for_update())


def _write(candidate: Candidate, round_: Round, command: WriteCandidate) -> None:
    candidate.system = command.system
    candidate.origin = command.origin
    candidate.kind = command.kind
    candidate.mark = command.mark
    candidate.is_provisional = command.is_provisional
    candidate.source = command.source
    candidate.section_id = _section_id(round_, command)
    candidate.position = command.position or candidate.position or _last_position(round_) + 1
    _write_ministries(candidate, command.ministries)


def _write_ministries(candidate: Candidate, text: str) -> None:
    if print_ministries(candidate.ministries) == text:
        return
    known = {
        row.name: row.id
        for row in db.session.scalars(
            select(Organization).where(Organization.kind == OrganizationKind.MINISTRY)
        )
    }
    if candidate.ministries:
        candidate.ministries.clear()
        # The names are unique in a candidate: the old rows go before the new ones come.
        db.session.flush()
    candidate.ministries.extend(
        CandidateMinistry(
            position=position,
            part=named.part,
            printed_name=named.name,
            organization_id=known.get(named.name),
        )
        for position, named in enumerate(read_ministries(text), start=1)
    )


def _section_id(round_: Round, command: WriteCandidate) -> int | None:
    if not command.section_code:
        return None
    sections = sections_of(round_)
    for section in sections:
        if section.code == command.section_code:
            return section.id
    section = CandidateSection(
        round_id=round_.id,
        position=len(sections) + 1,
        code=command.section_code,
        title=command.section_title,
    )
    db.session.add(section)
    db.session.flush()
    return section.id


def _last_position(round_: Round) -> int:
    last = select(func.max(Candidate.position)).where(Candidate.round_id == round_.id)
    return db.session.scalar(last) or 0


def _content(candidate: Candidate) -> dict[str, Any]:
    return {
        "system": candidate.system,
        "ministries": print_ministries(candidate.ministries),
        "section": candidate.section_id,
        "origin": candidate.origin,
        "mark": candidate.mark,
        "position": candidate.position,
        "kind": candidate.kind,
        "is_provisional": candidate.is_provisional,
        "source": candidate.source,
    }


def _check(
    round_: Round, command: WriteCandidate, candidate: Candidate | None, *, reason: str = ""
) -> None:
    errors: dict[str, list[str]] = {}
    if is_blank(command.system):
        errors["system"] = ["業務・システム名を入力してください"]
    elif count_characters(command.system) > LONGEST_SYSTEM:
        errors["system"] = [f"業務・システム名は{LONGEST_SYSTEM}文字以内で入力してください"]
    errors |= _ministry_errors(command) | _mark_errors(round_, command, candidate)
    if command.section_code and is_blank(command.section_title):
        codes = {row.code for row in sections_of(round_)}
        if command.section_code not in codes:
            errors["section_title"] = ["一覧にない区分です。区分の見出しも入力してください"]
    if candidate is not None and is_blank(reason):
        errors["reason"] = ["変える理由を入力してください"]
    has_started = candidate is not None and candidate.state is not CandidateState.PROPOSED
    if has_started and command.kind is CandidateKind.INQUIRY:
        errors["kind"] = [STARTED]
    if has_started and command.is_provisional:
        errors["is_provisional"] = ["選定の後は【P】を付けられません"]
    if errors:
        raise InvalidInput(errors)


def _ministry_errors(command: WriteCandidate) -> dict[str, list[str]]:
    try:
        named = read_ministries(command.ministries)
    except UnreadableMinistries as error:
        return {"ministries": [error.message]}
    if not named and command.kind is CandidateKind.CANDIDATE:
        return {"ministries": ["担当府省庁を入力してください"]}
    return {}


def _mark_errors(
    round_: Round, command: WriteCandidate, candidate: Candidate | None
) -> dict[str, list[str]]:
    if command.position is not None and not 0 < command.position <= LARGEST_POSITION:
        return {"position": [f"並び順は1から{LARGEST_POSITION}までの数で入力してください"]}
    if command.mark is None:
        return {}
    if not 0 < command.mark <= LARGEST_MARK:
        return {"mark": [f"番号は1から{LARGEST_MARK}までの数で入力してください"]}
    taken = select(Candidate).where(Candidate.round_id == round_.id, Candidate.mark == command.mark)
    with db.session.no_autoflush:
        other = db.session.scalars(taken).one_or_none()
    if other is not None and other is not candidate:
        return {"mark": [f"{other.printed_mark}は「{other.system}」の番号です"]}
    return {}
