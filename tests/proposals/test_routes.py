"""The screens of the proposing body (提案の画面), and of the lead for late submissions."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.core import clock
from app.proposals.late_queries import late_submissions_of
from app.proposals.models import LateDecision, LateSubmission, Proposal
from app.proposals.queries import revisions_of
from app.proposals.services.drafts import edit_proposal
from app.proposals.services.late import RequestLate, request_late_submission
from app.proposals.services.submission import Submit, submit
from app.rounds.models import FieldKind
from app.rounds.services import NewRound, create_round
from app.workflow.states import State
from tests.accounts.browser import enter
from tests.factories import (
    World,
    declare_conflict,
    make_draft,
    make_in_state,
    make_returned,
    make_submitted,
    make_world,
)
from tests.proposals.test_forms import COMPLETE_INPUT
from tests.rounds.forms import add_field, make_round, named

OPENS = clock.jst(2024, 8, 5)
CLOSES = clock.jst(2024, 8, 27, 23, 59, 59)
IN_TIME = clock.jst(2024, 8, 20, 10)
ONE_DAY_LATE = clock.jst(2024, 8, 28, 10)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(IN_TIME):
        world = make_world(opens_at=OPENS, closes_at=CLOSES)
        db_session.commit()
        yield world


def typed(proposal: Proposal | None = None, **values: object) -> dict[str, object]:
    """What a browser sends from the form, complete unless told otherwise."""
    version = {"version": proposal.version} if proposal else {}
    return {**COMPLETE_INPUT, **version, "step": "save", **values}


def errors_of(page: TestResponse) -> list[str]:
    return [unescape(words) for words in re.findall(r"＊(.*?)</p>", page.text)]


def summary_of(page: TestResponse) -> list[tuple[str, str]]:
    """Lines of the error summary as (href, words)."""
    box = page.text.split("data-error-summary")[1].split("</div>")[0]
    return re.findall(r'<a href="(.*?)">(.*?)</a>', box)


def buttons_of(page: TestResponse) -> list[str]:
    main = page.text.split("<main")[1].split("</main>")[0]
    return re.findall(r'<button[^>]*type="submit"[^>]*>(.*?)</button>', main)


def notices_of(page: TestResponse) -> list[str]:
    return re.findall(r'<div class="notice[^>]*>\s*<p><b>(.*?)</b>', page.text)


def drafts_of(session: Session) -> list[Proposal]:
    return list(session.scalars(select(Proposal).order_by(Proposal.id)))


def ask_late(world: World, proposal: Proposal) -> LateSubmission:
    command = RequestLate(version=proposal.version, reason="停電のため")
    return request_late_submission(proposal, command, actor=world["city-mgr"])


def make_round_of(
    world: World, key: str, closes_at: datetime, *, is_practice: bool = False
) -> None:
    command = NewRound(
        key=key,
        label=key,
        name=key,
        opens_at=OPENS,
        closes_at=closes_at,
        is_practice=is_practice,
    )
    create_round(world.round.scheme, command, actor=world["admin"])


# --- A new proposal -------------------------------------------------------------------------------


def test_new_shows_the_form_and_writes_nothing(
    app: Flask, world: World, db_session: Session
) -> None:
    page = enter(app, "city").get("/proposals/new")

    assert page.status_code == 200
    assert buttons_of(page) == ["保存して確認へ進む", "下書きを保存する", "保存して添付へ進む"]
    assert drafts_of(db_session) == []


def test_new_saves_a_draft_that_holds_almost_nothing(
    app: Flask, world: World, db_session: Session
) -> None:
    page = enter(app, "city").post("/proposals/new", data={"title": "題", "step": "save"})

    (draft,) = drafts_of(db_session)
    assert (page.status_code, page.location) == (302, f"/proposals/drafts/{draft.id}")
    assert (draft.title, draft.state, draft.round.key) == ("題", State.DRAFT, "R6")
    assert draft.organization_id == world["city"].organization_id


def test_new_that_goes_on_saves_the_draft_and_shows_what_is_missing(
    app: Flask, world: World, db_session: Session
) -> None:
    sent = typed(title="", viewpoints=[], step="check")

    page = enter(app, "city").post("/proposals/new", data=sent, follow_redirects=True)

    (draft,) = drafts_of(db_session)
    assert (page.status_code, page.request.path) == (200, f"/proposals/drafts/{draft.id}")
    assert summary_of(page) == [
        ("#title", "提案概要を入力してください"),
        ("#viewpoints", "当てはまる視点を1つ以上選んでください"),
    ]
    assert errors_of(page) == [words for _, words in summary_of(page)]
    assert notices_of(page) == ["入力した内容は保存しました"]
    # What is sent next goes to the draft: a second press makes no second one.
    assert f'action="/proposals/drafts/{draft.id}"' in page.text
    assert f'name="version" type="hidden" value="{draft.version}"' in page.text


def test_new_that_goes_on_leads_to_the_check_when_complete(
    app: Flask, world: World, db_session: Session
) -> None:
    page = enter(app, "city").post("/proposals/new", data=typed(step="check"))

    (draft,) = drafts_of(db_session)
    assert (page.status_code, page.location) == (302, f"/proposals/drafts/{draft.id}/check")


def test_new_refuses_an_endless_text_and_gives_it_back(
    app: Flask, world: World, db_session: Session
) -> None:
    endless = "長" * 20_001

    page = enter(app, "city").post("/proposals/new", data=typed(detail=endless))

    assert page.status_code == 422
    assert errors_of(page) == ["提案詳細は20,000文字以内で入力してください（1文字超えています）"]
    assert notices_of(page) == ["まだ保存していません"]
    assert page.text.count(endless) == 1
    assert drafts_of(db_session) == []


def test_new_offers_the_round_that_ends_first_and_practice_last(app: Flask, world: World) -> None:
    make_round_of(world, "P", CLOSES - timedelta(days=5), is_practice=True)
    make_round_of(world, "R6B", CLOSES - timedelta(days=3))

    page = enter(app, "city").get("/proposals/new")

    offered = re.findall(r'name="round" value="(\w+)"( checked)?', page.text)
    practice = re.findall(r"練習用　P（審査しません）", page.text)
    assert offered == [("R6B", " checked"), ("R6", ""), ("P", "")]
    assert len(practice) == 1


def test_new_makes_the_draft_in_the_chosen_round(
    app: Flask, world: World, db_session: Session
) -> None:
    make_round_of(world, "R6B", CLOSES - timedelta(days=3))

    enter(app, "city").post("/proposals/new", data=typed(round="R6"))

    assert [draft.round.key for draft in drafts_of(db_session)] == ["R6"]


def test_new_refuses_a_round_that_is_none(app: Flask, world: World, db_session: Session) -> None:
    page = enter(app, "city").post("/proposals/new", data=typed(round="R99"))

    assert page.status_code == 422
    assert [words for _, words in summary_of(page)] == ["募集回を選んでください"]
    assert drafts_of(db_session) == []


def test_new_keeps_what_was_typed_past_the_closing_second(
    app: Flask, world: World, db_session: Session
) -> None:
    with clock.at(CLOSES):
        browser = enter(app, "city")

    with clock.at(CLOSES + timedelta(seconds=1)):
        browser.post("/proposals/new", data=typed(round="R6"))

    assert [draft.title for draft in drafts_of(db_session)] == [COMPLETE_INPUT["title"]]


def test_new_says_when_rounds_close_and_open_while_none_is_open(app: Flask, world: World) -> None:
    make_round_of(world, "R7", clock.jst(2025, 8, 29, 23, 59, 59))

    with clock.at(OPENS - timedelta(days=1)):
        before = enter(app, "city").get("/proposals/new")
    with clock.at(clock.jst(2025, 9, 1, 9)):
        after = enter(app, "city").get("/proposals/new")

    assert re.findall(r"<p><b>(今は.*?)</b></p>", before.text + after.text) == [
        "今は、提案を募集していません",
        "今は、提案を募集していません",
    ]
    assert re.findall(r"<td>(令和.*?)</td>", before.text) == [
        "令和6年8月5日（月）0時00分",
        "令和6年8月27日（火）23時59分",
        "令和6年8月5日（月）0時00分",
        "令和7年8月29日（金）23時59分",
    ]
    assert re.findall(r"<td>(令和.*?)</td>", after.text) == [
        "令和7年8月29日（金）23時59分",
        "令和6年8月27日（火）23時59分",
    ]


def test_new_names_the_round_that_was_missed_while_only_practice_is_open(
    app: Flask, world: World
) -> None:
    make_round_of(world, "P", clock.jst(2025, 3, 31), is_practice=True)

    with clock.at(ONE_DAY_LATE):
        browser = enter(app, "city")
        page = browser.get("/proposals/new")
        (address,) = re.findall(r'href="(/proposals/new\?round=\w+)"', page.text)
        late = browser.get(address)

    assert notices_of(page) == ["今は、練習用の募集回だけが開いています"]
    assert address == "/proposals/new?round=R6"
    assert notices_of(late) == ["この募集回は締め切りました"]


@pytest.mark.parametrize("login", ["officer1", "lead", "auditor", "admin", "ministry", "observer"])
def test_new_is_for_bodies_alone(app: Flask, world: World, login: str) -> None:
    assert enter(app, login).get("/proposals/new").status_code == 403


# --- A draft --------------------------------------------------------------------------------------


def test_draft_is_saved_too_long_and_half_empty(
    app: Flask, world: World, db_session: Session
) -> None:
    draft = make_draft(world)
    sent = typed(draft, title="", requested_measure="長" * 251)

    page = enter(app, "city").post(f"/proposals/drafts/{draft.id}", data=sent)

    assert (page.status_code, page.location) == (302, f"/proposals/drafts/{draft.id}")
    assert (draft.title, draft.requested_measure) == ("", "長" * 251)


def test_draft_that_goes_on_too_long_is_saved_and_says_by_how_much(
    app: Flask, world: World
) -> None:
    draft = make_draft(world)
    sent = typed(draft, hardship_case="あ" * 600, effect="い" * 101, step="check")

    browser = enter(app, "city")
    page = browser.post(f"/proposals/drafts/{draft.id}", data=sent, follow_redirects=True)

    words = (
        "支障事例と制度改正の効果は合わせて700文字以内で入力してください（1文字超えています）。"
        "長い文は別紙に書き、添付してください"
    )
    assert page.status_code == 200
    assert summary_of(page) == [("#hardship_case", words)]
    assert draft.effect == "い" * 101


def test_draft_can_be_saved_again_from_the_page_that_shows_its_errors(
    app: Flask, world: World
) -> None:
    draft = make_draft(world)
    browser = enter(app, "city")
    sent = typed(draft, title="", step="check")
    page = browser.post(f"/proposals/drafts/{draft.id}", data=sent, follow_redirects=True)
    (version,) = re.findall(r'name="version" type="hidden" value="(\d+)"', page.text)

    again = browser.post(f"/proposals/drafts/{draft.id}", data=typed(version=version, title="次"))

    assert (again.status_code, draft.title) == (302, "次")


def test_stale_draft_leads_to_the_merge_with_every_typed_text(
    app: Flask, world: World, db_session: Session
) -> None:
    draft = make_draft(world)
    seen = draft.version
    changed = world.content(effect="管理者の文")
    edit_proposal(draft, changed, version=seen, actor=world["city-mgr"])
    db_session.commit()
    sent = typed(title="わたしの概要", version=seen, ministry_id="7", legal_basis="地方自治法")

    page = enter(app, "city").post(f"/proposals/drafts/{draft.id}", data=sent)

    kept = re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)">', page.text)
    texts = [name for name in (*COMPLETE_INPUT, "legal_basis") if name != "viewpoints"]
    assert page.status_code == 409
    assert draft.effect == "管理者の文"
    assert {name: words for name, words in kept if name in texts} == {
        name: sent[name] for name in texts
    }
    assert f'action="/proposals/drafts/{draft.id}"' in page.text


def test_draft_that_was_submitted_meanwhile_shows_the_conflict_too(
    app: Flask, world: World
) -> None:
    draft = make_draft(world)
    sent = typed(draft, title="間に合わなかった概要")
    submit(draft, Submit(version=draft.version), actor=world["city-mgr"])

    page = enter(app, "city").post(f"/proposals/drafts/{draft.id}", data=sent)

    assert page.status_code == 409
    assert page.text.count("間に合わなかった概要") == 1
    assert 'href="/proposals/R6-0001"' in page.text


def test_draft_without_a_version_is_stale(app: Flask, world: World) -> None:
    draft = make_draft(world)

    page = enter(app, "city").post(f"/proposals/drafts/{draft.id}", data=typed(title="次"))

    assert page.status_code == 409


def test_address_of_a_draft_leads_to_the_case_once_submitted(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    browser = enter(app, "city")

    places = [
        browser.get(f"/proposals/drafts/{proposal.id}{page}").location
        for page in ("", "/check", "/discard")
    ]

    assert places == ["/proposals/R6-0001"] * 3


@pytest.mark.parametrize("page", ["", "/check", "/discard"])
@pytest.mark.parametrize("login", ["other", "other-mgr"])
def test_draft_of_another_body_does_not_exist(
    app: Flask, world: World, login: str, page: str
) -> None:
    draft = make_draft(world)
    browser = enter(app, login)

    foreign = browser.get(f"/proposals/drafts/{draft.id}{page}")
    missing = browser.get(f"/proposals/drafts/{draft.id + 1000}{page}")

    assert (foreign.status_code, missing.status_code) == (404, 404)


def test_draft_shows_deadline_and_last_saving(
    app: Flask, world: World, db_session: Session
) -> None:
    draft = make_draft(world)
    db_session.commit()

    page = enter(app, "city").get(f"/proposals/drafts/{draft.id}")

    assert re.findall(r"<p><b>(令和.*?)</b><br><span[^>]*>(.*?)</span>", page.text) == [
        ("令和6年8月27日（火）23時59分", "あと5開庁日")
    ]
    assert re.findall(r"<b>(.*?に保存しました)</b><br>(.*?)</p>", page.text) == [
        ("8月20日（火）10時00分に保存しました", "city")
    ]


def test_draft_is_deleted_after_a_question(app: Flask, world: World, db_session: Session) -> None:
    draft = make_draft(world)
    address = f"/proposals/drafts/{draft.id}/discard"
    browser = enter(app, "city")

    question = browser.get(address)
    kept = len(drafts_of(db_session))
    answer = browser.post(address, data={"version": draft.version})

    assert (question.status_code, kept) == (200, 1)
    assert (answer.status_code, answer.location) == (302, "/proposals")
    assert drafts_of(db_session) == []


def test_draft_that_changed_since_the_question_is_not_deleted(
    app: Flask, world: World, db_session: Session
) -> None:
    draft = make_draft(world)
    seen = draft.version
    edit_proposal(draft, world.content(effect="次"), version=seen, actor=world["city-mgr"])

    page = enter(app, "city").post(f"/proposals/drafts/{draft.id}/discard", data={"version": seen})

    assert page.status_code == 409
    assert drafts_of(db_session) == [draft]


# --- The form of the round ------------------------------------------------------------------------


def labels_of_form(page: TestResponse) -> list[str]:
    main = page.text.split("<main")[1]
    return re.findall(r'<(?:label|legend) class="field-label"[^>]*>(.*?)<span', main)


def test_each_round_asks_by_its_own_form(app: Flask, world: World, db_session: Session) -> None:
    other = make_round(world, "R7")
    add_field(other, "extra_1", FieldKind.CHOICE, "規模", choices=["小", "大"])
    named(other, "title").label = "提案の名前"
    named(other, "title").character_limit = 40
    named(other, "legal_basis").is_required = True
    db_session.commit()
    browser = enter(app, "city")

    here = browser.get("/proposals/new?round=R6")
    there = browser.get("/proposals/new?round=R7")

    assert labels_of_form(here)[1:3] == ["提案概要", "提案詳細"]
    assert labels_of_form(there)[1:3] == ["提案の名前", "提案詳細"]
    assert ["規模" in labels_of_form(page) for page in (here, there)] == [False, True]
    assert ["40文字以内" in page.text for page in (here, there)] == [False, True]
    assert 'href="/proposals/new?round=R7">R7の項目で書き始める' in here.text


def test_draft_of_an_old_round_keeps_the_form_of_its_round(
    app: Flask, world: World, db_session: Session
) -> None:
    add_field(world.round, "extra_1", FieldKind.TEXT, "当時の問い")
    draft = make_draft(world, answers={"extra_1": "当時の答え"})
    make_round(world, "R7")
    db_session.commit()
    browser = enter(app, "city")

    form = browser.get(f"/proposals/drafts/{draft.id}")
    check = browser.get(f"/proposals/drafts/{draft.id}/check")
    new = browser.get("/proposals/new?round=R7")

    assert 'value="当時の答え"' in form.text
    assert "当時の問い" in check.text
    assert "当時の問い" not in new.text


def test_answers_of_every_kind_are_saved_and_come_back(
    app: Flask, world: World, db_session: Session
) -> None:
    add_field(world.round, "extra_1", FieldKind.CHOICE, "規模", choices=["小", "大"])
    add_field(world.round, "extra_2", FieldKind.LONG_TEXT, "費用", character_limit=5)
    db_session.commit()
    draft = make_draft(world)
    browser = enter(app, "city")
    sent = typed(draft, extra_1="大", extra_2="１行目\r\n２行目", is_bunken_proposal="yes")

    answer = browser.post(f"/proposals/drafts/{draft.id}", data=sent)
    page = browser.get(f"/proposals/drafts/{draft.id}")

    assert answer.status_code == 302
    assert draft.answers == {
        "extra_1": "大",
        "extra_2": "１行目\n２行目",
        "is_bunken_proposal": "yes",
    }
    assert '<option selected value="大">大</option>' in page.text
    assert re.findall(r'name="is_bunken_proposal" value="(\w+)" checked', page.text) == ["yes"]


def test_choice_that_is_not_offered_is_refused_at_its_field(app: Flask, world: World) -> None:
    draft = make_draft(world)
    sent = typed(draft, is_bunken_proposal="たぶん", title="書いたばかり")

    page = enter(app, "city").post(f"/proposals/drafts/{draft.id}", data=sent)

    words = "地方分権改革の提案募集にも出しているを一覧から選んでください"
    assert page.status_code == 422
    assert summary_of(page) == [("#is_bunken_proposal", words)]
    assert 'value="書いたばかり"' in page.text


@pytest.mark.parametrize(
    ("keeps", "fate", "left"),
    [
        (False, "入力したものは、提出すると消えます。", ""),
        (True, "入力したものは残りますが、提案の内容には出ません。", "12"),
    ],
)
def test_hidden_answer_is_announced_before_it_is_cleared_or_kept(
    app: Flask, world: World, db_session: Session, keeps: bool, fate: str, left: str
) -> None:
    named(world.round, "bunken_control_number").keeps_hidden_answer = keeps
    hidden = {"bunken_control_number": "12", "answers": {"is_bunken_proposal": "no"}}
    draft = make_draft(world, **hidden)
    db_session.commit()
    browser = enter(app, "city-mgr")
    address = f"/proposals/drafts/{draft.id}/check"

    page = browser.get(address)
    held = draft.bunken_control_number
    browser.post(address, data={"version": draft.version})

    section = page.text.split('id="hidden-fields"')[1].split("</section>")[0]
    (revision,) = revisions_of(draft)
    assert (held, draft.bunken_control_number) == ("12", left)
    assert (fate in section, "分権提案管理番号" in section) == (True, True)
    assert revision.content["bunken_control_number"] == left
    assert ">12<" not in browser.get("/proposals/R6-0001").text


def test_check_without_hidden_fields_says_nothing_of_them(app: Flask, world: World) -> None:
    draft = make_draft(world, answers={"is_bunken_proposal": "yes"})

    page = enter(app, "city").get(f"/proposals/drafts/{draft.id}/check")

    assert "表示していない項目" not in page.text


# --- Checking and submitting ----------------------------------------------------------------------


def test_check_leads_from_every_field_back_to_it(app: Flask, world: World) -> None:
    draft = make_draft(world)

    page = enter(app, "city").get(f"/proposals/drafts/{draft.id}/check")
    form = enter(app, "city").get(f"/proposals/drafts/{draft.id}")

    anchors = re.findall(rf'href="/proposals/drafts/{draft.id}#(\w+)">変更する', page.text)
    ids = re.findall(r'<(?:input|textarea|select)[^>]* id="(\w+)"', form.text)
    assert len(anchors) == 12
    assert [anchor for anchor in anchors if anchor not in ids] == []


def test_check_shows_what_is_typed_as_text(app: Flask, world: World) -> None:
    draft = make_draft(world, detail="<b>一行目</b>\n二行目")

    page = enter(app, "city").get(f"/proposals/drafts/{draft.id}/check")

    assert page.text.count("&lt;b&gt;一行目&lt;/b&gt;\n二行目") == 1


def test_check_lists_what_is_missing_and_offers_no_submission(app: Flask, world: World) -> None:
    draft = make_draft(world, title="", contact_department="")

    page = enter(app, "city-mgr").get(f"/proposals/drafts/{draft.id}/check")

    tasks = page.text.split('id="tasks"')[1].split("</section>")[0]
    address = f"/proposals/drafts/{draft.id}"
    assert re.findall(r'<a href="(.*?)">(.*?)</a>', tasks) == [
        (f"{address}#title", "提案概要を入力してください"),
        (f"{address}#contact_department", "担当部署を入力してください"),
    ]
    assert buttons_of(page) == []


def test_check_tells_a_proposer_who_can_submit(app: Flask, world: World) -> None:
    draft = make_draft(world)

    proposer = enter(app, "city").get(f"/proposals/drafts/{draft.id}/check")
    manager = enter(app, "city-mgr").get(f"/proposals/drafts/{draft.id}/check")

    assert (buttons_of(proposer), buttons_of(manager)) == ([], ["提出する"])
    assert re.findall(r'<h2 id="ask">(.*?)</h2>', proposer.text) == [
        "提出できる人に依頼してください"
    ]
    assert re.findall(r"管理者（(.*?)）です。", proposer.text) == ["city-mgr"]
    assert notices_of(manager) == ["提出すると変更できません"]


def test_submission_gives_the_number_and_the_receipt(app: Flask, world: World) -> None:
    draft = make_draft(world)
    browser = enter(app, "city-mgr")

    answer = browser.post(f"/proposals/drafts/{draft.id}/check", data={"version": draft.version})
    receipt = browser.get(answer.location)

    assert (answer.status_code, answer.location) == (302, "/proposals/R6-0001/receipt")
    assert (draft.state, draft.receipt_number) == (State.SUBMITTED, "R6-0001")
    assert re.findall(r'<span class="receipt-number">(.*?)</span>', receipt.text) == ["R6-0001"]
    assert re.findall(r">(令和6年8月20日（火）10時00分　期限内)<", receipt.text) == [
        "令和6年8月20日（火）10時00分　期限内"
    ]


def test_submission_by_a_proposer_is_refused(app: Flask, world: World) -> None:
    draft = make_draft(world)

    page = enter(app, "city").post(
        f"/proposals/drafts/{draft.id}/check", data={"version": draft.version}
    )

    assert (page.status_code, draft.state) == (403, State.DRAFT)


def test_submission_of_an_incomplete_draft_lists_what_is_missing(app: Flask, world: World) -> None:
    draft = make_draft(world, title="")

    page = enter(app, "city-mgr").post(
        f"/proposals/drafts/{draft.id}/check", data={"version": draft.version}
    )

    assert (page.status_code, draft.state) == (422, State.DRAFT)
    assert page.text.count("提案概要を入力してください") == 1


def test_submission_of_a_changed_draft_is_refused(app: Flask, world: World) -> None:
    draft = make_draft(world)
    seen = draft.version
    edit_proposal(draft, world.content(effect="次"), version=seen, actor=world["city"])

    page = enter(app, "city-mgr").post(
        f"/proposals/drafts/{draft.id}/check", data={"version": seen}
    )

    assert (page.status_code, draft.state) == (409, State.DRAFT)


def test_second_press_of_submit_takes_no_second_number(
    app: Flask, world: World, db_session: Session
) -> None:
    draft = make_draft(world)
    browser = enter(app, "city-mgr")
    sent = {"version": draft.version}

    answers = [browser.post(f"/proposals/drafts/{draft.id}/check", data=sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 409]
    assert (draft.receipt_number, world.round.last_receipt_sequence) == ("R6-0001", 1)


def test_receipt_of_another_body_does_not_exist(app: Flask, world: World) -> None:
    make_submitted(world)

    assert enter(app, "other-mgr").get("/proposals/R6-0001/receipt").status_code == 404


# --- A returned proposal --------------------------------------------------------------------------


def test_returned_proposal_shows_reason_and_due_date(app: Flask, world: World) -> None:
    make_returned(world)

    page = enter(app, "city").get("/proposals/R6-0001/edit")

    asked = re.findall(r'<a href="#(\w+)">(.*?)</a>　<span[^>]*>(.*?)</span>', page.text)
    assert asked == [("title", "提案概要", "対象の業務を書いてください。")]
    assert notices_of(page) == ["補正の依頼：提案概要"]
    assert re.findall(r"<p><b>(令和.*?)</b><br>(.*?)</p>", page.text) == [
        ("令和6年8月27日（火）", "あと5開庁日")
    ]
    assert buttons_of(page) == ["保存して確認へ進む", "保存する", "保存して添付へ進む"]


def test_returned_proposal_is_corrected_and_submitted_again(app: Flask, world: World) -> None:
    proposal = make_returned(world)
    browser = enter(app, "city-mgr")
    sent = typed(proposal, title="体育館の鍵を貸し出す業務の共通化", step="check")

    saved = browser.post("/proposals/R6-0001/edit", data=sent)
    check = browser.get(saved.location)
    answer = browser.post(saved.location, data={"version": proposal.version})
    receipt = browser.get(answer.location)

    assert (saved.location, answer.location) == (
        "/proposals/R6-0001/check",
        "/proposals/R6-0001/receipt",
    )
    assert (buttons_of(check), check.text.count("前回の提出から変更")) == (["再提出する"], 1)
    assert (proposal.state, proposal.receipt_number) == (State.SUBMITTED, "R6-0001")
    assert [revision.number for revision in revisions_of(proposal)] == [1, 2]
    assert re.findall(r"<h1>(.*?)</h1>", receipt.text) == ["補正を受け付けました"]


def test_check_of_a_return_names_what_is_not_corrected_yet(app: Flask, world: World) -> None:
    make_returned(world)

    page = enter(app, "city-mgr").get("/proposals/R6-0001/check")

    assert notices_of(page) == [
        "補正の依頼（まだ直していません）",
        "補正の依頼のうち1件は、内容が前回の提出から変わっていません",
        "提出すると変更できません",
    ]


@pytest.mark.parametrize(
    "state", [state for state in State if state not in (State.DRAFT, State.RETURNED)]
)
def test_proposal_that_is_not_returned_cannot_be_edited(
    app: Flask, world: World, state: State
) -> None:
    proposal = make_in_state(world, state)
    browser = enter(app, "city-mgr")

    looked = browser.get("/proposals/R6-0001/edit")
    sent = browser.post("/proposals/R6-0001/edit", data=typed(proposal, title="次"))

    assert (looked.status_code, looked.location) == (302, "/proposals/R6-0001")
    assert sent.status_code == 409
    assert proposal.title == COMPLETE_INPUT["title"]


# --- After the end --------------------------------------------------------------------------------


def test_closed_draft_says_so_and_offers_a_late_submission(app: Flask, world: World) -> None:
    draft = make_draft(world)

    with clock.at(ONE_DAY_LATE):
        browser = enter(app, "city-mgr")
        form = browser.get(f"/proposals/drafts/{draft.id}")
        check = browser.get(f"/proposals/drafts/{draft.id}/check")

    told = r"(令和6年の募集は、.*?に締め切りました)。"
    words = ["令和6年の募集は、令和6年8月27日（火）23時59分に締め切りました"]
    assert (re.findall(told, form.text), re.findall(told, check.text)) == (words, words)
    assert buttons_of(check) == ["期限後の提出を申し出る"]


def test_late_request_waits_and_freezes_the_draft(app: Flask, world: World) -> None:
    draft = make_draft(world)
    address = f"/proposals/drafts/{draft.id}"

    with clock.at(ONE_DAY_LATE):
        browser = enter(app, "city-mgr")
        sent = {"version": draft.version, "reason": "停電のため"}
        answer = browser.post(f"{address}/late", data=sent)
        form = browser.get(address)
        check = browser.get(f"{address}/check")

    assert [late.reason for late in late_submissions_of(draft)] == ["停電のため"]
    assert (answer.location, form.location) == (f"{address}/check", f"{address}/check")
    assert buttons_of(check) == []
    assert re.findall(r'<h2 id="late-waiting">(.*?)</h2>', check.text) == [
        "期限後の提出について、事務局の決定を待っています"
    ]


def test_late_request_without_a_reason_is_refused(app: Flask, world: World) -> None:
    draft = make_draft(world)

    with clock.at(ONE_DAY_LATE):
        page = enter(app, "city-mgr").post(
            f"/proposals/drafts/{draft.id}/late", data={"version": draft.version, "reason": "　"}
        )

    assert page.status_code == 422
    assert errors_of(page) == ["期限に間に合わなかった理由を入力してください"]
    assert late_submissions_of(draft) == []


def test_refused_late_request_shows_why_and_can_be_repeated(app: Flask, world: World) -> None:
    draft = make_draft(world)

    with clock.at(ONE_DAY_LATE):
        late = ask_late(world, draft)
        sent = {"decision": "refused", "reason": "事情が分かりません。"}
        answer = enter(app, "lead").post(f"/proposals/late/{late.id}", data=sent)
        check = enter(app, "city-mgr").get(f"/proposals/drafts/{draft.id}/check")

    assert (answer.status_code, late.decision) == (302, LateDecision.REFUSED)
    assert notices_of(check) == [
        "この募集回は締め切りました",
        "期限後の提出は受け付けられませんでした",
    ]
    assert check.text.count("理由　事情が分かりません。") == 1
    assert buttons_of(check) == ["期限後の提出を申し出る"]


def test_accepted_late_request_gets_its_number(app: Flask, world: World) -> None:
    draft = make_draft(world)

    with clock.at(ONE_DAY_LATE):
        late = ask_late(world, draft)
    with clock.at(ONE_DAY_LATE + timedelta(days=1)):
        sent = {"decision": "accepted", "reason": "停電を確かめました。"}
        answer = enter(app, "lead").post(f"/proposals/late/{late.id}", data=sent)
        receipt = enter(app, "city").get("/proposals/R6-0001/receipt")

    assert (answer.status_code, answer.location) == (302, "/proposals/late")
    assert re.findall(r">(令和6年8月28日（水）10時00分　期限後受付)<", receipt.text) == [
        "令和6年8月28日（水）10時00分　期限後受付"
    ]


def test_late_decision_without_a_word_is_refused(app: Flask, world: World) -> None:
    with clock.at(ONE_DAY_LATE):
        late = ask_late(world, make_draft(world))

        page = enter(app, "lead").post(f"/proposals/late/{late.id}", data={})

    assert page.status_code == 422
    assert errors_of(page) == [
        "受け付けるかどうかを選んでください",
        "決定の理由を入力してください",
    ]
    assert late.decision is None


def test_late_decision_is_made_once(app: Flask, world: World) -> None:
    with clock.at(ONE_DAY_LATE):
        late = ask_late(world, make_draft(world))
        lead = enter(app, "lead")
        sent = {"decision": "refused", "reason": "理由"}
        lead.post(f"/proposals/late/{late.id}", data=sent)

        page = lead.post(f"/proposals/late/{late.id}", data={**sent, "decision": "accepted"})
        looked = lead.get(f"/proposals/late/{late.id}")

    assert (page.status_code, late.decision) == (409, LateDecision.REFUSED)
    assert (looked.status_code, buttons_of(looked)) == (200, [])


def test_late_submissions_list_what_waits(app: Flask, world: World) -> None:
    with clock.at(ONE_DAY_LATE):
        late = ask_late(world, make_draft(world, title="遅れた提案"))
        page = enter(app, "lead").get("/proposals/late")

    links = re.findall(r'href="(/proposals/late/\d+)">内容を見て決める<.*?（(.*?)）', page.text)
    assert links == [(f"/proposals/late/{late.id}", "遅れた提案")]


def test_late_submission_is_hidden_from_a_lead_with_a_conflict(app: Flask, world: World) -> None:
    declare_conflict(world["lead"], body=world["city"].organization)

    with clock.at(ONE_DAY_LATE):
        late = ask_late(world, make_draft(world))
        lead = enter(app, "lead")
        listed = lead.get("/proposals/late")
        opened = lead.get(f"/proposals/late/{late.id}")

    assert re.findall(r"/proposals/late/\d+", listed.text) == []
    assert opened.status_code == 404


@pytest.mark.parametrize("login", ["city-mgr", "officer1", "auditor", "admin"])
def test_late_submissions_are_for_the_lead_alone(app: Flask, world: World, login: str) -> None:
    with clock.at(ONE_DAY_LATE):
        late = ask_late(world, make_draft(world))
        browser = enter(app, login)
        pages = [browser.get(path) for path in ("/proposals/late", f"/proposals/late/{late.id}")]

    assert [page.status_code for page in pages] == [403, 403]
