"""The pending list (ペンディング一覧)."""

from sqlalchemy.orm import Session

from app.reports.pending import PendingList, build_pending
from tests.factories import declare_conflict, make_classified, make_pending, make_world


def test_list_has_the_four_columns_of_the_paper(db_session: Session) -> None:
    world = make_world()
    make_classified(world)
    proposal = make_pending(world)

    table = build_pending(world.round).table

    assert [column.label for column in table.columns] == ["#", "提案概要", "提案詳細", "団体種別"]
    assert [table.cells(row) for row in table.rows] == [
        [2, proposal.title, proposal.detail, "市（指定都市・中核市除く。）"]
    ]


def test_list_is_in_the_order_of_the_numbers(db_session: Session) -> None:
    world = make_world()
    first, second = make_pending(world), make_pending(world)
    first.receipt_sequence, first.receipt_number = 12, "R6-0012"
    second.receipt_sequence, second.receipt_number = 3, "R6-0003"
    db_session.flush()

    rows = build_pending(world.round).table.rows

    assert [row["number"] for row in rows] == [3, 12]


def test_screen_has_reason_owner_and_revisit_date(db_session: Session) -> None:
    world = make_world()
    proposal = make_pending(world)

    content = build_pending(world.round, world["lead"]).content

    assert isinstance(content, PendingList)
    line = content.lines[0]
    assert (line.reason, line.owner, line.reviewers, line.age) == (
        "調査を待つため",
        "officer1",
        ("officer1",),
        0,
    )
    assert line.revisit is not None
    assert line.revisit.date == proposal.due_on


def test_conflict_of_interest_leaves_the_case_out_of_list_and_count(db_session: Session) -> None:
    world = make_world()
    make_pending(world)
    hidden = make_pending(world)
    declare_conflict(world["officer2"], proposal=hidden)

    report = build_pending(world.round, world["officer2"])

    assert [row["number"] for row in report.table.rows] == [1]
    assert report.total == 1
    assert report.checks[0].words == "一覧 1 ＝ ペンディング 1件"
    assert report.table.notes[1] == (
        "利益相反のある提案を除いた件数です。公表値とは照合していません。"
    )
