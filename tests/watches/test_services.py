"""What is watched for a case (見直しの条件): written, changed, checked, due."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed, StaleVersion
from app.proposals.models import Proposal
from app.registers.models import EntryAct, RegisterEntryVersion
from app.triage.services.confirm import Confirm, confirm_assessment
from app.triage.services.settle import Close, close
from app.watches.listing import Standing, watch_lines
from app.watches.models import Watch, WatchStatus
from app.watches.queries import due_count, due_watches, unwatched_cases
from app.watches.services import (
    ChangeWatch,
    CheckWatch,
    WriteWatch,
    add_watch,
    change_watch,
    check_watch,
)
from app.workflow.states import FollowUp
from tests.factories import (
    World,
    declare_conflict,
    give_opinion,
    make_classified,
    make_in_review,
    make_world,
)

NOW = clock.jst(2024, 8, 20, 10)
DAY = date(2024, 10, 1)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


@pytest.fixture
def case(world: World) -> Proposal:
    return classify(world)


def classify(world: World, key: str = "f2") -> Proposal:
    proposal = make_in_review(world)
    opinion = give_opinion(world, proposal, key=key)
    command = Confirm(version=proposal.version, assessment_id=opinion.id)
    confirm_assessment(proposal, command, actor=world["officer2"])
    return proposal


def text(world: World, **changes: Any) -> WriteWatch:
    values = {
        "condition": "新しい技術が公表されたとき",
        "source": "所管府省庁の公表資料",
        "check_on": DAY,
        "owner_id": world["officer1"].id,
        **changes,
    }
    return WriteWatch(**values)


def watch_of(world: World, case: Proposal, **changes: Any) -> Watch:
    return add_watch(case, text(world, **changes), actor=world["officer1"])


def due_on(day: date, session: Session) -> list[Watch]:
    return list(session.scalars(due_watches(day)))


def test_watch_is_due_from_its_date_on_also_after_the_case_was_closed(
    world: World, case: Proposal, db_session: Session
) -> None:
    watch = watch_of(world, case)
    close(case, Close(version=case.version, outcome_text="見送ります。"), actor=world["lead"])
    db_session.flush()

    assert due_on(date(2024, 9, 30), db_session) == []
    assert due_on(DAY, db_session) == [watch]
    assert unwatched_cases(world["lead"], [world.round.id]) == []
    assert due_count(world["officer1"], DAY) == 1
    assert due_count(world["officer2"], DAY) == 0


def test_only_followed_classes_are_watched_and_listed(world: World, case: Proposal) -> None:
    candidate = make_classified(world)

    with pytest.raises(IllegalTransition):
        watch_of(world, candidate)

    assert unwatched_cases(world["lead"], [world.round.id]) == [case]


def test_date_is_needed_where_the_class_says_so(world: World, case: Proposal) -> None:
    assert watch_of(world, case, check_on=None).check_on is None

    assert case.category is not None
    case.category.follow_up = FollowUp.REVISIT
    with pytest.raises(InvalidInput) as refused:
        watch_of(world, case, check_on=None, condition=" ", owner_id=world["city"].id)

    assert refused.value.errors == {
        "condition": ["見直しの条件を入力してください"],
        "check_on": ["この分類では、見直し日を入力してください"],
        "owner_id": ["見直す人を一覧から選んでください"],
    }


def test_past_date_and_unknown_row_are_refused(world: World, case: Proposal) -> None:
    with pytest.raises(InvalidInput) as refused:
        watch_of(world, case, check_on=NOW.date(), register_entry_id=9999)

    assert refused.value.errors == {
        "check_on": ["見直し日は、明日以降の日付にしてください"],
        "register_entry_id": ["台帳の行を一覧から選んでください"],
    }


def test_check_goes_on_and_comes_true_with_one_entry_each(
    world: World, case: Proposal, db_session: Session
) -> None:
    watch = watch_of(world, case)
    db_session.flush()
    with clock.at(clock.jst(2024, 10, 1, 10)):
        go_on = CheckWatch(
            version=watch.version,
            found="まだない",
            outcome=WatchStatus.OPEN,
            next_on=date(2025, 4, 1),
        )
        check_watch(watch, go_on, actor=world["officer2"])
        db_session.flush()
    still_due = due_on(DAY, db_session)
    with clock.at(clock.jst(2025, 4, 1, 10)):
        met = CheckWatch(version=watch.version, found="公表された", outcome=WatchStatus.MET)
        check_watch(watch, met, actor=world["officer1"])
        db_session.commit()

    verbs = select(AuditEvent.verb).where(AuditEvent.verb.like("%watch")).order_by(AuditEvent.seq)
    assert still_due == []
    assert (watch.status, watch.result) == (WatchStatus.MET, "公表された")
    assert [(row.checked_on, row.next_on) for row in watch.checks] == [
        (DAY, date(2025, 4, 1)),
        (date(2025, 4, 1), None),
    ]
    assert list(db_session.scalars(verbs)) == [
        "proposal.add_watch",
        "proposal.check_watch",
        "proposal.check_watch",
    ]
    again = CheckWatch(version=watch.version, found="公表された", outcome=WatchStatus.MET)
    with pytest.raises(IllegalTransition):
        check_watch(watch, again, actor=world["officer1"])


def test_change_keeps_how_it_read_before_and_asks_for_a_reason(
    world: World, case: Proposal, db_session: Session
) -> None:
    watch = watch_of(world, case)
    db_session.flush()
    opened = watch.version
    new_text = text(world, condition="制度が変わったとき")

    with pytest.raises(InvalidInput) as refused:
        change_watch(
            watch, ChangeWatch(version=opened, text=new_text, reason=""), actor=world["officer1"]
        )
    command = ChangeWatch(version=opened, text=new_text, reason="広げるため")
    change_watch(watch, command, actor=world["officer2"])
    db_session.flush()
    with pytest.raises(StaleVersion):
        change_watch(watch, command, actor=world["officer1"])

    assert refused.value.errors == {"reason": ["変える理由を入力してください"]}
    assert [(row.number, row.condition, row.written_by_id) for row in watch.versions] == [
        (1, "新しい技術が公表されたとき", world["officer1"].id),
        (2, "制度が変わったとき", world["officer2"].id),
    ]


def test_change_of_the_named_row_asks_for_a_look_until_somebody_looked(
    world: World, case: Proposal, db_session: Session
) -> None:
    watch = watch_of(world, case, check_on=None, register_entry_id=world.entry.id)
    db_session.flush()
    before = due_on(DAY, db_session)
    db_session.add(
        RegisterEntryVersion(
            entry_id=world.entry.id,
            content_version=99,
            act=EntryAct.IMPORTED,
            changed_at=clock.jst(2024, 9, 1, 9),
            reason="更新",
            content={},
        )
    )
    db_session.flush()
    asked = due_on(date(2024, 9, 2), db_session)
    with clock.at(clock.jst(2024, 9, 2, 9)):
        line = watch_lines([watch])[0]
        looked = CheckWatch(version=watch.version, found="別の変更", outcome=WatchStatus.OPEN)
        check_watch(watch, looked, actor=world["officer1"])
        db_session.flush()

    assert before == []
    assert asked == [watch]
    assert (line.standing, line.why) == (
        Standing.DUE,
        "台帳の行「台帳の行」が、前に見た後に変わりました",
    )
    assert due_on(DAY, db_session) == []


@pytest.mark.parametrize("login", ["auditor", "admin", "city-mgr"])
def test_others_write_no_watch(world: World, case: Proposal, login: str) -> None:
    with pytest.raises(NotAllowed):
        add_watch(case, text(world), actor=world[login])


def test_conflict_hides_the_watch_and_keeps_the_person_from_it(
    world: World, case: Proposal, db_session: Session
) -> None:
    watch_of(world, case)
    declare_conflict(world["officer1"], proposal=case)
    db_session.flush()

    with pytest.raises(NotAllowed):
        watch_of(world, case)

    assert due_count(world["officer1"], DAY) == 0
