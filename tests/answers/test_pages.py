"""Pages of replies, releases and views (回答・公開・見解の画面)."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.answers import reply_list
from app.answers.services.examination import Settle, settle
from app.answers.services.views import WriteView, file_view
from app.handoffs.models import Reply
from app.handoffs.queries import awaited_view
from app.workflow.handoffs import HandoffState
from app.workflow.states import State
from tests.accounts.browser import let_in
from tests.answers.replies import TEXT, asked_view, make_reply, release
from tests.factories import World
from tests.triage.pages import errors_of


@pytest.fixture
def reply(world: World, db_session: Session) -> Reply:
    sent = make_reply(world)
    db_session.commit()
    return sent


def test_lead_releases_what_was_previewed(
    client: FlaskClient, reply: Reply, db_session: Session
) -> None:
    let_in(client, "lead")

    listed = client.get("/replies?standing=unreleased&kind=will_act")
    preview = client.get(f"/replies/release?round=R6&reply={reply.id}&reply=x&reply=999999999999")
    form = {"replies": f"{reply.id}:{reply.version}", "confirmed_count": "2"}
    miscounted = client.post("/replies/release?round=R6", data=form)
    db_session.refresh(reply)
    untouched = reply.release_id
    done = client.post("/replies/release?round=R6", data={**form, "confirmed_count": "1"})
    twice = client.post("/replies/release?round=R6", data={**form, "confirmed_count": "1"})
    db_session.refresh(reply)

    assert f'name="reply" value="{reply.id}"' in listed.text
    assert TEXT in preview.text
    assert "1件の回答を公開する" in preview.text
    assert (miscounted.status_code, errors_of(miscounted)) == (
        422,
        ["公開する回答の件数（1）を入力してください"],
    )
    assert untouched is None
    assert (done.status_code, twice.status_code) == (302, 409)
    assert reply.release_id is not None


def test_officer_settles_and_asks_again_but_does_not_release(
    client: FlaskClient, reply: Reply, db_session: Session
) -> None:
    let_in(client, "officer1")
    handoff = reply.handoff

    page = client.get(f"/replies/{reply.id}")
    odd = client.post(
        f"/replies/{reply.id}/reexamine",
        data={"version": handoff.version, "text": "再度", "due_on": "2月30日"},
    )
    done = client.post(
        f"/replies/{reply.id}/reexamine", data={"version": handoff.version, "text": "再度"}
    )
    db_session.refresh(handoff)
    late = client.post(f"/replies/{reply.id}/settle", data={"version": handoff.version})
    refused = client.get("/replies/release")

    assert "再検討を要請する" in page.text
    assert odd.status_code == 422
    assert done.status_code == 302
    assert (handoff.state, handoff.round_number) == (HandoffState.ACKNOWLEDGED, 2)
    assert late.status_code == 409
    assert refused.status_code == 403


def test_body_reads_the_answer_and_files_its_view(
    world: World, client: FlaskClient, reply: Reply, db_session: Session
) -> None:
    proposal = reply.handoff.proposal
    number = proposal.receipt_number
    release(world, reply)
    db_session.commit()
    version = asked_view(proposal).version

    let_in(client, "city")
    home, case = client.get("/"), client.get(f"/proposals/{number}")
    saved = client.post(
        f"/proposals/{number}/view", data={"version": version, "text": "書きかけ", "save": "1"}
    )
    refused = client.post(
        f"/proposals/{number}/view", data={"version": version + 1, "text": "書きかけ"}
    )
    let_in(client, "city-mgr")
    form = client.get(f"/proposals/{number}/view")
    empty = client.post(f"/proposals/{number}/view", data={"version": version + 1, "text": ""})
    filed = client.post(f"/proposals/{number}/view", data={"version": version + 1, "text": "意見"})
    gone = client.get(f"/proposals/{number}/view")
    let_in(client, "other")
    foreign = client.get(f"/proposals/{number}/view")

    assert "見解を出す提案" in home.text
    assert TEXT in case.text
    assert "F-5の対応方針" in case.text
    assert "見解の提出待ち" in case.text
    assert (saved.status_code, refused.status_code) == (302, 403)
    assert "書きかけ" in form.text
    assert (empty.status_code, filed.status_code, gone.status_code) == (422, 302, 404)
    assert foreign.status_code == 404
    assert awaited_view(proposal) is None


def test_replies_are_read_page_by_page(
    world: World,
    client: FlaskClient,
    reply: Reply,
    db_session: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = make_reply(world)
    db_session.commit()
    monkeypatch.setattr(reply_list, "PAGE_SIZE", 1)
    let_in(client, "lead")

    shown = [
        re.findall(r'name="reply" value="(\d+)"', client.get(f"/replies?page={page}").text)
        for page in ("1", "2", "99", "x")
    ]

    assert shown == [[str(reply.id)], [str(other.id)], [str(other.id)], [str(reply.id)]]


def test_lead_ends_the_case_with_words_from_the_reply(
    world: World, client: FlaskClient, reply: Reply, db_session: Session
) -> None:
    handoff, proposal = reply.handoff, reply.handoff.proposal
    settle(handoff, Settle(version=handoff.version), actor=world["officer1"])
    db_session.commit()
    number = proposal.receipt_number
    address = f"/proposals/{number}/answer"
    let_in(client, "lead")

    case, refused = client.get(f"/proposals/{number}"), client.get(address)
    release(world, reply)
    view = asked_view(proposal)
    none = WriteView(version=view.version, text="", has_none=True)
    file_view(view, none, actor=world["city-mgr"])
    db_session.commit()
    written = client.get(address)
    form = {"version": proposal.version, "outcome_text": "直した文"}
    preview = client.post(address, data={**form, "preview": "1"})
    done = client.post(address, data=form)
    db_session.refresh(proposal)

    assert f"/replies/release?round=R6&amp;reply={reply.id}" in case.text
    assert refused.status_code == 409
    assert "団体に公開していない回答があるため、終了できません（厚生労働省）。" in refused.text
    assert "分類F-5「F-5」として取り扱うこととしました。" in written.text
    assert (preview.status_code, done.status_code) == (200, 302)
    assert (proposal.state, proposal.outcome_text) == (State.CLOSED, "直した文")
