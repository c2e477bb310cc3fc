"""Who may do what (仕分けの権限): 9 roles × 13 actions by hand, and the cases the roles hide."""

from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import ROLES_OF_KIND, Role, User
from app.core import clock
from app.core.errors import NotAllowed
from app.proposals.models import Proposal
from app.triage.models import AssessmentDecision, DecisionKind
from app.triage.policy import (
    CONFLICTED,
    LEAD_DECIDES,
    LEAD_ONLY,
    NOT_ASSIGNED,
    OFFICER_ONLY,
    OWN_ASSESSMENT,
    POLICIES,
    authorize,
    available_actions,
    refusal,
)
from app.triage.services.assess import Assess, assess
from app.triage.services.confirm import (
    Confirm,
    Dispute,
    confirm_assessment,
    dispute_assessment,
)
from app.workflow.states import Action, State
from tests.factories import (
    World,
    declare_conflict,
    give_opinion,
    make_accepted,
    make_in_confirmation,
    make_in_review,
    make_in_state,
    make_user,
    make_world,
)

# One person a role. The officer neither is assigned nor has given the opinion.
PEOPLE = {
    "proposer": "city",
    "manager": "city-mgr",
    "officer": "officer2",
    "lead": "lead",
    "ministry": "ministry",
    "coordinator": "coordinator",
    "observer": "observer",
    "auditor": "auditor",
    "admin": "admin",
}
TRUTH = """
action                 state           proposer manager officer lead ministry coordinator observer auditor admin
submit                 draft           -        yes     -       -    -        -           -        -       -
withdraw               submitted       -        yes     -       -    -        -           -        -       -
return_for_correction  submitted       -        -       yes     yes  -        -           -        -       -
accept                 submitted       -        -       yes     yes  -        -           -        -       -
assign                 accepted        -        -       -       yes  -        -           -        -       -
assess                 in_review       -        -       -       -    -        -           -        -       -
confirm                in_confirmation -        -       yes     yes  -        -           -        -       -
dispute                in_confirmation -        -       yes     yes  -        -           -        -       -
hold                   in_review       -        -       yes     yes  -        -           -        -       -
resume                 pending         -        -       yes     yes  -        -           -        -       -
reclassify             classified      -        -       -       yes  -        -           -        -       -
close                  classified      -        -       -       yes  -        -           -        -       -
reopen                 closed          -        -       -       yes  -        -           -        -       -
"""  # noqa: E501 -- a table is read by its columns
HEADER, *ROWS = [line.split() for line in TRUTH.strip().splitlines()]


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def is_authorized(actor: User, action: Action, proposal: Proposal) -> bool:
    try:
        authorize(actor, action, proposal)
    except NotAllowed:
        return False
    return True


def dispute(world: World, proposal: Proposal, *, by: str) -> None:
    """Give the opinion F-5 as officer1 and have it disputed."""
    opinion = give_opinion(world, proposal)
    command = Dispute(
        version=proposal.version, assessment_id=opinion.id, category_key="f2", reason="理由"
    )
    dispute_assessment(proposal, command, actor=world[by])


def make_disputed_twice(world: World) -> Proposal:
    """Make a case of officer1 that officer2 and then officer3 disputed: the lead decides."""
    proposal = make_in_review(world)
    dispute(world, proposal, by="officer2")
    dispute(world, proposal, by="officer3")
    return proposal


# --- The table ----------------------------------------------------------------------------------


def test_truth_table_has_a_row_for_every_action_and_a_column_for_every_role() -> None:
    assert [row[0] for row in ROWS] == [action.value for action in Action]
    assert HEADER[2:] == list(PEOPLE)
    assert len(PEOPLE) == len(Role)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_role_may_do_what_the_truth_table_says(world: World, row: list[str]) -> None:
    action, state = Action(row[0]), State(row[1])
    proposal = make_in_state(world, state)
    expected = {role: word == "yes" for role, word in zip(PEOPLE, row[2:], strict=True)}

    authorized = {
        role: is_authorized(world[login], action, proposal) for role, login in PEOPLE.items()
    }
    offered = {
        role: action in available_actions(world[login], proposal) for role, login in PEOPLE.items()
    }

    assert authorized == expected
    assert offered == expected


@pytest.mark.parametrize("action", list(Action))
def test_refusal_is_told_in_words(world: World, action: Action) -> None:
    proposal = make_in_confirmation(world)

    with pytest.raises(NotAllowed) as refused:
        authorize(world["observer"], action, proposal)

    assert refused.value.message == refusal(world["observer"], action, proposal)
    assert refused.value.message.endswith("。")


# --- Own body and other bodies ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "state"), [(Action.SUBMIT, State.DRAFT), (Action.WITHDRAW, State.SUBMITTED)]
)
def test_manager_of_another_body_may_not_touch_the_case(
    world: World, action: Action, state: State
) -> None:
    proposal = make_in_state(world, state)

    assert not is_authorized(world["other-mgr"], action, proposal)


def test_manager_has_no_action_on_a_case_of_another_body(world: World) -> None:
    offered = {
        state: available_actions(world["other-mgr"], make_in_state(world, state)) for state in State
    }

    assert offered == dict.fromkeys(State, ())


# --- Assigned, author, double roles -------------------------------------------------------------


@pytest.mark.parametrize(
    ("login", "may"), [("officer1", True), ("officer2", False), ("lead", False)]
)
def test_only_the_assigned_reviewer_may_assess(world: World, login: str, may: bool) -> None:
    proposal = make_in_review(world, reviewer="officer1")

    assert is_authorized(world[login], Action.ASSESS, proposal) is may


def test_assigned_lead_may_assess(world: World) -> None:
    proposal = make_in_review(world, reviewer="lead")

    assert is_authorized(world["lead"], Action.ASSESS, proposal)


def test_unassigned_officer_is_told_so(world: World) -> None:
    proposal = make_in_review(world)

    assert refusal(world["officer2"], Action.ASSESS, proposal) == NOT_ASSIGNED


@pytest.mark.parametrize("action", [Action.CONFIRM, Action.DISPUTE])
def test_author_may_not_decide_on_own_opinion(world: World, action: Action) -> None:
    proposal = make_in_confirmation(world)

    with pytest.raises(NotAllowed) as refused:
        authorize(world["officer1"], action, proposal)

    assert refused.value.message == OWN_ASSESSMENT


def test_author_cannot_confirm_own_opinion_through_the_service(world: World) -> None:
    proposal = make_in_review(world)
    opinion = give_opinion(world, proposal)

    with pytest.raises(NotAllowed):
        confirm_assessment(
            proposal,
            Confirm(version=proposal.version, assessment_id=opinion.id),
            actor=world["officer1"],
        )

    assert (proposal.state, opinion.status, opinion.decision) == (
        State.IN_CONFIRMATION,
        "open",
        None,
    )


def test_author_who_is_also_lead_may_not_confirm_own_opinion(world: World) -> None:
    both = make_user("both", world["lead"].organization, Role.OFFICER, Role.LEAD)
    world.people["both"] = both
    proposal = make_in_review(world, reviewer="both")
    give_opinion(world, proposal, by="both")

    assert not is_authorized(both, Action.CONFIRM, proposal)


def test_database_refuses_a_decision_on_own_opinion(world: World, db_session: Session) -> None:
    proposal = make_in_review(world)
    opinion = give_opinion(world, proposal)
    row = decision_row(opinion.id, opinion.author_id, decided_by_id=opinion.author_id)

    with pytest.raises(IntegrityError, match="second_person"):
        db_session.execute(insert(AssessmentDecision).values(row))


def test_database_refuses_a_decision_with_a_false_author(world: World, db_session: Session) -> None:
    proposal = make_in_review(world)
    opinion = give_opinion(world, proposal)
    row = decision_row(opinion.id, world["officer3"].id, decided_by_id=opinion.author_id)

    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        db_session.execute(insert(AssessmentDecision).values(row))


def decision_row(assessment_id: int, author_id: int, *, decided_by_id: int) -> dict[str, object]:
    return {
        "assessment_id": assessment_id,
        "author_id": author_id,
        "decided_by_id": decided_by_id,
        "kind": DecisionKind.CONFIRM,
        "note": "",
        "decided_at": clock.now(),
    }


def test_two_roles_add_up(world: World) -> None:
    both = make_user("both", world["lead"].organization, Role.AUDITOR, Role.LEAD)

    offered = available_actions(both, make_accepted(world))

    assert offered == (Action.ASSIGN,)


def test_roles_of_the_secretariat_give_no_right_to_submit(world: World) -> None:
    body = world["lead"].organization
    everything = make_user("everything", body, *sorted(ROLES_OF_KIND[body.kind]))
    proposal = make_in_state(world, State.DRAFT)

    assert available_actions(everything, proposal) == ()


# --- Conflict of interest -----------------------------------------------------------------------

WORK = [action for action in Action if action not in (Action.SUBMIT, Action.WITHDRAW)]


@pytest.mark.parametrize("action", WORK)
@pytest.mark.parametrize("login", ["officer1", "lead"])
def test_conflict_declared_for_the_case_keeps_from_every_action(
    world: World, action: Action, login: str
) -> None:
    proposal = make_in_review(world)
    declare_conflict(world[login], proposal=proposal)

    with pytest.raises(NotAllowed) as refused:
        authorize(world[login], action, proposal)

    assert refused.value.message == CONFLICTED


def test_conflict_for_a_case_leaves_the_other_cases(world: World) -> None:
    declare_conflict(world["officer1"], proposal=make_in_review(world))
    other = make_in_review(world)

    assert is_authorized(world["officer1"], Action.ASSESS, other)


def test_officer_seconded_from_the_body_may_not_touch_its_cases(world: World) -> None:
    declare_conflict(world["officer2"], body=world["city"].organization)
    proposal = make_in_confirmation(world)

    assert available_actions(world["officer2"], proposal) == ()


def test_officer_seconded_from_another_body_may_work(world: World) -> None:
    declare_conflict(world["officer2"], body=world["other"].organization)
    proposal = make_in_confirmation(world)

    assert is_authorized(world["officer2"], Action.CONFIRM, proposal)


@pytest.mark.parametrize(("days", "may"), [(-1, True), (0, False), (1, False)])
def test_conflict_holds_until_the_end_of_its_last_day(world: World, days: int, may: bool) -> None:
    proposal = make_in_confirmation(world)
    until = clock.today() + timedelta(days=days)
    declare_conflict(world["officer2"], proposal=proposal, until=until)

    assert is_authorized(world["officer2"], Action.CONFIRM, proposal) is may


# --- Disputes -----------------------------------------------------------------------------------


def test_after_one_dispute_the_assigned_officer_speaks_again(world: World) -> None:
    proposal = make_in_review(world)
    dispute(world, proposal, by="officer2")

    may = {login: is_authorized(world[login], Action.ASSESS, proposal) for login in world.people}

    assert [login for login, is_allowed in may.items() if is_allowed] == ["officer1"]


def test_after_two_disputes_the_lead_decides(world: World) -> None:
    proposal = make_disputed_twice(world)

    may = {login: is_authorized(world[login], Action.ASSESS, proposal) for login in world.people}

    assert [login for login, is_allowed in may.items() if is_allowed] == ["lead"]
    assert refusal(world["officer1"], Action.ASSESS, proposal) == LEAD_DECIDES


def test_two_disputes_by_the_same_person_call_the_lead_too(world: World) -> None:
    proposal = make_in_review(world)
    dispute(world, proposal, by="officer2")
    dispute(world, proposal, by="officer2")

    may = {
        login: is_authorized(world[login], Action.ASSESS, proposal)
        for login in ("officer1", "officer2", "officer3", "lead")
    }

    assert may == {"officer1": False, "officer2": False, "officer3": False, "lead": True}


def test_lead_who_disputed_may_not_decide(world: World) -> None:
    second_lead = make_user("lead2", world["lead"].organization, Role.LEAD)
    proposal = make_in_review(world)
    dispute(world, proposal, by="officer2")
    dispute(world, proposal, by="lead")

    may = [is_authorized(lead, Action.ASSESS, proposal) for lead in (world["lead"], second_lead)]

    assert may == [False, True]
    assert refusal(world["lead"], Action.ASSESS, proposal) == LEAD_DECIDES


def test_lead_who_gave_the_disputed_opinion_may_not_decide(world: World) -> None:
    proposal = make_in_review(world, reviewer="lead")
    for login in ("officer2", "officer3"):
        opinion = give_opinion(world, proposal, by="lead")
        command = Dispute(
            version=proposal.version, assessment_id=opinion.id, category_key="f2", reason="理由"
        )
        dispute_assessment(proposal, command, actor=world[login])

    assert not is_authorized(world["lead"], Action.ASSESS, proposal)


def test_lead_with_a_conflict_may_not_decide(world: World) -> None:
    proposal = make_disputed_twice(world)
    declare_conflict(world["lead"], proposal=proposal)

    assert refusal(world["lead"], Action.ASSESS, proposal) == CONFLICTED
    assert not is_authorized(world["lead"], Action.ASSESS, proposal)


def test_decision_of_the_lead_leads_straight_to_the_category(world: World) -> None:
    proposal = make_disputed_twice(world)

    command = Assess(version=proposal.version, category_key="f2", reason="総括として決める")
    opinion = assess(proposal, command, actor=world["lead"])

    assert (proposal.state_name, opinion.status, proposal.due_on) == (
        "classified_f2",
        "decided",
        None,
    )


# --- Words --------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", WORK)
def test_admin_is_told_who_decides(world: World, action: Action) -> None:
    proposal = make_in_review(world)

    assert refusal(world["admin"], action, proposal) == OFFICER_ONLY


@pytest.mark.parametrize("action", [Action.ASSIGN, Action.RECLASSIFY, Action.CLOSE, Action.REOPEN])
def test_officer_is_told_that_the_lead_decides(world: World, action: Action) -> None:
    proposal = make_in_review(world)

    assert refusal(world["officer1"], action, proposal) == LEAD_ONLY


def test_every_action_has_a_policy() -> None:
    assert list(POLICIES) == list(Action)
