"""How often the pages of a case and a change of its state ask the database (P29, P30)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.accounts.models import OrganizationKind
from app.audit.services import Subject, record
from app.core import clock
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.services.submission import Submit, submit
from app.triage.queries import open_assessment
from app.workflow.handoffs import HandoffPart
from tests.casework.pages import sign_in
from tests.comments.test_services import say
from tests.factories import (
    World,
    make_accepted,
    make_classified,
    make_draft,
    make_handoff,
    make_in_confirmation,
    make_in_review,
    make_organization,
    make_world,
)
from tests.proposals.test_attachments import attach

NOW = clock.jst(2024, 8, 20, 10)
# Statements that a page may take, with the session of the reader and the frame of the page.
MOST_STATEMENTS = {
    "": 20,
    "/triage-record": 30,
    "/deadlines": 18,
    "/history": 18,
    "/handoffs": 26,
    "/comments": 30,
    "/sheet": 24,
}
# An assignment through the form, in one transaction.
MOST_FOR_ASSIGNMENT = 25
# Alone, and beside four cases that say nearly the same, whose classes are compared.
MOST_FOR_CONFIRMATION = (35, 45)
NO_QUESTIONS = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


@contextmanager
def counted() -> Iterator[list[str]]:
    """Statements that are sent to the database meanwhile."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(NO_QUESTIONS):
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def asked_by(client: FlaskClient, proposal: Proposal, tab: str = "") -> int:
    path = f"/proposals/{proposal.receipt_number}{tab}"
    with counted() as statements:
        assert client.get(path).status_code == 200
    return len(statements)


def add_comment(world: World, proposal: Proposal) -> None:
    say(proposal, world["officer1"])


def add_history(world: World, proposal: Proposal) -> None:
    subject = Subject(type="proposal", id=proposal.id, version=proposal.version)
    record("proposal.accept", subject, actor=world["officer1"], reason="試験のため")
    db.session.commit()


def add_handoff(world: World, proposal: Proposal) -> None:
    ministry = make_organization(OrganizationKind.MINISTRY, f"府省庁{proposal.version}")
    db.session.flush()
    make_handoff(world, proposal, to=ministry, part=HandoffPart.RELATED)


@pytest.mark.parametrize("add", [add_comment, add_history, add_handoff])
def test_p29_case_page_asks_as_often_for_much_as_for_little(
    client: FlaskClient,
    db_session: Session,
    world: World,
    add: Callable[[World, Proposal], None],
) -> None:
    proposal = make_classified(world)
    make_handoff(world, proposal)
    db_session.commit()
    add(world, proposal)
    sign_in(client, db_session, "officer1")
    asked_by(client, proposal)  # fills what the process keeps
    little = asked_by(client, proposal)
    for _ in range(3):
        add(world, proposal)
    db_session.commit()

    much = asked_by(client, proposal)

    assert much == little


def test_p29_case_page_asks_as_often_for_many_files_as_for_one(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    cases = []
    for count in (1, 4):
        draft = make_draft(world)
        attach(world, draft, *[(f"{number}.csv", b"1,2\n") for number in range(count)])
        submit(draft, Submit(version=draft.version), actor=world["city-mgr"])
        cases.append(draft)
    sign_in(client, db_session, "officer1")

    asked_by(client, cases[0])  # fills what the process keeps
    one, many = (asked_by(client, proposal) for proposal in cases)

    assert many == one


def test_p29_pages_of_a_case_keep_within_their_statements(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    ordinary, sent = make_in_review(world), make_classified(world)
    make_handoff(world, sent)
    db_session.commit()
    say(sent, world["officer1"])
    sign_in(client, db_session, "officer1")

    found = {
        tab: max(asked_by(client, proposal, tab) for proposal in (ordinary, sent))
        for tab in MOST_STATEMENTS
        if tab != "/handoffs"
    }
    found["/handoffs"] = asked_by(client, sent, "/handoffs")

    assert {tab: count for tab, count in found.items() if count > MOST_STATEMENTS[tab]} == {}


def test_p30_change_of_state_asks_as_often_among_many_cases(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    first = make_in_confirmation(world)
    sign_in(client, db_session, "officer2")
    alone = confirm(client, world, first)
    second, *_others = [make_in_confirmation(world) for _ in range(4)]
    db_session.commit()

    among_many = confirm(client, world, second)

    most, most_among_many = MOST_FOR_CONFIRMATION
    assert (alone <= most, among_many <= most_among_many) == (True, True), (alone, among_many)


def confirm(client: FlaskClient, world: World, proposal: Proposal) -> int:
    opinion = open_assessment(proposal)
    assert opinion is not None
    path = f"/proposals/{proposal.receipt_number}/confirm"
    sent = {"version": proposal.version, "assessment_id": opinion.id, "confirmed": "y"}
    with counted() as statements:
        assert client.post(path, data=sent).status_code == 302
    return len(statements)


def test_p30_assignment_keeps_within_its_statements(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    proposal = make_accepted(world)
    db_session.commit()
    sign_in(client, db_session, "lead")
    sent = {"version": proposal.version, "reviewer_ids": [world["officer1"].id]}

    with counted() as statements:
        answer = client.post(f"/proposals/{proposal.receipt_number}/assign", data=sent)

    assert answer.status_code == 302
    assert len(statements) <= MOST_FOR_ASSIGNMENT, statements
