"""令和6年 with the end moved from 8/23 to 8/27 and the registers as printed."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from app.candidates.models import Candidate
from app.candidates.queries import all_candidates_of
from app.candidates.services.link import LinkCase, link_case
from app.core import clock
from app.demo.candidates import load_candidates
from app.proposals.models import Proposal
from app.registers.load import read_entries
from app.registers.services import add_entries
from app.rounds.services import ChangeClosing, change_closing
from tests.factories import World, make_world

NOW = clock.jst(2024, 8, 20, 10)
FIRST_END = clock.jst(2024, 8, 23, 23, 59, 59)
END = clock.jst(2024, 8, 27, 23, 59, 59)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    """The world of the tests with the printed registers and list, and the two deadlines."""
    with clock.at(NOW):
        world = make_world(closes_at=FIRST_END)
        add_entries(read_entries())
        command = ChangeClosing(closes_at=END, reason="2つの締切を遅い方にそろえるため")
        change_closing(world.round, command, actor=world["lead"])
        load_candidates(world.round, actor=world["lead"])
        db_session.commit()
        yield world


def candidate(world: World, mark: int) -> Candidate:
    """Return the candidate of the printed list with this number."""
    return next(row for row in all_candidates_of(world.round) if row.mark == mark)


def link(world: World, case: Proposal, mark: int = 1) -> None:
    """Let a case lead to a candidate."""
    command = LinkCase(reason="試験のため")
    link_case(candidate(world, mark), case, command, actor=world["lead"])
