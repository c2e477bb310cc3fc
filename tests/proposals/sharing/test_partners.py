"""Joint proposals (共同提案): partners are asked, answer for themselves, and read only so much."""

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.models import OrgType
from app.core import clock
from app.core.errors import (
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    StaleVersion,
)
from app.extensions import db
from app.proposals.models import CoProposer, Endorsement, PartnerAnswer, Proposal
from app.proposals.queries import get_own, get_own_by_id, get_visible_by_id, is_conflicted
from app.proposals.services.amendments import RequestAmendment, request_amendment
from app.proposals.services.drafts import discard_draft, edit_proposal
from app.proposals.services.partners import (
    AnswerJoint,
    AskPartner,
    answer_joint,
    ask_partner,
    remove_partner,
    withdraw_consent,
)
from app.proposals.services.submission import Submit, submit
from app.proposals.sharing.partners import (
    accepted_partners_of,
    find_local_governments,
    get_joint_request,
    partners_of,
)
from app.workflow.states import State
from tests.accounts.browser import enter
from tests.factories import (
    ROLE_OF_LOGIN,
    World,
    declare_conflict,
    make_draft,
    make_local_government,
    make_world,
)
from tests.proposals.sharing.worlds import accepted_partner, answer, letters_to, name_partner, verbs
from tests.proposals.test_forms import COMPLETE_INPUT


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def readers_of(world: World, proposal: Proposal) -> set[str]:
    found = set()
    for login in ROLE_OF_LOGIN:
        try:
            get_visible_by_id(world[login], proposal.id)
        except NotFound:
            continue
        found.add(login)
    return found


def hand_in(world: World, proposal: Proposal) -> None:
    submit(proposal, Submit(version=proposal.version), actor=world["city-mgr"])


# --- Asking ---------------------------------------------------------------------------------------


def test_partner_is_asked_and_told(world: World) -> None:
    proposal = make_draft(world)

    partner = name_partner(world, proposal)

    assert partners_of(proposal) == [partner]
    assert partner.answer is PartnerAnswer.WAITING
    subject = "【共通化提案】【要対応】共同提案の依頼がありました"
    assert letters_to(world, "other") == letters_to(world, "other-mgr") == [subject]
    assert verbs()[-1] == "proposal.ask_partner"


def test_practice_round_writes_to_nobody(world: World) -> None:
    world.round.is_practice = True

    name_partner(world, make_draft(world))

    assert letters_to(world, "other-mgr") == []


@pytest.mark.parametrize("login", ["city", "ministry", "officer1"])
def test_own_body_and_others_than_local_governments_are_not_asked(world: World, login: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        name_partner(world, make_draft(world), login)

    assert list(refused.value.errors) == ["organization_id"]


@pytest.mark.parametrize("organization_id", [None, 0, 999_999_999])
def test_unknown_body_is_not_asked(world: World, organization_id: int | None) -> None:
    proposal = make_draft(world)
    command = AskPartner(version=proposal.version, organization_id=organization_id)

    with pytest.raises(InvalidInput):
        ask_partner(proposal, command, actor=world["city"])


def test_body_is_named_once_but_can_be_asked_again_after_a_decline(world: World) -> None:
    proposal = make_draft(world)
    first = name_partner(world, proposal)

    with pytest.raises(InvalidInput):
        name_partner(world, proposal)
    answer(world, first, PartnerAnswer.DECLINED, "予算がない。")
    second = name_partner(world, proposal)

    assert partners_of(proposal) == [second]
    assert (first.answer, first.reason) == (PartnerAnswer.DECLINED, "予算がない。")


@pytest.mark.parametrize("login", ["other-mgr", "officer1", "lead", "admin"])
def test_stranger_names_no_partner(world: World, login: str) -> None:
    proposal = make_draft(world)
    command = AskPartner(version=proposal.version, organization_id=world["other"].organization_id)

    with pytest.raises(NotAllowed):
        ask_partner(proposal, command, actor=world[login])


def test_submitted_proposal_takes_no_more_partners(world: World) -> None:
    proposal = make_draft(world)
    hand_in(world, proposal)

    with pytest.raises(IllegalTransition):
        name_partner(world, proposal)


@pytest.mark.parametrize("words", ["乙丑", "９０２０２", "90202", " 乙丑市 "])
def test_body_is_found_by_name_and_code(world: World, words: str) -> None:
    found = find_local_governments(words)

    assert [body.name for body in found] == ["乙丑市"]


def test_search_folds_width_and_kana_and_finds_nothing_for_nothing(world: World) -> None:
    body = make_local_government("90203", "コウシ町", OrgType.TOWN_VILLAGE)

    assert find_local_governments("ｺｳｼ") == [body]
    assert find_local_governments("　") == []


# --- Answering ------------------------------------------------------------------------------------


def test_manager_of_the_partner_alone_answers(world: World) -> None:
    proposal = make_draft(world)
    partner = name_partner(world, proposal)
    command = AnswerJoint(version=proposal.version, answer=PartnerAnswer.ACCEPTED)

    refused = set()
    for login in set(ROLE_OF_LOGIN) - {"other-mgr"}:
        with pytest.raises(NotAllowed):
            answer_joint(partner, command, actor=world[login])
        refused.add(login)
    answer_joint(partner, command, actor=world["other-mgr"])

    assert refused == set(ROLE_OF_LOGIN) - {"other-mgr"}
    assert accepted_partners_of(proposal) == [partner]
    assert verbs()[-1] == "proposal.partner_accepted"


def test_decline_needs_a_reason(world: World) -> None:
    partner = name_partner(world, make_draft(world))

    with pytest.raises(InvalidInput) as refused:
        answer(world, partner, PartnerAnswer.DECLINED, "　")

    assert list(refused.value.errors) == ["reason"]
    assert partner.answer is PartnerAnswer.WAITING


def test_text_that_was_changed_while_it_was_read_is_not_agreed_to(world: World) -> None:
    proposal = make_draft(world)
    partner = name_partner(world, proposal)
    read = proposal.version
    edit_proposal(proposal, world.content(effect="別"), version=read, actor=world["city"])

    with pytest.raises(StaleVersion):
        answer_joint(
            partner,
            AnswerJoint(version=read, answer=PartnerAnswer.ACCEPTED),
            actor=world["other-mgr"],
        )


def test_partner_answers_once(world: World) -> None:
    partner = accepted_partner(world, make_draft(world))

    with pytest.raises(IllegalTransition):
        answer(world, partner, PartnerAnswer.DECLINED, "気が変わった。")


def test_consent_is_taken_back_until_the_submission_only(world: World) -> None:
    kept, left = make_draft(world), make_draft(world, title="もう1件")
    staying, leaving = accepted_partner(world, kept), accepted_partner(world, left)
    hand_in(world, kept)

    withdraw_consent(leaving, "予算がない。", version=left.version, actor=world["other-mgr"])
    with pytest.raises(IllegalTransition):
        withdraw_consent(staying, "遅い。", version=kept.version, actor=world["other-mgr"])

    assert (accepted_partners_of(kept), accepted_partners_of(left)) == ([staying], [])
    assert verbs()[-1] == "proposal.partner_withdrew"


def test_withdrawal_of_a_consent_needs_a_reason(world: World) -> None:
    proposal = make_draft(world)
    partner = accepted_partner(world, proposal)

    with pytest.raises(InvalidInput):
        withdraw_consent(partner, "", version=proposal.version, actor=world["other-mgr"])


# --- Submission -----------------------------------------------------------------------------------


def test_proposal_is_not_submitted_while_a_partner_has_not_answered(world: World) -> None:
    proposal = make_draft(world)
    name_partner(world, proposal)

    with pytest.raises(InvalidInput) as refused:
        hand_in(world, proposal)

    assert refused.value.errors == {
        "partners": [
            "乙丑市が、共同提案の依頼にまだ答えていません。"
            "回答を待つか、共同提案団体から外してください。"
        ]
    }
    assert proposal.state is State.DRAFT


def test_removed_partner_stands_in_nobodys_way(world: World) -> None:
    proposal = make_draft(world)
    partner = name_partner(world, proposal)

    remove_partner(partner, version=proposal.version, actor=world["city"])
    hand_in(world, proposal)

    assert proposal.state is State.SUBMITTED
    assert letters_to(world, "other-mgr")[-1] == "【共通化提案】共同提案の依頼が取り消されました"


def test_declined_partner_is_not_part_of_the_submission(world: World) -> None:
    proposal = make_draft(world)
    answer(world, name_partner(world, proposal), PartnerAnswer.DECLINED, "予算がない。")

    hand_in(world, proposal)

    assert accepted_partners_of(proposal) == []


# --- Changes after the consent --------------------------------------------------------------------


def test_partner_that_agreed_is_told_of_a_change_once_a_day_and_stays(world: World) -> None:
    proposal = make_draft(world)
    partner = accepted_partner(world, proposal)

    for effect in ("別の効果。", "また別の効果。"):
        content = world.content(effect=effect)
        edit_proposal(proposal, content, version=proposal.version, actor=world["city"])

    told = "【共通化提案】同意した共同提案の内容が変わりました"
    assert letters_to(world, "other-mgr").count(told) == 1
    assert partner.answer is PartnerAnswer.ACCEPTED


def test_page_of_the_partner_shows_what_changed(app: Flask, world: World) -> None:
    proposal = make_draft(world)
    partner = accepted_partner(world, proposal)
    content = world.content(effect="待ち時間が減る。", contact_department="広報公聴室")
    edit_proposal(proposal, content, version=proposal.version, actor=world["city"])

    page = enter(app, "other").get(f"/joint/{partner.id}")

    assert "同意した後に変わった箇所" in page.text
    assert "待ち時間が減る。" in page.text
    assert "広報公聴室" not in page.text


def test_discarded_draft_takes_its_requests_along(world: World, db_session: Session) -> None:
    proposal = make_draft(world)
    accepted_partner(world, proposal)

    discard_draft(proposal, version=proposal.version, actor=world["city"])

    assert db_session.query(CoProposer).count() == 0
    assert letters_to(world, "other-mgr")[-1] == "【共通化提案】共同提案の依頼が取り消されました"


# --- Who reads it ---------------------------------------------------------------------------------


def test_p25_partner_reads_from_the_request_to_the_decline(world: World) -> None:
    proposal = make_draft(world)
    before = readers_of(world, proposal)
    partner = name_partner(world, proposal)
    asked = readers_of(world, proposal)
    answer(world, partner, PartnerAnswer.DECLINED, "予算がない。")
    declined = readers_of(world, proposal)
    again = accepted_partner(world, proposal)
    accepted = readers_of(world, proposal)
    remove_partner(again, version=proposal.version, actor=world["city"])
    removed = readers_of(world, proposal)

    own, both = {"city", "city-mgr"}, {"city", "city-mgr", "other", "other-mgr"}
    assert (before, asked, declined, accepted, removed) == (own, both, own, both, own)


def test_p25_partner_does_not_open_the_pages_of_the_writers(app: Flask, world: World) -> None:
    proposal = make_draft(world)
    accepted_partner(world, proposal)
    browser = enter(app, "other-mgr")
    base = f"/proposals/drafts/{proposal.id}"

    answers = {
        path: browser.get(path).status_code
        for path in (base, f"{base}/check", f"{base}/discard", f"{base}/partners")
    }
    posted = browser.post(base, data={**COMPLETE_INPUT, "version": proposal.version})

    assert set(answers.values()) == {404}
    assert posted.status_code == 404
    with pytest.raises(NotFound):
        get_own_by_id(world["other-mgr"], proposal.id)


def test_p27_partner_never_reads_the_contact(app: Flask, world: World) -> None:
    proposal = make_draft(world, contact_department="部署の秘密", contact_email="x@example.jp")
    partner = accepted_partner(world, proposal)
    hand_in(world, proposal)
    browser = enter(app, "other-mgr")
    case = f"/proposals/{proposal.receipt_number}"

    pages = {
        path: browser.get(path)
        for path in (
            f"/joint/{partner.id}",
            "/joint",
            case,
            f"{case}/history",
            f"{case}/deadlines",
            f"{case}/sheet",
            f"{case}/revisions",
        )
    }

    assert {page.status_code for page in pages.values()} == {200}
    leaks = [path for path, page in pages.items() if "部署の秘密" in page.text]
    assert leaks == []
    assert [path for path, page in pages.items() if "x@example.jp" in page.text] == []


def test_partner_sees_no_receipt_and_no_amendment(app: Flask, world: World) -> None:
    proposal = make_draft(world)
    accepted_partner(world, proposal)
    hand_in(world, proposal)
    browser = enter(app, "other-mgr")
    case = f"/proposals/{proposal.receipt_number}"

    statuses = {
        path: browser.get(path).status_code for path in (f"{case}/receipt", f"{case}/amend")
    }

    assert set(statuses.values()) == {404}
    with pytest.raises(NotFound):
        get_own(world["other-mgr"], proposal.receipt_number or "")


def test_partner_reads_the_course_of_the_case_and_no_names_or_reasons(
    app: Flask, world: World, db_session: Session
) -> None:
    proposal = make_draft(world)
    edit_proposal(
        proposal, world.content(effect="別"), version=proposal.version, actor=world["city"]
    )
    accepted_partner(world, proposal)
    hand_in(world, proposal)
    db_session.commit()

    page = enter(app, "other").get(f"/proposals/{proposal.receipt_number}/history")

    lines = re.findall(r"</time>(.*?)　<a.*?<b>(.*?)</b>", page.text)
    assert lines == [("甲子市", "提出しました")]
    assert "city-mgr" not in page.text


def test_partner_reads_neither_who_joined_nor_what_is_to_be_amended(
    app: Flask, world: World
) -> None:
    proposal = make_draft(world)
    accepted_partner(world, proposal)
    hand_in(world, proposal)
    command = RequestAmendment(
        version=proposal.version, content=world.content(effect="直した効果"), reason="申出の理由"
    )
    request_amendment(proposal, command, actor=world["city-mgr"])
    third = make_local_government("90204", "丙寅村", OrgType.TOWN_VILLAGE)
    db.session.add(
        Endorsement(
            proposal_id=proposal.id,
            organization_id=third.id,
            hardship_case="丙寅村の困りごと",
            submitted_by_id=world["other-mgr"].id,
            submitted_at=clock.now(),
        )
    )

    pages = {
        login: enter(app, login).get(f"/proposals/{proposal.receipt_number}").text
        for login in ("city", "other", "officer1")
    }

    for words in ("申出の理由", "丙寅村の困りごと"):
        assert {login for login, page in pages.items() if words in page} == {"city", "officer1"}


def test_partner_is_listed_on_the_case_for_all_who_read_it(app: Flask, world: World) -> None:
    proposal = make_draft(world)
    accepted_partner(world, proposal)
    hand_in(world, proposal)

    pages = {
        login: enter(app, login).get(f"/proposals/{proposal.receipt_number}")
        for login in ("city", "other", "officer1")
    }

    assert [login for login, page in pages.items() if "共同提案団体" not in page.text] == []
    assert [login for login, page in pages.items() if "乙丑市" not in page.text] == []


def test_officer_seconded_from_a_partner_has_a_conflict(world: World) -> None:
    proposal = make_draft(world)
    declare_conflict(world["officer1"], body=world["other"].organization)
    before = is_conflicted(world["officer1"].id, proposal)

    accepted_partner(world, proposal)

    assert (before, is_conflicted(world["officer1"].id, proposal)) == (False, True)


def test_request_is_unknown_to_everybody_else(world: World) -> None:
    partner = name_partner(world, make_draft(world))
    finders = set()

    for login in ROLE_OF_LOGIN:
        try:
            get_joint_request(world[login], partner.id)
        except NotFound:
            continue
        finders.add(login)

    assert finders == {"other", "other-mgr"}


# --- Pages ----------------------------------------------------------------------------------------


def test_pages_lead_from_the_search_to_the_answer(app: Flask, world: World) -> None:
    proposal = make_draft(world)
    drafter, manager = enter(app, "city"), enter(app, "other-mgr")
    here = f"/proposals/drafts/{proposal.id}/partners"

    found = drafter.get(f"{here}?q=乙丑")
    body_id = world["other"].organization_id
    sent = drafter.post(here, data={"version": proposal.version, "organization_id": body_id})
    partner = partners_of(proposal)[0]
    listed = manager.get("/joint")
    given = manager.post(
        f"/joint/{partner.id}", data={"version": proposal.version, "answer": "accepted"}
    )
    checked = drafter.get(f"/proposals/drafts/{proposal.id}/check")

    assert f'value="{body_id}"' in found.text
    assert (sent.status_code, sent.location) == (302, here)
    assert f"/joint/{partner.id}" in listed.text
    assert (given.status_code, given.location) == (302, f"/joint/{partner.id}")
    assert "同意" in checked.text


def test_check_page_offers_no_submission_while_a_partner_waits(app: Flask, world: World) -> None:
    proposal = make_draft(world)
    name_partner(world, proposal)
    manager = enter(app, "city-mgr")
    check = f"/proposals/drafts/{proposal.id}/check"

    page = manager.get(check)
    posted = manager.post(check, data={"version": proposal.version})

    assert "共同提案団体の回答を待っています" in page.text
    assert "提出する</button>" not in page.text
    assert posted.status_code == 422
    assert "乙丑市が、共同提案の依頼にまだ答えていません。" in posted.text


@pytest.mark.parametrize("sent", [{}, {"answer": "zz"}, {"answer": "waiting"}])
def test_answer_that_is_none_is_refused(app: Flask, world: World, sent: dict[str, str]) -> None:
    proposal = make_draft(world)
    partner = name_partner(world, proposal)

    page = enter(app, "other-mgr").post(
        f"/joint/{partner.id}", data={"version": proposal.version, **sent}
    )

    assert page.status_code == 422
    assert "同意するかどうかを選んでください" in page.text


def test_consent_is_taken_back_on_its_page(app: Flask, world: World) -> None:
    proposal = make_draft(world)
    partner = accepted_partner(world, proposal)
    browser = enter(app, "other-mgr")
    here = f"/joint/{partner.id}/withdraw"

    empty = browser.post(here, data={"version": proposal.version})
    done = browser.post(here, data={"version": proposal.version, "withdrawal_reason": "予算"})

    assert empty.status_code == 422
    assert (done.status_code, done.location) == (302, "/joint")
    assert browser.get(f"/joint/{partner.id}").status_code == 404


def test_partner_is_removed_on_the_page(app: Flask, world: World) -> None:
    proposal = make_draft(world)
    partner = name_partner(world, proposal)

    done = enter(app, "city").post(
        f"/joint/{partner.id}/remove", data={"version": proposal.version}
    )

    assert done.status_code == 302
    assert partners_of(proposal) == []


def test_stranger_removes_nobody(app: Flask, world: World) -> None:
    proposal = make_draft(world)
    partner = name_partner(world, proposal)

    done = enter(app, "other").post(
        f"/joint/{partner.id}/remove", data={"version": proposal.version}
    )

    assert done.status_code == 404
    assert partners_of(proposal) == [partner]
