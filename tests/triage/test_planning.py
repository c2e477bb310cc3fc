"""Plans of assignment (割当案): who gets what and why; no effect before it is published."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed, NotFound, StaleVersion
from app.proposals.models import Proposal
from app.triage.models import (
    Absence,
    AssignmentPlan,
    PlanStage,
    ReviewerProfile,
    RuleKind,
    SkillTag,
)
from app.triage.planning import CHOSEN_BY_HAND, EVEN
from app.triage.queries import current_assignments
from app.triage.services.assign import Assign, assign
from app.triage.services.assignment_rules import NewRule, WriteRules, write_rules
from app.triage.services.decline import DeclineAssignment, decline_assignment
from app.triage.services.plans import (
    ChangeRow,
    MakePlan,
    change_row,
    discard_plan,
    get_plan,
    make_plan,
)
from app.triage.services.profiles import SetProfile, SkillName, name_skills, set_profile
from app.triage.services.publishing import (
    NOT_YOURS,
    can_take_back,
    publish_plan,
    take_plan_back,
)
from app.triage.worklist import my_work
from app.workflow.states import State
from tests.factories import (
    World,
    declare_conflict,
    give_opinion,
    make_accepted,
    make_in_review,
    make_world,
)
from tests.triage.pages import NOW

SITTING = "this sign-in"


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        # The lead plans, the three officers work.
        condition(world, "lead", takes_work=False)
        yield world


def condition(
    world: World,
    login: str,
    *,
    cap: int | None = None,
    takes_work: bool = True,
    tags: tuple[SkillTag, ...] = (),
) -> None:
    command = SetProfile(
        version=0, cap=cap, takes_work=takes_work, tag_ids=tuple(tag.id for tag in tags)
    )
    set_profile(world[login], command, actor=world["lead"])


def planned(world: World, *cases: Proposal, per_case: int = 1, seed: int = 1) -> AssignmentPlan:
    command = MakePlan(
        proposal_ids=tuple(case.id for case in cases), reviewers_per_case=per_case, seed=seed
    )
    return make_plan(world.round, command, actor=world["lead"])


def people_of(plan: AssignmentPlan) -> list[str | None]:
    return [row.reviewer.login if row.reviewer else None for row in plan.rows]


def publish(world: World, plan: AssignmentPlan) -> tuple[int, tuple[str, ...]]:
    done = publish_plan(plan, plan.version, session_key=SITTING, actor=world["lead"])
    return done.assigned, done.changed


def make_tag(world: World, db_session: Session, label: str = "福祉") -> SkillTag:
    name_skills([SkillName(id=0, label=label)], actor=world["lead"])
    return db_session.scalars(select(SkillTag).where(SkillTag.label == label)).one()


def test_draft_has_no_effect_and_is_its_makers_alone(world: World) -> None:
    cases = [make_accepted(world) for _ in range(4)]

    plan = planned(world, *cases)

    assert sorted(Counter(people_of(plan)).values()) == [1, 1, 2]
    assert {row.why for row in plan.rows} == {EVEN}
    assert [case.state for case in cases] == [State.ACCEPTED] * 4
    assert [my_work(world[login]) for login in ("officer1", "officer2", "officer3")] == [[]] * 3
    with pytest.raises(NotAllowed):
        get_plan(world["officer1"], plan.id)
    with pytest.raises(NotFound):
        get_plan(world["lead"], plan.id + 1)


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**31 - 1), per_case=st.integers(1, 3))
def test_plan_is_even_has_nobody_twice_and_is_the_same_for_a_seed(
    world: World, seed: int, per_case: int
) -> None:
    cases = [make_accepted(world) for _ in range(2)]

    plan = planned(world, *cases, per_case=per_case, seed=seed)
    first = people_of(plan)
    again = people_of(planned(world, *cases, per_case=per_case, seed=seed))

    loads = Counter(first)
    spread = [loads[login] for login in ("officer1", "officer2", "officer3")]
    assert max(spread) - min(spread) <= 1
    pairs = [(row.proposal_id, row.reviewer_id) for row in plan.rows]
    assert len(set(pairs)) == len(pairs) == 2 * per_case
    assert again == first


def test_caps_absence_and_conflicts_are_kept_and_said(world: World, db_session: Session) -> None:
    condition(world, "officer1", cap=1)
    cases = [make_accepted(world) for _ in range(3)]
    for case in cases:
        declare_conflict(world["officer3"], proposal=case)
    db_session.add(
        Absence(
            user=world["officer2"],
            starts_on=clock.today(),
            ends_on=clock.today() + timedelta(days=1),
            created_by_id=world["lead"].id,
            created_at=clock.now(),
        )
    )
    db_session.flush()

    plan = planned(world, *cases)

    assert Counter(people_of(plan)) == {"officer1": 1, None: 2}
    said = {row.why for row in plan.rows if row.reviewer_id is None}
    assert said == {
        "割り当てられる人がいません（officer1：この案で上限の1件に達します、"
        "officer2：8月21日（水）まで不在です、officer3：利益相反があります、"
        "lead：新しい担当を受けていません）"
    }


def test_rules_decide_first_and_the_others_fill_in(world: World, db_session: Session) -> None:
    tag = make_tag(world, db_session)
    condition(world, "officer3", cap=1, tags=(tag,))
    cases = [make_accepted(world) for _ in range(2)]
    rule = NewRule(kind=RuleKind.WORDS, value="体育館", tag_id=tag.id, reviewer_id=None)
    rules = write_rules(WriteRules(number=0, rules=(rule,)), actor=world["lead"])

    plan = planned(world, *cases)

    assert plan.rule_set == rules
    by_person = {row.reviewer.login: row.why for row in plan.rows if row.reviewer}
    other = next(login for login in by_person if login != "officer3")
    assert by_person == {
        "officer3": "規則1　提案の中の語句が「体育館」 → 得意分野「福祉」の人",
        other: "規則1の得意分野「福祉」の人が受けられないため、手持ちの少ない順",
    }


def test_rules_are_kept_as_versions_and_a_stale_writer_is_told(world: World) -> None:
    rule = NewRule(
        kind=RuleKind.ORG_TYPE, value="city", tag_id=None, reviewer_id=world["officer1"].id
    )
    first = write_rules(WriteRules(number=0, rules=(rule,)), actor=world["lead"])
    second = write_rules(WriteRules(number=1, rules=()), actor=world["lead"])
    wrong = NewRule(kind=None, value="", tag_id=None, reviewer_id=None)

    with pytest.raises(StaleVersion):
        write_rules(WriteRules(number=1, rules=()), actor=world["lead"])
    with pytest.raises(InvalidInput) as refusal:
        write_rules(WriteRules(number=2, rules=(wrong,)), actor=world["lead"])
    with pytest.raises(NotAllowed):
        write_rules(WriteRules(number=2, rules=()), actor=world["officer1"])

    assert list(refusal.value.errors) == ["rules-0-condition", "rules-0-target"]
    assert ([row.value for row in first.rules], second.rules) == (["city"], [])


def test_publishing_assigns_every_case_with_one_entry_each(
    world: World, db_session: Session
) -> None:
    cases = [make_accepted(world) for _ in range(3)]
    plan = planned(world, *cases, per_case=2)

    done = publish(world, plan)
    db_session.commit()

    assert done == (3, ())
    assert plan.stage is PlanStage.PUBLISHED
    assert [case.state for case in cases] == [State.IN_REVIEW] * 3
    assert [len(current_assignments(case)) for case in cases] == [2, 2, 2]
    entries = db_session.scalars(select(AuditEvent).where(AuditEvent.verb == "proposal.assign"))
    assert [row.subject_id for row in entries] == [case.id for case in cases]
    with pytest.raises(IllegalTransition):
        publish(world, plan)


def test_changed_case_stops_all_and_the_plan_is_worked_out_anew(world: World) -> None:
    cases = [make_accepted(world) for _ in range(3)]
    plan = planned(world, *cases)
    by_hand = Assign(version=cases[0].version, reviewer_ids=(world["officer1"].id,))
    assign(cases[0], by_hand, actor=world["lead"])

    assigned, changed = publish(world, plan)

    assert assigned == 0
    assert changed == (f"{cases[0].reference}：ほかの人が先に動かしました",)
    assert [case.state for case in cases[1:]] == [State.ACCEPTED] * 2
    assert [row.proposal_id for row in plan.rows] == [case.id for case in cases[1:]]
    assert publish(world, plan) == (2, ())


def test_person_who_may_no_longer_stops_all_too(world: World) -> None:
    proposal = make_accepted(world)
    plan = planned(world, proposal)
    [chosen] = [row.reviewer for row in plan.rows]
    assert chosen is not None
    declare_conflict(chosen, proposal=proposal)

    assigned, changed = publish(world, plan)

    assert (assigned, changed) == (
        0,
        (f"{proposal.reference}：{chosen.login}：利益相反があります",),
    )
    assert people_of(plan) != [chosen.login]
    assert publish(world, plan) == (1, ())


def test_row_changed_by_hand_goes_before_a_cap_but_never_against_a_conflict(world: World) -> None:
    condition(world, "officer1", cap=0)
    proposal = make_accepted(world)
    declare_conflict(world["officer2"], proposal=proposal)
    plan = planned(world, proposal)

    def change(login: str) -> None:
        command = ChangeRow(
            version=plan.version, proposal_id=proposal.id, slot=1, reviewer_id=world[login].id
        )
        change_row(plan, command, actor=world["lead"])

    with pytest.raises(InvalidInput):
        change("officer2")
    change("officer1")

    assert [(row.reviewer, row.why) for row in plan.rows] == [(world["officer1"], CHOSEN_BY_HAND)]
    assert publish(world, plan) == (1, ())


def test_discarded_and_stale_plans_cannot_be_published(world: World) -> None:
    plan = planned(world, make_accepted(world))

    with pytest.raises(StaleVersion):
        publish_plan(plan, plan.version - 1, session_key=SITTING, actor=world["lead"])
    discard_plan(plan, plan.version, actor=world["lead"])

    assert plan.stage is PlanStage.DISCARDED
    with pytest.raises(IllegalTransition):
        publish(world, plan)


def test_publication_is_taken_back_in_the_same_sitting(world: World) -> None:
    cases = [make_accepted(world) for _ in range(2)]
    due = [case.due_on for case in cases]
    plan = planned(world, *cases)
    publish(world, plan)

    with pytest.raises(IllegalTransition):
        take_plan_back(plan, session_key="another", actor=world["lead"])
    count = take_plan_back(plan, session_key=SITTING, actor=world["lead"])

    assert count == 2
    assert [(case.state, case.due_on) for case in cases] == [(State.ACCEPTED, day) for day in due]
    assert [current_assignments(case) for case in cases] == [[], []]
    assert plan.stage is PlanStage.UNDONE


def test_publication_stays_once_somebody_has_begun(world: World) -> None:
    cases = [make_accepted(world) for _ in range(2)]
    plan = planned(world, *cases)
    publish(world, plan)
    [reviewer] = [row.reviewer for row in current_assignments(cases[0])]
    give_opinion(world, cases[0], by=reviewer.login)

    with pytest.raises(InvalidInput) as refusal:
        take_plan_back(plan, session_key=SITTING, actor=world["lead"])

    assert not can_take_back(plan, session_key=SITTING, actor=world["lead"])
    assert refusal.value.errors == {
        "plan": [
            f"{cases[0].reference}は、もう仕分けが始まっています。1件ずつ割り当て直してください"
        ]
    }
    assert [len(current_assignments(case)) for case in cases] == [1, 1]


def test_publication_stays_where_the_lead_came_into_conflict_with_a_case(world: World) -> None:
    cases = [make_accepted(world) for _ in range(2)]
    plan = planned(world, *cases)
    publish(world, plan)
    declare_conflict(world["lead"], proposal=cases[0])

    with pytest.raises(InvalidInput) as refusal:
        take_plan_back(plan, session_key=SITTING, actor=world["lead"])

    assert not can_take_back(plan, session_key=SITTING, actor=world["lead"])
    assert refusal.value.errors == {"plan": [NOT_YOURS]}
    assert [len(current_assignments(case)) for case in cases] == [1, 1]


def test_declined_case_goes_back_and_is_not_offered_to_the_same_person(world: World) -> None:
    proposal = make_in_review(world, "officer1")
    command = DeclineAssignment(version=proposal.version, reason="専門外のため")

    with pytest.raises(NotAllowed):
        decline_assignment(proposal, command, actor=world["officer2"])
    others_left = decline_assignment(proposal, command, actor=world["officer1"])
    plan = planned(world, proposal, per_case=3)

    assert not others_left
    assert current_assignments(proposal) == []
    assert [item.proposal for item in my_work(world["lead"])] == [proposal]
    assert sorted(filter(None, people_of(plan))) == ["officer2", "officer3"]
    assert "officer1：この提案を返上しました" in plan.rows[-1].why


def test_profile_is_kept_once_and_a_stale_one_refused(world: World, db_session: Session) -> None:
    tag = make_tag(world, db_session)
    condition(world, "officer1", cap=5, tags=(tag,))
    again = SetProfile(version=0, cap=6, takes_work=True, tag_ids=())
    unknown = SetProfile(version=1, cap=-1, takes_work=True, tag_ids=())

    with pytest.raises(StaleVersion):
        set_profile(world["officer1"], again, actor=world["lead"])
    with pytest.raises(InvalidInput):
        set_profile(world["officer1"], unknown, actor=world["lead"])
    with pytest.raises(InvalidInput):
        name_skills([SkillName(id=tag.id, label="")], actor=world["lead"])

    assert db_session.get_one(ReviewerProfile, world["officer1"].id).cap == 5


def test_rule_by_suggested_category_counts(world: World) -> None:
    cases = [make_accepted(world) for _ in range(2)]
    rule = NewRule(
        kind=RuleKind.CATEGORY, value="types", tag_id=None, reviewer_id=world["officer2"].id
    )
    write_rules(WriteRules(number=0, rules=(rule,)), actor=world["lead"])
    command = MakePlan(
        proposal_ids=tuple(case.id for case in cases),
        reviewers_per_case=1,
        seed=1,
        suggested={cases[0].id: "types"},
    )

    plan = make_plan(world.round, command, actor=world["lead"])

    assert [(row.suggested_key, row.why) for row in plan.rows] == [
        ("types", "規則1　候補の分類がA → officer2"),
        ("", EVEN),
    ]
    assert plan.rows[0].reviewer == world["officer2"]
