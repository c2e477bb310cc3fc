"""Several people at the same moment (同時操作): one decision, one endorsement, no way around it."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Role, User
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.proposals.models import ApprovalRequest, CoProposer, Endorsement, Proposal
from app.proposals.services.approval import DecideApproval, approve_and_submit, withdraw_approval
from app.proposals.services.endorsements import Join, join
from app.proposals.services.partners import withdraw_consent
from app.proposals.services.submission import Submit, submit
from app.workflow.states import State
from tests.factories import World, make_draft, make_submitted, make_user, make_world
from tests.proposals.sharing.worlds import (
    SECOND_MANAGER,
    accepted_partner,
    ask,
    open_joining,
    sign_off,
)
from tests.triage.test_concurrency import at_once, find_user

ROUNDS = 5


def person(login: str) -> User:
    return find_user(login)


def test_p05_two_approvers_at_once_submit_once(committed_app: Flask) -> None:
    with committed_app.app_context(), unit_of_work():
        world = make_world()
        sign_off(world)
        ids = [ask(world, make_draft(world)).id for _ in range(ROUNDS)]

    def approving(approval_id: int, login: str) -> Callable[[], None]:
        def approve_it() -> None:
            asked = db.session.get_one(ApprovalRequest, approval_id)
            version, actor = asked.proposal.version, person(login)
            with unit_of_work():
                approve_and_submit(asked, DecideApproval(version=version), actor=actor)

        return approve_it

    ends = [
        at_once(committed_app, [approving(row, login) for login in ("city-mgr", SECOND_MANAGER)])
        for row in ids
    ]

    assert [Counter(pair)["done"] for pair in ends] == [1] * ROUNDS, ends
    with committed_app.app_context():
        states = db.session.scalars(select(Proposal.state)).all()
        numbers = db.session.scalars(select(Proposal.receipt_sequence)).all()
    assert states == [State.SUBMITTED] * ROUNDS
    assert sorted(number or 0 for number in numbers) == list(range(1, ROUNDS + 1))


def test_p05_approval_and_withdrawn_request_at_once_are_one(committed_app: Flask) -> None:
    with committed_app.app_context(), unit_of_work():
        world = make_world()
        sign_off(world)
        ids = [ask(world, make_draft(world)).id for _ in range(ROUNDS)]

    def approving(approval_id: int) -> Callable[[], None]:
        def approve_it() -> None:
            asked = db.session.get_one(ApprovalRequest, approval_id)
            version, actor = asked.proposal.version, person("city-mgr")
            with unit_of_work():
                approve_and_submit(asked, DecideApproval(version=version), actor=actor)

        return approve_it

    def withdrawing(approval_id: int) -> Callable[[], None]:
        def withdraw_it() -> None:
            asked = db.session.get_one(ApprovalRequest, approval_id)
            version, actor = asked.proposal.version, person("city")
            with unit_of_work():
                withdraw_approval(asked, version=version, actor=actor)

        return withdraw_it

    ends = [at_once(committed_app, [approving(row), withdrawing(row)]) for row in ids]

    assert [Counter(pair)["done"] for pair in ends] == [1] * ROUNDS, ends
    with committed_app.app_context():
        rows = db.session.execute(
            select(ApprovalRequest.decision, Proposal.state).join(ApprovalRequest.proposal)
        ).all()
    consistent = {("approved", State.SUBMITTED), ("withdrawn", State.DRAFT)}
    assert {(str(row[0]), row[1]) for row in rows} <= consistent


def test_consent_taken_back_at_the_moment_of_submission_leaves_no_half(
    committed_app: Flask,
) -> None:
    with committed_app.app_context(), unit_of_work():
        world = make_world()
        partners = [accepted_partner(world, make_draft(world)).id for _ in range(ROUNDS)]

    def submitting(partner_id: int) -> Callable[[], None]:
        def submit_it() -> None:
            proposal = db.session.get_one(CoProposer, partner_id).proposal
            version, actor = proposal.version, person("city-mgr")
            with unit_of_work():
                submit(proposal, Submit(version=version), actor=actor)

        return submit_it

    def leaving(partner_id: int) -> Callable[[], None]:
        def leave() -> None:
            partner = db.session.get_one(CoProposer, partner_id)
            version, actor = partner.proposal.version, person("other-mgr")
            with unit_of_work():
                withdraw_consent(partner, "事情", version=version, actor=actor)

        return leave

    ends = [at_once(committed_app, [submitting(row), leaving(row)]) for row in partners]

    with committed_app.app_context():
        states = db.session.scalars(select(Proposal.state)).all()
    # The submission goes out either way: with the partner, or after it left.
    assert states == [State.SUBMITTED] * ROUNDS
    assert [pair[0] for pair in ends] == ["done"] * ROUNDS
    assert {pair[1] for pair in ends} <= {"done", "StaleVersion", "IllegalTransition"}


def test_p04_colleagues_who_join_at_once_join_once(committed_app: Flask) -> None:
    now = clock.now()
    with committed_app.app_context(), unit_of_work():
        world = prepared_window(now)
        proposal_id = world.counter

    def joining(login: str) -> Callable[[], None]:
        def join_it() -> None:
            proposal, actor = db.session.get_one(Proposal, proposal_id), person(login)
            with unit_of_work():
                join(proposal, Join(hardship_case="困っている。"), actor=actor)

        return join_it

    ends = at_once(committed_app, [joining(login) for login in ("other-mgr", "other-boss")] * 4)

    with committed_app.app_context():
        count = db.session.scalar(select(func.count()).select_from(Endorsement))
    assert Counter(ends) == {"done": 1, "StaleVersion": 7}
    assert count == 1


def prepared_window(now) -> World:
    """One opened proposal of a round that ended yesterday; `counter` holds its id."""
    with clock.at(now - timedelta(days=2)):
        world = make_world(closes_at=now - timedelta(days=1))
        proposal = make_submitted(world)
        make_user("other-boss", world["other"].organization, Role.PROPOSER_MANAGER)
    open_joining(world, proposal)
    world.counter = proposal.id
    return world
