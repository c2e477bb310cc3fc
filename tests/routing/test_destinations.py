"""Suggested destinations and what they cite (送付先の候補)."""

import io

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.core.errors import InvalidInput, NotAllowed
from app.extensions import db
from app.handoffs.lifecycle import move_handoff
from app.proposals.models import Proposal
from app.routing.destinations import Suggested, suggest_destinations
from app.routing.models import Duty
from app.routing.reasons import ReasonKind
from app.routing.services.duties import (
    EndDuty,
    NameCatchAll,
    NewDuty,
    add_duty,
    end_duty,
    name_catch_all,
)
from app.workflow.handoffs import HandoffAction, HandoffPart, HandoffState
from tests.accounts.browser import enter
from tests.batches.cases import make_cited, make_many, make_ministry
from tests.factories import World, declare_conflict, make_classified, make_handoff, make_world


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    world.entry.ministry_name = ""
    return world


def suggested(world: World, proposal: Proposal) -> list[Suggested]:
    return suggest_destinations([proposal], actor=world["officer1"])[proposal.id]


def told(world: World, proposal: Proposal) -> list[tuple[str, list[ReasonKind]]]:
    return [
        (row.organization.name, [said.kind for said in row.reasons])
        for row in suggested(world, proposal)
    ]


def test_nothing_speaks_and_the_catch_all_takes_it(world: World) -> None:
    case = make_classified(world)
    before = told(world, case)

    name_catch_all(
        NameCatchAll(
            organization_id=world["ministry"].organization.id, seen_id=0, reason="担当の変更"
        ),
        actor=world["lead"],
    )

    assert before == [("デジタル庁", [ReasonKind.CATCH_ALL])]
    assert told(world, case) == [("厚生労働省", [ReasonKind.CATCH_ALL])]


def test_cited_row_leads_and_goes_with_its_ministry(world: World) -> None:
    make_ministry("金融庁")
    case = make_cited(world)
    world.entry.ministry_name = "厚生労働省（金融庁）"
    with_row = suggested(world, case)
    world.entry.ministry_name = ""
    without = told(world, case)

    assert [(row.organization.name, row.part, row.why) for row in with_row] == [
        ("厚生労働省", HandoffPart.LEAD, "台帳 TYPES 1「台帳の行」の所管"),
        ("金融庁", HandoffPart.RELATED, "台帳 TYPES 1「台帳の行」の所管"),
    ]
    assert without == [("デジタル庁", [ReasonKind.CATCH_ALL])]


def test_class_law_and_the_body_are_cited(world: World) -> None:
    make_ministry("農林水産省")
    case = make_classified(world)
    case.legal_basis = "農地法"
    case.ministry_id = world["ministry"].organization.id
    db.session.flush()
    assert case.category is not None
    by_law = told(world, case)
    case.category.key = "dpi"

    assert by_law == [
        ("農林水産省", [ReasonKind.LAW]),
        ("厚生労働省", [ReasonKind.BODY]),
    ]
    assert told(world, case)[0] == ("デジタル庁", [ReasonKind.CLASS])


def test_duties_speak_by_words_law_and_row_until_they_end(world: World) -> None:
    ministry = world["ministry"].organization
    case = make_cited(world)
    duties = [
        add_duty(
            NewDuty(organization_id=ministry.id, reason="設置法", **told_by), actor=world["lead"]
        )
        for told_by in ({"words": "体育館の鍵"}, {"register_entry_id": world.entry.id})
    ]
    found = suggested(world, case)
    for duty in duties:
        end_duty(duty, EndDuty(version=duty.version, reason="移管"), actor=world["lead"])
    still_today = told(world, case)
    for duty in duties:
        duty.valid_from = duty.valid_until = duty.valid_from.replace(year=2020)
    db.session.flush()

    assert found[0].why == ("所管の登録「体育館の鍵」、所管の登録「台帳 TYPES 1「台帳の行」」")
    assert [name for name, _ in still_today] == ["厚生労働省"]
    assert told(world, case) == [("デジタル庁", [ReasonKind.CATCH_ALL])]


def test_refusal_comes_last_with_its_words_and_points_on(world: World) -> None:
    other = make_ministry("農林水産省")
    case = make_cited(world)
    world.entry.ministry_name = "厚生労働省"
    handoff = make_handoff(world, case)
    handoff.suggested_id = other.id
    move_handoff(
        handoff, HandoffAction.REFUSE, actor=world["coordinator"], reason="農地の事務のため"
    )

    found = suggested(world, case)

    assert [row.organization.name for row in found] == ["農林水産省", "厚生労働省"]
    assert found[0].part is HandoffPart.LEAD
    assert "所管外とした厚生労働省が" in found[0].why
    assert "「農地の事務のため」" in found[1].why
    assert [row.takes_part for row in found] == [True, False]


def test_answered_near_case_speaks_and_a_hidden_one_does_not(world: World) -> None:
    near = make_classified(world)
    make_handoff(world, near, state=HandoffState.ANSWERED)
    case = make_classified(world)
    found = suggested(world, case)
    declare_conflict(world["officer1"], proposal=near)
    db.session.flush()

    assert [(row.organization.name, row.why) for row in found] == [
        ("厚生労働省", f"似た案件 {near.reference}の主管（回答あり）")
    ]
    assert told(world, case) == [("デジタル庁", [ReasonKind.CATCH_ALL])]


def test_many_cases_take_as_many_questions_as_few(world: World, db_session: Session) -> None:
    make_many(world, [world["ministry"].organization], 20)
    cases = db_session.query(Proposal).all()
    asked: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    def questions(rows: list[Proposal]) -> int:
        asked.clear()
        suggest_destinations(rows, actor=world["officer1"])
        return len(asked)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        few, many = questions(cases[:2]), questions(cases)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)

    assert many == few


def test_duty_is_refused_in_words(world: World) -> None:
    body = world["ministry"].organization
    with pytest.raises(NotAllowed):
        add_duty(
            NewDuty(organization_id=body.id, reason="x", words="鍵の"), actor=world["officer1"]
        )
    with pytest.raises(InvalidInput) as refused:
        add_duty(
            NewDuty(organization_id=world["city"].organization.id, reason=""), actor=world["lead"]
        )

    assert sorted(refused.value.errors) == ["organization_id", "reason", "words"]


def test_pages_register_end_and_bring_in_duties(app: Flask, world: World) -> None:
    lead, officer = enter(app, "lead"), enter(app, "officer1")
    body = world["ministry"].organization.id
    typed = {
        "organization_id": body,
        "words": "=体育館",
        "reason": "設置法",
        "valid_from": "R6.4.1",
    }

    wrong = lead.post("/duties/new", data={**typed, "valid_from": "来年"})
    made = lead.post("/duties/new", data=typed)
    table = officer.get("/duties.csv").data
    again = lead.post("/duties/import", data={"file": (io.BytesIO(table), "所管.csv")})
    bad = table.replace("厚生労働省".encode(), "無い省".encode())
    refused = lead.post("/duties/import", data={"file": (io.BytesIO(bad), "所管.csv")})
    page = officer.get("/duties")
    duty_id = db.session.scalars(select(Duty.id)).one()
    ended = lead.post(f"/duties/{duty_id}/end", data={"version": 1, "reason": "移管"})

    statuses = [row.status_code for row in (wrong, made, again, refused, page, ended)]
    assert statuses == [422, 302, 302, 422, 200, 302]
    assert "府省庁「無い省」は一覧にありません" in refused.text
    assert page.text.count("語句「=体育館」") == 1
    assert officer.get("/duties/new").status_code == 403
