"""Whose move it is (自分の仕事): corrected cases go back to whoever returned them."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.accounts.models import Role, User
from app.core import clock
from app.proposals.models import Proposal
from app.triage.services.check_marks import TakeOver, take_over
from app.triage.worklist import my_work, opened, resubmissions_of_others
from tests.factories import World, declare_conflict, make_submitted, make_user
from tests.triage.pages import NOW
from tests.triage.resubmitting import correct, make_resubmitted, send_back


def work_of(user: User) -> list[Proposal]:
    return [item.proposal for item in my_work(user)]


def others_of(world: World, user: User) -> list[Proposal]:
    return [item.proposal for item in opened(resubmissions_of_others(user, world.round))]


def disable(user: User) -> None:
    user.disabled_at = clock.now()


def test_resubmission_stands_on_top_for_whoever_returned_it(world: World) -> None:
    with clock.at(NOW - timedelta(days=14)):
        overdue = make_submitted(world)
    back = make_resubmitted(world, by="officer1")

    assert work_of(world["officer1"]) == [back, overdue]
    assert [item.todo for item in my_work(world["officer1"])] == [
        "再提出の形式を確認する",
        "形式を確認する",
    ]


def test_resubmission_is_no_work_of_others_who_still_see_whose_it_is(world: World) -> None:
    back = make_resubmitted(world, by="officer1")

    [item] = opened(resubmissions_of_others(world["officer2"], world.round))

    assert work_of(world["officer2"]) == []
    assert (item.proposal, item.resubmission.officer) == (back, world["officer1"])
    assert others_of(world, world["officer1"]) == []


def test_resubmission_to_a_disabled_officer_is_everybodys(world: World) -> None:
    back = make_resubmitted(world, by="officer1")
    disable(world["officer1"])

    assert work_of(world["officer2"]) == [back]
    assert others_of(world, world["officer2"]) == []


def test_resubmission_to_somebody_who_is_no_officer_any_more_is_everybodys(
    world: World, db_session: Session
) -> None:
    back = make_resubmitted(world, by="officer1")
    for grant in world["officer1"].role_grants:
        grant.role = Role.AUDITOR
    db_session.flush()

    assert work_of(world["officer2"]) == [back]


def test_resubmission_to_a_conflicted_officer_is_everybodys(world: World) -> None:
    back = make_resubmitted(world, by="officer1")
    declare_conflict(world["officer1"], proposal=back)

    assert work_of(world["officer2"]) == [back]
    assert work_of(world["officer1"]) == []


def test_conflict_with_the_body_of_another_case_does_not_matter(world: World) -> None:
    back = make_resubmitted(world, by="officer1")
    other = make_submitted(world)
    declare_conflict(world["officer1"], proposal=other)

    assert work_of(world["officer1"]) == [back]


def test_taken_over_case_changes_hands(world: World) -> None:
    back = make_resubmitted(world, by="officer1")
    command = TakeOver(version=back.version, from_id=world["officer1"].id)

    take_over(back, command, actor=world["officer2"])

    assert (work_of(world["officer1"]), work_of(world["officer2"])) == ([], [back])
    assert others_of(world, world["officer1"]) == [back]


def test_second_return_by_another_officer_decides(world: World) -> None:
    back = make_resubmitted(world, by="officer1")
    send_back(world, back, by="officer2")
    correct(world, back, detail="二度目に直した文。")

    assert (work_of(world["officer1"]), work_of(world["officer2"])) == ([], [back])


def test_first_receipt_is_kept(world: World) -> None:
    with clock.at(NOW - timedelta(days=10)):
        proposal = make_submitted(world)
        first_receipt = proposal.submitted_at
        send_back(world, proposal)

    correct(world, proposal)

    assert proposal.submitted_at == first_receipt
    assert my_work(world["officer1"])[0].resubmission.resubmitted_at == NOW


def test_lead_without_a_return_of_its_own_sees_new_cases(world: World) -> None:
    new = make_submitted(world)
    make_resubmitted(world, by="officer1")
    make_user("lead2", world["lead"].organization, Role.LEAD)

    assert work_of(world["lead"]) == [new]
