"""Fifty times the same form at the same moment (二重送信): one effect, one answer (P04)."""

from threading import Barrier, Thread

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.audit.models import AuditEvent
from app.audit.verification import verify
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.proposals.models import Proposal
from app.rounds.models import Round
from tests.accounts.browser import enter
from tests.factories import make_draft, make_world
from tests.proposals.saving import new_key, typed

POSTS = 50
ROUNDS = 4

Answer = tuple[int, str | None]


def send_at_once(
    app: Flask, browser: FlaskClient, address: str, sent: dict[str, object]
) -> list[Answer]:
    """Post the same form from fifty threads that start together; return their answers."""
    cookie = browser.get_cookie("session")
    barrier = Barrier(POSTS)
    answers: list[Answer] = [(0, None)] * POSTS

    def post(position: int) -> None:
        client = app.test_client()
        client.set_cookie("session", cookie.value if cookie else "")
        barrier.wait(timeout=60)
        answer = client.post(address, data=sent)
        answers[position] = (answer.status_code, answer.location)

    threads = [Thread(target=post, args=(position,)) for position in range(POSTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def entries(verb: str) -> int | None:
    return db.session.scalar(
        select(func.count()).select_from(AuditEvent).where(AuditEvent.verb == verb)
    )


def test_p04_fifty_new_proposals_at_once_are_one(committed_app: Flask) -> None:
    with committed_app.app_context(), unit_of_work():
        make_world()
    browser = enter(committed_app, "city")

    rounds = [
        send_at_once(committed_app, browser, "/proposals/new", typed(form_key=new_key()))
        for _ in range(ROUNDS)
    ]

    with committed_app.app_context():
        ids = db.session.scalars(select(Proposal.id).order_by(Proposal.id)).all()
        assert [set(answers) for answers in rounds] == [
            {(302, f"/proposals/drafts/{number}")} for number in ids
        ]
        assert entries("proposal.draft") == ROUNDS
        assert verify(db.session).is_intact


def test_p04_fifty_submissions_of_one_form_at_once_are_one(committed_app: Flask) -> None:
    with committed_app.app_context(), unit_of_work():
        world = make_world()
        ids = [make_draft(world).id for _ in range(ROUNDS)]
    browser = enter(committed_app, "city-mgr")

    rounds = [
        send_at_once(
            committed_app,
            browser,
            f"/proposals/drafts/{number}/check",
            {"version": 1, "form_key": new_key()},
        )
        for number in ids
    ]

    assert [set(answers) for answers in rounds] == [
        {(302, f"/proposals/R6-{number:04d}/receipt")} for number in range(1, ROUNDS + 1)
    ]
    with committed_app.app_context():
        assert db.session.scalars(select(Round.last_receipt_sequence)).all() == [ROUNDS]
        assert entries("proposal.submit") == ROUNDS
        assert verify(db.session).is_intact


def test_p04_fifty_deletions_of_one_form_at_once_are_one(committed_app: Flask) -> None:
    with committed_app.app_context(), unit_of_work():
        draft_id = make_draft(make_world()).id
    browser = enter(committed_app, "city")

    answers = send_at_once(
        committed_app,
        browser,
        f"/proposals/drafts/{draft_id}/discard",
        {"version": 1, "form_key": new_key()},
    )

    assert set(answers) == {(302, "/proposals")}
    with committed_app.app_context():
        assert entries("proposal.discard") == 1


def test_p04_fifty_autosaves_of_one_new_page_at_once_make_one_draft(committed_app: Flask) -> None:
    with committed_app.app_context(), unit_of_work():
        make_world()
    browser = enter(committed_app, "city")
    sent = {"title": "鍵の貸出し", "draft_key": new_key(), "sequence": 1}

    answers = send_at_once(committed_app, browser, "/proposals/new/autosave", sent)

    assert {status for status, _ in answers} == {200}
    with committed_app.app_context():
        assert db.session.scalars(select(Proposal.title)).all() == ["鍵の貸出し"]
