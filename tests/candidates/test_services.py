"""Acts on candidates (対象候補の操作)."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.candidates.models import CandidateMove
from app.candidates.printing import UnreadableMinistries, print_ministries, read_ministries
from app.candidates.queries import (
    candidates_of,
    case_counts,
    exemption_of,
    links_of,
    milestones_of,
    reports_on,
    told_to_body,
)
from app.candidates.schedule import schedule_of
from app.candidates.services.course import (
    MoveCandidate,
    PlanDates,
    ReportProgress,
    move,
    plan_dates,
    report_progress,
)
from app.candidates.services.link import LinkCase, exempt_case, link_case, unlink_case
from app.candidates.services.write import ChangeCandidate, WriteCandidate, change_candidate
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed, StaleVersion
from app.extensions import db
from app.workflow.candidates import (
    CANDIDATE_TABLE,
    CandidateKind,
    CandidateState,
    MinistryPart,
    ProgressStatus,
)
from app.workflow.states import State
from tests.candidates.lists import add, go_to, step
from tests.factories import (
    World,
    declare_conflict,
    make_classified,
    make_closed,
    make_pending,
    make_submitted,
    make_world,
)

NOW = clock.jst(2024, 11, 12, 10)
_S = CandidateState


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


@pytest.mark.parametrize(
    ("text", "leads", "related"),
    [
        ("行革事務局、総務省（デジタル庁）", ["行革事務局", "総務省"], ["デジタル庁"]),
        ("デジタル庁(金融庁、国税庁)", ["デジタル庁"], ["金融庁", "国税庁"]),
        ("", [], []),
    ],
)
def test_ministries_are_read_as_printed(text: str, leads: list[str], related: list[str]) -> None:
    named = read_ministries(text)

    assert [row.name for row in named if row.part is MinistryPart.LEAD] == leads
    assert [row.name for row in named if row.part is MinistryPart.RELATED] == related


@pytest.mark.parametrize("text", ["（デジタル庁）", "総務省（デジタル庁", "総務省、総務省"])
def test_unreadable_ministries_are_refused(text: str) -> None:
    with pytest.raises(UnreadableMinistries):
        read_ministries(text)


def test_line_keeps_the_printed_ministries_and_finds_their_desks(world: World) -> None:
    candidate = add(world, ministries="行革事務局、厚生労働省（デジタル庁）", mark=8)

    assert print_ministries(candidate.ministries) == "行革事務局、厚生労働省（デジタル庁）"
    desks = [row.organization for row in candidate.ministries]
    assert [desk.name if desk else None for desk in desks] == [None, "厚生労働省", "デジタル庁"]
    assert candidate.name == "⑧入札参加資格審査システム"


def test_number_of_another_line_is_refused(world: World) -> None:
    add(world, mark=1)

    with pytest.raises(InvalidInput) as refused:
        add(world, "別のシステム", mark=1)

    assert list(refused.value.errors) == ["mark"]


def test_change_keeps_a_trace_and_refuses_an_older_version(
    world: World, db_session: Session
) -> None:
    candidate = add(world)
    line = WriteCandidate(system="新しい名前", ministries="デジタル庁（厚生労働省）")
    command = ChangeCandidate(version=candidate.version, line=line, reason="表記の統一")

    change_candidate(candidate, command, actor=world["lead"])

    db_session.commit()
    entry = db_session.scalars(
        select(AuditEvent).where(AuditEvent.verb == "candidate.change")
    ).one()
    assert entry.changes == {"fields": ["system", "ministries", "section", "origin"]}
    with pytest.raises(StaleVersion):
        change_candidate(candidate, command, actor=world["lead"])
    with pytest.raises(NotAllowed):
        change_candidate(candidate, command, actor=world["officer1"])


def test_every_move_outside_the_table_is_refused(world: World) -> None:
    """I3: every pair of states."""
    candidate = add(world)
    for current in _S:
        candidate.state = current
        db.session.flush()
        for target in set(_S) - set(CANDIDATE_TABLE[current]):
            with pytest.raises(IllegalTransition):
                step(world, candidate, target)

    assert db.session.scalars(select(CandidateMove)).all() == []


def test_life_goes_back_to_the_study_and_on_to_the_service(
    world: World, db_session: Session
) -> None:
    candidate = add(world)
    go_to(world, candidate, _S.CONSULTED)
    step(world, candidate, _S.STUDYING)
    again = {row.state for row in milestones_of([candidate.id])[candidate.id]}
    go_to(world, candidate, _S.AGREED)

    step(world, candidate, _S.IN_SERVICE)

    db_session.commit()
    assert again == {_S.SELECTED, _S.STUDYING}
    moves = db_session.scalars(select(CandidateMove.to_state).order_by(CandidateMove.id)).all()
    assert [row.value for row in moves] == [
        "selected",
        "studying",
        "plan_drafted",
        "consulted",
        "studying",
        "plan_drafted",
        "consulted",
        "agreed",
        "in_service",
    ]
    traces = db_session.scalars(select(AuditEvent).where(AuditEvent.verb == "candidate.move"))
    assert [row.to_state for row in traces] == [row.value for row in moves]


def test_provisional_line_and_inquiry_stay_where_they_are(world: World) -> None:
    provisional = add(world, is_provisional=True)
    inquiry = add(world, "実態調査", kind=CandidateKind.INQUIRY, ministries="")

    for candidate in (provisional, inquiry):
        with pytest.raises(IllegalTransition):
            step(world, candidate, _S.SELECTED)


def test_day_of_a_move_lies_between_the_last_one_and_today(world: World) -> None:
    candidate = add(world)
    step(world, candidate, _S.SELECTED)

    for day in (date(2024, 11, 11), date(2024, 11, 13)):
        command = MoveCandidate(
            version=candidate.version, target=_S.STUDYING, decided_on=day, reason="理由"
        )
        with pytest.raises(InvalidInput) as refused:
            move(candidate, command, actor=world["lead"])
        assert list(refused.value.errors) == ["decided_on"]


def test_planned_dates_warn_of_closed_days_and_become_late(world: World) -> None:
    candidate = add(world)
    planned = {_S.SELECTED: date(2024, 11, 23), _S.STUDYING: date(2040, 4, 2)}
    command = PlanDates(version=candidate.version, planned=planned, reason="工程表による")

    warnings = plan_dates(candidate, command, actor=world["lead"])

    assert warnings == [
        "令和6年11月23日（土）は閉庁日（勤労感謝の日）です。",
        "令和22年4月2日（月）は、祝日がまだ決まっていない年の日です。",
    ]
    milestones = milestones_of([candidate.id])[candidate.id]
    with clock.at(clock.jst(2024, 11, 23, 23, 59)):
        assert schedule_of(candidate, milestones, []).late == []
    with clock.at(clock.jst(2024, 11, 24)):
        late = schedule_of(candidate, milestones, []).late
    assert [(due.label, due.day) for due in late] == [("選定", date(2024, 11, 23))]


def test_planned_dates_out_of_order_are_refused(world: World) -> None:
    candidate = add(world)
    planned = {_S.SELECTED: date(2025, 3, 3), _S.AGREED: date(2025, 3, 2)}

    with pytest.raises(InvalidInput) as refused:
        plan_dates(
            candidate,
            PlanDates(version=candidate.version, planned=planned, reason="工程表"),
            actor=world["lead"],
        )

    assert list(refused.value.errors) == ["agreed"]


def test_ministry_in_charge_reports_after_the_agreement_only(world: World) -> None:
    candidate = add(world, ministries="厚生労働省（デジタル庁）")
    command = ReportProgress(
        status=ProgressStatus.DELAYED,
        text="調達の公示が遅れている。",
        reported_on=date(2024, 11, 12),
        next_on=date(2025, 1, 14),
    )
    with pytest.raises(IllegalTransition):
        report_progress(candidate, command, actor=world["coordinator"])
    go_to(world, candidate, _S.AGREED)

    report_progress(candidate, command, actor=world["coordinator"])

    reports = reports_on([candidate.id])[candidate.id]
    assert [row.status for row in reports] == [ProgressStatus.DELAYED]
    next_due = schedule_of(candidate, [], reports).next_due
    assert next_due is not None
    assert (next_due.label, next_due.day) == ("進捗報告", date(2025, 1, 14))
    for login in ("digital-coord", "ministry", "city"):
        with pytest.raises(NotAllowed):
            report_progress(candidate, command, actor=world[login])


def test_case_leads_to_candidates_and_loses_its_reason_for_none(
    world: World, db_session: Session
) -> None:
    """I1: every F-5 case has a candidate or a reason."""
    case, candidate = make_classified(world), add(world, mark=1)
    exempt_case(case, reason="当面の候補に該当なし", actor=world["officer1"])
    assert exemption_of(case) is not None

    link_case(candidate, case, LinkCase(reason="題名が当たる"), actor=world["officer1"])

    assert (exemption_of(case), [row.candidate for row in links_of(case)]) == (None, [candidate])
    with pytest.raises(InvalidInput):
        link_case(candidate, case, LinkCase(reason="もう一度"), actor=world["officer1"])
    with pytest.raises(IllegalTransition):
        exempt_case(case, reason="理由", actor=world["officer1"])
    unlink_case(candidate, case, reason="取り違え", actor=world["officer1"])
    assert links_of(case) == []
    db_session.commit()
    verbs = AuditEvent.verb.like("proposal.%candidate")
    traces = db_session.scalars(select(AuditEvent).where(verbs).order_by(AuditEvent.seq)).all()
    assert [row.verb.removeprefix("proposal.") for row in traces] == [
        "exempt_from_candidate",
        "link_candidate",
        "unlink_candidate",
    ]
    assert traces[1].changes == {"candidate_id": candidate.id, "candidate": "①"}


def test_only_accepted_cases_can_be_linked(world: World) -> None:
    candidate = add(world)
    link_case(candidate, make_pending(world), LinkCase(reason="当たる"), actor=world["lead"])

    with pytest.raises(IllegalTransition):
        link_case(candidate, make_submitted(world), LinkCase(reason="当たる"), actor=world["lead"])


def test_conflict_hides_the_case_and_its_count(world: World, db_session: Session) -> None:
    case, candidate = make_classified(world), add(world)
    link_case(candidate, case, LinkCase(reason="当たる"), actor=world["lead"])
    declare_conflict(world["officer2"], proposal=case)
    db_session.flush()

    assert case_counts([candidate.id], world["officer1"]) == {candidate.id: 1}
    assert case_counts([candidate.id], world["officer2"]) == {}
    with pytest.raises(NotAllowed):
        unlink_case(candidate, case, reason="外す", actor=world["officer2"])


def test_each_reader_sees_the_lines_meant_for_him(world: World) -> None:
    add(world, "案")
    selected = add(world, "選定", ministries="デジタル庁（厚生労働省）")
    step(world, selected, _S.SELECTED)
    add(world, "調整中", ministries="デジタル庁", is_provisional=True)

    seen = {
        login: [row.system for row in candidates_of(world.round, world[login])]
        for login in ("auditor", "ministry", "digital", "observer", "city")
    }

    assert seen == {
        "auditor": ["案", "選定", "調整中"],
        "ministry": ["案", "選定"],
        "digital": ["選定", "調整中"],
        "observer": ["選定"],
        "city": [],
    }
    world.round.is_practice = True
    assert candidates_of(world.round, world["observer"]) == []


def test_body_is_told_only_once_its_case_is_closed(world: World) -> None:
    """P26: not before."""
    open_case, closed, candidate = make_classified(world), make_closed(world), add(world)
    provisional = add(world, "調整中", is_provisional=True)
    for case in (open_case, closed):
        link_case(candidate, case, LinkCase(reason="当たる"), actor=world["lead"])
        link_case(provisional, case, LinkCase(reason="当たる"), actor=world["lead"])

    city = world["city"]
    assert closed.state is State.CLOSED
    assert told_to_body(open_case, city) == []
    assert told_to_body(closed, city) == [candidate]
