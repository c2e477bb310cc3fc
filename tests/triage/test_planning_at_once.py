"""Plans and conflicts at once (同時操作): published once, nobody assigned in conflict."""

from collections import Counter
from collections.abc import Callable

from flask import Flask

from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.proposals.models import Proposal
from app.triage.models import AssignmentPlan
from app.triage.queries import current_assignments
from app.triage.services.assign import Assign, assign
from app.triage.services.conflicts import DeclareConflict, declare_conflict
from app.triage.services.plans import MakePlan, make_plan
from app.triage.services.publishing import publish_plan
from tests.factories import make_accepted, make_world
from tests.triage.test_concurrency import at_once, find_user, prepare


def test_plan_published_by_several_clicks_takes_effect_once(committed_app: Flask) -> None:
    with committed_app.app_context(), unit_of_work():
        world = make_world()
        ids = tuple(make_accepted(world).id for _ in range(3))
        command = MakePlan(proposal_ids=ids, reviewers_per_case=1, seed=1)
        plan = make_plan(world.round, command, actor=world["lead"])
        plan_id, version = plan.id, plan.version

    def publish() -> None:
        plan = db.session.get_one(AssignmentPlan, plan_id)
        lead = find_user("lead")
        with unit_of_work():
            publish_plan(plan, version, session_key="sitting", actor=lead)

    ends = at_once(committed_app, [publish] * 4)

    assert Counter(ends) == {"done": 1, "IllegalTransition": 3}
    with committed_app.app_context():
        counts = [len(current_assignments(db.session.get_one(Proposal, id_))) for id_ in ids]
    assert counts == [1, 1, 1]


def test_nobody_is_assigned_while_declaring_a_conflict(committed_app: Flask) -> None:
    ids = prepare(committed_app, 6, make_accepted)

    def declare() -> None:
        officer = find_user("officer1")
        with unit_of_work():
            declare_conflict(DeclareConflict(body="甲子市", reason="親族がいる"), actor=officer)

    ends = at_once(committed_app, [*(assignment_of(id_) for id_ in ids), declare])

    assert ends[-1] == "done"
    assert set(ends) <= {"done", "InvalidInput"}
    with committed_app.app_context():
        left = [current_assignments(db.session.get_one(Proposal, id_)) for id_ in ids]
    assert left == [[]] * 6


def assignment_of(proposal_id: int) -> Callable[[], None]:
    """Give a case to officer1, as a lead sees it now."""

    def give() -> None:
        proposal = db.session.get_one(Proposal, proposal_id)
        command = Assign(version=proposal.version, reviewer_ids=(find_user("officer1").id,))
        lead = find_user("lead")
        with unit_of_work():
            assign(proposal, command, actor=lead)

    return give
