"""Conflicts of interest (利益相反): declared, ended; who has one sees no case and no count."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.audit.models import AuditEvent
from app.core import clock
from app.core.errors import InvalidInput, NotAllowed
from app.dashboard.queries import reviewer_loads as home_loads
from app.dashboard.queries import round_figures
from app.proposals.models import ConflictOfInterest
from app.proposals.queries import is_conflicted
from app.triage.conflict_list import conflicts_seen_by
from app.triage.loads import load_total, open_case_counts, overdue_case_counts
from app.triage.planning import cases_to_assign
from app.triage.queries import current_assignments
from app.triage.services.assign import Assign, assign
from app.triage.services.conflicts import (
    DeclareConflict,
    Declared,
    EndConflict,
    RegisterSecondment,
    declare_conflict,
    end_conflict,
    register_secondment,
)
from app.triage.worklist import Pile, my_work
from tests.factories import (
    World,
    make_accepted,
    make_in_review,
    make_pending,
    make_submitted,
    make_user,
    make_world,
)


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def declare(world: World, login: str, **subject: str) -> Declared:
    return declare_conflict(DeclareConflict(reason="親族がいる", **subject), actor=world[login])


def test_declaring_a_case_takes_the_person_off_it_and_gives_it_to_the_leads(
    world: World, db_session: Session
) -> None:
    proposal = make_in_review(world, "officer1")

    done = declare(world, "officer1", receipt_number=proposal.receipt_number or "")
    db_session.commit()

    assert done.cases_left == 1
    assert current_assignments(proposal) == []
    assert [item.pile for item in my_work(world["lead"])] == [Pile.ASSIGNMENT]
    assert my_work(world["officer1"]) == []
    trail = db_session.scalars(
        select(AuditEvent).where(AuditEvent.verb.in_(["conflict.declare", "proposal.recuse"]))
    ).all()
    assert [(row.subject_type, row.subject_id) for row in trail] == [
        ("user", world["officer1"].id),
        ("proposal", proposal.id),
    ]


def test_owner_who_leaves_a_case_leaves_it_in_the_version_the_trail_tells_of(
    world: World, db_session: Session
) -> None:
    pending = make_pending(world)

    declare(world, "officer1", receipt_number=pending.receipt_number or "")
    db_session.commit()

    event = db_session.scalars(select(AuditEvent).where(AuditEvent.verb == "proposal.recuse")).one()
    assert event.subject_version == pending.version


def test_declaring_a_body_concerns_every_case_of_it(world: World) -> None:
    mine, pending = make_in_review(world, "officer2"), make_pending(world)
    submitted = make_submitted(world)

    done = declare(world, "officer1", body="甲子市")

    # Of the three only the pending one was in the person's hands, as reviewer and as owner.
    assert done.cases_left == 1
    assert pending.pending_owner_id is None
    cases = (mine, pending, submitted)
    assert [is_conflicted(world["officer1"].id, case) for case in cases] == [True] * 3
    assert [row.reviewer.login for row in current_assignments(mine)] == ["officer2"]


@pytest.mark.parametrize(
    ("subject", "field"),
    [
        ({}, "receipt_number"),
        ({"receipt_number": "R6-0001", "body": "甲子市"}, "receipt_number"),
        ({"receipt_number": "R6-9999"}, "receipt_number"),
        ({"body": "どこにもない市"}, "body"),
    ],
)
def test_what_names_no_one_subject_is_refused(
    world: World, subject: dict[str, str], field: str
) -> None:
    make_submitted(world)

    with pytest.raises(InvalidInput) as refusal:
        declare(world, "officer1", **subject)

    assert list(refusal.value.errors) == [field]


def test_hidden_and_missing_numbers_are_refused_in_the_same_words(world: World) -> None:
    proposal = make_submitted(world)
    declare(world, "officer1", body="甲子市")

    said = []
    for number in (proposal.receipt_number or "", "R6-9999"):
        with pytest.raises(InvalidInput) as refusal:
            declare(world, "officer1", receipt_number=number)
        said.append(refusal.value.errors)

    assert said[0] == said[1]


def test_past_day_empty_reason_and_twice_are_refused(world: World) -> None:
    yesterday = clock.today() - timedelta(days=1)
    empty = DeclareConflict(body="甲子市", reason=" ", until=yesterday)
    declare(world, "officer2", body="甲子市")

    with pytest.raises(InvalidInput) as refusal:
        declare_conflict(empty, actor=world["officer1"])
    with pytest.raises(InvalidInput) as twice:
        declare(world, "officer2", body="甲子市")

    assert list(refusal.value.errors) == ["reason", "until"]
    assert list(twice.value.errors) == ["body"]


def test_secondment_is_registered_by_lead_or_admin_and_ended_by_another_lead(
    world: World,
) -> None:
    proposal = make_submitted(world)
    code = world["city"].organization.code or ""
    command = RegisterSecondment(user_id=world["lead"].id, body=code, reason="出向中")

    second = make_user("lead2", world["lead"].organization, Role.LEAD)

    with pytest.raises(NotAllowed):
        register_secondment(command, actor=world["officer1"])
    row = register_secondment(command, actor=world["admin"]).conflict
    for login in ("lead", "officer1", "admin"):
        with pytest.raises(NotAllowed):
            end_conflict(row, EndConflict(reason="終わり"), actor=world[login])
    was_conflicted = is_conflicted(world["lead"].id, proposal)
    end_conflict(row, EndConflict(reason="出向が終わった"), actor=second)

    assert was_conflicted
    assert not is_conflicted(world["lead"].id, proposal)


def test_own_declaration_is_ended_with_a_reason_and_stays_listed(world: World) -> None:
    proposal = make_in_review(world, "officer1")
    row = declare(world, "officer1", receipt_number=proposal.receipt_number or "").conflict

    with pytest.raises(InvalidInput):
        end_conflict(row, EndConflict(reason=" "), actor=world["officer1"])
    with pytest.raises(NotAllowed):
        end_conflict(row, EndConflict(reason="なし"), actor=world["officer2"])
    end_conflict(row, EndConflict(reason="親族が異動した"), actor=world["officer1"])

    assert not is_conflicted(world["officer1"].id, proposal)
    assert current_assignments(proposal) == []
    assert [kept.end_reason for kept in conflicts_seen_by(world["officer1"])] == ["親族が異動した"]


def test_who_reads_which_conflicts(world: World) -> None:
    proposal = make_submitted(world)
    number = proposal.receipt_number or ""
    of_case = declare(world, "officer1", receipt_number=number).conflict
    of_body = declare(world, "officer2", body="乙丑市").conflict

    def seen(login: str) -> list[ConflictOfInterest]:
        return conflicts_seen_by(world[login])

    assert seen("lead") == [of_body, of_case]
    assert seen("officer1") == [of_case]
    assert seen("officer3") == []
    assert seen("admin") == [of_body]
    own = declare(world, "lead", receipt_number=number).conflict
    assert seen("lead") == [own, of_body]


def test_person_in_conflict_finds_the_case_in_no_figure(world: World) -> None:
    with clock.at(clock.now() - timedelta(days=29)):
        old_case = make_in_review(world, "officer2")
    make_in_review(world, "officer2")
    waiting = make_accepted(world)
    before = open_case_counts(world["lead"], world.round)

    for case in (old_case, waiting):
        declare(world, "lead", receipt_number=case.receipt_number or "")

    lead = world["lead"]
    assert before == {world["officer2"].id: 2}
    assert open_case_counts(lead, world.round) == {world["officer2"].id: 1}
    assert overdue_case_counts(lead, world.round) == {}
    assert load_total(lead, world.round).cases == 1
    assert cases_to_assign(lead, world.round) == []
    assert round_figures(world.round, lead).submitted == 1
    assert [row.cases for row in home_loads(lead)] == [1]
    # Another person's figures are as they were.
    assert open_case_counts(world["officer3"], world.round) == before


def test_nobody_in_conflict_is_made_a_reviewer(world: World) -> None:
    proposal = make_accepted(world)
    declare(world, "officer1", receipt_number=proposal.receipt_number or "")
    command = Assign(version=proposal.version, reviewer_ids=(world["officer1"].id,))

    with pytest.raises(InvalidInput) as refusal:
        assign(proposal, command, actor=world["lead"])

    assert list(refusal.value.errors) == ["reviewer_ids"]
    assert current_assignments(proposal) == []
