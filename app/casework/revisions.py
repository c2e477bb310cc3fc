"""What changed between two submissions of a case (変更点), for whoever may read the case."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from app.accounts.models import OrganizationKind, User
from app.casework.content_view import may_see_contact
from app.core.errors import NotFound
from app.extensions import db
from app.proposals.models import CorrectionRequest, Proposal, ProposalRevision
from app.proposals.presentation import reads_as_secretariat
from app.proposals.queries import corrections_of, revisions_of
from app.proposals.revision_changes import FieldChange, changes_between

LETTER_NOT_FOUND = "この補正の依頼は見つかりません。提案の画面から開いてください。"


class RevisionLine(NamedTuple):
    """One submission (提出版): its number, when, and by whom."""

    number: int
    submitted_at: datetime
    submitted_by: str

    @property
    def label(self) -> str:
        """Words for a submission: 最初の提出, 2回目の提出."""
        return "最初の提出" if self.number == 1 else f"{self.number}回目の提出"


@dataclass(frozen=True, kw_only=True)
class RevisionsView:
    """Two submissions held against each other (変更点), None where there is only one."""

    revisions: list[RevisionLine]
    before: RevisionLine | None
    after: RevisionLine | None
    changes: list[FieldChange]


def revisions_view(
    proposal: Proposal, reader: User, *, first: str = "", second: str = ""
) -> RevisionsView:
    """Hold two submissions of a case against each other (変更点), the older one in front.

    `first` and `second` are numbers as the address gives them; what is none counts as not given:
    then the last submission stands against the one before.
    """
    found = revisions_of(proposal)
    sees_inner = may_see_contact(reader, proposal)
    lines = _lines(found, proposal, reader, names_people=sees_inner)
    if len(found) < 2:
        return RevisionsView(revisions=lines, before=None, after=None, changes=[])
    one = _index(first, len(found), default=len(found) - 2)
    other = _index(second, len(found), default=len(found) - 1)
    older, newer = min(one, other), max(one, other)
    return RevisionsView(
        revisions=lines,
        before=lines[older],
        after=lines[newer],
        changes=changes_between(proposal.round, found[older], found[newer], sees_inner=sees_inner),
    )


def get_correction(proposal: Proposal, reader: User, number: int) -> CorrectionRequest:
    """Return the nth return of a case (差戻し), for its own body and the secretariat.

    Raises NotFound, also for anybody else who may read the case.
    """
    found = corrections_of(proposal)
    if not may_see_contact(reader, proposal) or not 1 <= number <= len(found):
        raise NotFound(LETTER_NOT_FOUND)
    return found[number - 1]


def _name(user: User, reader: User) -> str:
    """Who handed a text in; a body reads no name of an officer (分割)."""
    is_officer = user.organization.kind is OrganizationKind.SECRETARIAT
    return "事務局" if is_officer and not reads_as_secretariat(reader) else user.label


def _index(text: str, count: int, *, default: int) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0
    return number - 1 if 1 <= number <= count else default


def _lines(
    revisions: list[ProposalRevision], proposal: Proposal, reader: User, *, names_people: bool
) -> list[RevisionLine]:
    """Submissions with who submitted them; a partner reads the body, not the person."""
    submitters = select(User).where(User.id.in_({row.submitted_by_id for row in revisions}))
    people = {user.id: _name(user, reader) for user in db.session.scalars(submitters)}
    body = proposal.organization.name
    return [
        RevisionLine(
            row.number, row.submitted_at, people[row.submitted_by_id] if names_people else body
        )
        for row in revisions
    ]
