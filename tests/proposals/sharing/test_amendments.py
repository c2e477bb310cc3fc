"""Amendments after the submission (変更の申出): asked with a difference, decided by the office."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.core.errors import (
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    StaleVersion,
)
from app.proposals.clocks import running_clock
from app.proposals.content import content_of
from app.proposals.models import Amendment, AmendmentDecision, Proposal
from app.proposals.queries import revisions_of
from app.proposals.services.amendments import (
    DecideAmendment,
    RequestAmendment,
    check_amendable,
    decide_amendment,
    request_amendment,
    withdraw_amendment,
)
from app.proposals.services.submission import Submit, submit
from app.proposals.sharing.amendments import (
    amendments_of,
    get_amendment,
    waiting_amendment,
    waiting_amendments,
)
from app.triage.services.confirm import Confirm, confirm_assessment
from app.triage.services.form_check import Correction, ReturnForCorrection, return_for_correction
from app.triage.services.withdraw import Withdraw, withdraw
from app.workflow.states import State
from tests.accounts.browser import enter
from tests.factories import (
    ROLE_OF_LOGIN,
    World,
    declare_conflict,
    give_opinion,
    make_draft,
    make_in_review,
    make_in_state,
    make_submitted,
    make_world,
)
from tests.proposals.sharing.worlds import accepted_partner, letters_to, verbs
from tests.proposals.test_forms import COMPLETE_INPUT

AMENDABLE = {
    State.SUBMITTED,
    State.ACCEPTED,
    State.IN_REVIEW,
    State.IN_CONFIRMATION,
    State.PENDING,
}


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def wish(
    world: World,
    proposal: Proposal,
    by: str = "city-mgr",
    reason: str = "誤りのため",
    **changes: object,
) -> Amendment:
    content = world.content(**{"effect": "直した効果。", **changes})
    command = RequestAmendment(version=proposal.version, content=content, reason=reason)
    return request_amendment(proposal, command, actor=world[by])


def decide(
    world: World,
    amendment: Amendment,
    decision: AmendmentDecision = AmendmentDecision.ACCEPTED,
    by: str = "officer1",
    reason: str = "認めます。",
) -> None:
    command = DecideAmendment(version=amendment.proposal.version, decision=decision, reason=reason)
    decide_amendment(amendment, command, actor=world[by])


def typed(proposal: Proposal, **values: object) -> dict[str, object]:
    return {
        **COMPLETE_INPUT,
        "version": proposal.version,
        "effect": "直した効果。",
        "amendment_reason": "誤りのため",
        **values,
    }


# --- Asking ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", list(State))
def test_case_is_amended_from_its_submission_to_its_classification(
    world: World, state: State
) -> None:
    proposal = make_in_state(world, state)

    try:
        check_amendable(proposal, world["city-mgr"])
    except IllegalTransition:
        is_amendable = False
    else:
        is_amendable = True

    assert is_amendable is (state in AMENDABLE)


def test_request_changes_nothing_of_the_case(world: World) -> None:
    proposal = make_submitted(world)
    before = content_of(proposal)

    amendment = wish(world, proposal)

    assert content_of(proposal) == before
    assert (proposal.state, len(revisions_of(proposal))) == (State.SUBMITTED, 1)
    assert waiting_amendment(proposal) == amendment
    assert waiting_amendments(world["officer1"], world.round) == [amendment]
    assert verbs()[-1] == "proposal.request_amendment"


def test_manager_of_the_body_alone_asks(world: World) -> None:
    proposal = make_submitted(world)
    allowed = set()

    for login in ROLE_OF_LOGIN:
        try:
            check_amendable(proposal, world[login])
        except NotAllowed:
            continue
        allowed.add(login)

    assert allowed == {"city-mgr"}


def test_one_amendment_waits_at_a_time(world: World) -> None:
    proposal = make_submitted(world)
    wish(world, proposal)

    with pytest.raises(IllegalTransition):
        wish(world, proposal, effect="また別の効果。")


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"reason": "　"}, ["amendment_reason"]),
        ({"effect": "来庁が不要になる。"}, [""]),
        ({"title": ""}, ["title"]),
        ({"requested_measure": "あ" * 251}, ["requested_measure"]),
        ({"ministry_id": 999_999}, ["ministry_id"]),
    ],
)
def test_incomplete_amendment_is_refused(
    world: World, changes: dict[str, object], fields: list[str]
) -> None:
    proposal = make_submitted(world)

    with pytest.raises(InvalidInput) as refused:
        wish(world, proposal, **changes)  # type: ignore[arg-type]  # by name

    assert list(refused.value.errors) == fields
    assert amendments_of(proposal) == []


def test_amendment_from_an_old_page_is_refused(world: World) -> None:
    proposal = make_submitted(world)
    command = RequestAmendment(
        version=proposal.version - 1, content=world.content(effect="別"), reason="誤り"
    )

    with pytest.raises(StaleVersion):
        request_amendment(proposal, command, actor=world["city-mgr"])


def test_amendment_is_taken_back(world: World) -> None:
    proposal = make_submitted(world)
    amendment = wish(world, proposal)

    withdraw_amendment(amendment, version=proposal.version, actor=world["city-mgr"])
    again = wish(world, proposal)

    assert amendment.decision is AmendmentDecision.WITHDRAWN
    assert waiting_amendment(proposal) == again


# --- Deciding -------------------------------------------------------------------------------------


def test_accepted_amendment_replaces_the_text_and_keeps_state_and_clock(world: World) -> None:
    proposal = make_in_review(world)
    clock_before, due = running_clock(proposal), proposal.due_on
    amendment = wish(world, proposal)

    decide(world, amendment)

    first, second = revisions_of(proposal)
    assert (first.content["effect"], second.content["effect"]) == (
        "来庁が不要になる。",
        "直した効果。",
    )
    assert (second.number, second.submitted_by_id) == (2, world["city-mgr"].id)
    assert (proposal.effect, proposal.state) == ("直した効果。", State.IN_REVIEW)
    assert (running_clock(proposal), proposal.due_on) == (clock_before, due)
    assert verbs()[-1] == "proposal.amendment_accepted"


def test_refused_amendment_changes_nothing_but_is_told(world: World) -> None:
    proposal = make_submitted(world)
    amendment = wish(world, proposal)

    decide(world, amendment, AmendmentDecision.REFUSED, reason="趣旨が変わるため。")

    assert (proposal.effect, len(revisions_of(proposal))) == ("来庁が不要になる。", 1)
    assert letters_to(world, "city-mgr")[-1] == "【共通化提案】R6-0001 の変更の申出について"


def test_officers_and_leads_without_a_conflict_decide(world: World) -> None:
    proposal = make_submitted(world)
    amendment = wish(world, proposal)
    declare_conflict(world["officer3"], proposal=proposal)
    allowed = set()

    for login in ROLE_OF_LOGIN:
        try:
            decide(world, amendment, AmendmentDecision.REFUSED, by=login)
        except NotAllowed:
            continue
        allowed.add(login)
        amendment.decision, amendment.decided_at, amendment.decided_by_id = None, None, None

    assert allowed == {"officer1", "officer2", "lead"}


def test_decision_needs_a_reason_and_falls_once(world: World) -> None:
    proposal = make_submitted(world)
    amendment = wish(world, proposal)

    with pytest.raises(InvalidInput):
        decide(world, amendment, reason="")
    decide(world, amendment)
    with pytest.raises(IllegalTransition):
        decide(world, amendment, by="lead")

    assert len(revisions_of(proposal)) == 2


def test_refusal_is_not_decided_again_nor_from_an_old_page(world: World) -> None:
    proposal = make_submitted(world)
    amendment = wish(world, proposal)
    old = DecideAmendment(
        version=proposal.version - 1, decision=AmendmentDecision.REFUSED, reason="古い画面"
    )

    with pytest.raises(StaleVersion):
        decide_amendment(amendment, old, actor=world["lead"])
    decide(world, amendment, AmendmentDecision.REFUSED)
    with pytest.raises(IllegalTransition):
        decide(world, amendment, AmendmentDecision.REFUSED, by="lead", reason="もう一度")

    assert amendment.decision_reason == "認めます。"


def test_partner_is_told_of_the_amended_text(world: World) -> None:
    proposal = make_draft(world)
    accepted_partner(world, proposal)
    submit(proposal, Submit(version=proposal.version), actor=world["city-mgr"])

    decide(world, wish(world, proposal))

    told = "【共通化提案】同意した共同提案の内容が変わりました"
    assert letters_to(world, "other-mgr")[-1] == told


# --- The case moves on ----------------------------------------------------------------------------


def send_back(world: World, proposal: Proposal) -> None:
    items = (Correction(field="title", reason="業務を書いてください。"),)
    command = ReturnForCorrection(version=proposal.version, items=items)
    return_for_correction(proposal, command, actor=world["officer1"])


def take_back(world: World, proposal: Proposal) -> None:
    command = Withdraw(version=proposal.version, reason="取りやめ")
    withdraw(proposal, command, actor=world["city-mgr"])


@pytest.mark.parametrize("move", [send_back, take_back])
def test_return_and_withdrawal_end_the_amendment(world: World, move) -> None:
    proposal = make_submitted(world)
    amendment = wish(world, proposal)

    move(world, proposal)

    assert amendment.decision is AmendmentDecision.LAPSED
    assert (amendment.decided_by_id, amendment.decision_reason != "") == (None, True)
    assert verbs()[-1] == "proposal.amendment_lapsed"


def test_classification_ends_the_amendment_other_steps_do_not(world: World) -> None:
    proposal = make_in_review(world)
    amendment = wish(world, proposal)
    opinion = give_opinion(world, proposal)
    between = amendment.decision

    command = Confirm(version=proposal.version, assessment_id=opinion.id)
    confirm_assessment(proposal, command, actor=world["officer2"])

    assert (between, amendment.decision) == (None, AmendmentDecision.LAPSED)


# --- Who reads it ---------------------------------------------------------------------------------


def test_p25_amendment_is_read_by_its_body_and_the_secretariat(world: World) -> None:
    proposal = make_draft(world)
    accepted_partner(world, proposal)
    submit(proposal, Submit(version=proposal.version), actor=world["city-mgr"])
    amendment = wish(world, proposal)
    readers = set()

    for login in ROLE_OF_LOGIN:
        try:
            get_amendment(world[login], amendment.id)
        except NotFound:
            continue
        readers.add(login)

    office = {"officer1", "officer2", "officer3", "lead", "auditor"}
    assert readers == {"city", "city-mgr", *office}


# --- Pages ----------------------------------------------------------------------------------------


def test_difference_is_shown_before_anything_is_sent(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    manager = enter(app, "city-mgr")

    blank = manager.get("/proposals/R6-0001/amend")
    checked = manager.post("/proposals/R6-0001/amend", data=typed(proposal, step="check"))

    assert "来庁が不要になる。" in blank.text
    assert checked.status_code == 200
    assert "<ins>" in checked.text
    assert 'name="effect" value="直した効果。"' in checked.text
    assert amendments_of(proposal) == []


def test_pages_lead_from_the_wish_to_the_decision(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    manager, officer = enter(app, "city-mgr"), enter(app, "officer1")

    sent = manager.post("/proposals/R6-0001/amend", data=typed(proposal, step="send"))
    (amendment,) = amendments_of(proposal)
    here = f"/amendments/{amendment.id}"
    queue = officer.get("/triage?round=R6")
    page = officer.get(here)
    refused = officer.post(here, data={"version": proposal.version})
    done = officer.post(
        here,
        data={"version": proposal.version, "decision": "accepted", "reason": "認めます。"},
    )
    case = manager.get("/proposals/R6-0001")

    assert (sent.status_code, sent.location) == (302, "/proposals/R6-0001")
    assert here in queue.text
    assert "<ins>" in page.text
    assert refused.status_code == 422
    assert (done.status_code, done.location) == (302, "/proposals/R6-0001")
    assert "直した効果。" in case.text
    assert "認めます。" in case.text


def test_going_back_to_the_text_keeps_what_was_typed(app: Flask, world: World) -> None:
    proposal = make_submitted(world)

    page = enter(app, "city-mgr").post(
        "/proposals/R6-0001/amend", data=typed(proposal, step="edit", effect="書きかけ")
    )

    assert page.status_code == 200
    assert "書きかけ" in page.text


@pytest.mark.parametrize("step", ["check", "send", "zz"])
def test_amendment_without_a_reason_keeps_the_text_on_the_page(
    app: Flask, world: World, step: str
) -> None:
    proposal = make_submitted(world)

    page = enter(app, "city-mgr").post(
        "/proposals/R6-0001/amend", data=typed(proposal, step=step, amendment_reason="")
    )

    assert page.status_code == 422
    assert "変更する理由を入力してください" in page.text
    assert "直した効果。" in page.text
    assert amendments_of(proposal) == []


def test_amendment_that_changes_nothing_is_refused_on_the_page(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    same = {name: value for name, value in COMPLETE_INPUT.items() if name != "effect"}

    page = enter(app, "city-mgr").post(
        "/proposals/R6-0001/amend",
        data={
            **same,
            "effect": proposal.effect,
            "version": proposal.version,
            "amendment_reason": "誤り",
            "step": "check",
        },
    )

    assert page.status_code == 422
    assert "変わった項目がありません" in page.text


def test_case_that_cannot_be_amended_says_so(app: Flask, world: World) -> None:
    make_in_state(world, State.CLASSIFIED)

    page = enter(app, "city-mgr").get("/proposals/R6-0001/amend")

    assert page.status_code == 409
    assert "分類が決まるまで" in page.text


def test_proposer_may_not_amend_nor_a_stranger_know(app: Flask, world: World) -> None:
    make_submitted(world)

    statuses = [
        enter(app, login).get("/proposals/R6-0001/amend").status_code
        for login in ("city", "other-mgr", "officer1")
    ]

    assert statuses == [403, 404, 403]


def test_body_reads_no_name_of_an_officer(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    amendment = wish(world, proposal)
    decide(world, amendment)

    page = enter(app, "city").get(f"/amendments/{amendment.id}")

    assert page.status_code == 200
    assert "officer1" not in page.text


def test_amendment_is_taken_back_on_its_page(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    amendment = wish(world, proposal)

    done = enter(app, "city-mgr").post(
        f"/amendments/{amendment.id}/withdraw", data={"version": proposal.version}
    )

    assert done.status_code == 302
    assert amendment.decision is AmendmentDecision.WITHDRAWN
