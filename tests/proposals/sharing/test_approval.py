"""Sign-off inside the body (決裁): two people, one text, and nothing goes out without it."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import (
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    StaleVersion,
)
from app.proposals.models import ApprovalDecision, Proposal
from app.proposals.queries import revisions_of
from app.proposals.services.approval import (
    DecideApproval,
    approve,
    approve_and_submit,
    decline,
    withdraw_approval,
)
from app.proposals.services.drafts import discard_draft, edit_proposal
from app.proposals.services.late import RequestLate, request_late_submission
from app.proposals.services.partners import withdraw_consent
from app.proposals.services.readiness import (
    APPROVAL_MISSING,
    APPROVAL_WAITING,
    approval_now,
    obstacles_of,
)
from app.proposals.services.submission import Submit, submit
from app.proposals.sharing.approvals import approvals_of, get_approval, waiting_approvals
from app.workflow.states import State
from tests.accounts.browser import enter
from tests.factories import World, make_draft, make_returned, make_submitted, make_world
from tests.proposals.sharing.worlds import (
    SECOND_MANAGER,
    accepted_partner,
    answer,
    ask,
    give_approval,
    letters_to,
    name_partner,
    sign_off,
    verbs,
)


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    sign_off(world)
    return world


def change(world: World, proposal: Proposal, by: str = "city", **changes: object) -> None:
    edit_proposal(proposal, world.content(**changes), version=proposal.version, actor=world[by])


def hand_in(world: World, proposal: Proposal, by: str = "city-mgr") -> None:
    submit(proposal, Submit(version=proposal.version), actor=world[by])


# --- Submission -----------------------------------------------------------------------------------


def test_body_that_does_not_sign_off_submits_as_before(db_session: Session) -> None:
    world = make_world()

    proposal = make_submitted(world)

    (revision,) = revisions_of(proposal)
    assert (revision.drafted_by_id, revision.approved_by_id) == (None, None)


def test_submission_without_an_approval_is_refused_and_changes_nothing(world: World) -> None:
    proposal = make_draft(world)

    with pytest.raises(InvalidInput) as refused:
        hand_in(world, proposal)

    assert refused.value.errors == {"approval": [APPROVAL_MISSING]}
    assert (proposal.state, proposal.receipt_number) == (State.DRAFT, None)


def test_approved_text_is_submitted_and_the_revision_names_both(world: World) -> None:
    proposal = make_draft(world)
    give_approval(world, proposal)

    hand_in(world, proposal)

    (revision,) = revisions_of(proposal)
    assert revision.drafted_by_id == world["city"].id
    assert revision.approved_by_id == world["city-mgr"].id


def test_edit_after_the_approval_asks_for_another_one(world: World) -> None:
    proposal = make_draft(world)
    give_approval(world, proposal)
    change(world, proposal, effect="別の効果。")

    with pytest.raises(InvalidInput) as refused:
        hand_in(world, proposal)

    assert refused.value.errors == {"approval": [APPROVAL_MISSING]}


def test_text_changed_back_to_what_was_approved_is_approved(world: World) -> None:
    proposal = make_draft(world)
    asked = give_approval(world, proposal)
    change(world, proposal, effect="別の効果。")

    change(world, proposal)

    assert approval_now(proposal) == asked


def test_partner_that_declines_after_the_approval_undoes_it(world: World) -> None:
    proposal = make_draft(world)
    partner = accepted_partner(world, proposal)
    asked = give_approval(world, proposal)
    before = approval_now(proposal)

    withdraw_consent(partner, "事情が変わった", version=proposal.version, actor=world["other-mgr"])

    assert before == asked
    assert approval_now(proposal) is None


def test_resubmission_after_a_return_needs_an_approval_of_its_own(db_session: Session) -> None:
    world = make_world()
    proposal = make_returned(world)
    sign_off(world)

    with pytest.raises(InvalidInput):
        hand_in(world, proposal)
    give_approval(world, proposal)
    hand_in(world, proposal)

    assert proposal.state is State.SUBMITTED
    assert revisions_of(proposal)[-1].approved_by_id == world["city-mgr"].id


def test_late_submission_needs_the_approval_too(world: World) -> None:
    proposal = make_draft(world)

    command = RequestLate(version=proposal.version, reason="停電のため")
    with clock.at(world.round.closes_at + timedelta(days=1)), pytest.raises(InvalidInput) as no:
        request_late_submission(proposal, command, actor=world["city-mgr"])

    assert no.value.errors == {"approval": [APPROVAL_MISSING]}


def test_waiting_request_keeps_from_submitting_even_when_signing_off_was_ended(
    world: World,
) -> None:
    proposal = make_draft(world)
    ask(world, proposal)
    world["city"].organization.requires_approval = False

    found = obstacles_of(proposal)

    assert found == {"approval": [APPROVAL_WAITING]}


# --- Asking ---------------------------------------------------------------------------------------


def test_request_locks_the_text_until_it_is_withdrawn(world: World) -> None:
    proposal = make_draft(world)
    asked = ask(world, proposal)

    with pytest.raises(IllegalTransition):
        change(world, proposal, effect="別の効果。")
    with pytest.raises(IllegalTransition):
        discard_draft(proposal, version=proposal.version, actor=world["city"])
    with pytest.raises(IllegalTransition):
        name_partner(world, proposal)
    withdraw_approval(asked, version=proposal.version, actor=world["city"])
    change(world, proposal, effect="別の効果。")

    assert asked.decision is ApprovalDecision.WITHDRAWN
    assert proposal.effect == "別の効果。"


def test_second_request_is_refused(world: World) -> None:
    proposal = make_draft(world)
    ask(world, proposal)

    with pytest.raises(IllegalTransition):
        ask(world, proposal)


def test_request_for_an_approved_text_is_refused(world: World) -> None:
    proposal = make_draft(world)
    give_approval(world, proposal)

    with pytest.raises(IllegalTransition):
        ask(world, proposal)


def test_incomplete_text_is_not_put_forward(world: World) -> None:
    proposal = make_draft(world, title="")

    with pytest.raises(InvalidInput) as refused:
        ask(world, proposal)

    assert list(refused.value.errors) == ["title"]


def test_request_waits_for_the_partners(world: World) -> None:
    proposal = make_draft(world)
    partner = name_partner(world, proposal)

    with pytest.raises(InvalidInput) as refused:
        ask(world, proposal)
    answer(world, partner)
    asked = ask(world, proposal)

    assert list(refused.value.errors) == ["partners"]
    assert asked.decision is None


def test_body_that_does_not_sign_off_is_told_so(db_session: Session) -> None:
    world = make_world()
    proposal = make_draft(world)

    with pytest.raises(IllegalTransition):
        ask(world, proposal)


# --- Deciding -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drafter", "editor", "allowed"),
    [
        ("city", "city", {"city-mgr", SECOND_MANAGER}),
        ("city-mgr", "city", {SECOND_MANAGER}),
        ("city", "city-mgr", {SECOND_MANAGER}),
        (SECOND_MANAGER, "city-mgr", set()),
    ],
)
def test_p29_whoever_asked_or_edited_last_does_not_approve(
    world: World, drafter: str, editor: str, allowed: set[str]
) -> None:
    proposal = make_draft(world)
    change(world, proposal, by=editor, effect="直した効果。")
    asked = ask(world, proposal, by=drafter)

    able = set()
    for login, person in world.people.items():
        try:
            approve(asked, DecideApproval(version=proposal.version), actor=person)
        except NotAllowed:
            continue
        able.add(login)
        asked.decision, asked.decided_by_id, asked.decided_at = None, None, None

    assert able == allowed


def test_p29_database_refuses_an_approval_of_ones_own_request(
    world: World, db_session: Session
) -> None:
    asked = ask(world, make_draft(world), by="city-mgr")

    asked.decision = ApprovalDecision.APPROVED
    asked.decided_by_id = world["city-mgr"].id
    asked.decided_at = clock.now()

    with pytest.raises(IntegrityError):
        db_session.flush()
    db_session.rollback()


def test_decline_needs_a_reason_and_opens_the_text_again(world: World) -> None:
    proposal = make_draft(world)
    asked = ask(world, proposal)

    with pytest.raises(InvalidInput) as refused:
        decline(asked, DecideApproval(version=proposal.version), actor=world["city-mgr"])
    command = DecideApproval(version=proposal.version, reason="数字がない。")
    decline(asked, command, actor=world["city-mgr"])
    change(world, proposal, effect="数字を入れた。")

    assert list(refused.value.errors) == ["reason"]
    assert (asked.decision, asked.reason) == (ApprovalDecision.DECLINED, "数字がない。")


def test_decided_request_is_not_decided_again(world: World) -> None:
    proposal = make_draft(world)
    asked = give_approval(world, proposal)

    with pytest.raises(IllegalTransition):
        approve(asked, DecideApproval(version=proposal.version), actor=world[SECOND_MANAGER])


def test_decision_from_an_old_page_is_refused(world: World) -> None:
    proposal = make_draft(world)
    asked = ask(world, proposal)

    with pytest.raises(StaleVersion):
        approve(asked, DecideApproval(version=proposal.version + 1), actor=world["city-mgr"])


def test_approve_and_submit_is_one_act_with_two_traces(world: World) -> None:
    proposal = make_draft(world)
    asked = ask(world, proposal)
    before = len(verbs())

    approve_and_submit(asked, DecideApproval(version=proposal.version), actor=world["city-mgr"])

    assert proposal.state is State.SUBMITTED
    assert verbs()[before:] == ["proposal.approve", "proposal.submit"]


def test_approver_is_told_and_then_the_drafter(world: World) -> None:
    proposal = make_draft(world)

    give_approval(world, proposal)

    asked, decided = (
        "【共通化提案】【要対応】決裁をお願いします",
        "【共通化提案】決裁の結果をお知らせします",
    )
    assert letters_to(world, "city-mgr") == [asked]
    assert letters_to(world, "city") == [decided]
    assert letters_to(world, "other-mgr") == []


# --- Who finds it ---------------------------------------------------------------------------------


def test_p25_request_is_found_by_its_own_body_alone(world: World) -> None:
    asked = ask(world, make_draft(world))
    finders = set()

    for login, person in world.people.items():
        try:
            get_approval(person, asked.id)
        except NotFound:
            continue
        finders.add(login)

    assert finders == {"city", "city-mgr", SECOND_MANAGER}
    assert waiting_approvals(world["city-mgr"]) == [asked]
    assert waiting_approvals(world["other-mgr"]) == []


# --- Pages ----------------------------------------------------------------------------------------


def test_pages_lead_from_asking_to_the_receipt(app: Flask, world: World) -> None:
    proposal = make_draft(world)
    drafter, manager = enter(app, "city"), enter(app, "city-mgr")
    check = f"/proposals/drafts/{proposal.id}/check"

    offered = drafter.get(check)
    sent = drafter.post(
        f"/proposals/drafts/{proposal.id}/approval",
        data={"version": proposal.version, "note": "効果を見てください。"},
    )
    (asked,) = approvals_of(proposal)
    here = f"/approvals/{asked.id}"
    home = manager.get("/")
    page = manager.get(here)
    done = manager.post(here, data={"version": proposal.version, "step": "submit"})
    receipt = manager.get(done.location)

    assert "決裁を求める" in offered.text
    assert (sent.status_code, sent.location) == (302, check)
    assert here in home.text
    assert "効果を見てください。" in page.text
    assert (done.status_code, done.location) == (302, "/proposals/R6-0001/receipt")
    assert "起案者" in receipt.text
    assert "決裁者" in receipt.text


def test_decline_without_a_reason_keeps_the_page(app: Flask, world: World) -> None:
    proposal = make_draft(world)
    asked = ask(world, proposal)

    page = enter(app, "city-mgr").post(
        f"/approvals/{asked.id}", data={"version": proposal.version, "step": "decline"}
    )

    assert page.status_code == 422
    assert "承認しない理由を入力してください" in page.text


def test_unknown_button_does_nothing(app: Flask, world: World) -> None:
    proposal = make_draft(world)
    asked = ask(world, proposal)

    page = enter(app, "city-mgr").post(
        f"/approvals/{asked.id}", data={"version": proposal.version, "step": "zz"}
    )

    assert page.status_code == 422
    assert asked.decision is None


def test_submission_by_hand_without_an_approval_is_refused_in_words(
    app: Flask, world: World
) -> None:
    proposal = make_draft(world)

    page = enter(app, "city-mgr").post(
        f"/proposals/drafts/{proposal.id}/check", data={"version": proposal.version}
    )

    assert page.status_code == 422
    assert "今の内容の決裁が済んでいません" in page.text
    assert proposal.state is State.DRAFT


def test_locked_draft_leads_to_the_check_and_can_be_taken_back(app: Flask, world: World) -> None:
    proposal = make_draft(world)
    asked = ask(world, proposal)
    drafter = enter(app, "city")

    locked = drafter.get(f"/proposals/drafts/{proposal.id}")
    back = drafter.post(f"/approvals/{asked.id}/withdraw", data={"version": proposal.version})
    opened = drafter.get(f"/proposals/drafts/{proposal.id}")

    check = f"/proposals/drafts/{proposal.id}/check"
    assert (locked.status_code, locked.location) == (302, check)
    assert (back.status_code, back.location) == (302, check)
    assert opened.status_code == 200


def test_own_list_says_that_the_approval_waits(app: Flask, world: World) -> None:
    ask(world, make_draft(world))

    page = enter(app, "city").get("/proposals")

    assert "決裁を待っています" in page.text


def test_sign_off_stays_inside_the_body(app: Flask, world: World, db_session: Session) -> None:
    proposal = make_draft(world)
    asked = ask(world, proposal, note="内輪の話")
    approve_and_submit(asked, DecideApproval(version=proposal.version), actor=world["city-mgr"])
    db_session.commit()

    own = enter(app, "city").get("/proposals/R6-0001/history")
    office = enter(app, "officer1").get("/proposals/R6-0001/history")

    assert "決裁しました（承認）" in own.text
    assert "決裁" not in office.text
    assert "内輪の話" not in office.text
