"""The check of the cases (案件の点検): each fault is named, and a healthy world is silent."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event, select, update

from app.accounts.models import Role
from app.accounts.services.users import change_roles
from app.audit.models import AuditEvent
from app.candidates.services.link import exempt_case
from app.core import clock
from app.core.errors import NotFound, StaleVersion
from app.deadlines.models import ExtensionRequest
from app.discrepancies.cases import CASE_CHECKS
from app.discrepancies.cases.findings import CaseKind
from app.discrepancies.cases.overview import (
    CaseOverview,
    check_cases,
    count_waiting,
    get_case_standing,
)
from app.discrepancies.services import ExplainDiscrepancy, explain_case
from app.extensions import db
from app.notifications.models import DeliveryStatus, OutboxMessage
from app.proposals.models import CaseClock, ClockEnd, Proposal
from app.rounds.models import Category
from app.triage.models import Absence, Assignment
from app.workflow.states import State
from app.workflow.terms import Term
from tests.discrepancies.conftest import link
from tests.factories import (
    World,
    declare_conflict,
    make_classified,
    make_closed,
    make_in_confirmation,
    make_in_review,
    make_in_state,
    make_merged,
    make_pending,
    make_returned,
    make_submitted,
    make_withdrawn,
)

REASON = "後日の候補として、次の会議で扱うことを総括が決めています。"
CANDIDATE = "入札参加資格審査の申請受付の共通化"


def overview(world: World, login: str = "lead") -> CaseOverview:
    db.session.flush()
    return check_cases(world[login], [world.round])


def found(world: World, login: str = "lead") -> list[tuple[CaseKind, str, str]]:
    """Kind, numbers and words of everything that waits."""
    return [
        (row.finding.kind, "と".join(case.number for case in row.finding.cases), row.finding.what)
        for result in overview(world, login).results
        for row in result.waiting
        if row.finding is not None
    ]


def healthy_pending(world: World) -> Proposal:
    case = make_pending(world)
    case.pending_owner_id = world["officer1"].id
    return case


def set_clock(case: Proposal, **values: object) -> None:
    running = (CaseClock.proposal_id == case.id) & CaseClock.ended_at.is_(None)
    db.session.execute(update(CaseClock).where(running).values(**values))


def test_every_kind_has_one_check() -> None:
    kinds = [check.kind for check in CASE_CHECKS]

    assert kinds == list(CaseKind)


def test_healthy_world_is_silent(world: World) -> None:
    for state in (State.SUBMITTED, State.ACCEPTED, State.IN_REVIEW, State.IN_CONFIRMATION):
        make_in_state(world, state).title = f"{state}の案件"
    make_returned(world)
    healthy_pending(world)
    make_withdrawn(world)
    make_merged(world)
    link(world, make_closed(world))
    db.session.expire_all()

    assert found(world) == []


def test_case_without_anybody_who_can_do_it_is_found(world: World) -> None:
    cases = [make_in_review(world) for _ in range(4)]
    numbers = [case.reference for case in cases]
    of = {row.proposal_id: row for row in db.session.scalars(select(Assignment))}
    of[cases[0].id].ended_at = clock.now()
    of[cases[1].id].reviewer_id = world["officer2"].id
    world["officer2"].disabled_at = clock.now()
    of[cases[2].id].reviewer_id = world["officer3"].id
    due_on = cases[2].due_on
    assert due_on is not None
    away = Absence(
        user_id=world["officer3"].id,
        starts_on=clock.today(),
        ends_on=due_on,
        created_by_id=world["lead"].id,
        created_at=clock.now(),
    )
    db.session.add(away)

    before = found(world)
    away.ends_on = due_on - timedelta(days=1)
    back_in_time = found(world)
    away.ends_on, away.deputy = due_on, world["officer1"]
    with_deputy = found(world)

    kind = CaseKind.NO_HOLDER
    assert before == [
        (kind, numbers[0], "担当なし"),
        (kind, numbers[1], "担当のofficer2の利用の停止"),
        (kind, numbers[2], "担当のofficer3が令和6年9月3日（火）まで不在・代理なし"),
    ]
    assert back_in_time == with_deputy == before[:2]


def test_holder_who_must_not_or_may_not_work_any_more_is_no_holder(world: World) -> None:
    cases = [make_in_review(world, "officer2"), make_in_review(world, "officer3")]
    pending = [healthy_pending(world), healthy_pending(world)]
    pending[0].pending_owner_id = world["officer2"].id
    pending[1].pending_owner_id = world["officer3"].id
    # As when a body joins later (追加共同提案): the assignment was given before the conflict.
    declare_conflict(world["officer2"], proposal=cases[0])
    declare_conflict(world["officer2"], proposal=pending[0])
    change_roles(world["officer3"], [Role.AUDITOR], actor=world["admin"])

    assert found(world) == [
        (CaseKind.NO_HOLDER, cases[0].reference, "担当のofficer2の利益相反"),
        (CaseKind.NO_HOLDER, cases[1].reference, "担当のofficer3の役割の変更"),
        (CaseKind.PENDING, pending[0].reference, "持ち主の利益相反"),
        (CaseKind.PENDING, pending[1].reference, "持ち主の利用の停止か役割の変更"),
    ]


def test_clock_that_does_not_fit_the_state_is_found(world: World) -> None:
    without, other, left = make_submitted(world), make_submitted(world), make_withdrawn(world)
    set_clock(without, ended_at=clock.now(), end=ClockEnd.DONE)
    set_clock(other, term=Term.REVIEW)
    row = db.session.scalars(select(CaseClock).where(CaseClock.proposal_id == left.id)).first()
    assert row is not None
    row.ended_at = row.end = None
    left.due_on = row.due_on

    assert found(world) == [
        (CaseKind.CLOCK, without.reference, "期限の時計なし"),
        (CaseKind.CLOCK, other.reference, "状態と違う期限の時計"),
        (CaseKind.CLOCK, left.reference, "期限のない状態で動いている時計"),
    ]


def test_due_date_that_is_not_the_clocks_is_found(world: World) -> None:
    case, over = make_submitted(world), make_withdrawn(world)
    case.due_on, over.due_on = date(2024, 9, 9), date(2024, 9, 9)

    assert found(world) == [
        (
            CaseKind.DUE_DATE,
            case.reference,
            "案件の期限は令和6年9月9日（月）、時計の期限は令和6年8月23日（金）",
        ),
        (CaseKind.DUE_DATE, over.reference, "案件の期限は令和6年9月9日（月）、時計の期限はなし"),
    ]


def test_what_waits_on_a_case_that_is_over_is_found(world: World) -> None:
    case = make_withdrawn(world)
    row = db.session.scalars(select(CaseClock).where(CaseClock.proposal_id == case.id)).first()
    assert row is not None
    request = ExtensionRequest(
        proposal_id=case.id,
        clock_id=row.id,
        wanted_on=date(2024, 9, 9),
        reason="調査のため",
        asked_by_id=world["officer1"].id,
        asked_at=clock.now(),
    )
    assignment = Assignment(
        proposal_id=case.id,
        reviewer_id=world["officer1"].id,
        assigned_by_id=world["lead"].id,
        assigned_at=clock.now(),
        due_on=date(2024, 9, 9),
    )
    db.session.add_all([request, assignment])

    # A request that was not decided in time ended with its clock.
    ended = found(world)
    row.ended_at = row.end = None
    case.due_on = row.due_on
    waiting = found(world)

    kind, number = CaseKind.LEFT_OPEN, case.reference
    assert ended == [(kind, number, "終わっていない担当割当")]
    assert waiting == [
        (CaseKind.CLOCK, number, "期限のない状態で動いている時計"),
        (kind, number, "決定を待つ期限延長の申請、終わっていない担当割当"),
    ]


def test_pending_case_that_nobody_looks_at_in_time_is_found(world: World) -> None:
    cases = [healthy_pending(world) for _ in range(3)]
    cases[0].pending_owner_id = None
    for case, day in ((cases[1], date(2024, 8, 19)), (cases[2], date(2028, 1, 4))):
        case.due_on = day
        set_clock(case, due_on=day)

    kind = CaseKind.PENDING
    assert found(world) == [
        (kind, cases[0].reference, "持ち主なし"),
        (kind, cases[1].reference, "見直し日（令和6年8月19日（月））の超過"),
        (kind, cases[2].reference, "祝日が決まっていない年の見直し日（令和10年1月4日（火））"),
    ]


def test_case_for_candidates_without_a_candidate_is_found(world: World) -> None:
    case, linked, exempt = (make_classified(world) for _ in range(3))
    link(world, linked)
    exempt_case(exempt, reason=REASON, actor=world["officer1"])

    assert found(world) == [(CaseKind.NO_CANDIDATE, case.reference, "分類F-5に当たる対象候補なし")]


def test_followed_case_without_a_watch_is_found(world: World) -> None:
    case = make_classified(world)
    case.category = db.session.scalars(select(Category).where(Category.code == "F-2")).one()

    assert found(world) == [(CaseKind.NO_WATCH, case.reference, "分類F-2で見直しの条件なし")]


def test_mail_about_a_case_that_did_not_arrive_is_found(world: World) -> None:
    case = make_submitted(world)
    about = (OutboxMessage.about_type == "proposal") & (OutboxMessage.about_id == case.id)
    db.session.execute(update(OutboxMessage).where(about).values(status=DeliveryStatus.BOUNCED))
    count = len(db.session.scalars(select(OutboxMessage).where(about)).all())

    assert found(world) == [(CaseKind.MAIL, case.reference, f"届いていない知らせ{count}通")]


def test_near_duplicates_of_two_classes_are_one_pair(world: World) -> None:
    cases = [make_classified(world), make_classified(world)]
    for case in cases:
        case.title = CANDIDATE
        link(world, case)
    cases[1].category = db.session.scalars(select(Category).where(Category.code == "C")).one()

    result = overview(world)

    numbers = [case.reference for case in cases]
    assert found(world) == [
        (
            CaseKind.OTHER_CLASS,
            "と".join(numbers),
            f"ほぼ同じで分類が違う組：{numbers[0]}はF-5（確定）、{numbers[1]}はC（確定）",
        )
    ]
    assert (result.waiting_cases, result.waiting_pairs) == (0, 1)
    assert count_waiting(world["lead"], [world.round]) == 0


def test_class_kept_from_the_second_person_is_not_told_by_an_explanation(world: World) -> None:
    first, second = make_in_confirmation(world), make_classified(world)
    for case in (first, second):
        case.title = CANDIDATE
    second.category = db.session.scalars(select(Category).where(Category.code == "C")).one()
    world.round.is_second_opinion_blind = True
    db.session.flush()
    kind, key = CaseKind.OTHER_CLASS.value, f"{first.id}-{second.id}"
    standing, _cases = get_case_standing(kind, key, world["officer1"], [world.round])
    command = ExplainDiscrepancy(kind=kind, key=key, explanation=REASON, seen=standing.mark)
    explain_case([world.round], command, actor=world["officer1"])

    with pytest.raises(NotFound):
        get_case_standing(kind, key, world["officer2"], [world.round])


def test_conflict_hides_the_finding_and_its_page(world: World) -> None:
    case = make_classified(world)
    declare_conflict(world["officer2"], proposal=case)
    db.session.flush()

    assert found(world, "officer2") == []
    with pytest.raises(NotFound):
        get_case_standing("case-no-candidate", str(case.id), world["officer2"], [world.round])


def test_reason_settles_a_finding_until_the_case_moves(world: World) -> None:
    case = make_classified(world)
    kind, key = CaseKind.NO_CANDIDATE.value, str(case.id)
    standing, _cases = get_case_standing(kind, key, world["lead"], [world.round])
    command = ExplainDiscrepancy(kind=kind, key=key, explanation=REASON, seen=standing.mark)

    explain_case([world.round], command, actor=world["officer1"])

    assert count_waiting(world["lead"], [world.round]) == 0
    with pytest.raises(StaleVersion):
        explain_case([world.round], command, actor=world["lead"])
    db.session.commit()
    verb = AuditEvent.verb == "proposal.explain_finding"
    entry = db.session.scalars(select(AuditEvent).where(verb)).one()
    assert (entry.subject_id, entry.changes["kind"]) == (case.id, kind)
    case.state_since = clock.now() + timedelta(hours=1)
    assert count_waiting(world["lead"], [world.round]) == 1


def test_number_of_queries_does_not_grow_with_the_cases(world: World) -> None:
    make_in_confirmation(world)
    make_classified(world)
    few = queries_of(world)
    for _ in range(3):
        make_classified(world)
        make_in_review(world)

    many = queries_of(world)

    assert many == few


def queries_of(world: World) -> int:
    db.session.flush()
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    bind = db.engine
    event.listen(bind, "before_cursor_execute", note)
    try:
        count_waiting(world["lead"], [world.round])
    finally:
        event.remove(bind, "before_cursor_execute", note)
    return len(seen)
