"""Buttons of the queue on its pages (次の1件・着手・引き継ぐ・戻す・後回し)."""

import re

from flask import Flask

from app.proposals.models import Proposal
from app.triage.models import Pile
from app.triage.services.claims import Claim, claim
from app.triage.worklist.claims import claim_on, own_skips
from tests.accounts.browser import enter
from tests.factories import (
    World,
    make_accepted,
    make_in_confirmation,
    make_in_review,
    make_submitted,
)
from tests.triage.pages import address, errors_of, messages_of, numbers_in, section_of, typed
from tests.triage.test_claims import TERM

NEXT = "/triage/next?round=R6&q=鍵"


def strip_of(page: str) -> str:
    """What the strip below the bar of the case says, without its markup."""
    [strip] = re.findall(r'<div class="work-strip".*?</form>', page, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub("<.*?>", "", strip)).strip()


def take(world: World, proposal: Proposal, login: str) -> None:
    command = Claim(version=proposal.version, pile=Pile.FORM_CHECK, term=TERM)
    claim(proposal, command, actor=world[login])


def test_next_case_opens_its_page_with_the_filters(app: Flask, world: World) -> None:
    case = make_submitted(world)
    officer = enter(app, "officer1")

    sent = officer.post(NEXT, data={"pile": "form_check"})
    page = officer.get(sent.location)

    assert sent.location == f"{address(case, 'form-check')}?pile=form_check&round=R6&q=%E9%8D%B5"
    assert strip_of(page.text).startswith("形式確認待ち 1件中 1件目検索：鍵 あなたが")
    assert "8月20日（火）10時00分から着手中" in strip_of(page.text)
    kept = "?pile=form_check&amp;round=R6&amp;q=%E9%8D%B5"
    assert f'action="{address(case, "accept")}{kept}"' in page.text


def test_next_case_is_told_kindly_when_nothing_is_left(app: Flask, world: World) -> None:
    take(world, make_submitted(world), "officer1")

    page = enter(app, "officer2").post(NEXT, data={"pile": "form_check"}, follow_redirects=True)

    assert messages_of(page) == [
        "「形式確認待ち」に、いま着手できる提案はありません。条件に合うものがないか、"
        "残りはほかの人が着手しています。"
    ]
    assert page.request.args.to_dict() == {"q": "鍵", "round": "R6"}


def test_same_press_twice_gives_one_case(app: Flask, world: World) -> None:
    first, second = make_submitted(world), make_submitted(world)
    officer = enter(app, "officer1")
    data = {"pile": "form_check", "form_key": "0" * 31 + "1"}

    places = {officer.post(NEXT, data=data).location for _ in range(2)}

    assert len(places) == 1
    assert (claim_on(first) is None, claim_on(second) is None) == (False, True)


def test_unknown_pile_is_refused(app: Flask, world: World) -> None:
    officer = enter(app, "officer1")

    answers = [
        officer.post(NEXT, data=data).status_code for data in ({}, {"pile": "x"}, {"pile": ""})
    ]

    assert answers == [422, 422, 422]
    assert officer.post("/triage/next?round=R99", data={"pile": "review"}).status_code == 404


def test_page_says_who_is_at_it_and_lets_take_over(app: Flask, world: World) -> None:
    case = make_submitted(world)
    take(world, case, "officer1")
    colleague = enter(app, "officer2")

    page = colleague.get(address(case, "form-check"))
    alone = colleague.post(address(case, "claim"), data=typed(case, pile="form_check"))
    over = typed(case, pile="form_check", from_id=world["officer1"].id)
    taken = colleague.post(address(case, "claim"), data=over)

    assert "officer1が8月20日（火）10時00分から着手中" in strip_of(page.text)
    assert "引き継ぐ" in strip_of(page.text)
    assert (alone.status_code, taken.status_code) == (409, 302)
    held = claim_on(case)
    assert held is not None
    assert held.user == world["officer2"]


def test_queue_shows_what_is_claimed_and_gives_it_back(app: Flask, world: World) -> None:
    case = make_submitted(world)
    take(world, case, "officer1")
    officer = enter(app, "officer1")

    own, others = officer.get("/triage"), enter(app, "officer2").get("/triage")
    done = officer.post(address(case, "claim/release"), follow_redirects=True)

    assert numbers_in(section_of(own, "claims")) == [case.reference]
    assert "あなたが着手中" in section_of(own, "form-check")
    assert "officer1が着手中" in section_of(others, "form-check")
    assert 'aria-labelledby="claims"' not in others.text
    assert messages_of(done) == [f"{case.reference}を一覧に戻しました。期限は変わりません。"]
    assert officer.post(address(case, "claim/release")).status_code == 409


def test_skipping_leads_on_and_can_be_taken_back(app: Flask, world: World) -> None:
    case, following = make_in_review(world, "officer1"), make_in_review(world, "officer1")
    officer = enter(app, "officer1")
    data = typed(case, until="令和6年8月22日", reason="返事を待つ")

    empty = officer.post(f"{address(case, 'skip')}?pile=review", data=typed(case, until=""))
    sent = officer.post(f"{address(case, 'skip')}?pile=review", data=data)
    queue = officer.get("/triage")
    back = officer.post(address(case, "skip/take-back"), follow_redirects=True)

    assert errors_of(empty) == [
        "いつまで後回しにするかを入力してください",
        "後回しにする理由を入力してください",
    ]
    assert sent.location == f"{address(following, 'assess')}?pile=review"
    assert numbers_in(section_of(queue, "review")) == [following.reference]
    assert "令和6年8月22日（木）に戻ります　返事を待つ" in section_of(queue, "skips")
    assert messages_of(back) == [f"{case.reference}を一覧の元の位置に戻しました。"]
    assert own_skips(world["officer1"], world.round) == []


def test_every_page_of_work_keeps_pile_and_filter_to_its_neighbours(
    app: Flask, world: World
) -> None:
    for make in (make_submitted, make_accepted, make_in_confirmation):
        make(world)
        make(world)
    lead = enter(app, "lead")

    links = []
    for pile, page in (
        ("form_check", "form-check"),
        ("assignment", "assign"),
        ("confirmation", "confirm"),
    ):
        number = numbers_in(section_of(lead.get("/triage"), pile.replace("_", "-")))[0]
        opened = lead.get(f"/proposals/{number}/{page}?pile={pile}&q=鍵").text
        links += re.findall(r'id="work-next" href="/proposals/R6-\d+/(.*?)"', opened)

    kept = "q=%E9%8D%B5"
    assert links == [
        f"form-check?pile=form_check&amp;{kept}",
        f"assign?pile=assignment&amp;{kept}",
        f"confirm?pile=confirmation&amp;{kept}",
    ]
