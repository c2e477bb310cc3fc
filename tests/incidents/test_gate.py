"""A frozen case is shut under every address that leads to it (凍結の関門, P51)."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.transfers.models import Transfer
from tests.accounts.browser import enter
from tests.answers.replies import make_reply, release
from tests.factories import World
from tests.incidents.test_incidents import MOMENT, report


def test_p51_frozen_case_is_shut_under_its_other_addresses(
    app: Flask, world: World, db_session: Session
) -> None:
    reply = make_reply(world)
    release(world, reply)
    handoff = reply.handoff
    number = handoff.proposal.receipt_number
    db_session.commit()
    numbers = db_session.scalars(select(Transfer.number).order_by(Transfer.id)).all()
    doors = [
        ("city-mgr", f"/proposals/{number}"),
        ("coordinator", f"/handoffs/{handoff.id}"),
        *(("lead", f"/transfers/{row}") for row in numbers),
    ]

    def answers() -> list[int]:
        return [enter(app, login).get(path).status_code for login, path in doors]

    with clock.at(MOMENT):
        before = answers()
        incident = report(app, "city-mgr", concerned=str(number))
        press = {"target": f"case:{number}"}
        pressed = enter(app, "lead").post(f"/incidents/{incident.id}/freeze", data=press)
        after = answers()

    assert pressed.status_code == 302
    assert len(numbers) == 2
    assert (before, after) == ([200] * 4, [404] * 4)
