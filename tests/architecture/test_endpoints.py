"""Every endpoint (入口の権限): who may come in, what a stranger learns, what a post needs.

In the quick suite each door is asked by one reader or two; DOORS=all asks as everybody.
"""

import os
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from zlib import crc32

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

import app as application
from app import create_app
from app.accounts.models import Role
from app.audit.models import AuditEvent
from app.core import clock
from app.core.access import BEARER, PUBLIC, SIGNED_IN, audience_of
from app.proposals.models import Proposal
from tests.accounts.browser import CHANCE, let_in
from tests.architecture.tables import uneven_tables
from tests.consultations.threads import make_consultation
from tests.factories import ROLE_OF_LOGIN, World, make_draft, make_in_confirmation, make_world

# The doors that stand open, by hand: a new one is a decision, not an accident.
PUBLIC_ENDPOINTS = {
    "accounts.accept",
    "accounts.begin_first_device",
    "accounts.first_device",
    "accounts.login",
    "accounts.password_forgotten",
    "accounts.reset_password",
    "accounts.second_step",
    "dashboard.home",
    "health.healthz",
    "health.metrics",
    "health.readyz",
    "lost_passwords.ask",
    "lost_passwords.asked",
    "public.data",
    "public.data_file",
    "public.index",
    "public.proposals",
    "public.show",
    "static",
}
ONE_LOGIN_A_ROLE = {role: login for login, role in reversed(ROLE_OF_LOGIN.items())}
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
IS_WHOLE = os.environ.get("DOORS") == "all"
# Whoever sees most comes first.
READERS = (
    *("lead", "city-mgr", "admin", "auditor", "coordinator"),
    *("officer1", "city", "ministry", "observer"),
)
# One of so many doors is asked by a further reader, and refuses whom it is not for.
FURTHER_SHARE = 40
REFUSAL_SHARE = 12
VALUES = {
    "receipt_number": "R6-0001",
    "entry_id": 1,
    "other": "R6-0002",
    "key": "R6",
    "name": "classification",
    "register": "types",
    "field_name": "title",
    "filename": "css/base.css",
    "user_id": 1,
    "request_id": 1,
    "invitation_id": 1,
    "session_id": 1,
    "token_id": 999_999,
    "organization_id": 1,
    "disposal_list_id": 1,
    "freeze_id": 1,
    "hold_id": 1,
    "incident_id": 1,
    "medium_id": 1,
    "proposal_id": 1,
    "late_id": 1,
    "day_id": 1,
    "conflict_id": 1,
    "absence_id": 1,
    "mark_id": 1,
    "plan_id": 1,
    "import_id": 1,
    "correction_number": 1,
    "code_id": 1,
    "partner_id": 1,
    "approval_id": 1,
    "window_id": 1,
    "amendment_id": 1,
    "comment_id": 1,
    "act_id": 1,
    "list_id": 1,
    "candidate_id": 1,
    "kind": "deadlines",
    "finding_key": "closing",
    "meeting_id": 1,
    "notice_id": 1,
    "watch_id": 1,
    "mailing_id": 1,
    "publication_id": 1,
    "disclosure_id": 1,
    "record_id": 1,
    "redaction_id": 1,
    "duty_id": 1,
    "item_id": 1,
    "step": "up",
    "consultation_number": "902012-001",
    "cluster_id": 1,
    "run_id": 1,
    "batch_id": 1,
    "transfer_number": "AAAA-BBBB-CCCC",
    "text_kind": "request",
    "handoff_id": 1,
    "reply_id": 1,
    "number": 1,
    "alias_id": 1,
    "message_id": 1,
    "letter": "receipt",
    "public_id": "bm8tc3VjaC1maWxlLWhlcmU",
    "contact_id": 1,
    "day": "2024-09-02",
}
CSRF_WORDS = "画面を開いてから時間がたったか、別の画面でログインし直したため"


class Door(NamedTuple):
    """One rule of the map with one of its methods."""

    endpoint: str
    method: str
    arguments: frozenset[str]


def doors(app: Flask) -> list[Door]:
    return sorted(
        Door(rule.endpoint, method, frozenset(rule.arguments))
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    )


def address(app: Flask, door: Door, **values: object) -> str:
    adapter = app.url_map.bind("localhost")
    known = {name: VALUES[name] for name in door.arguments}
    return adapter.build(door.endpoint, known | values, method=door.method)


def is_let_in(app: Flask, door: Door, role: Role) -> bool:
    """Whether the role belongs to those whom the endpoint is for."""
    audience = audience_of(app, door.endpoint)
    # A cookie opens no door of the programs, whatever the role.
    return audience in (PUBLIC, SIGNED_IN) or (audience != BEARER and role in audience)


def is_for_programs(app: Flask, door: Door) -> bool:
    """Whether a token opens the door, and no cookie."""
    return bool(audience_of(app, door.endpoint) == BEARER)


def is_drawn(door: Door, login: str, share: int) -> bool:
    """Whether the login asks at the door, one of so many: by a hash, thus the same in each run."""
    return IS_WHOLE or crc32(f"{door.endpoint} {door.method} {login}".encode()) % share == 0


def shared_out(
    app: Flask, asked: Iterable[Door], logins: Sequence[str], *, by_turns: bool = False
) -> dict[str, list[Door]]:
    """The doors at which each login asks: each door at the first whom it lets in, few at more.

    `by_turns` takes those whom a door lets in by turns. DOORS=all asks as everybody everywhere.
    """
    parts: dict[str, list[Door]] = {login: [] for login in logins}
    for door in asked:
        entering = [login for login in logins if is_let_in(app, door, ROLE_OF_LOGIN[login])]
        turn = crc32(f"{door.endpoint} {door.method}".encode()) if by_turns else 0
        chosen = entering[turn % len(entering)] if entering else logins[0]
        for login in logins:
            if login == chosen or is_drawn(door, login, FURTHER_SHARE):
                parts[login].append(door)
    return parts


def knock(client: FlaskClient, door: Door, **values: object) -> TestResponse:
    path = address(client.application, door, **values)
    return client.open(path, method=door.method, buffered=True)


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    make_in_confirmation(world)
    make_draft(world)
    make_consultation(world)
    db_session.commit()
    return world


# --- Audiences ----------------------------------------------------------------------------------


def test_every_endpoint_declares_who_may_come_in(app: Flask) -> None:
    audiences = {name: audience_of(app, name) for name in app.view_functions}

    assert [name for name, audience in audiences.items() if not audience] == []
    assert {name for name, audience in audiences.items() if audience == PUBLIC} == PUBLIC_ENDPOINTS


def test_roles_of_an_audience_exist(app: Flask) -> None:
    named = {
        str(role)
        for name in app.view_functions
        if audience_of(app, name) not in (BEARER, PUBLIC, SIGNED_IN)
        for role in audience_of(app, name)
    }

    assert named - {role.value for role in Role} == set()


def test_app_with_an_undeclared_endpoint_does_not_start(
    monkeypatch: pytest.MonkeyPatch, migrated_database: str
) -> None:
    blueprint = Blueprint("forgotten", __name__)
    blueprint.get("/forgotten")(lambda: "")
    blueprint.get("/forgotten-too", endpoint="too")(lambda: "")
    monkeypatch.setattr(application, "BLUEPRINTS", (*application.BLUEPRINTS, blueprint))

    with pytest.raises(
        RuntimeError, match=r"^endpoints without an audience: forgotten\.<lambda>, forgotten\.too$"
    ):
        create_app({"APP_ENV": "test", "DATABASE_URL": migrated_database})


def test_stranger_is_asked_to_sign_in_at_every_other_door(
    world: World, client: FlaskClient
) -> None:
    app = client.application
    closed = [door for door in doors(app) if door.endpoint not in PUBLIC_ENDPOINTS]

    answers = {door: knock(client, door) for door in closed}

    assert len(closed) > 40
    for door, answer in answers.items():
        asked = f"/login?next={address(app, door)}"
        # A post is answered by a page, so that nothing that was typed is lost; a program by words.
        is_page = door.method == "GET" and not is_for_programs(app, door)
        wanted = (302, asked) if is_page else (401, None)
        assert (answer.status_code, answer.location) == wanted, door


def test_role_outside_the_audience_is_refused(world: World, client: FlaskClient) -> None:
    app = client.application
    statuses: dict[tuple[str, Door], int] = {}

    for role, login in ONE_LOGIN_A_ROLE.items():
        let_in(client, login)
        for door in doors(app):
            if not is_let_in(app, door, role) and is_drawn(door, login, REFUSAL_SHARE):
                statuses[login, door] = knock(client, door).status_code

    assert {login for login, _ in statuses} == set(ONE_LOGIN_A_ROLE.values())
    assert statuses == {key: 401 if is_for_programs(app, key[1]) else 403 for key in statuses}


# --- What one may not know of -------------------------------------------------------------------


def told(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, CHANCE.sub("", answer.text)


def test_foreign_and_missing_receipt_numbers_answer_alike(
    world: World, client: FlaskClient
) -> None:
    app = client.application
    about_cases = [door for door in doors(app) if "receipt_number" in door.arguments]
    strangers = ("other", "other-mgr", "ministry", "coordinator", "observer")

    for login, asked in shared_out(app, about_cases, strangers, by_turns=True).items():
        let_in(client, login)
        for door in asked:
            with clock.at(clock.now()):
                foreign = told(knock(client, door, receipt_number="R6-0001"))
                missing = told(knock(client, door, receipt_number="R6-9999"))
            may_enter = is_let_in(app, door, ROLE_OF_LOGIN[login])
            refused = 401 if is_for_programs(app, door) else 403
            assert foreign[0] == (404 if may_enter else refused), (login, door)
            assert foreign[1].replace("R6-0001", "") == missing[1].replace("R6-9999", ""), door
            assert missing[0] == foreign[0], (login, door)
            assert "公共施設の鍵" not in foreign[1], (login, door)


def test_foreign_and_missing_drafts_answer_alike(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    draft_id = db_session.scalars(
        select(Proposal.id).where(Proposal.receipt_number.is_(None))
    ).one()
    app = client.application
    about_drafts = [door for door in doors(app) if "proposal_id" in door.arguments]

    for login, asked in shared_out(app, about_drafts, ("other-mgr", "other")).items():
        let_in(client, login)
        for door in asked:
            with clock.at(clock.now()):
                foreign = told(knock(client, door, proposal_id=draft_id))
                missing = told(knock(client, door, proposal_id=9999))
            assert foreign[0] in (403, 404), (login, door)
            assert foreign == missing, (login, door)


def test_case_of_ones_own_body_is_shown(world: World, client: FlaskClient) -> None:
    let_in(client, "city")

    answer = client.get("/proposals/R6-0001")

    assert answer.status_code == 200
    assert "公共施設の鍵" in answer.text


# --- Posts --------------------------------------------------------------------------------------


def test_every_post_without_the_token_is_refused(
    world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(client, "lead")
    monkeypatch.setitem(client.application.config, "WTF_CSRF_ENABLED", True)
    changing = [door for door in doors(client.application) if door.method in CHANGING]

    answers = {door: knock(client, door) for door in changing}

    assert len(changing) > 20
    for door, answer in answers.items():
        assert answer.status_code == 400, door
        assert CSRF_WORDS in answer.text, door


def test_empty_post_is_no_fault(world: World, client: FlaskClient) -> None:
    app = client.application
    changing = [door for door in doors(app) if door.method in CHANGING]
    logins = ("lead", "city-mgr", "officer2", "admin", "coordinator")
    faults = []

    for login, asked in shared_out(app, changing, logins).items():
        let_in(client, login)
        # At the other doors it is refused before anybody reads it: see the audiences above.
        for door in asked:
            if not is_let_in(app, door, ROLE_OF_LOGIN[login]):
                continue
            answer = knock(client, door)
            if answer.status_code == 401:  # signed out by what was posted before
                let_in(client, login)
                answer = knock(client, door)
            if answer.status_code >= 500:
                faults.append((login, door))

    assert faults == []


# --- Pages --------------------------------------------------------------------------------------


def test_reading_every_page_is_no_fault_and_writes_nothing(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    def written() -> tuple[int | None, list[int]]:
        versions = db_session.scalars(select(Proposal.version).order_by(Proposal.id)).all()
        # What is handed out as a file leaves an entry, and nothing else (P22).
        entries = select(func.count()).where(AuditEvent.verb != "download.hand_out")
        return db_session.scalar(entries), list(versions)

    pages = [door for door in doors(client.application) if door.method == "GET"]

    for login, asked in shared_out(client.application, pages, READERS).items():
        let_in(client, login)
        before = written()
        for door in asked:
            answer = knock(client, door)
            assert answer.status_code < 500, (login, door)
            if answer.mimetype == "text/html":
                assert uneven_tables(answer.text) == [], (login, door)
        assert written() == before, login


# Without a NUL, which is refused before any page reads the rest (core.http).
ODD_QUERY = (
    "?q=%25_\\&cursor=x&before=99999999999999999999&page=-1&sort=zz&state=zz&category=zz"
    "&round=zz&format=zz&as_of=2024-02-30&organization=zz&ministry=99999999999999999999"
    "&reviewer=-1&org_type=zz&overdue=zz&next=%0d%0aX:%20y"
)


def test_odd_query_is_no_fault(world: World, client: FlaskClient) -> None:
    app = client.application
    pages = [door for door in doors(app) if door.method == "GET"]
    logins = ("lead", "city", "admin", "auditor", "officer1")
    statuses: dict[tuple[str, Door], int] = {}

    for login, asked in shared_out(app, pages, logins).items():
        let_in(client, login)
        for door in asked:
            answer = client.get(address(app, door) + ODD_QUERY, buffered=True)
            statuses[login, door] = answer.status_code

    assert {asked: status for asked, status in statuses.items() if status >= 500} == {}
    # Not all of it is refused at the gate: the pages do read it.
    assert sum(status == 200 for status in statuses.values()) > len(pages) // 3


@pytest.mark.parametrize(
    ("login", "path"), [("city", "/proposals/drafts/{}"), ("admin", "/users/{}")]
)
def test_number_that_no_table_can_hold_is_not_found(
    world: World, client: FlaskClient, login: str, path: str
) -> None:
    let_in(client, login)

    statuses = [client.get(path.format(number)).status_code for number in (2**31, 2**63, 10**30)]

    assert statuses == [404] * 3


def test_odd_receipt_number_is_no_fault(world: World, client: FlaskClient) -> None:
    let_in(client, "city")

    for number in ("R6-0001%00", "%00", "%F0%9F%98%80", "R6%2F0001", "x" * 5000):
        assert client.get(f"/proposals/{number}").status_code < 500, number
