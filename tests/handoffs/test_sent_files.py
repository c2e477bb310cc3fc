"""Files the secretariat adds to a hand-off (事務局が付ける資料), from the form to the ministry."""

import io

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.extensions import db
from app.handoffs.queries import handoffs_of
from app.workflow.handoffs import HandoffState
from tests.accounts.browser import enter
from tests.factories import World, make_classified, make_handoff, make_world
from tests.triage.pages import address

CSV = b"a,b\n1,2\n"


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def test_added_files_reach_their_ministry_alone(app: Flask, world: World) -> None:
    proposal = make_classified(world)
    officer, ministry = enter(app, "officer1"), enter(app, "ministry")
    values = {
        "version": proposal.version,
        "destination_id": world["ministry"].organization_id,
        "part": "lead",
        "purpose": "request",
        "request_text": "検討をお願いします。",
        "reason": "照会のため",
    }
    prepare = address(proposal, "handoffs/prepare")

    refused = officer.post(prepare, data=values | {"files": (io.BytesIO(b"MZ"), "急ぎ.exe")})
    prepared = officer.post(prepare, data=values | {"files": (io.BytesIO(CSV), "参考.csv")})
    preview = officer.get(prepared.location).text
    [handoff] = handoffs_of(proposal)
    [file] = [row.stored_file for row in handoff.files if row.stored_file]
    tail = f"files/{file.public_id}"
    unsent = ministry.get(f"/handoffs/{handoff.id}/{tail}").status_code
    officer.post(prepared.location.replace("preview", "send"), data={"version": handoff.version})
    own = address(proposal, f"handoffs/{handoff.id}/{tail}")
    its_own = f"/handoffs/{handoff.id}/{tail}"
    doors = {
        "officer": (officer, own),
        "ministry": (ministry, its_own),
        "other": (enter(app, "digital"), its_own),
        "body": (enter(app, "city"), own),
    }
    statuses, contents = {}, {}
    for login, (browser, door) in doors.items():
        with browser.get(door) as answer:
            statuses[login], contents[login] = answer.status_code, answer.data

    assert (refused.status_code, prepared.status_code, unsent) == (422, 302, 404)
    assert "急ぎ.exe" in refused.text
    assert "参考.csv" in preview
    assert statuses == {"officer": 200, "ministry": 200, "other": 404, "body": 403}
    assert contents["ministry"] == CSV


def test_added_files_stay_or_go_with_a_change_and_go_on_with_a_rerouting(
    app: Flask, world: World
) -> None:
    proposal = make_classified(world)
    handoff = make_handoff(world, proposal, state=HandoffState.PREPARED)
    officer = enter(app, "officer1")
    edit = address(proposal, f"handoffs/{handoff.id}/edit")

    def change(**more: object) -> int:
        values = {"version": handoff.version, "purpose": "request", "request_text": "依頼"}
        return officer.post(edit, data=values | more).status_code

    added = change(files=[(io.BytesIO(CSV), "甲.csv"), (io.BytesIO(CSV), "乙.csv")])
    _, second = handoff.files
    left = change(kept_files=second.id)
    assert (added, left) == (302, 302)
    assert [row.stored_file.name for row in handoff.files if row.stored_file] == ["乙.csv"]

    reroute_from = make_handoff(world, make_classified(world), state=HandoffState.REFUSED)
    reroute_from.files = [type(second)(stored_file=second.stored_file)]
    db.session.flush()
    sent_on = officer.post(
        address(reroute_from.proposal, f"handoffs/{reroute_from.id}/reroute"),
        data={
            "version": reroute_from.version,
            "destination_id": world["digital"].organization_id,
            "request_text": "検討をお願いします。",
            "kept_files": reroute_from.files[0].id,
        },
    )

    assert sent_on.status_code == 302
    again = handoffs_of(reroute_from.proposal)[-1]
    assert again.rerouted_from is reroute_from
    assert [row.stored_file for row in again.files] == [second.stored_file]
