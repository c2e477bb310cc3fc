"""The read API: a token alone opens it, and shows what its owner may read, in its scope (O3)."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.exceptions import TooManyRequests

from app.accounts.models import ApiToken, Role
from app.accounts.services.users import change_roles
from app.audit.models import ReadLog
from app.core import clock
from app.extensions import db
from app.rounds.models import Round
from app.rounds.services import NewRound, create_round
from app.tokens import use
from app.tokens.services import revoke_token
from app.workflow.handoffs import HandoffState
from tests.accounts.browser import enter
from tests.answers.replies import answer_handoff, release
from tests.api.asking import BASE, fetch, numbers
from tests.factories import (
    World,
    declare_conflict,
    make_classified,
    make_draft,
    make_handoff,
    make_in_confirmation,
    make_in_review,
    make_submitted,
    make_world,
)
from tests.tokens.keys import make_key

NOW = clock.jst(2024, 8, 20, 10)
ADDRESSES = ("/", "/rounds", "/proposals?round=R6", "/proposals/R6-0001", "/openapi.json")
CHANCE = ("request_id",)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        make_submitted(world)
        make_in_confirmation(world)
        make_draft(world)
        people = {**world.people, "city": world["other"], "city-mgr": world["other-mgr"]}
        make_in_review(replace(world, people=people))
        db_session.commit()
        yield world


def kept(world: World, login: str, **scope: Any) -> str:
    _token, secret = make_key(world[login], **scope)
    db.session.commit()
    return secret


def another_round(world: World, key: str = "R7") -> Round:
    now = clock.now()
    made = create_round(
        world.round.scheme,
        NewRound(
            key=key,
            label=key,
            name=key,
            opens_at=now - timedelta(days=1),
            closes_at=now + timedelta(days=9),
        ),
        actor=world["admin"],
    )
    db.session.commit()
    return made


def body_of(answer: Any) -> dict[str, Any]:
    return {name: value for name, value in answer.json.items() if name not in CHANCE}


# --- Who comes in -------------------------------------------------------------------------------


def test_p24_neither_a_stranger_nor_a_cookie_opens_the_api(app: Flask, world: World) -> None:
    browser = enter(app, "lead")

    for address in ADDRESSES:
        for answer in (fetch(app, "", address), browser.get(f"{BASE}{address}")):
            assert answer.status_code == 401, address
            assert answer.mimetype == "application/problem+json"
            assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'
            assert "R6-" not in answer.text


def test_token_opens_no_page(app: Flask, world: World) -> None:
    headers = {"Authorization": f"Bearer {kept(world, 'lead')}"}

    answer = app.test_client().get("/proposals/R6-0001", headers=headers)

    assert answer.status_code == 302
    assert (answer.location or "").startswith("/login")


def test_p25_unknown_expired_and_revoked_tokens_are_answered_alike(
    app: Flask, world: World
) -> None:
    expired, revoked = kept(world, "city", days=0), kept(world, "city")
    last = db.session.scalars(select(ApiToken).order_by(ApiToken.id.desc())).first()
    assert last is not None
    revoke_token(last, actor=world["city"])
    db.session.commit()

    with clock.at(NOW + timedelta(days=1)):
        answers = [fetch(app, secret, "/rounds") for secret in ("kyotsu_0", expired, revoked)]

    told = {json.dumps(body_of(answer), sort_keys=True) for answer in answers}
    heads = {tuple(h for h in a.headers if h[0] != "X-Request-Id") for a in answers}
    assert {answer.status_code for answer in answers} == {401}
    assert (len(told), len(heads)) == (1, 1)


def test_p28_change_of_roles_closes_the_api_at_once(app: Flask, world: World) -> None:
    secret = kept(world, "officer1")
    before = fetch(app, secret, "/proposals?round=R6").status_code

    change_roles(world["officer1"], [Role.LEAD], actor=world["admin"])
    db.session.commit()

    assert (before, fetch(app, secret, "/proposals?round=R6").status_code) == (200, 401)


def test_p42_nothing_but_reading_is_offered(app: Flask, world: World) -> None:
    secret = kept(world, "lead")
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]
    client = app.test_client()

    assert {method for rule in rules for method in rule.methods} == {"GET", "HEAD", "OPTIONS"}
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = client.open(
            f"{BASE}/rounds", method=method, headers={"Authorization": f"Bearer {secret}"}
        )
        assert answer.status_code == 405, method
        assert answer.mimetype == "application/problem+json"
        assert answer.headers["Allow"]


def test_answers_are_kept_by_nobody_and_offered_to_no_other_site(app: Flask, world: World) -> None:
    secret = kept(world, "city")

    for answer in (fetch(app, secret, "/rounds"), fetch(app, "", "/rounds")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
        assert answer.headers["X-Request-Id"]
        assert "Set-Cookie" not in answer.headers


def test_too_many_requests_are_told_how_long_to_wait(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(use, "REQUESTS_PER_MINUTE", 0)

    answer = fetch(app, kept(world, "city"), "/rounds")

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"


# --- What is read -------------------------------------------------------------------------------


def test_body_reads_its_own_cases_and_the_secretariat_all(app: Flask, world: World) -> None:
    own = fetch(app, kept(world, "city"), "/proposals?round=R6")
    all_ = fetch(app, kept(world, "lead"), "/proposals?round=R6")

    assert numbers(own) == ["R6-0001", "R6-0002"]
    assert numbers(all_) == ["R6-0001", "R6-0002", "R6-0003"]
    # A body reads one word for all inner steps, and none of what the secretariat notes.
    told = {(item["state"], item["state_label"], item["office"]) for item in own.json["items"]}
    assert told == {("submitted", "提出済み", None), ("in_review", "審査中", None)}
    assert [item["state"] for item in all_.json["items"]] == [
        "submitted",
        "in_confirmation",
        "in_review",
    ]


def test_p25_foreign_missing_and_out_of_scope_are_the_same_404(app: Flask, world: World) -> None:
    other = another_round(world)
    foreign = fetch(app, kept(world, "city"), "/proposals/R6-0003")
    missing = fetch(app, kept(world, "city"), "/proposals/R6-9999")
    beyond = fetch(app, kept(world, "city", rounds=[other]), "/proposals/R6-0001")
    unlike = fetch(
        app,
        kept(world, "lead", body_code=world["other"].organization.code),
        "/proposals/R6-0001",
    )

    assert {row.status_code for row in (foreign, missing, beyond, unlike)} == {404}
    assert body_of(foreign) == body_of(missing) == body_of(beyond) == body_of(unlike)


def test_conflict_of_interest_holds_for_programs_too(app: Flask, world: World) -> None:
    declare_conflict(world["officer3"], body=world["city"].organization)
    secret = kept(world, "officer3")

    assert numbers(fetch(app, secret, "/proposals?round=R6")) == ["R6-0003"]
    assert fetch(app, secret, "/proposals/R6-0001").status_code == 404


def test_rounds_of_a_token_are_its_scope(app: Flask, world: World) -> None:
    other = another_round(world)
    narrow, wide = kept(world, "city", rounds=[other]), kept(world, "city")

    listed = fetch(app, narrow, "/rounds").json["items"]
    refused = fetch(app, narrow, "/proposals?round=R6")

    assert [row["key"] for row in listed] == ["R7"]
    assert {row["key"] for row in fetch(app, wide, "/rounds").json["items"]} == {"R6", "R7"}
    assert refused.status_code == 403
    assert "APIトークンの範囲にありません" in refused.json["detail"]


def test_p26_round_that_has_not_opened_is_unknown_to_a_body(app: Flask, world: World) -> None:
    another_round(world).opens_at = NOW + timedelta(seconds=1)
    db.session.commit()
    secret, office = kept(world, "city"), kept(world, "lead")

    with clock.at(NOW):
        before = fetch(app, secret, "/rounds").json["items"]
        unknown = fetch(app, secret, "/proposals?round=R7")
    with clock.at(NOW + timedelta(seconds=1)):
        after = fetch(app, secret, "/rounds").json["items"]

    assert [len(before), len(after)] == [1, 2]
    assert unknown.status_code == 422
    assert len(fetch(app, office, "/rounds").json["items"]) == 2


def test_token_for_one_body_reads_that_body(app: Flask, world: World) -> None:
    code = world["other"].organization.code or ""

    answer = fetch(app, kept(world, "auditor", body_code=code), "/proposals?round=R6")

    assert numbers(answer) == ["R6-0003"]


def test_p27_contact_is_for_the_body_and_the_secretariat(app: Flask, world: World) -> None:
    own = fetch(app, kept(world, "city"), "/proposals/R6-0002").json
    inner = fetch(app, kept(world, "officer1"), "/proposals/R6-0002").json

    assert "情報政策課" in json.dumps(own["contact"], ensure_ascii=False)
    assert inner["contact"] == own["contact"]
    assert own["outcome"] is None
    assert {row["name"]: row["text"] for row in own["fields"]}["effect"] == "来庁が不要になる。"


def test_p26_reply_is_read_from_its_release_on(app: Flask, world: World) -> None:
    case = make_classified(world)
    handoff = make_handoff(world, case, state=HandoffState.ACKNOWLEDGED)
    reply = answer_handoff(world, handoff)
    secret = kept(world, "city")
    address = f"/proposals/{case.receipt_number}"
    before = fetch(app, secret, address)

    release(world, reply)
    db.session.commit()
    after = fetch(app, secret, address)

    assert before.json["replies"] == []
    assert before.json["outcome"] is None
    assert reply.text not in before.text
    assert [row["text"] for row in after.json["replies"]] == [reply.text]
    assert after.json["proposal"]["state_label"] == "回答あり"


def test_opened_case_is_a_reading_of_the_owner(app: Flask, world: World) -> None:
    app.extensions["read_log"].clear()
    answer = fetch(app, kept(world, "officer1"), "/proposals/R6-0002")
    # What was read is written when the answer has gone out.
    answer.close()

    assert answer.status_code == 200
    found = select(ReadLog.user_id, ReadLog.part).where(ReadLog.subject_type == "proposal")
    assert db.session.execute(found).all() == [(world["officer1"].id, "api.proposal")]


# --- Paging and parameters ----------------------------------------------------------------------


def test_pages_follow_each_other_without_gap_or_repetition(app: Flask, world: World) -> None:
    for _ in range(4):
        make_submitted(world)
    secret = kept(world, "lead")

    for sort in ("number", "-number", "due", "organization"):
        seen, path = [], f"/proposals?round=R6&limit=3&sort={sort}"
        for _ in range(3):
            page = fetch(app, secret, path)
            seen += numbers(page)
            path = (page.json["next"] or "").removeprefix(BASE)
        assert page.json["next"] is None
        assert sorted(seen) == [f"R6-{number:04}" for number in range(1, 8)], sort


def test_page_beyond_what_is_left_is_empty_and_the_last(app: Flask, world: World) -> None:
    secret = kept(world, "lead")
    first = fetch(app, secret, "/proposals?round=R6&limit=2")
    gone = fetch(app, secret, "/proposals?round=R6&limit=2").json["next"].removeprefix(BASE)

    beyond = fetch(app, secret, f"{gone}&state=submitted")

    assert len(numbers(first)) == 2
    assert beyond.json == {"items": [], "next": None}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=in_review", ["R6-0003"]),
        ("organization=902012", ["R6-0001", "R6-0002"]),
        ("q=R6-0002", ["R6-0002"]),
        ("late=1", []),
        ("state=open&org_type=city&limit=1", ["R6-0001"]),
    ],
)
def test_filters_are_those_of_the_page(
    app: Flask, world: World, query: str, found: list[str]
) -> None:
    secret = kept(world, "lead")

    assert numbers(fetch(app, secret, f"/proposals?round=R6&{query}")) == found


@pytest.mark.parametrize(
    ("login", "query", "name"),
    [
        ("lead", "", "round"),
        ("lead", "round=R99", "round"),
        ("lead", "round=R6&statte=open", "statte"),
        ("lead", "round=R6&state=nothing", "state"),
        ("lead", "round=R6&category=zzz", "category"),
        ("lead", "round=R6&holder=zzz", "holder"),
        ("lead", "round=R6&limit=101", "limit"),
        ("lead", "round=R6&limit=0", "limit"),
        ("lead", "round=R6&limit=１", "limit"),
        ("lead", "round=R6&cursor=zzz", "cursor"),
        ("lead", "round=R6&sort=todo", "sort"),
        ("lead", "round=R6&q=a&q=b", "q"),
        ("lead", f"round=R6&q={'a' * 201}", "q"),
        ("lead", "round=R6&as_of=2024-08-01", "as_of"),
        ("city", "round=R6&reviewer=officer1", "reviewer"),
        ("city", "round=R6&overdue=1", "overdue"),
        ("city", "round=R6&state=in_confirmation", "state"),
        ("city", "round=R6&sort=due", "sort"),
    ],
)
def test_wrong_parameter_is_named(
    app: Flask, world: World, login: str, query: str, name: str
) -> None:
    answer = fetch(app, kept(world, login), f"/proposals?{query}")

    assert answer.status_code == 422
    assert [row["name"] for row in answer.json["errors"]] == [name]
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize("address", ["/", "/rounds", "/openapi.json", "/proposals/R6-0001"])
def test_parameter_where_there_is_none_is_named(app: Flask, world: World, address: str) -> None:
    answer = fetch(app, kept(world, "lead"), f"{address}?access_token=kyotsu_0")

    assert answer.status_code == 422
    assert answer.json["errors"][0]["name"] == "access_token"


def test_address_that_does_not_exist_is_answered_as_to_a_program(app: Flask) -> None:
    answer = fetch(app, "", "/nothing")

    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("error", "status", "retry"),
    [
        (OperationalError("SELECT 1", {}, Exception("gone")), 503, "5"),
        (TooManyRequests(), 429, None),
        (RuntimeError("the inside"), 500, None),
    ],
)
def test_p46_trouble_is_told_as_to_a_program(
    app: Flask, error: Exception, status: int, retry: str | None
) -> None:
    with app.test_request_context(f"{BASE}/rounds"):
        answer = app.make_response(app.handle_user_exception(error))

    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.headers.get("Retry-After") == retry
    assert answer.get_json(force=True)["status"] == status
    assert "gone" not in answer.get_data(as_text=True)
    assert "inside" not in answer.get_data(as_text=True)
