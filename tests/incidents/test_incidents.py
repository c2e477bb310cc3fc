"""From the report to the notice, the freeze and the drafts (P51, G11, G16)."""

import re
from datetime import date
from io import BytesIO

import docx
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import OrganizationKind, User
from app.audit.models import AuditEvent
from app.core import clock
from app.extensions import db
from app.files.services import keep, receive
from app.freezes.models import Freeze
from app.incidents.clocks import dates_of, duty_hints
from app.incidents.models import Incident
from app.notifications.models import OutboxMessage
from app.proposals.models import Attachment, AttachmentKind, Proposal
from tests.accounts.browser import enter
from tests.factories import World, declare_conflict, make_submitted

MOMENT = clock.jst(2024, 8, 20, 11)
REPORT = {
    "happened": "別の団体に見えていた",
    "happened_when": "今日の午前",
    "known_on": "2024-08-20",
    "concerned": "R6-0001",
    "seen_by": "",
    "persons_estimate": "１，２００人",
}


def add_file(world: World, case: Proposal) -> str:
    received = receive(BytesIO("番号,名前\n1,甲\n".encode()), "名簿.csv", size_limit_bytes=1000)
    stored = keep(received, actor=world["city"])
    case.attachments.append(
        Attachment(
            file=stored,
            position=1,
            kind=AttachmentKind.REFERENCE,
            added_by_id=world["city"].id,
            added_at=clock.now(),
        )
    )
    return stored.public_id


def report(app: Flask, login: str, **changes: str) -> Incident:
    answer = enter(app, login).post("/incidents/new", data={**REPORT, **changes})
    assert answer.status_code == 302, re.findall("＊(.*?)<", answer.text)
    newest = select(Incident).order_by(Incident.id.desc()).limit(1)
    return db.session.scalars(newest).unique().one()


def told(session: Session) -> list[str]:
    statement = (
        select(User.login)
        .join(OutboxMessage, OutboxMessage.recipient_id == User.id)
        .where(OutboxMessage.letter == "incident_reported")
        .order_by(User.login)
    )
    return list(session.scalars(statement))


def test_p51_report_reaches_the_responsible_at_once(
    app: Flask, world: World, db_session: Session
) -> None:
    make_submitted(world)
    world["city"].organization.responsible_id = world["city"].id
    db_session.commit()

    with clock.at(MOMENT):
        wrong = enter(app, "city-mgr").post(
            "/incidents/new", data={**REPORT, "known_on": "2024-08-21", "persons_estimate": "数人"}
        )
        ahead = enter(app, "city-mgr").post(
            "/incidents/new", data={**REPORT, "known_on": "2024-08-21"}
        )
        first, second = report(app, "city-mgr"), report(app, "observer", concerned="")
        news = enter(app, "city").get("/notices").text
        pages = {
            login: enter(app, login).get(f"/incidents/{first.id}").status_code
            for login in ("city", "city-mgr", "lead", "admin", "auditor", "officer1", "other-mgr")
        }

    assert (wrong.status_code, ahead.status_code) == (422, 422)
    assert "別の団体に見えていた" in wrong.text
    assert (first.number, second.number) == ("事故2024-001", "事故2024-002")
    assert (first.persons_estimate, first.proposal_id is not None) == (1200, True)
    assert set(told(db_session)) >= {"city", "lead", "admin"}
    assert first.number in news
    assert pages == {
        **dict.fromkeys(("city", "city-mgr", "lead", "admin", "auditor"), 200),
        **dict.fromkeys(("officer1", "other-mgr"), 404),
    }


def test_p51_frozen_link_and_file_answer_404_until_another_person_lifts(
    app: Flask, world: World, db_session: Session
) -> None:
    case = make_submitted(world)
    public_id = add_file(world, case)
    db_session.commit()
    addresses = [f"/proposals/{case.receipt_number}", f"/proposals/attachments/{public_id}"]

    def answers() -> list[int]:
        people = ("city", "officer1", "lead")
        found = [enter(app, who).get(path) for path in addresses for who in people]
        for each in found:
            each.close()
        return [each.status_code for each in found]

    with clock.at(MOMENT):
        before = answers()
        incident = report(app, "city-mgr")
        path = f"/incidents/{incident.id}"
        page = enter(app, "city-mgr").get(path).text
        values = re.findall(r'name="target" value="(.*?)"', page)
        alien = enter(app, "city-mgr").post(f"{path}/freeze", data={"target": "case:R6-0002"})
        pressed = [
            enter(app, "lead").post(f"{path}/freeze", data={"target": value}).status_code
            for value in values
        ]
        again = enter(app, "lead").post(f"{path}/freeze", data={"target": values[0]})
        frozen = answers()
        freezes = list(db_session.scalars(select(Freeze).order_by(Freeze.id)))
        lifts = [f"{path}/freezes/{row.id}/lift" for row in freezes]
        own = enter(app, "lead").post(lifts[0], data={"reason": "誤報"})
        lifted = [
            enter(app, "admin").post(lift, data={"reason": "誤報"}).status_code for lift in lifts
        ]
        after = answers()

    verbs = select(AuditEvent.verb).where(AuditEvent.subject_type == "incident")
    assert values == [f"case:{case.receipt_number}", f"file:{public_id}"]
    assert (alien.status_code, pressed, again.status_code) == (404, [302, 302], 409)
    # What was attached after the submission only the body itself reads.
    assert (before, frozen) == ([200] * 4 + [404] * 2, [404] * 6)
    assert (own.status_code, lifted, after) == (403, [302, 302], before)
    assert list(db_session.scalars(verbs.order_by(AuditEvent.seq))) == [
        "incident.report",
        "incident.freeze",
        "incident.freeze",
        "incident.lift_freeze",
        "incident.lift_freeze",
    ]


def test_conflicted_lead_hears_nothing_of_the_report(
    app: Flask, world: World, db_session: Session
) -> None:
    case = make_submitted(world)
    declare_conflict(world["lead"], proposal=case)
    db_session.commit()

    with clock.at(MOMENT):
        incident = report(app, "city-mgr")
        shown = {
            login: enter(app, login).get(f"/incidents/{incident.id}").status_code
            for login in ("lead", "auditor", "admin")
        }
        listed = incident.number in enter(app, "lead").get("/incidents").text

    assert (shown, listed) == ({"lead": 404, "auditor": 200, "admin": 200}, False)
    assert "lead" not in told(db_session)


def test_p51_dates_and_hints(world: World) -> None:
    known = Incident(known_on=date(2024, 8, 20), persons_estimate=101, is_malicious=False, steps=[])
    stolen = Incident(known_on=date(2024, 8, 20), persons_estimate=1, is_malicious=True, steps=[])
    few = Incident(known_on=date(2024, 8, 23), persons_estimate=100, is_malicious=False, steps=[])

    dates = [dates_of(each) for each in (known, stolen, few)]

    assert [each.preliminary_by for each in dates] == [
        date(2024, 8, 25),
        date(2024, 8, 25),
        date(2024, 8, 28),
    ]
    # 22 September is a Sunday and the 23rd a holiday: due on the 24th.
    assert [each.final_by for each in dates] == [
        date(2024, 9, 19),
        date(2024, 10, 21),
        date(2024, 9, 24),
    ]
    assert [len(duty_hints(each)) for each in (known, stolen, few)] == [1, 1, 0]
    assert dates[0].is_late(date(2024, 8, 26))
    assert not dates[0].is_late(date(2024, 8, 25))


def test_steps_and_draft_of_the_preliminary_report(
    app: Flask, world: World, db_session: Session
) -> None:
    with clock.at(MOMENT):
        incident = report(app, "city-mgr", concerned="")
        path = f"/incidents/{incident.id}"
        done = {"kind": "preliminary", "done_on": "2024-08-20", "note": "委員会へ提出"}
        early = enter(app, "lead").post(
            f"{path}/steps", data={**done, "version": incident.version, "done_on": "2024-08-19"}
        )
        noted = enter(app, "lead").post(f"{path}/steps", data={**done, "version": incident.version})
        stale = enter(app, "lead").post(f"{path}/steps", data={**done, "version": 0})
        word = enter(app, "auditor").post(f"{path}/draft", data={"form": "docx"})
        pdf = enter(app, "city-mgr").post(f"{path}/draft", data={"form": "pdf"})
        end = {**done, "kind": "closed", "version": incident.version}
        closed = enter(app, "admin").post(f"{path}/steps", data=end)

    text = "\n".join(each.text for each in docx.Document(BytesIO(word.data)).paragraphs)
    assert [each.status_code for each in (early, noted, stale, closed)] == [422, 302, 409, 302]
    assert "委員会へ提出" in text
    assert pdf.data.startswith(b"%PDF-")
    assert incident.closed_at == MOMENT


def test_g16_contact_is_required_and_stands_at_the_foot(
    app: Flask, world: World, db_session: Session
) -> None:
    body = world["city"].organization
    path = f"/organizations/{body.id}/privacy"
    named = {"responsible": world["city"].id, "contact": "総務課　0000"}

    with clock.at(MOMENT):
        manager = enter(app, "city-mgr")
        home = enter(app, "admin").get("/incidents/contacts").text
        blank = manager.post(path, data={"version": body.version, "contact": ""})
        stranger = manager.post(
            path, data={**named, "version": body.version, "responsible": world["other"].id}
        )
        saved = manager.post(path, data={**named, "version": body.version})
        foot = enter(app, "city").get("/").text
        later = enter(app, "admin").get("/incidents/contacts").text
        other = enter(app, "other-mgr").post(path, data={**named, "version": body.version})

    assert [each.status_code for each in (blank, stranger, saved, other)] == [422, 422, 302, 404]
    assert (body.name in home, body.name in later) == (True, False)
    assert "個人情報・事故の窓口　総務課　0000" in foot
    assert body.kind is OrganizationKind.LOCAL_GOVERNMENT
