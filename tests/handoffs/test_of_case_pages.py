"""The tab 送付・回答 of a case, and the list of all hand-offs (送付・回答の画面)."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.core import clock
from app.extensions import db
from app.handoffs.queries import handoffs_of
from app.workflow.handoffs import HandoffPart, HandoffState
from app.workflow.states import State
from tests.accounts.browser import enter, sign_in
from tests.casework.test_case_list import count_queries
from tests.factories import World, declare_conflict, make_classified, make_handoff, make_world
from tests.triage.pages import NOW, address


@pytest.fixture
def world(db_session: Session) -> World:
    with clock.at(NOW):
        return make_world()


def states_in(text: str) -> list[str]:
    return re.findall(r'<td><span class="badge badge-\w+">(.*?)</span>', text)


def test_case_is_prepared_looked_at_and_sent(world: World, client: FlaskClient) -> None:
    with clock.at(NOW):
        proposal = make_classified(world)
        sign_in(client, "officer1")
        values = {
            "version": proposal.version,
            "destination_id": world["ministry"].organization_id,
            "part": "lead",
            "purpose": "request",
            "request_text": "検討をお願いします。",
        }
        refused = client.post(address(proposal, "handoffs/prepare"), data=values)
        prepared = client.post(
            address(proposal, "handoffs/prepare"), data=values | {"reason": "照会のため"}
        )
        preview = client.get(prepared.location)
        [handoff] = handoffs_of(proposal)
        sent = client.post(
            prepared.location.replace("preview", "send"), data={"version": handoff.version}
        )
        tab = client.get(sent.location)
        again = client.post(
            prepared.location.replace("preview", "send"), data={"version": handoff.version}
        )

    assert (refused.status_code, prepared.status_code, sent.status_code) == (422, 302, 302)
    assert "検討をお願いします。" in preview.text
    assert handoff.state is HandoffState.SENT
    assert states_in(tab.text) == ["受領待ち"]
    assert "今は、厚生労働省の番です" in tab.text
    assert again.status_code == 409


def test_forms_of_the_tab_act_and_say_what_is_wrong(world: World, client: FlaskClient) -> None:
    with clock.at(NOW):
        proposal = make_classified(world)
        refused = make_handoff(world, proposal, state=HandoffState.REFUSED)
        related = make_handoff(
            world,
            proposal,
            state=HandoffState.PREPARED,
            to=world["digital"].organization,
            part=HandoffPart.RELATED,
        )
        sign_in(client, "lead")
        base = address(proposal, "handoffs")
        pages = [
            client.get(f"{base}/{tail}").status_code
            for tail in (f"{refused.id}/reroute", f"{related.id}/edit", "reclassify", "prepare")
        ]
        no_lead = client.get(f"{base}/lead").status_code
        no_date = client.get(f"{base}/{refused.id}/redate").status_code
        blank = [
            client.post(f"{base}/{tail}", data={"version": "1", "request_text": ""}).status_code
            for tail in (f"{refused.id}/reroute", f"{related.id}/recall", "reclassify", "prepare")
        ]
        discarded = client.post(f"{base}/{related.id}/discard", data={"version": related.version})
        garbled = client.post(
            f"{base}/prepare", data={"version": "x", "destination_id": "9" * 30, "part": "boss"}
        )

    assert pages == [200, 200, 200, 200]
    assert (no_lead, no_date, blank) == (409, 409, [422, 422, 422, 422])
    assert (discarded.status_code, garbled.status_code) == (302, 422)
    assert related.state is HandoffState.RECALLED
    assert proposal.state is State.CLASSIFIED


def test_bodies_and_people_with_a_conflict_learn_nothing(world: World, app: Flask) -> None:
    with clock.at(NOW):
        proposal = make_classified(world)
        make_handoff(world, proposal)
        declare_conflict(world["officer2"], proposal=proposal)
        db.session.flush()
        body, conflicted, officer = app.test_client(), app.test_client(), app.test_client()
        for browser, login in ((body, "city"), (conflicted, "officer2"), (officer, "officer1")):
            sign_in(browser, login)
        own = body.get(address(proposal, "")[:-1])
        doors = [
            body.get(address(proposal, "handoffs")).status_code,
            body.get("/handoffs").status_code,
            conflicted.get(address(proposal, "handoffs")).status_code,
        ]
        hidden, shown = conflicted.get("/handoffs"), officer.get("/handoffs")
        by_ministry = officer.get(
            f"/proposals?ministry={world['ministry'].organization_id}"
            "&standing=awaiting_acknowledgement"
        )
        late = officer.get("/handoffs?overdue=1&page=99&state=zz")

    assert doors == [403, 403, 404]
    assert "厚生労働省" not in own.text
    assert "受領" not in own.text
    assert "まだ府省庁へ送付していません" in hidden.text
    assert states_in(shown.text) == ["受領待ち"]
    assert by_ministry.text.count("府省庁の受領待ち</span>") == 1
    assert "条件に合う送付はありません" in late.text


def test_list_asks_as_often_for_many_hand_offs_as_for_one(world: World, app: Flask) -> None:
    with clock.at(NOW):
        make_handoff(world, make_classified(world))
        few = count_queries(enter(app, "officer1"), "/handoffs")
        for _ in range(3):
            proposal = make_classified(world)
            make_handoff(world, proposal)
            make_handoff(
                world, proposal, to=world["digital"].organization, part=HandoffPart.RELATED
            )

        assert count_queries(enter(app, "officer1"), "/handoffs") == few


def test_next_step_after_the_second_refusal_is_the_leads(world: World, app: Flask) -> None:
    with clock.at(NOW):
        proposal = make_classified(world)
        first = make_handoff(world, proposal, state=HandoffState.REFUSED)
        second = make_handoff(
            world, proposal, state=HandoffState.REFUSED, to=world["digital"].organization
        )
        second.rerouted_from = first
        db.session.flush()
        case = address(proposal, "handoffs")
        officer, lead = enter(app, "officer1").get(case).text, enter(app, "lead").get(case).text

    link = f"handoffs/{second.id}/reroute"
    assert ("今は、総括の番です" in officer, link in officer) == (True, False)
    assert link in lead


def test_what_a_related_ministry_refused_does_not_hide_the_answer(world: World, app: Flask) -> None:
    with clock.at(NOW):
        proposal = make_classified(world)
        make_handoff(world, proposal, state=HandoffState.ANSWERED)
        make_handoff(
            world,
            proposal,
            state=HandoffState.REFUSED,
            to=world["digital"].organization,
            part=HandoffPart.RELATED,
        )
        page = enter(app, "officer1").get(address(proposal, "handoffs")).text

    assert "次にすること：府省庁の回答を確かめる" in page
