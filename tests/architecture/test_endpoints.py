"""Every endpoint (入口の権限): who may come in, what a stranger learns, what a post needs."""

from typing import NamedTuple

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
from app.core.access import PUBLIC, SIGNED_IN, audience_of
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
    "public.data",
    "public.data_file",
    "public.index",
    "public.proposals",
    "public.show",
    "static",
}
ONE_LOGIN_A_ROLE = {role: login for login, role in reversed(ROLE_OF_LOGIN.items())}
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
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
    "organization_id": 1,
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
    return audience in (PUBLIC, SIGNED_IN) or role in audience


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
        if audience_of(app, name) not in (PUBLIC, SIGNED_IN)
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
        # A post is answered by a page, so that nothing that was typed is lost.
        wanted = (302, asked) if door.method == "GET" else (401, None)
        assert (answer.status_code, answer.location) == wanted, door


@pytest.mark.parametrize("role", list(Role))
def test_role_outside_the_audience_is_refused(
    world: World, client: FlaskClient, role: Role
) -> None:
    let_in(client, ONE_LOGIN_A_ROLE[role])
    app = client.application
    others = [
        door
        for door in doors(app)
        if audience_of(app, door.endpoint) not in (PUBLIC, SIGNED_IN)
        and role not in audience_of(app, door.endpoint)
    ]

    statuses = {door: knock(client, door).status_code for door in others}

    assert statuses == dict.fromkeys(others, 403)


# --- What one may not know of -------------------------------------------------------------------


def told(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, CHANCE.sub("", answer.text)


@pytest.mark.parametrize("login", ["other", "other-mgr", "ministry", "coordinator", "observer"])
def test_foreign_and_missing_receipt_numbers_answer_alike(
    world: World, client: FlaskClient, login: str
) -> None:
    let_in(client, login)
    app = client.application
    about_cases = [door for door in doors(app) if "receipt_number" in door.arguments]

    for door in about_cases:
        with clock.at(clock.now()):
            foreign = told(knock(client, door, receipt_number="R6-0001"))
            missing = told(knock(client, door, receipt_number="R6-9999"))
        audience = audience_of(app, door.endpoint)
        may_enter = audience in (PUBLIC, SIGNED_IN) or ROLE_OF_LOGIN[login] in audience
        assert foreign[0] == (404 if may_enter else 403), door
        assert foreign[1].replace("R6-0001", "") == missing[1].replace("R6-9999", ""), door
        assert missing[0] == foreign[0], door
        assert "公共施設の鍵" not in foreign[1], door


@pytest.mark.parametrize("login", ["other", "other-mgr"])
def test_foreign_and_missing_drafts_answer_alike(
    world: World, client: FlaskClient, db_session: Session, login: str
) -> None:
    draft_id = db_session.scalars(
        select(Proposal.id).where(Proposal.receipt_number.is_(None))
    ).one()
    let_in(client, login)
    about_drafts = [door for door in doors(client.application) if "proposal_id" in door.arguments]

    for door in about_drafts:
        with clock.at(clock.now()):
            foreign = told(knock(client, door, proposal_id=draft_id))
            missing = told(knock(client, door, proposal_id=9999))
        assert foreign[0] in (403, 404), door
        assert foreign == missing, door


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
    changing = [door for door in doors(client.application) if door.method in CHANGING]
    faults = []

    for login in ("city-mgr", "officer2", "lead", "admin", "coordinator"):
        let_in(client, login)
        # At the other doors it is refused before anybody reads it: see the audiences above.
        for door in changing:
            if not is_let_in(client.application, door, ROLE_OF_LOGIN[login]):
                continue
            answer = knock(client, door)
            if answer.status_code == 401:  # signed out by what was posted before
                let_in(client, login)
                answer = knock(client, door)
            if answer.status_code >= 500:
                faults.append((login, door))

    assert faults == []


# --- Pages --------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_reading_every_page_is_no_fault_and_writes_nothing(
    world: World, client: FlaskClient, db_session: Session, role: Role
) -> None:
    def written() -> tuple[int | None, list[int]]:
        versions = db_session.scalars(select(Proposal.version).order_by(Proposal.id)).all()
        return db_session.scalar(select(func.count()).select_from(AuditEvent)), list(versions)

    let_in(client, ONE_LOGIN_A_ROLE[role])
    before = written()
    pages = [door for door in doors(client.application) if door.method == "GET"]

    answers = {door: knock(client, door) for door in pages}

    assert [door for door, answer in answers.items() if answer.status_code >= 500] == []
    assert written() == before
    uneven = {
        door.endpoint: uneven_tables(answer.text)
        for door, answer in answers.items()
        if answer.mimetype == "text/html"
    }
    assert {name: widths for name, widths in uneven.items() if widths} == {}


ODD_QUERY = (
    "?q=%00%25_\\&cursor=x&before=99999999999999999999&page=-1&sort=zz&state=zz&category=zz"
    "&round=zz&format=zz&as_of=2024-02-30&organization=zz&ministry=99999999999999999999"
    "&reviewer=-1&org_type=zz&overdue=zz&next=%0d%0aX:%20y"
)


@pytest.mark.parametrize("login", ["city", "officer1", "lead", "auditor", "admin"])
def test_odd_query_is_no_fault(world: World, client: FlaskClient, login: str) -> None:
    let_in(client, login)
    pages = [door for door in doors(client.application) if door.method == "GET"]

    statuses = {
        door: client.get(address(client.application, door) + ODD_QUERY, buffered=True).status_code
        for door in pages
    }

    assert {door: status for door, status in statuses.items() if status >= 500} == {}


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30])
@pytest.mark.parametrize(
    ("login", "path"), [("city", "/proposals/drafts/{}"), ("admin", "/users/{}")]
)
def test_number_that_no_table_can_hold_is_not_found(
    world: World, client: FlaskClient, login: str, path: str, number: int
) -> None:
    let_in(client, login)

    assert client.get(path.format(number)).status_code == 404


@pytest.mark.parametrize("number", ["R6-0001%00", "%00", "%F0%9F%98%80", "R6%2F0001", "x" * 5000])
def test_odd_receipt_number_is_no_fault(world: World, client: FlaskClient, number: str) -> None:
    let_in(client, "city")

    assert client.get(f"/proposals/{number}").status_code < 500
