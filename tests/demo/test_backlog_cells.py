"""Every figure of the backlog is as long as the list it leads to (滞留と一覧の件数)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.casework.case_list import numbers_found
from app.casework.filters import CaseFilters
from app.reports.backlog.matrix import Backlog
from app.reports.backlog.rows import BUCKETS
from app.reports.catalog import REPORTS
from app.reports.counting import read_counting
from app.rounds.queries import get_round

# In the midst of the work: cases lie in every state and with every reviewer.
MOMENT = "2024-09-20T08:00"
Asked = dict[frozenset[tuple[str, str]], int]


def test_every_cell_of_the_backlog_is_as_long_as_its_list(demo_session: Session) -> None:
    round_ = get_round("R6")
    lead = demo_session.scalars(select(User).where(User.login == "lead")).one()
    backlog = REPORTS["backlog"].make(round_, lead, read_counting({"as_of": MOMENT})).content
    assert isinstance(backlog, Backlog)

    cells = cells_of(backlog)
    found = {
        cell: len(numbers_found(lead, round_, CaseFilters(**dict(cell), as_of=MOMENT)))
        for cell in cells
    }

    assert len(cells) > 10
    assert found == cells


def cells_of(backlog: Backlog) -> Asked:
    """Every figure that is not 0, by what the address of its list asks for."""
    lines = [line for group in backlog.groups for line in (*group.lines, group.subtotal)]
    lines.append(backlog.whole)
    asked = [(line.asked, line.total) for line in lines]
    asked += [
        (line.asked | {"age": bucket.key}, count)
        for line in lines
        for bucket, count in zip(BUCKETS, line.counts, strict=True)
    ]
    asked += [
        ({"holder": line.key}, line.cases) for kind in backlog.holders.values() for line in kind
    ]
    asked += [
        ({"overdue": "1"}, backlog.overdue),
        ({"extended": "1"}, backlog.extended),
    ]
    return {frozenset(words.items()): number for words, number in asked if number}
