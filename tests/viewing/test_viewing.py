"""Looking at the screens of another person (代理閲覧, O4, P29): both may see it, nothing changes.

In the quick suite a part of the pages and doors is asked at; VIEWINGS=all asks at all of them.
"""

import os
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from zlib import crc32

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import String, Text, func, select
from sqlalchemy.orm import Session

from app.accounts.models import OutsiderKind, Role, UserSession
from app.accounts.policy import can_view_as
from app.accounts.services.users import change_roles, disable_user
from app.audit.models import AuditEvent, ReadLog
from app.comments.models import Comment, CommentAudience
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import Base, db
from app.proposals.models import Proposal
from app.viewing.doors import ALWAYS, OPEN
from app.workflow.handoffs import HandoffState
from tests.accounts.browser import enter
from tests.answers.replies import answer_handoff, release
from tests.architecture.test_endpoints import CHANGING, address, doors
from tests.factories import (
    World,
    declare_conflict,
    make_classified,
    make_closed,
    make_draft,
    make_handoff,
    make_in_confirmation,
    make_returned,
    make_submitted,
    make_world,
)
from tests.proposals.sharing.worlds import ask, name_partner, sign_off

NOW = clock.jst(2024, 8, 20, 10)
REASON = "一覧に出ないという問合せの確認"
IS_WHOLE = os.environ.get("VIEWINGS") == "all"
OUTSIDE = ("city", "city-mgr", "other-mgr", "ministry", "coordinator", "observer")
TARGETS = OUTSIDE if IS_WHOLE else ("city-mgr", "coordinator")
# One of so many addresses and doors.
SHARE = 1 if IS_WHOLE else 9
SHOWN = {"lead": 8, "admin": 2}
# Texts of the product itself: words of its own that rows repeat.
LEAST_LETTERS = 5


@pytest.fixture
def world(app: Flask, db_session: Session) -> Iterator[World]:
    app.extensions["read_log"].clear()
    with clock.at(NOW):
        world = make_world(closes_at=clock.jst(2024, 8, 27, 23, 59, 59))
        make_submitted(world, title="外に出た提案の名")
        make_draft(world, title="まだ出していない下書きの名")
        make_in_confirmation(world)
        make_returned(world)
        make_closed(world)
        _add_handoffs(world)
        sign_off(world)
        ask(world, make_draft(world, title="決裁を求めた下書きの名"), note="決裁の添え書き")
        name_partner(world, make_draft(world, title="共同提案を頼んだ下書きの名"))
        db_session.commit()
        yield world
    app.extensions["read_log"].clear()


def _add_handoffs(world: World) -> None:
    for state in (HandoffState.SENT, HandoffState.ACKNOWLEDGED):
        handoff = make_handoff(world, make_classified(world), state=state)
        if state is HandoffState.ACKNOWLEDGED:
            release(world, answer_handoff(world, handoff))


def view_as(app: Flask, real: str, target: str, world: World) -> FlaskClient:
    """The browser of one person, looking at the screens of another."""
    page = f"/view-as/{world[target].id}"
    # What the browser does is no part of what this test has open.
    db.session.commit()
    browser = enter(app, real)
    answer = browser.post(page, data={"reason": REASON})
    assert answer.status_code == 302, (real, target)
    return browser


def numbers() -> list[str]:
    found = select(Proposal.receipt_number).where(Proposal.receipt_number.is_not(None))
    return [row for row in db.session.scalars(found.order_by(Proposal.id)) if row]


def is_drawn(word: str) -> bool:
    """Whether this run asks there: by a hash, thus the same in each."""
    return IS_WHOLE or crc32(word.encode()) % SHARE == 0


def addresses(app: Flask, endpoints: frozenset[str]) -> list[str]:
    """Addresses of the doors, with every receipt number where one is asked for."""
    found = []
    for door in doors(app):
        if door.endpoint in endpoints and door.method == "GET":
            values = numbers() if "receipt_number" in door.arguments else [""]
            found += [address(app, door, **_named(value)) for value in values]
    return sorted(set(found))


def _named(value: str) -> dict[str, object]:
    return {"receipt_number": value} if value else {}


def stored_texts() -> list[str]:
    """Every text that stands in a row, and could be seen on a page."""
    found: set[str] = set()
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, String | Text):
                found |= {str(row) for row in db.session.scalars(select(column).distinct())}
    return sorted(text for text in found if len(text) >= LEAST_LETTERS and "\n" not in text)


def main_of(browser: FlaskClient, path: str) -> str:
    """The page itself, without frame and bar."""
    return browser.get(path).text.partition("<main")[2].partition("</main>")[0]


def body_of(page: str) -> str:
    """Words of a page without its frame and stamp, which name who looks and who is seen."""
    own = re.sub(r'(?s)^.*?<main|<footer.*$|<p class="print-only.*?</p>', "", page)
    return re.sub(r"<[^>]*>", "\n", own)


# --- What is seen -------------------------------------------------------------------------------


@pytest.mark.parametrize("real", ["lead", "admin"])
def test_p29_a_viewing_shows_what_both_may_see(app: Flask, world: World, real: str) -> None:
    texts = stored_texts()
    asked = [path for path in addresses(app, OPEN) if path.count("/") < 3 or is_drawn(path)]
    # Where that person reads of the same cases, rounds and bodies.
    beside = frozenset(
        {"casework.show", "casework.triage_record", "case_handoffs.show", "rounds.index"}
    )
    own = enter(app, real)
    people = "".join(own.get(f"/view-as?q={login}").text for login in TARGETS)
    seen_by_real = people + "".join(
        own.get(path).text for path in {*asked, *addresses(app, beside)}
    )
    wrong, shown = [], 0

    for target in TARGETS:
        browser, their_own = view_as(app, real, target, world), enter(app, target)
        for path in asked:
            answer = browser.get(path)
            assert answer.status_code in (200, 302, 403, 404), (target, path)
            if answer.status_code == 200:
                page, of_target = body_of(answer.text), their_own.get(path).text
                shown += 1
                wrong += [
                    (target, path, text)
                    for text in texts
                    if text in page and not (text in of_target and text in seen_by_real)
                ]

    assert wrong == []
    assert shown >= SHOWN[real]


def test_p29_drafts_and_sign_offs_of_a_body_stay_its_own(app: Flask, world: World) -> None:
    browser = view_as(app, "lead", "city-mgr", world)

    page = browser.get("/").text + browser.get("/proposals").text

    assert "外に出た提案の名" in page
    hidden = (
        "まだ出していない下書き",
        "決裁を求めた下書き",
        "共同提案を頼んだ下書き",
        "決裁の添え書き",
    )
    assert [words for words in hidden if words in page] == []


def test_p29_admin_sees_no_case_through_the_eyes_of_a_body(app: Flask, world: World) -> None:
    browser = view_as(app, "admin", "city-mgr", world)

    assert browser.get("/").status_code == 200
    assert {browser.get(f"/proposals/{number}").status_code for number in numbers()} == {404}
    assert "外に出た提案の名" not in browser.get("/").text + browser.get("/proposals").text


def test_p29_conflict_of_the_one_who_looks_hides_the_case(app: Flask, world: World) -> None:
    with clock.at(NOW):
        declare_conflict(world["lead"], body=world["city"].organization)
        db.session.commit()
    browser = view_as(app, "lead", "city-mgr", world)

    assert {browser.get(f"/proposals/{number}").status_code for number in numbers()} == {404}
    assert "外に出た提案の名" not in browser.get("/proposals").text


def test_p29_comments_are_in_no_viewing(app: Flask, world: World) -> None:
    proposal = db.session.scalars(
        select(Proposal).where(Proposal.title == "外に出た提案の名")
    ).one()
    with clock.at(NOW):
        comment = Comment(
            proposal_id=proposal.id,
            author_id=world["officer1"].id,
            audience=CommentAudience.BODY,
            body="団体へのコメント",
            written_at=clock.now(),
        )
        db.session.add(comment)
        db.session.commit()
    browser = view_as(app, "lead", "city-mgr", world)
    number = proposal.reference

    assert "/comments" not in browser.get(f"/proposals/{number}").text
    assert (
        f"/proposals/{number}/comments" in enter(app, "city-mgr").get(f"/proposals/{number}").text
    )


def test_closed_doors_answer_as_if_they_were_not_there(app: Flask, world: World) -> None:
    browser = view_as(app, "lead", "city-mgr", world)

    closed = (
        "/account",
        "/notices",
        "/search?q=甲",
        "/body",
        "/exports",
        "/proposals/new",
        "/audit",
        "/audit/export",
    )
    assert [browser.get(path).status_code for path in closed] == [404] * len(closed)
    assert "代理閲覧を終える" in browser.get("/account").text


@pytest.mark.parametrize(
    ("target", "act"), [("city-mgr", "補正する"), ("coordinator", "案件を開く")]
)
def test_no_button_leads_to_what_is_closed(app: Flask, world: World, target: str, act: str) -> None:
    browser = view_as(app, "lead", target, world)
    paths = ["/", *(path for path in addresses(app, OPEN) if is_drawn(path))]

    buttons = {
        unescape(found)
        for path in paths
        for found in re.findall(
            r'<(?:a class="button[^>]*href|form action)="([^"#]+)', main_of(browser, path)
        )
    }

    assert {path for path in buttons if browser.get(path).status_code != 200} == set()
    assert f"{act}（代理閲覧では使えません）" in main_of(browser, "/")
    browser.post("/view-as/end")
    assert "代理閲覧では使えません" not in enter(app, target).get("/").text


# --- Nothing changes ----------------------------------------------------------------------------


def test_p29_no_unsafe_method_gets_through(app: Flask, world: World) -> None:
    browser = view_as(app, "lead", "city-mgr", world)
    before = db.session.scalar(select(func.count()).select_from(AuditEvent))

    answers = {
        door.endpoint: browser.open(address(app, door), method=door.method).status_code
        for door in doors(app)
        if door.method in CHANGING and door.endpoint not in ALWAYS and is_drawn(door.endpoint)
    }

    assert set(answers.values()) == {403}
    assert len(answers) > 100 / SHARE
    assert db.session.scalar(select(func.count()).select_from(AuditEvent)) == before


# --- Who may, and how it ends -------------------------------------------------------------------


def test_only_lead_and_admin_view_and_nobody_of_the_office(app: Flask, world: World) -> None:
    def ask(real: str, target: str) -> int:
        page = f"/view-as/{world[target].id}"
        return enter(app, real).post(page, data={"reason": REASON}).status_code

    assert [ask(real, "city") for real in ("officer1", "auditor", "city-mgr", "observer")] == [
        403
    ] * 4
    inside = ("officer1", "lead", "auditor", "admin")
    assert [ask("admin", target) for target in inside] == [404] * 4


def test_p52_people_from_outside_are_no_part_of_it(world: World) -> None:
    def may(real: str, target: str) -> bool:
        return can_view_as(world[real], world[target])

    assert may("lead", "city")
    for outsider in ("lead", "city"):
        with db.session.no_autoflush:
            world[outsider].outsider_kind = OutsiderKind.GUEST
            assert not may("lead", "city")
            db.session.expire(world[outsider])


def test_p29_a_reason_is_asked_for(app: Flask, world: World) -> None:
    browser = enter(app, "lead")

    answer = browser.post(f"/view-as/{world['city'].id}", data={"reason": " "})

    assert answer.status_code == 422
    assert "代理閲覧中" not in browser.get("/").text


def test_p29_every_page_names_both_and_ends_it(app: Flask, world: World) -> None:
    browser = view_as(app, "lead", "city-mgr", world)

    for path in ("/", "/proposals", f"/proposals/{numbers()[0]}", "/nowhere"):
        page = browser.get(path).text
        assert "代理閲覧中" in page
        assert world["lead"].label in page
        assert world["city-mgr"].label in page

    answer = browser.post("/view-as/end", follow_redirects=True)
    assert "代理閲覧を終えました" in answer.text
    assert "代理閲覧中" not in browser.get("/").text
    assert browser.get("/triage").status_code == 200


def test_p28_it_ends_by_the_clock_and_says_so(committed_app: Flask) -> None:
    with clock.at(NOW), committed_app.app_context():
        with unit_of_work():
            world = make_world()
        browser = view_as(committed_app, "lead", "city-mgr", world)
    with clock.at(NOW + timedelta(minutes=29, seconds=59)):
        assert "代理閲覧中" in browser.get("/").text
    with clock.at(NOW + timedelta(minutes=30)):
        first, second = browser.get("/").text, browser.get("/").text

    words = "代理閲覧は、時間または権限の変更で終わりました"
    assert (words in first, words in second) == (True, False)
    assert "代理閲覧中" not in first + second
    with committed_app.app_context():
        assert verbs() == ["viewing.begin", "viewing.lapse"]


@pytest.mark.parametrize("change", ["roles", "disabled", "real"])
def test_p28_it_ends_when_either_person_changes(app: Flask, world: World, change: str) -> None:
    browser = view_as(app, "lead", "city", world)
    assert "代理閲覧中" in browser.get("/").text

    with unit_of_work():
        if change == "disabled":
            disable_user(world["city"], actor=world["admin"])
        elif change == "roles":
            change_roles(world["city"], (Role.PROPOSER_MANAGER,), actor=world["admin"])
        else:
            change_roles(world["lead"], (Role.OFFICER,), actor=world["admin"])
    db.session.expire_all()

    answer = browser.get("/proposals")
    assert answer.status_code == (302 if change == "real" else 200)
    assert "代理閲覧中" not in answer.text


def test_it_ends_with_the_session(app: Flask, world: World) -> None:
    browser = view_as(app, "lead", "city", world)

    browser.post("/logout")

    assert browser.get("/").status_code == 200
    assert "代理閲覧" not in browser.get("/").text
    left = last_entry("user.sign_out")
    assert left.actor_id == world["lead"].id


# --- What is left behind ------------------------------------------------------------------------


def test_p22_both_persons_stand_in_the_readings(app: Flask, world: World) -> None:
    browser = view_as(app, "lead", "city-mgr", world)
    number = numbers()[0]

    # To its end: what was read is written when the answer has gone out.
    browser.get(f"/proposals/{number}").close()

    target = world["city-mgr"].id
    rows = db.session.scalars(select(ReadLog).where(ReadLog.part == f"casework.show@{target}"))
    found = {(row.user_id, row.subject_type) for row in rows}
    assert found == {(world["lead"].id, "proposal"), (world["lead"].id, "user")}
    page = enter(app, "auditor").get(f"/audit/readings?case={number}").text
    assert f"代理閲覧（{world['city-mgr'].label}の画面）" in page


def test_p22_both_persons_stand_in_the_trail(app: Flask, world: World) -> None:
    view_as(app, "lead", "city-mgr", world).post("/view-as/end")

    begun, ended = last_entry("viewing.begin"), last_entry("viewing.end")
    for entry in (begun, ended):
        assert (entry.actor_id, entry.subject_type) == (world["lead"].id, "user")
        assert entry.subject_id == world["city-mgr"].id
    assert begun.reason == REASON


def test_p04_forms_of_a_viewing_act_once_and_answer_alike(app: Flask, world: World) -> None:
    lead, page = enter(app, "lead"), f"/view-as/{world['city-mgr'].id}"
    form = {"reason": REASON, "form_key": "0" * 32}

    begun = [lead.post(page, data=form) for _ in range(2)]
    other = lead.post(page, data={**form, "reason": "あとから書き直した理由"})
    ended = [lead.post("/view-as/end", data={"form_key": "1" * 32}) for _ in range(2)]

    assert {(answer.status_code, answer.location) for answer in (*begun, *ended)} == {(302, "/")}
    assert other.status_code == 409
    assert "あとから書き直した理由" in other.text
    assert verbs() == ["viewing.begin", "viewing.end"]


def test_the_session_alone_keeps_it(app: Flask, world: World) -> None:
    view_as(app, "lead", "city", world)

    other = enter(app, "lead")
    assert "代理閲覧中" not in other.get("/").text
    kept = db.session.scalars(select(UserSession.viewed_user_id)).all()
    assert sorted(row for row in kept if row) == [world["city"].id]


def test_people_are_found_by_name_and_login(app: Flask, world: World) -> None:
    browser = enter(app, "lead")

    page = browser.get("/view-as?q=city-mgr").text
    assert f'href="/view-as/{world["city-mgr"].id}"' in page
    assert "に当たる人はいません" in browser.get("/view-as?q=officer1").text


def last_entry(verb: str) -> AuditEvent:
    found = select(AuditEvent).where(AuditEvent.verb == verb).order_by(AuditEvent.seq.desc())
    return db.session.scalars(found).first() or pytest.fail(verb)


def verbs() -> list[str]:
    found = select(AuditEvent.verb).where(AuditEvent.verb.like("viewing.%"))
    return list(db.session.scalars(found.order_by(AuditEvent.seq)))
