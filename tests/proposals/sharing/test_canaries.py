"""What one body shares with another, and nothing beside it (P25): canaries in every text."""

from collections.abc import Iterator
from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.extensions import db
from app.proposals.models import ApprovalRequest, CoProposer, JoiningWindow, Proposal
from app.proposals.services.submission import Submit, submit
from tests.accounts.browser import enter
from tests.architecture.test_endpoints import Door, is_let_in
from tests.factories import ROLE_OF_LOGIN, World, make_draft, make_submitted, make_world
from tests.proposals.sharing.worlds import (
    accepted_partner,
    ask,
    endorse,
    name_partner,
    open_joining,
    sign_off,
)

OPENS = clock.jst(2024, 8, 5)
CLOSES = clock.jst(2024, 8, 27, 23, 59, 59)
IN_TIME = clock.jst(2024, 8, 20, 10)
AFTER = clock.jst(2024, 9, 2, 10)
TEXTS = (
    "title",
    "detail",
    "requested_measure",
    "hardship_case",
    "effect",
    "legal_basis",
    "adoption_status",
    "contact_department",
    "contact_email",
)
OPENED = ("title", "detail", "requested_measure", "hardship_case", "effect")
CONTACT = ("contact_department", "contact_email")


def canaries(kind: str) -> dict[str, str]:
    """Give every text of one proposal a word of its own: `joint-title`."""
    return {name: f"{kind}-{name}" for name in TEXTS} | {
        "contact_email": f"{kind}-contact_email@example.jp"
    }


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(IN_TIME):
        world = make_world(opens_at=OPENS, closes_at=CLOSES)
        hidden = make_submitted(world, **canaries("hidden"))
        make_draft(world, **canaries("draft"))
        joint = make_draft(world, **canaries("joint"))
        accepted_partner(world, joint)
        submit(joint, Submit(version=joint.version), actor=world["city-mgr"])
        asked = make_draft(world, **canaries("asked"))
        name_partner(world, asked)
        opened = make_submitted(world, **canaries("opened"))
        sign_off(world)
        ask(world, make_draft(world, **canaries("approval")), note="approval-note")
        assert hidden.receipt_number == "R6-0001"
    with clock.at(AFTER):
        open_joining(world, opened)
        endorse(world, opened, "own-endorsement")
        db_session.commit()
        yield world


# Readiness compares the clock with that of the database, and the clock of these tests stands still.
NOT_CRAWLED = ("static", "health.readyz")


def known_values() -> dict[str, list[str | int]]:
    """Every receipt number and id of the world, by the name it has in an address."""
    tables = {
        "proposal_id": Proposal.id,
        "partner_id": CoProposer.id,
        "approval_id": ApprovalRequest.id,
        "window_id": JoiningWindow.id,
    }
    found: dict[str, list[str | int]] = {
        name: list(db.session.scalars(select(column))) for name, column in tables.items()
    }
    numbers = select(Proposal.receipt_number).where(Proposal.receipt_number.is_not(None))
    return {**found, "receipt_number": list(db.session.scalars(numbers))}


def addresses(app: Flask, login: str) -> list[str]:
    """Every page one can guess: each rule of the map with every number and id there is.

    Without the doors that let nobody of this role in: tests/authorization asks at those.
    """
    adapter = app.url_map.bind("localhost")
    guesses = known_values()
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint in NOT_CRAWLED:
            continue
        if rule.arguments - set(guesses):
            continue
        door = Door(rule.endpoint, "GET", frozenset(rule.arguments))
        if not is_let_in(app, door, ROLE_OF_LOGIN[login]):
            continue
        values = [guesses[name] for name in rule.arguments]
        for guess in product(*values):
            known = dict(zip(rule.arguments, guess, strict=True))
            found.append(adapter.build(rule.endpoint, known, method="GET"))
    return sorted(set(found))


def crawled(app: Flask, login: str) -> str:
    """Everything one person can get to see, in one text."""
    return read_all(enter(app, login), addresses(app, login))


def read_all(browser: FlaskClient, paths: list[str]) -> str:
    pages = [browser.get(path, buffered=True) for path in paths]
    assert [page.status_code for page in pages if page.status_code >= 500] == []
    return "\n".join(page.text for page in pages if page.mimetype == "text/html")


def test_p25_other_body_reads_what_is_shared_and_nothing_else(app: Flask, world: World) -> None:
    seen = crawled(app, "other-mgr")

    kinds = ("hidden", "draft", "joint", "asked", "opened", "approval")
    read = {kind: {name for name in TEXTS if f"{kind}-{name}" in seen} for kind in kinds}
    shared = set(TEXTS) - set(CONTACT)
    assert read == {
        "hidden": set(),
        "draft": set(),
        "joint": shared,
        "asked": shared,
        "opened": set(OPENED),
        "approval": set(),
    }
    assert "approval-note" not in seen


def test_p25_those_who_read_no_case_read_none_of_it(app: Flask, world: World) -> None:
    kinds = ("hidden", "draft", "joint", "asked", "opened", "approval")

    for login in ("coordinator", "admin"):
        seen = crawled(app, login)
        assert [kind for kind in kinds if f"{kind}-title" in seen] == [], login
        assert "own-endorsement" not in seen, login


def test_p25_secretariat_reads_no_draft_and_no_sign_off(app: Flask, world: World) -> None:
    seen = crawled(app, "officer1")

    kinds = [kind for kind in ("draft", "asked", "approval") if f"{kind}-title" in seen]
    assert kinds == []
    assert [text for text in ("joint-title", "own-endorsement") if text not in seen] == []


def test_crawl_reaches_the_pages(app: Flask, world: World) -> None:
    paths = addresses(app, "other-mgr")

    wanted = ("/joint/", "/joining/R6-0001", "/approvals/", "/proposals/R6-0002/history")
    assert [start for start in wanted if not any(row.startswith(start) for row in paths)] == []


def test_everything_of_the_own_body_is_reached(app: Flask, world: World) -> None:
    of_cases = [path for path in addresses(app, "city") if path.startswith(("/proposals", "/join"))]
    seen = read_all(enter(app, "city"), of_cases)

    missing = [
        f"{kind}-{name}"
        for kind in ("hidden", "draft", "joint", "asked", "opened", "approval")
        for name in TEXTS
        if f"{kind}-{name}" not in seen
    ]
    assert missing == []
    assert "own-endorsement" in seen
