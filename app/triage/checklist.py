"""The checklist of the form check (確認項目): what the rules find, and what officers marked."""

from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import func, select

from app.extensions import db
from app.proposals.models import Proposal, ProposalRevision
from app.rounds.models import FormCheckItem
from app.rounds.queries import form_check_items
from app.triage.automatic_checks import AutomaticCheck, automatic_checks
from app.triage.models import CheckVerdict, FormCheckMark
from app.triage.queries import marks_of


class LineState(StrEnum):
    """How a line of the checklist stands (確認項目の状況)."""

    OK = "ok"
    PROBLEM = "problem"
    WAIVED = "waived"
    OPEN = "open"


@dataclass(frozen=True, kw_only=True)
class CheckLine:
    """One line of the checklist (確認項目).

    An automatic line is judged by the rules and can only be waived; one by hand is open until an
    officer marks it. `target` is what a return would name for it, '' for nothing.
    """

    key: str
    label: str
    target: str
    is_automatic: bool
    found: str = ""
    help: str = ""
    problems: tuple[str, ...] = ()
    mark: FormCheckMark | None = None
    earlier: FormCheckMark | None = None

    @property
    def state(self) -> LineState:
        """How the line stands: a mark goes before what the rules found."""
        if self.is_automatic and not self.problems:
            return LineState.OK
        if self.mark is not None:
            return LineState(self.mark.verdict.value)
        return LineState.PROBLEM if self.is_automatic else LineState.OPEN

    @property
    def is_settled(self) -> bool:
        """Whether the line keeps nobody from accepting the form (受理の妨げにならない)."""
        return self.state in (LineState.OK, LineState.WAIVED)

    @property
    def wish(self) -> str:
        """Words for a return that asks for this line (補正の理由の下書き)."""
        if self.mark is not None and self.mark.verdict is CheckVerdict.PROBLEM and self.mark.reason:
            return self.mark.reason
        if self.problems:
            return "\n".join(f"{problem}。" for problem in self.problems)
        return f"次の点を満たすように直してください：{self.label}"


def checked_revision(proposal: Proposal) -> int:
    """Number of the submission the checklist is about (確認する提出版), 0 before the first."""
    last = select(func.max(ProposalRevision.number)).where(
        ProposalRevision.proposal_id == proposal.id
    )
    return db.session.scalar(last) or 0


def checklist_of(proposal: Proposal) -> list[CheckLine]:
    """Every line of the checklist of the latest submission, with its marks (確認項目).

    `earlier` is the mark of the submission before: a corrected proposal is checked anew, but nobody
    has to remember what was found the last time.
    """
    number = checked_revision(proposal)
    found = marks_of(proposal, (number - 1, number))
    marks = {mark.item: mark for mark in found if mark.revision_number == number}
    earlier = {mark.item: mark for mark in found if mark.revision_number < number}
    lines = [
        *(_automatic_line(check) for check in automatic_checks(proposal)),
        *(_line_by_hand(item) for item in form_check_items(proposal.round)),
    ]
    return [
        replace(line, mark=marks.get(line.key), earlier=earlier.get(line.key)) for line in lines
    ]


def _automatic_line(check: AutomaticCheck) -> CheckLine:
    return CheckLine(
        key=check.key,
        label=check.label,
        target=check.target,
        is_automatic=True,
        found=check.found,
        problems=check.problems,
    )


def _line_by_hand(item: FormCheckItem) -> CheckLine:
    return CheckLine(
        key=f"item:{item.id}",
        label=item.label,
        target=item.target,
        is_automatic=False,
        help=item.help,
    )
