"""Pages and files of the check of the cases (案件の点検の画面)."""

import json
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.proposals.models import Proposal
from app.triage.models import Assignment
from tests.accounts.browser import enter
from tests.factories import World, declare_conflict, make_classified, make_in_review

INDEX = "/discrepancies/cases"
REASON = "後日の候補として、次の会議で扱うことを総括が決めています。"


@pytest.fixture(autouse=True)
def cases(db_session: Session, world: World) -> list[Proposal]:
    """A case without a reviewer, and one for candidates that has none."""
    lost, settled = make_in_review(world), make_classified(world)
    assigned = Assignment.proposal_id == lost.id
    for row in db_session.scalars(select(Assignment).where(assigned)):
        row.ended_at = row.assigned_at
    db_session.commit()
    return [lost, settled]


def main_of(page: TestResponse) -> str:
    return unescape(page.text.split("<main")[1].split("</main>")[0])


def test_page_says_what_is_wrong_and_where_it_is_mended(app: Flask, cases: list[Proposal]) -> None:
    lost = f'href="/proposals/{cases[0].receipt_number}'

    page = main_of(enter(app, "lead").get(INDEX))
    of_auditor = main_of(enter(app, "auditor").get(INDEX))

    assert (page.count(f'{lost}/assign"'), page.count("button-primary")) == (2, 1)
    assert ("担当なし" in page, "分類F-5に当たる対象候補なし" in page) == (True, True)
    assert (f"{lost}/assign" in of_auditor, f'{lost}"' in of_auditor) == (False, True)
    assert ("このままでよい" in of_auditor, "button-primary" in of_auditor) == (False, False)
    assert enter(app, "city").get(INDEX).status_code == 403


def test_home_of_the_lead_counts_what_the_page_counts(app: Flask) -> None:
    lead = enter(app, "lead")

    home, page = main_of(lead.get("/")), main_of(lead.get(INDEX))

    assert "案件の点検に、確かめることが2件あります" in home
    assert "<dd>2<small>件</small></dd>" in page
    assert "案件の点検に" not in main_of(enter(app, "officer1").get("/"))
    places = ("/reports?round=R6", "/rounds/R6/discrepancies")
    assert [f'href="{INDEX}"' in main_of(lead.get(place)) for place in places] == [True, True]


def test_reason_is_kept_and_stands_in_the_history(app: Flask, cases: list[Proposal]) -> None:
    officer = enter(app, "officer1")
    path = f"{INDEX}/case-no-candidate/{cases[1].id}"
    seen = officer.get(path).text.split('name="seen" type="hidden" value="')[1].split('"')[0]

    refused = officer.post(path, data={"explanation": "短い", "seen": seen})
    answer = officer.post(path, data={"explanation": REASON, "seen": seen})

    assert (refused.status_code, "短い</textarea>" in refused.text) == (422, True)
    assert answer.location == INDEX
    page = main_of(enter(app, "auditor").get(INDEX))
    assert ("説明済み 1件" in page, page.count(REASON)) == (True, 1)
    history = main_of(officer.get(f"/proposals/{cases[1].receipt_number}/history"))
    assert "案件の点検の指摘に、このままでよいわけを書きました" in history
    assert enter(app, "auditor").post(path, data={"explanation": REASON}).status_code == 403
    assert officer.post(path, data={"explanation": REASON, "seen": seen}).status_code == 409


@pytest.mark.parametrize("name", ["case-clock/1", "case-x/1", "case-clock/x", "case-clock/1-2-3"])
def test_unknown_finding_is_not_found(app: Flask, name: str) -> None:
    page = enter(app, "lead").get(f"{INDEX}/{name}")

    assert page.status_code == 404


def test_files_hold_every_finding(app: Flask, cases: list[Proposal]) -> None:
    lead = enter(app, "lead")

    answers = {form: lead.get(f"{INDEX}?format={form}") for form in ("xlsx", "csv", "json", "pdf")}

    rows = json.loads(answers["json"].data)["rows"]
    assert [(row["number"], row["what"]) for row in rows] == [
        (cases[0].receipt_number, "担当なし"),
        (cases[1].receipt_number, "分類F-5に当たる対象候補なし"),
    ]
    assert answers["csv"].data.decode("utf-8-sig").count("\r\n") == 3
    assert answers["xlsx"].data.startswith(b"PK")
    assert answers["pdf"].status_code == 422


def test_practice_round_is_looked_at_alone_and_makes_no_file(
    app: Flask, db_session: Session, world: World, cases: list[Proposal]
) -> None:
    world.round.is_practice = True
    db_session.commit()
    lead = enter(app, "lead")

    page = main_of(lead.get(f"{INDEX}?round=R6"))

    assert ("担当なし" in page, "format=" in page) == (True, False)
    assert "担当なし" not in main_of(lead.get(INDEX))
    assert "案件の点検に" not in main_of(lead.get("/"))
    assert lead.get(f"{INDEX}?round=R6&format=csv").status_code == 403
    assert lead.get(f"{INDEX}?round=R99").status_code == 404
    path = f"{INDEX}/case-no-holder/{cases[0].id}"
    shown = lead.get(path).text
    seen = shown.split('name="seen" type="hidden" value="')[1].split('"')[0]
    answer = lead.post(path, data={"explanation": REASON, "seen": seen})
    assert (f'href="{INDEX}?round=R6"' in shown, answer.location) == (True, f"{INDEX}?round=R6")


def test_command_writes_what_one_person_may_read(
    app: Flask, db_session: Session, world: World, cases: list[Proposal]
) -> None:
    declare_conflict(world["officer2"], proposal=cases[0])
    db_session.commit()
    run = app.test_cli_runner().invoke

    whole = run(args=["discrepancies", "cases", "--as", "lead", "--format", "csv"])
    part = run(args=["discrepancies", "cases", "--as", "officer2", "--format", "csv"])
    refused = run(args=["discrepancies", "cases", "--as", "city"])

    assert (whole.output.count("R6-"), part.output.count("R6-")) == (2, 1)
    assert (refused.exit_code, "「city」は事務局の" in refused.output) == (1, True)
