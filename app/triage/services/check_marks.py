"""Marking the checklist (確認の印), by several officers at once if need be, and taking over."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, StaleVersion
from app.core.text import is_blank
from app.extensions import db
from app.proposals.lifecycle import check_possible, check_version
from app.proposals.models import Proposal
from app.proposals.queries import corrections_of
from app.triage.checklist import CheckLine, checked_revision, checklist_of
from app.triage.models import CheckVerdict, FormCheckMark
from app.triage.policy import authorize
from app.workflow.states import Action

LONGEST_REASON = 2_000  # characters
UNKNOWN_LINE = "この確認項目はなくなりました。画面を開き直して、確かめてください。"
MARKED_BY_OTHER = (
    "ほかの人が先に同じ確認項目に印を付けたため、保存しませんでした。"
    "その結果を確かめて、必要ならもう一度付けてください。"
)
NOT_RESUBMITTED = "この提案は再提出されたものではないため、引き継ぐ必要はありません。"
TAKEN_MEANWHILE = "ほかの人が先に引き継ぎました。画面を開き直して、確かめてください。"


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What an officer found at one line (確認の印), None to take a mark back.

    `version` is that of the mark it was made over, 0 where there was none.
    """

    item: str
    verdict: CheckVerdict | None
    reason: str = ""
    version: int = 0


@dataclass(frozen=True, kw_only=True)
class MarkLines:
    """Marks as a page sent them (確認の保存); those that change nothing are passed over."""

    version: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, kw_only=True)
class TakeOver:
    """Form check of a resubmission taken over from the officer it came back to (引継ぎ)."""

    version: int
    from_id: int


def mark_lines(proposal: Proposal, command: MarkLines, *, actor: User) -> list[FormCheckMark]:
    """Keep the marks of the checklist of the latest submission (確認の保存); return the new ones.

    Raises NotAllowed, IllegalTransition, InvalidInput (by key of the line), and StaleVersion when
    somebody else marked one of the same lines first.
    """
    authorize(actor, Action.ACCEPT, proposal)
    check_version(proposal, command.version)
    check_possible(proposal, Action.ACCEPT)
    lines = {line.key: line for line in checklist_of(proposal)}
    changed = [mark for mark in command.marks if _changes(lines.get(mark.item), mark)]
    _check_marks(changed, lines)
    if not changed:
        return []
    number = checked_revision(proposal)
    kept = [_keep(proposal, number, lines[mark.item], mark, actor) for mark in changed]
    db.session.flush()
    _record(
        proposal,
        "proposal.mark_form_check",
        actor,
        {"marks": {mark.item: mark.verdict.value if mark.verdict else "" for mark in changed}},
        reason="\n".join(
            f"{lines[mark.item].label}：{mark.reason}"
            for mark in changed
            if mark.verdict is CheckVerdict.WAIVED
        ),
    )
    return [mark for mark in kept if mark is not None]


def take_over(proposal: Proposal, command: TakeOver, *, actor: User) -> None:
    """Take the form check of a resubmission over from a colleague (引継ぎ).

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    authorize(actor, Action.ACCEPT, proposal)
    check_version(proposal, command.version)
    check_possible(proposal, Action.ACCEPT)
    corrections = corrections_of(proposal)
    if not corrections:
        raise IllegalTransition(NOT_RESUBMITTED)
    request = corrections[-1]
    db.session.refresh(request)
    if request.returns_to_id != command.from_id:
        raise StaleVersion(TAKEN_MEANWHILE)
    request.returns_to_id = actor.id
    db.session.flush()
    _record(proposal, "proposal.take_over_check", actor, {"from_id": command.from_id})


def _changes(line: CheckLine | None, mark: Mark) -> bool:
    """Whether the mark says anything that is not said already."""
    if line is None or line.mark is None:
        return mark.verdict is not None or not is_blank(mark.reason)
    return (line.mark.verdict, line.mark.reason) != (mark.verdict, mark.reason)


def _check_marks(changed: Sequence[Mark], lines: dict[str, CheckLine]) -> None:
    errors: dict[str, list[str]] = {}
    for mark in changed:
        line = lines.get(mark.item)
        if line is None:
            raise IllegalTransition(UNKNOWN_LINE)
        if (line.mark.version if line.mark else 0) != mark.version:
            raise StaleVersion(MARKED_BY_OTHER)
        problem = _problem_of(line, mark)
        if problem:
            errors[line.key] = [problem]
    if errors:
        raise InvalidInput(errors)


def _problem_of(line: CheckLine, mark: Mark) -> str:
    if line.is_automatic and mark.verdict not in (None, CheckVerdict.WAIVED):
        return f"「{line.label}」は自動で確かめるため、選べるのは「免除」だけです"
    if mark.verdict is None and not is_blank(mark.reason):
        return f"「{line.label}」の結果を選んでください"
    if mark.verdict is CheckVerdict.WAIVED and is_blank(mark.reason):
        return f"「{line.label}」を免除する理由を入力してください"
    if len(mark.reason) > LONGEST_REASON:
        return f"「{line.label}」の理由は{LONGEST_REASON:,}文字以内で入力してください"
    return ""


def _keep(
    proposal: Proposal, number: int, line: CheckLine, mark: Mark, actor: User
) -> FormCheckMark | None:
    if mark.verdict is None:
        if line.mark is not None:
            db.session.delete(line.mark)
        return None
    kept = line.mark or FormCheckMark(
        proposal_id=proposal.id, revision_number=number, item=line.key
    )
    kept.verdict = mark.verdict
    kept.reason = mark.reason
    kept.marked_by = actor
    kept.marked_at = clock.now()
    db.session.add(kept)
    return kept


def _record(
    proposal: Proposal, verb: str, actor: User, changes: dict[str, object], reason: str = ""
) -> None:
    subject = Subject(type="proposal", id=proposal.id, version=proposal.version)
    record(verb, subject, actor=actor, changes=changes, reason=reason)
