"""Access codes for late submissions (期限後提出コード)."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed, StaleVersion
from app.proposals.models import LateAccessCode, LateSubmission, Proposal
from app.proposals.services.access_codes import (
    EXPIRED,
    UNKNOWN_CODE,
    USED_UP,
    IssueCode,
    SubmitWithCode,
    issue_code,
    revoke_code,
    submit_with_code,
)
from app.proposals.services.drafts import start_draft
from app.workflow.states import State
from tests.accounts.browser import let_in
from tests.factories import World, make_draft, make_world


@pytest.fixture
def world(db_session: Session) -> World:
    """A world whose round has closed yesterday."""
    now = clock.now()
    return make_world(opens_at=now - timedelta(days=30), closes_at=now - timedelta(days=1))


def issued(world: World, *, uses: int = 1, days: int = 5, body: str = "city") -> LateAccessCode:
    command = IssueCode(
        organization=world[body].organization,
        uses_allowed=uses,
        expires_on=clock.today() + timedelta(days=days),
        reason="大雨の対応のため",
    )
    return issue_code(world.round, command, actor=world["lead"])


def hand_in(world: World, proposal: Proposal, code: str, by: str = "city-mgr") -> None:
    command = SubmitWithCode(version=proposal.version, code=code)
    submit_with_code(proposal, command, actor=world[by])


def test_submission_with_a_code_is_taken_in_at_once_as_late(
    world: World, db_session: Session
) -> None:
    proposal = make_draft(world)
    code = issued(world)

    hand_in(world, proposal, code.code)

    late = db_session.scalars(select(LateSubmission)).one()
    assert (proposal.state, proposal.receipt_number, proposal.is_late) == (
        State.SUBMITTED,
        "R6-0001",
        True,
    )
    assert (late.access_code_id, late.decision_reason, late.decided_by_id) == (
        code.id,
        "大雨の対応のため",
        world["lead"].id,
    )


@pytest.mark.parametrize("change", [str.lower, lambda code: code.replace("-", ""), "　{}".format])
def test_code_is_known_however_it_is_typed(world: World, change: object) -> None:
    proposal = make_draft(world)
    assert callable(change)

    hand_in(world, proposal, change(issued(world).code))

    assert proposal.state is State.SUBMITTED


def test_code_is_good_for_its_number_of_proposals(world: World) -> None:
    code = issued(world, uses=2)
    for _ in range(2):
        hand_in(world, make_draft(world), code.code)

    with pytest.raises(InvalidInput) as refused:
        hand_in(world, make_draft(world), code.code)

    assert refused.value.errors == {"code": [USED_UP]}


def test_code_of_another_body_is_unknown(world: World) -> None:
    code = issued(world, body="other")

    with pytest.raises(InvalidInput) as refused:
        hand_in(world, make_draft(world), code.code)

    assert refused.value.errors == {"code": [UNKNOWN_CODE]}


def test_code_is_good_on_its_last_day_and_not_after(world: World) -> None:
    last_day, over = issued(world, days=0), issued(world, days=0)
    over.expires_on = clock.today() - timedelta(days=1)

    hand_in(world, make_draft(world), last_day.code)
    with pytest.raises(InvalidInput) as refused:
        hand_in(world, make_draft(world), over.code)

    assert refused.value.errors == {"code": [EXPIRED]}


def test_revoked_code_is_unknown(world: World) -> None:
    code = issued(world)
    revoke_code(code, actor=world["lead"])

    with pytest.raises(InvalidInput) as refused:
        hand_in(world, make_draft(world), code.code)

    assert refused.value.errors == {"code": [UNKNOWN_CODE]}
    with pytest.raises(IllegalTransition):
        revoke_code(code, actor=world["lead"])


def test_code_is_used_by_the_manager_alone(world: World) -> None:
    code = issued(world)
    proposal = make_draft(world)

    with pytest.raises(NotAllowed):
        hand_in(world, proposal, code.code, by="city")
    with pytest.raises(NotAllowed):
        hand_in(world, proposal, code.code, by="other-mgr")
    with pytest.raises(StaleVersion):
        submit_with_code(
            proposal, SubmitWithCode(version=99, code=code.code), actor=world["city-mgr"]
        )

    assert proposal.state is State.DRAFT


def test_incomplete_proposal_does_not_use_the_code_up(world: World) -> None:
    code = issued(world)
    proposal = make_draft(world, title="")

    with pytest.raises(InvalidInput):
        hand_in(world, proposal, code.code)

    assert proposal.receipt_number is None


def test_open_round_needs_no_code(db_session: Session) -> None:
    world = make_world()
    code = issued(world)

    with pytest.raises(IllegalTransition):
        hand_in(world, make_draft(world), code.code)


@pytest.mark.parametrize("login", ["officer1", "city-mgr", "admin"])
def test_code_is_issued_by_a_lead_alone(world: World, login: str) -> None:
    command = IssueCode(
        organization=world["city"].organization,
        uses_allowed=1,
        expires_on=clock.today(),
        reason="理由",
    )

    with pytest.raises(NotAllowed):
        issue_code(world.round, command, actor=world[login])


def test_code_with_faults_is_refused_field_by_field(world: World) -> None:
    command = IssueCode(
        organization=None,
        uses_allowed=0,
        expires_on=clock.today() - timedelta(days=1),
        reason="　",
    )

    with pytest.raises(InvalidInput) as refused:
        issue_code(world.round, command, actor=world["lead"])

    assert list(refused.value.errors) == [
        "organization_code",
        "uses_allowed",
        "expires_on",
        "reason",
    ]


def test_code_is_issued_and_used_on_the_pages(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    proposal = start_draft(world.round, world.content(), actor=world["city"])
    db_session.commit()
    let_in(client, "lead")

    answer = client.post(
        "/proposals/late/codes",
        data={
            "round": "R6",
            "organization_code": world["city"].organization.code,
            "uses_allowed": "1",
            "expires_on": (clock.today() + timedelta(days=3)).isoformat(),
            "reason": "大雨の対応のため",
        },
    )
    code = db_session.scalars(select(LateAccessCode)).one()
    listed = client.get("/proposals/late/codes").get_data(as_text=True)
    client.post("/logout")
    let_in(client, "city-mgr")
    used = client.post(
        f"/proposals/drafts/{proposal.id}/late-code",
        data={"version": str(proposal.version), "code": code.code},
    )

    assert answer.status_code == 302
    assert code.code in listed
    assert used.headers["Location"] == "/proposals/R6-0001/receipt"
    verbs = db_session.scalars(
        select(AuditEvent.verb).where(AuditEvent.verb.like("late_access_code.%"))
    ).all()
    assert verbs == ["late_access_code.issue"]


def test_wrong_code_keeps_the_draft_and_says_what_to_do(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    proposal = make_draft(world)
    db_session.commit()
    let_in(client, "city-mgr")

    answer = client.post(
        f"/proposals/drafts/{proposal.id}/late-code",
        data={"version": str(proposal.version), "code": "AAAA-BBBB-CCCC"},
    )

    assert answer.status_code == 422
    assert UNKNOWN_CODE in answer.get_data(as_text=True)
    assert proposal.state is State.DRAFT
