"""Plans and lists need two persons (P29, P48)."""

import re
from datetime import date

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.personal_data.erasure import erase_by_plan
from app.personal_data.models import DisposalList, ErasureHold, StorageMedium
from app.personal_data.queries import plan_of
from tests.accounts.browser import enter
from tests.factories import World, declare_conflict, make_closed, make_submitted, make_user

PLAN = {
    "version": "0",
    "purpose_ends_on": "令和8年3月31日",
    "purpose": "提案の確認と結果の連絡",
    "storage": "本システムのデータベース",
    "method": "連絡先を消し、記録を残す",
    "erases_files": "y",
}
NIGHT = clock.jst(2026, 4, 1, 3, 30)


def second_lead(world: World) -> None:
    lead = world["lead"]
    make_user("lead2", lead.organization, *lead.roles)


def propose() -> DisposalList:
    # The job begins anew: what this session has only read would take the requests' work with it.
    db.session.commit()
    with clock.at(NIGHT):
        note = erase_by_plan()
        with unit_of_work():
            note()
    return db.session.scalars(select(DisposalList)).one()


def verbs(session: Session) -> list[str]:
    statement = select(AuditEvent.verb).where(
        AuditEvent.verb.like("erasure_plan.%") | AuditEvent.verb.like("disposal.%")
    )
    return list(session.scalars(statement.order_by(AuditEvent.seq)))


def test_p48_plan_and_list_are_approved_by_another_person(
    app: Flask, world: World, db_session: Session
) -> None:
    second_lead(world)
    closed, running = make_closed(world), make_submitted(world)
    db_session.commit()

    with clock.at(clock.jst(2024, 8, 20, 11)):
        lead, other = enter(app, "lead"), enter(app, "lead2")
        written = lead.post("/personal-data/plans/R6", data=PLAN)
        version = plan_of(world.round.id).version  # type: ignore[union-attr]  # it was written
        own = lead.post("/personal-data/plans/R6/approve", data={"version": version})
        approved = other.post("/personal-data/plans/R6/approve", data={"version": version})
        again = other.post("/personal-data/plans/R6/approve", data={"version": version + 1})
    disposal = propose()
    path = f"/personal-data/disposals/{disposal.id}"
    with clock.at(NIGHT):
        lead, other = enter(app, "lead"), enter(app, "lead2")
        blank = lead.post(f"{path}/request", data={"version": disposal.version, "reason": " "})
        asked = lead.post(f"{path}/request", data={"version": disposal.version, "reason": "期日"})
        same = lead.post(f"{path}/approve", data={"version": disposal.version})
        stale = other.post(f"{path}/approve", data={"version": disposal.version - 1})
        let_go = other.post(f"{path}/approve", data={"version": disposal.version})
        page = other.get(path).text

    assert [each.status_code for each in (written, own, approved, again)] == [302, 403, 302, 409]
    assert [each.status_code for each in (blank, asked, same, stale, let_go)] == [
        *(422, 302, 403, 409, 302)
    ]
    assert [item.proposal_id for item in disposal.items] == [closed.id]
    assert running.receipt_number is not None
    assert running.receipt_number not in page
    assert verbs(db_session) == [
        "erasure_plan.write",
        "erasure_plan.approve",
        "disposal.propose",
        "disposal.request",
        "disposal.approve",
    ]


def test_p48_a_plan_that_is_rewritten_waits_again(app: Flask, world: World) -> None:
    early = {**PLAN, "purpose_ends_on": "令和6年8月25日"}

    with clock.at(clock.jst(2024, 8, 20, 11)):
        lead = enter(app, "lead")
        too_early = lead.post("/personal-data/plans/R6", data=early)
        lead.post("/personal-data/plans/R6", data=PLAN)
        lost = lead.post("/personal-data/plans/R6", data=PLAN)

    assert "募集の締切より後の日にしてください" in too_early.text
    assert "連絡先を消し、記録を残す" in too_early.text
    assert (too_early.status_code, lost.status_code) == (422, 409)


def test_hold_is_placed_and_lifted_by_who_may_know_of_the_case(
    app: Flask, world: World, db_session: Session
) -> None:
    case = make_closed(world)
    declare_conflict(world["officer2"], proposal=case)
    db_session.commit()
    typed = {"receipt_number": case.receipt_number, "ground": "dispute", "reason": "裁判のため"}

    with clock.at(clock.jst(2024, 8, 20, 11)):
        hidden = enter(app, "officer2").post("/personal-data/holds", data=typed)
        placed = enter(app, "officer1").post("/personal-data/holds", data=typed)
        twice = enter(app, "officer1").post("/personal-data/holds", data=typed)
        hold = db_session.scalars(select(ErasureHold)).one()
        path = f"/personal-data/holds/{hold.id}/lift"
        unseen = enter(app, "officer2").get(path)
        listed = [
            "裁判のため" in enter(app, login).get("/personal-data/holds").text
            for login in ("officer1", "officer2")
        ]
        lifted = enter(app, "officer1").post(path, data={"reason": "取り下げられた"})

    assert [each.status_code for each in (hidden, placed, twice, unseen, lifted)] == [
        *(422, 302, 422, 404, 302)
    ]
    assert listed == [True, False]
    assert hold.lift_reason == "取り下げられた"


def test_media_are_destroyed_with_a_witness(app: Flask, world: World, db_session: Session) -> None:
    typed = {
        "kind": "backup",
        "label": "kyotsu-2024-09-02.backup",
        "place": "金庫",
        "made_on": "令和6年8月2日",
        "destroy_by": "令和6年9月6日",
    }
    gone = {"destroyed_on": "令和6年8月20日", "method": "鍵の破棄", "certificate_sha256": ""}

    with clock.at(clock.jst(2024, 8, 20, 11)):
        admin = enter(app, "admin")
        wrong = admin.post("/personal-data/media", data={**typed, "destroy_by": "令和6年8月1日"})
        right = admin.post("/personal-data/media", data=typed)
        medium = db_session.scalars(select(StorageMedium)).one()
        path = f"/personal-data/media/{medium.id}/destroy"
        offered = re.findall(r'<option value="(\d+)"', admin.get(path).text)
        alone = admin.post(path, data={**gone, "witness": str(world["admin"].id)})
        late = admin.post(
            path, data={**gone, "witness": world["lead"].id, "destroyed_on": "令和6年8月21日"}
        )
        done = admin.post(path, data={**gone, "witness": world["lead"].id})
        twice = admin.post(path, data={**gone, "witness": world["lead"].id})

    assert [each.status_code for each in (wrong, right, alone, late, done, twice)] == [
        *(422, 302, 422, 422, 302, 409)
    ]
    assert str(world["admin"].id) not in offered
    assert (medium.destroyed_on, medium.witness_id) == (date(2024, 8, 20), world["lead"].id)
