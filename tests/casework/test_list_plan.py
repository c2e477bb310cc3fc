"""The lists at any size: which index answers them (実行計画), and how often they ask.

On SQLite the plan is the one that is used: without statistics it does not depend on the number of
rows. On PostgreSQL a small table is read as a whole whatever there is; there the test shows that an
index can answer (`enable_seqscan = off` leaves a scan only where nothing else is possible). The
plans on 100,000 cases are in docs/performance.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, insert, inspect, select, update
from sqlalchemy.orm import Session

from app.accounts.models import OrgType
from app.extensions import Base, db
from app.handoffs.models import Handoff, Reply
from app.proposals.models import Proposal
from app.workflow.states import State
from tests.answers.replies import make_reply
from tests.casework.pages import sign_in
from tests.factories import (
    World,
    declare_conflict,
    make_accepted,
    make_classified,
    make_handoff,
    make_local_government,
    make_returned,
    make_submitted,
    make_world,
)

Asked = tuple[str, Any]


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


@contextmanager
def noted() -> Iterator[list[Asked]]:
    """The statements that are sent meanwhile, with their values."""
    statements: list[Asked] = []

    def note(_connection: object, _cursor: object, text: str, values: Any, *_rest: object) -> None:
        statements.append((text, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def asked_by(client: FlaskClient, path: str) -> list[Asked]:
    with noted() as statements:
        assert client.get(path).status_code == 200
    return statements


def plan_of(session: Session, asked: Asked) -> str:
    """How the database finds the rows of a statement, a step a line."""
    text, values = asked
    word = "EXPLAIN QUERY PLAN" if is_sqlite(session) else "EXPLAIN"
    rows = session.connection().exec_driver_sql(f"{word} {text}", values).all()
    return "\n".join(str(row[-1]) for row in rows)


def is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def scans(session: Session, statements: list[Asked]) -> list[str]:
    """Statements that read the whole table of the cases, or sort what an index has in order."""
    if not is_sqlite(session):
        session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
    words = ("SCAN proposal\n", "Seq Scan on proposal ")
    found = []
    for asked in statements:
        if "FROM proposal" not in asked[0] and "JOIN proposal" not in asked[0]:
            continue
        plan = plan_of(session, asked) + "\n"
        # The last step of the plan is that of the statement itself.
        is_page = "LIMIT" in asked[0] and is_sqlite(session)
        if any(word in plan for word in words) or (is_page and plan.endswith(SORTED)):
            found.append(f"{asked[0]}\n{plan}")
    return found


SORTED = "USE TEMP B-TREE FOR ORDER BY\n"
PAGES = [
    "",
    "&sort=-number",
    "&sort=due",
    "&sort=-due",
    "&state=in_review",
    "&state=open",
    "&category=f1",
]


@pytest.mark.parametrize("is_conflicted", [False, True])
def test_no_page_of_the_list_reads_all_cases(
    client: FlaskClient, db_session: Session, world: World, is_conflicted: bool
) -> None:
    shown = make_submitted(world)
    hidden = make_submitted(world)
    if is_conflicted:
        declare_conflict(world["officer1"], proposal=hidden)
    sign_in(client, db_session, "officer1")
    add_copies(db_session, shown, 60)

    statements = [
        asked for page in PAGES for asked in asked_by(client, f"/proposals?round=R6{page}")
    ]

    assert scans(db_session, statements) == []


def test_page_far_down_is_entered_at_its_place(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    first = make_submitted(world)
    sign_in(client, db_session, "officer1")
    add_copies(db_session, first, 120)
    page = client.get("/proposals?round=R6").text
    address = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")

    statements = asked_by(client, address)

    pages = [
        plan_of(db_session, asked)
        for asked in statements
        if "FROM proposal" in asked[0] and "LIMIT" in asked[0]
    ]
    if is_sqlite(db_session):
        assert "(round_id=? AND (receipt_sequence,branch_number)>(?,?))" in pages[-1]
    assert scans(db_session, statements) == []


@pytest.mark.parametrize(
    ("login", "path"),
    [
        ("officer1", "/"),
        ("officer1", "/proposals"),
        ("officer1", "/triage"),
        ("officer1", "/handoffs"),
        ("officer1", "/proposals?round=R6&age=0-5"),
        ("coordinator", "/handoffs"),
        ("city", "/"),
        ("city", "/proposals"),
    ],
)
def test_lists_ask_as_often_for_sixty_cases_as_for_five(
    client: FlaskClient, db_session: Session, world: World, login: str, path: str
) -> None:
    accepted = make_accepted(world)
    classified = make_classified(world)
    handoff = make_handoff(world, classified)
    add_copies(db_session, accepted, 2)
    add_sent_copies(db_session, classified, handoff, 1)
    sign_in(client, db_session, login)
    client.get(path)
    few = len(asked_by(client, path))
    add_copies(db_session, accepted, 27)
    add_sent_copies(db_session, classified, handoff, 28)
    db_session.commit()

    many = len(asked_by(client, path))

    assert (few, many) == (few, few)


@pytest.mark.parametrize(
    ("login", "path"),
    [
        ("officer1", "/"),
        ("officer1", "/triage"),
        ("lead", "/triage"),
        ("lead", "/triage?q=貸し出す"),
        ("lead", "/proposals?age=0-5"),
        ("coordinator", "/handoffs"),
    ],
)
def test_page_reads_no_more_cases_than_it_shows(
    client: FlaskClient, db_session: Session, world: World, login: str, path: str
) -> None:
    submitted, classified = make_submitted(world), make_classified(world)
    handoff = make_handoff(world, classified)
    add_copies(db_session, submitted, 80)
    add_sent_copies(db_session, classified, handoff, 80)
    sign_in(client, db_session, login)
    db_session.expunge_all()

    with loaded_cases() as ids:
        assert client.get(path).status_code == 200

    assert 0 < len(ids) <= LONGEST_PAGE


LONGEST_PAGE = 50 + 1  # one more tells whether there is a next page


@contextmanager
def loaded_cases() -> Iterator[set[int]]:
    """Ids of the cases of which a whole row was read meanwhile."""
    ids: set[int] = set()

    def note(case: Proposal, _context: object) -> None:
        ids.add(case.id)

    event.listen(Proposal, "load", note)
    try:
        yield ids
    finally:
        event.remove(Proposal, "load", note)


def test_list_of_replies_asks_as_often_for_sixty_as_for_two(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    reply = make_reply(world)
    add_answered_copies(db_session, reply, 1)
    sign_in(client, db_session, "lead")
    client.get("/replies")
    few = len(asked_by(client, "/replies"))
    add_answered_copies(db_session, reply, 58)

    many = len(asked_by(client, "/replies"))

    assert (few, many) == (few, few)


def test_list_asks_as_often_for_the_moves_of_many_bodies_as_for_two(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    first = make_returned(world)
    sign_in(client, db_session, "officer1")
    path = "/proposals?round=R6&state=returned"
    add_copies_of_bodies(db_session, first, ["13102", "13103"])
    asked_by(client, path)
    few = len(asked_by(client, path))
    add_copies_of_bodies(db_session, first, ["13104", "13105", "13106", "13107"])

    many = len(asked_by(client, path))

    assert (few, many) == (few, few)


def test_frame_of_a_page_asks_four_questions(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    sign_in(client, db_session, "officer1")
    with noted() as statements:
        client.get("/nowhere")

    asked = [text for text, _values in statements if text.startswith("SELECT")]

    assert len(asked) == 4


# --- Many cases at once -------------------------------------------------------------------------


def add_copies(session: Session, pattern: Proposal, count: int) -> list[int]:
    """Cases like this one with numbers of their own; their ids."""
    last = max(session.scalars(select(Proposal.receipt_sequence).where(is_numbered())))
    numbers = range(last + 1, last + 1 + count)
    return copy_rows(
        session,
        pattern,
        [{"receipt_sequence": number, "receipt_number": f"R6-{number:04}"} for number in numbers],
    )


def add_copies_of_bodies(session: Session, pattern: Proposal, codes: list[str]) -> None:
    """A case like this one for each of some new bodies."""
    bodies = [make_local_government(code, f"団体{code}", OrgType.CITY).id for code in codes]
    copies = add_copies(session, pattern, len(codes))
    for number, body in zip(copies, bodies, strict=True):
        session.execute(update(Proposal).filter_by(id=number).values(organization_id=body))
    session.commit()


def add_sent_copies(session: Session, case: Proposal, handoff: Handoff, count: int) -> None:
    copies = add_copies(session, case, count)
    copy_rows(session, handoff, [{"proposal_id": number} for number in copies])


def add_answered_copies(session: Session, reply: Reply, count: int) -> None:
    copies = add_copies(session, reply.handoff.proposal, count)
    handoffs = copy_rows(session, reply.handoff, [{"proposal_id": number} for number in copies])
    copy_rows(session, reply, [{"handoff_id": number} for number in handoffs])


def is_numbered() -> Any:
    return (Proposal.state != State.DRAFT) & Proposal.receipt_sequence.is_not(None)


def copy_rows(session: Session, pattern: Base, changes: list[dict[str, Any]]) -> list[int]:
    session.flush()
    kind = type(pattern)
    known = {
        column.key: getattr(pattern, column.key)
        for column in inspect(kind).column_attrs
        if column.key != "id"
    }
    first = max(session.scalars(select(kind.id))) + 1
    rows = [{**known, **change, "id": first + place} for place, change in enumerate(changes)]
    session.execute(insert(kind), rows)
    session.commit()
    return [row["id"] for row in rows]
