"""Pages of the desk of a ministry (府省庁の画面)."""

import io
import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.core import clock
from app.extensions import db
from app.handoffs.inbox import Inbox, build_inbox
from app.handoffs.models import BodyView, ReplyRelease
from app.handoffs.queries import current_reply
from app.workflow.handoffs import HandoffPart, HandoffPurpose, HandoffState, ReplyStatus
from app.workflow.states import State
from tests.accounts.browser import enter
from tests.casework.test_case_list import count_queries
from tests.factories import World, make_classified, make_handoff, make_world

NOW = clock.jst(2024, 8, 20, 10)
TEXT = "制度の改正が要るため、対応は困難です。"


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def titles_of(inbox: Inbox) -> list[tuple[str, int]]:
    return [(group.title, group.total) for group in inbox.groups]


def hidden(page: str) -> dict[str, str]:
    """What a form about the reply carries unseen."""
    part = page.split("/reply")[1]
    return {
        name: re.findall(rf'name="{name}" value="(.*?)"', part)[0]
        for name in ("version", "round_number")
    }


def test_inbox_is_grouped_by_date_and_counted(db_session: Session) -> None:
    with clock.at(clock.jst(2024, 8, 1, 10)):
        world = make_world()
        late = make_handoff(world, make_classified(world))
    with clock.at(NOW):
        make_handoff(world, make_classified(world))
        mine = make_handoff(world, make_classified(world), state=HandoffState.ACKNOWLEDGED)
        make_handoff(world, make_classified(world), state=HandoffState.REFUSED)
        soon = make_handoff(world, make_classified(world), state=HandoffState.ACKNOWLEDGED)
        mine.assignee_id = world["ministry"].id
        soon.due_on = clock.today()

        inbox = build_inbox(world["ministry"], world.round)
        done = build_inbox(world["ministry"], world.round, is_done=True)
        own = build_inbox(world["ministry"], world.round, asked={"mine": "1", "part": "x"})

    assert titles_of(inbox) == [("期限超過", 1), ("今週", 1), ("来週から後", 1), ("受領前", 1)]
    assert inbox.groups[0].lines[0].handoff is late
    assert (inbox.owed, inbox.done, inbox.late) == (4, 1, 1)
    assert [line.badge.label for line in done.groups[0].lines] == ["所管外"]
    assert [line.handoff for group in own.groups for line in group.lines] == [mine]


def test_several_are_acknowledged_at_once_or_none(app: Flask, world: World) -> None:
    first = make_handoff(world, make_classified(world))
    second = make_handoff(world, make_classified(world), purpose=HandoffPurpose.INFORMATION)
    browser = enter(app, "coordinator")
    page = browser.get("/handoffs").text
    boxes = re.findall(r'name="chosen" value="(.*?)"', page)

    refused = browser.post("/handoffs/acknowledge", data={"chosen": [boxes[0], f"{second.id}-99"]})
    before = (first.state, second.state)
    taken = browser.post("/handoffs/acknowledge", data={"chosen": boxes})

    assert (refused.status_code, taken.status_code) == (409, 302)
    assert before == (HandoffState.SENT, HandoffState.SENT)
    assert (first.state, second.state) == (HandoffState.ACKNOWLEDGED, HandoffState.SETTLED)


def test_reply_is_written_checked_approved_and_sent(app: Flask, world: World) -> None:
    handoff = make_handoff(world, make_classified(world), state=HandoffState.ACKNOWLEDGED)
    address = f"/handoffs/{handoff.id}"
    officer, coordinator = enter(app, "ministry"), enter(app, "coordinator")
    typed = {
        "kind": "will_consider",
        "text": TEXT,
        "planned_on": "令和99年2月31日",
        "files": [(io.BytesIO(b"a,b\n1,2\n"), "根拠.csv")],
        "step": "check",
        **hidden(officer.get(address).text),
    }

    no_date = officer.post(f"{address}/reply", data=typed)
    typed |= {"planned_on": "令和99年3月31日", "files": [(io.BytesIO(b"a,b\n1,2\n"), "根拠.csv")]}
    kept = officer.post(f"{address}/reply", data=typed)
    check = officer.get(f"{address}/reply/check").text
    asked = officer.post(f"{address}/reply/ask", data=hidden(check))
    last = coordinator.get(f"{address}/reply/check").text
    sent = coordinator.post(f"{address}/reply/send", data=hidden(last))

    statuses = [row.status_code for row in (no_date, kept, asked, sent)]
    assert statuses == [422, 302, 302, 302]
    assert TEXT in last
    assert "根拠.csv" in last
    assert handoff.state is HandoffState.ANSWERED
    assert "回答済み" in coordinator.get("/handoffs?tab=done").text
    assert coordinator.get(f"{address}/reply/check").status_code == 409


def test_incomplete_reply_is_kept_and_stays_on_the_screen(app: Flask, world: World) -> None:
    handoff = make_handoff(world, make_classified(world), state=HandoffState.ACKNOWLEDGED)
    browser = enter(app, "ministry")
    typed = {"kind": "will_act", "text": TEXT, "step": "check"}
    typed |= hidden(browser.get(f"/handoffs/{handoff.id}").text)

    page = browser.post(f"/handoffs/{handoff.id}/reply", data=typed)

    assert page.status_code == 422
    assert "いつまでに対応するか、予定日を入力してください" in page.text
    assert TEXT in page.text
    reply = current_reply(handoff)
    assert reply is not None
    assert (reply.text, reply.status) == (TEXT, ReplyStatus.DRAFT)
    assert hidden(page.text) == {"version": "1", "round_number": "1"}


def test_second_writer_gets_the_text_back(app: Flask, world: World) -> None:
    handoff = make_handoff(world, make_classified(world), state=HandoffState.ACKNOWLEDGED)
    address = f"/handoffs/{handoff.id}/reply"
    browser = enter(app, "coordinator")
    seen = hidden(browser.get(f"/handoffs/{handoff.id}").text)
    enter(app, "ministry").post(address, data={**seen, "text": "先の文です。", "step": "save"})

    page = browser.post(address, data={**seen, "text": TEXT, "step": "save"})

    assert page.status_code == 409
    assert unescape(page.text).count(TEXT) == 1
    assert f'href="/handoffs/{handoff.id}"' in page.text


BAD_POSTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("reply", {"kind": "nothing", "version": "0", "round_number": "1"}),
    ("reply", {"planned_on": "いつか", "version": "0", "round_number": "1"}),
    ("refuse", {"reason": ""}),
    ("refuse", {"reason": "理由", "suggested_id": "９"}),
    ("assign", {"assignee_id": "x"}),
    ("reply/send", {}),
    ("reply/ask", {"version": "9" * 30}),
    ("reply/return", {"note": "直す", "version": "1", "round_number": "1"}),
    ("acknowledge", {"version": "x"}),
    ("reply/files/nothing/remove", {"version": "0", "round_number": "1"}),
)


def test_bad_input_is_refused_in_words(app: Flask, world: World) -> None:
    handoff = make_handoff(world, make_classified(world), state=HandoffState.ACKNOWLEDGED)
    before = handoff.version
    browser = enter(app, "coordinator")

    pages = [
        browser.post(f"/handoffs/{handoff.id}/{act}", data={"version": str(before), **data})
        for act, data in BAD_POSTS
    ]

    assert [page.status_code for page in pages] == [
        *[422] * 5,
        *[409] * 4,
        404,
    ]
    assert (handoff.version, current_reply(handoff)) == (before, None)


def test_ministry_is_led_to_its_inbox(app: Flask, world: World) -> None:
    browser = enter(app, "ministry")
    empty = browser.get("/handoffs").text

    make_handoff(world, make_classified(world), part=HandoffPart.LEAD)

    assert "届いた案件はありません" in empty
    assert browser.get("/proposals").headers["Location"] == "/handoffs"
    assert "案件を開く" in browser.get("/").text


def test_stopped_case_says_so(app: Flask, world: World, db_session: Session) -> None:
    handoff = make_handoff(world, make_classified(world), state=HandoffState.ACKNOWLEDGED)
    handoff.proposal.state, handoff.proposal.category_id = State.IN_REVIEW, None
    db_session.flush()

    page = enter(app, "coordinator").get(f"/handoffs/{handoff.id}").text

    assert "分類を見直しています" in page
    assert "回答の確認へ進む" not in page
    assert "所管外として返す" not in page


def test_long_inbox_comes_in_pages_with_few_queries(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.handoffs.inbox.PAGE_SIZE", 2)
    late = make_handoff(world, make_classified(world), state=HandoffState.ACKNOWLEDGED)
    late.due_on = clock.today() - timedelta(days=1)
    few = count_queries(enter(app, "coordinator"), "/handoffs")
    sent = [make_handoff(world, make_classified(world)) for _ in range(3)]
    db.session.flush()

    actor, round_ = world["coordinator"], world.round
    pages = [build_inbox(actor, round_, asked={"page": page}) for page in ("1", "2", "9", "x")]

    first, second, beyond, garbled = pages
    shown = [[line.handoff for group in page.groups for line in group.lines] for page in pages]
    assert shown == [[late, sent[0]], sent[1:], sent[1:], [late, sent[0]]]
    assert [(group.title, len(group.lines), group.total) for group in first.groups] == [
        ("期限超過", 1, 1),
        ("受領前", 1, 3),
    ]
    assert [(page.page, page.pages, page.found) for page in (second, beyond, garbled)] == [
        (2, 2, 4),
        (2, 2, 4),
        (1, 2, 4),
    ]
    assert count_queries(enter(app, "coordinator"), "/handoffs?page=2") <= few
    assert 'rel="prev"' in enter(app, "coordinator").get("/handoffs?page=2").text


def test_view_of_the_body_is_read_at_the_desk_once_it_is_filed(app: Flask, world: World) -> None:
    proposal = make_classified(world)
    lead = make_handoff(world, proposal, state=HandoffState.ANSWERED)
    gave_back = make_handoff(
        world,
        proposal,
        state=HandoffState.REFUSED,
        to=world["digital"].organization,
        part=HandoffPart.RELATED,
    )
    release = ReplyRelease(round=world.round, released_by=world["lead"], released_at=clock.now())
    view = BodyView(
        proposal=proposal,
        number=1,
        release=release,
        asked_on=clock.today(),
        office_days=10,
        due_on=clock.today(),
        text="書きかけの見解",
    )
    db.session.add(view)
    db.session.flush()
    own, other = enter(app, "ministry"), enter(app, "digital")

    before = own.get(f"/handoffs/{lead.id}").text
    view.filed_by_id, view.filed_at, view.text = world["city"].id, clock.now(), "回答を了承します。"
    db.session.flush()

    assert "書きかけの見解" not in before
    assert "回答を了承します。" in own.get(f"/handoffs/{lead.id}").text
    assert "回答を了承します。" not in other.get(f"/handoffs/{gave_back.id}").text


def test_lead_says_why_its_reply_differs_from_the_last_one(app: Flask, world: World) -> None:
    proposal = make_classified(world)
    lead = make_handoff(world, proposal, state=HandoffState.ACKNOWLEDGED)
    related = make_handoff(
        world,
        proposal,
        state=HandoffState.ACKNOWLEDGED,
        to=world["digital"].organization,
        part=HandoffPart.RELATED,
    )
    typed = {"kind": "difficult", "text": TEXT, "why_different": "制度が変わったため。"}

    for handoff, login in ((lead, "ministry"), (related, "digital")):
        browser, address = enter(app, login), f"/handoffs/{handoff.id}"
        browser.post(f"{address}/reply", data=typed | {"round_number": 1, "version": 0})
    check = enter(app, "ministry").get(f"/handoffs/{lead.id}/reply/check").text

    replies = [current_reply(row) for row in (lead, related)]
    assert [row.why_different for row in replies if row] == ["制度が変わったため。", None]
    assert "制度が変わったため。" in check
    assert 'name="why_different"' not in enter(app, "digital").get(f"/handoffs/{related.id}").text
