"""Of which cases the checks speak (点検の範囲), and what a finding shows of a case."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from app.accounts.models import Organization, User
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.rounds.models import Category, Round
from app.workflow.labels import state_label
from app.workflow.states import State


class CaseRow(NamedTuple):
    """A case as a finding shows it (点検した案件): columns only, for there may be thousands."""

    id: int
    number: str
    title: str
    state: State
    state_since: datetime
    due_on: date | None
    category_code: str | None
    body_name: str
    round_id: int
    round_key: str
    version: int

    @property
    def state_words(self) -> str:
        """The state, with the class where there is one (状態)."""
        code = f"（{self.category_code}）" if self.category_code else ""
        return f"{state_label(self.state)}{code}"


CASE_COLUMNS: tuple[Any, ...] = (
    Proposal.id,
    Proposal.receipt_number,
    Proposal.title,
    Proposal.state,
    Proposal.state_since,
    Proposal.due_on,
    Category.code,
    Organization.name,
    Proposal.round_id,
    Round.key,
    Proposal.version,
)


class Found(NamedTuple):
    """A case with the further columns that a check asked for."""

    case: CaseRow
    more: tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The cases a reader may know of in some rounds (点検の範囲).

    `ids` narrows it down to the cases of one finding.
    """

    reader: User
    rounds: Sequence[Round]
    ids: tuple[int, ...] | None = None

    def of(self, ids: tuple[int, ...]) -> "Scope":
        """The same for some cases alone."""
        return replace(self, ids=ids)

    @property
    def condition(self) -> ColumnElement[bool]:
        """Condition for the cases: submitted ones, without those the reader must not know of."""
        found = (
            visible_to(self.reader)
            & Proposal.receipt_number.is_not(None)
            & Proposal.round_id.in_([row.id for row in self.rounds])
        )
        return found if self.ids is None else found & Proposal.id.in_(self.ids)

    def select(self, *more: Any) -> Select[Any]:
        """Cases of the scope by receipt number, with further columns for `found`."""
        return (
            select(*CASE_COLUMNS, *more)
            .select_from(Proposal)
            .join(Proposal.organization)
            .join(Proposal.round)
            .outerjoin(Proposal.category)
            .where(self.condition)
            .order_by(
                Proposal.round_id, Proposal.receipt_sequence, Proposal.branch_number, Proposal.id
            )
        )


def found(statement: Select[Any]) -> list[Found]:
    """Run a statement of a scope (案件の検索)."""
    size = len(CASE_COLUMNS)
    session: Session = db.session
    return [Found(CaseRow(*row[:size]), tuple(row[size:])) for row in session.execute(statement)]


def row_of(proposal: Proposal) -> CaseRow:
    """What a finding shows of a case that was read as a whole."""
    return CaseRow(
        id=proposal.id,
        number=proposal.reference,
        title=proposal.title,
        state=proposal.state,
        state_since=proposal.state_since,
        due_on=proposal.due_on,
        category_code=proposal.category.code if proposal.category else None,
        body_name=proposal.organization.name,
        round_id=proposal.round_id,
        round_key=proposal.round.key,
        version=proposal.version,
    )
