"""Half-written opinions (仕分け意見の下書き): kept for their author until they are registered."""

import re

from flask import Flask
from sqlalchemy.orm import Session

from app.core import clock
from app.proposals.models import Proposal
from app.triage.models import Pile
from app.triage.services.claims import Claim, claim
from app.triage.services.opinion_drafts import draft_of
from app.triage.services.pending import Resume, resume
from app.triage.worklist.claims import claim_on
from tests.accounts.browser import enter
from tests.factories import World, declare_conflict, give_opinion, make_in_review, make_pending
from tests.triage.pages import NOW, address, messages_of, typed
from tests.triage.test_claims import TERM

JSON = {"Accept": "application/json"}


def half(proposal: Proposal, **values: object) -> dict[str, object]:
    return typed(proposal, category_key="f5", reason="多くの団体が　", **values)


def reason_on(page: str) -> str:
    return re.findall(r'<textarea[^>]*name="reason"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL)[0]


def test_draft_survives_leaving_the_page_and_stays_with_its_author(
    app: Flask, world: World
) -> None:
    case = make_in_review(world, "officer1")
    officer = enter(app, "officer1")

    saved = officer.post(address(case, "opinion-draft"), data=half(case), headers=JSON)
    page = officer.get(address(case, "assess"))

    assert saved.json == {"words": "10時00分に下書き保存"}
    assert reason_on(page.text) == "多くの団体が"
    assert re.findall(r'<option selected value="(f5)"', page.text) == ["f5"]
    assert "<span data-draft-words>10時00分に下書き保存</span>" in page.text
    assert draft_of(world["officer2"], case) is None


def test_p30_draft_keeps_the_fields_of_the_opinion_alone(app: Flask, world: World) -> None:
    case = make_in_review(world, "officer1")
    sent = half(case, **{"evidence-0-quote": "窓口", "role": "admin", "id": "9"})

    enter(app, "officer1").post(address(case, "opinion-draft"), data=sent)

    draft = draft_of(world["officer1"], case)
    assert draft is not None
    kept = dict(draft.fields)
    assert (kept["category_key"], kept["evidence-0-quote"]) == ("f5", "窓口")
    assert kept.keys().isdisjoint({"role", "id", "version"})


def test_draft_of_another_version_of_the_case_says_so(app: Flask, world: World) -> None:
    case = make_in_review(world, "officer1")
    older = {**half(case), "version": case.version - 1}
    enter(app, "officer1").post(address(case, "opinion-draft"), data=older)

    with clock.at(clock.jst(2024, 8, 21, 9)):
        page = enter(app, "officer1").get(address(case, "assess"))

    words = "8月20日（火）10時00分に下書き保存（その後、提案の状態か内容が変わりました）"
    assert f"<span data-draft-words>{words}</span>" in page.text


def test_draft_ends_when_the_opinion_is_registered(world: World, app: Flask) -> None:
    case = make_in_review(world, "officer1")
    enter(app, "officer1").post(address(case, "opinion-draft"), data=half(case))

    give_opinion(world, case)

    assert draft_of(world["officer1"], case) is None


def test_draft_outlives_a_pending_case(app: Flask, world: World) -> None:
    case = make_pending(world)
    enter(app, "officer1").post(address(case, "opinion-draft"), data=half(case))

    resume(case, Resume(version=case.version), actor=world["officer1"])

    assert draft_of(world["officer1"], case) is not None


def test_saving_goes_on_to_where_the_button_says(
    app: Flask, world: World, db_session: Session
) -> None:
    case = make_in_review(world, "officer1")
    command = Claim(version=case.version, pile=Pile.REVIEW, term=TERM)
    claim(case, command, actor=world["officer1"])
    officer = enter(app, "officer1")

    places = {
        then: officer.post(address(case, "opinion-draft"), data=half(case, then=then)).location
        for then in ("stay", "skip", "release")
    }

    assert places == {
        "stay": f"{address(case, 'assess')}?pile=review",
        "skip": address(case, "skip"),
        "release": "/triage?round=R6",
    }
    assert claim_on(case) is None


def test_saving_renews_the_claim(app: Flask, world: World) -> None:
    case = make_in_review(world, "officer1")
    command = Claim(version=case.version, pile=Pile.REVIEW, term=TERM)
    claim(case, command, actor=world["officer1"])

    with clock.at(NOW + TERM / 2):
        enter(app, "officer1").post(address(case, "opinion-draft"), data=half(case), headers=JSON)

    held = claim_on(case)
    assert held is not None
    assert held.expires_at == NOW + TERM / 2 + TERM


def test_draft_is_refused_to_who_may_not_write_and_when_it_is_endless(
    app: Flask, world: World
) -> None:
    case, hidden = make_in_review(world, "officer1"), make_in_review(world, "officer1")
    declare_conflict(world["officer1"], proposal=hidden)

    answers = [
        enter(app, login)
        .post(address(row, "opinion-draft"), data={**half(row), **more})
        .status_code
        for login, row, more in (
            ("officer2", case, {}),
            ("officer1", hidden, {}),
            ("officer1", case, {"reason": "あ" * 100_001}),
            ("officer1", case, {"version": "x"}),
        )
    ]

    assert answers == [403, 404, 422, 422]


def test_registering_goes_on_to_the_next_case_of_the_pile(app: Flask, world: World) -> None:
    first, second = make_in_review(world, "officer1"), make_in_review(world, "officer1")
    officer = enter(app, "officer1")
    data = typed(first, category_key="f5", reason="理由", then="next")

    sent = officer.post(f"{address(first, 'assess')}?pile=review&q=鍵", data=data)
    page = officer.get(sent.location)

    assert sent.location == f"{address(second, 'assess')}?pile=review&q=%E9%8D%B5"
    held = claim_on(second)
    assert held is not None
    assert held.user == world["officer1"]
    assert messages_of(page) == [
        f"{first.reference}の仕分け意見を登録しました。次は、ほかの担当者が確認します。 "
        f"{first.reference}の個票"
    ]


def test_registering_the_last_case_leads_back_to_the_queue(app: Flask, world: World) -> None:
    case = make_in_review(world, "officer1")
    data = typed(case, category_key="f5", reason="理由", then="next")

    page = enter(app, "officer1").post(
        f"{address(case, 'assess')}?q=鍵", data=data, follow_redirects=True
    )

    assert page.request.path == "/triage"
    assert page.request.args.to_dict() == {"q": "鍵", "round": "R6"}
    assert messages_of(page)[1].startswith("「自分の仕分け」に、いま着手できる提案はありません。")
