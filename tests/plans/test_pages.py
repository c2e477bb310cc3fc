"""A plan from its beginning to its second version (方針の画面), as the people in it see it."""

import io
import zipfile
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.audit.models import AuditEvent
from app.core import clock
from app.plans.models import Plan, PlanComment, PlanStatus, PlanVersion
from app.plans.queries import plans_due
from app.plans.services.write import WriteText, write_text
from app.workflow.candidates import CandidateState
from tests.accounts.browser import enter
from tests.factories import World, make_world
from tests.plans.plan_world import NOW, fill_texts, make_candidate, make_plan

COSTS = {
    "unit": "thousand_yen",
    "years": "５",
    "note": "令和6年の見積り",
    "class1_name": "市",
    "class1_bodies": "10",
    "option1_name": "現状のまま",
    "option1_initial": "0",
    "option1_yearly": "0",
    "option1_class1_initial": "100",
    "option1_class1_yearly": "20",
    "option3_name": "共通化",
    "option3_initial": "1,000",
    "option3_yearly": "50",
    "option3_class1_initial": "",
    "option3_class1_yearly": "5",
}


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


@pytest.fixture
def plan(world: World, db_session: Session) -> Plan:
    plan = make_plan(world)
    fill_texts(plan, world)
    db_session.commit()
    return plan


def main_of(page: TestResponse) -> str:
    return unescape(page.text.split("<main")[1].split("</main>")[0])


def address(plan: Plan, rest: str = "") -> str:
    return f"/candidates/{plan.candidate_id}/plan{rest}"


def submit(app: Flask, plan: Plan, reason: str) -> TestResponse:
    data = {"version": plan.version, "reason": reason}
    return enter(app, "coordinator").post(address(plan, "/submit"), data=data)


def decide(app: Flask, plan: Plan, number: int, decision: str) -> TestResponse:
    data = {"version": plan.version, "decision": decision, "reason": "件数を本文へ"}
    return enter(app, "lead").post(address(plan, f"/versions/{number}/decide"), data=data)


def test_plan_is_begun_submitted_commented_on_and_answered(
    app: Flask, world: World, db_session: Session
) -> None:
    candidate = make_candidate(world)
    db_session.commit()
    base = f"/candidates/{candidate.id}/plan"
    coordinator = enter(app, "coordinator")
    assert "方針はまだありません" in main_of(coordinator.get(base))

    started = coordinator.post(f"{base}/start", data={"fiscal_year": "2024"})
    plan = db_session.scalars(select(Plan)).one()
    fill_texts(plan, world)
    db_session.commit()
    hidden = main_of(enter(app, "observer").get(base))
    sent = submit(app, plan, "まとめたため")
    observer = enter(app, "observer")
    said = observer.post(
        f"{base}/versions/1/comment", data={"section_key": "work", "text": "件数を示してほしい"}
    )
    comment = db_session.scalars(select(PlanComment)).one()
    answer = enter(app, "coordinator").post(
        f"{base}/versions/1/comments/{comment.id}/answer",
        data={"version": comment.version, "text": "年に二万件です"},
    )

    assert [row.status_code for row in (started, sent, said, answer)] == [302] * 4
    assert "行政の効率化の本文" not in hidden
    db_session.expire_all()
    assert candidate.state is CandidateState.PLAN_DRAFTED
    assert plan.status is PlanStatus.SUBMITTED
    assert "行政の効率化の本文" in main_of(observer.get(base))
    assert "年に二万件です" in main_of(observer.get(f"{base}/comments"))


def test_returned_plan_is_approved_as_its_second_version(
    app: Flask, world: World, plan: Plan, db_session: Session
) -> None:
    submit(app, plan, "まとめたため")
    db_session.expire_all()
    returned = decide(app, plan, 1, "returned")
    db_session.expire_all()

    same = submit(app, plan, "再提出")
    write_text(
        plan,
        "work",
        WriteText(version=plan.section("work").version, text="年に二万件"),
        actor=world["ministry"],
    )
    db_session.commit()
    again = submit(app, plan, "件数を加えた")
    db_session.expire_all()
    approved = decide(app, plan, 2, "approved")

    assert [row.status_code for row in (returned, again, approved)] == [302] * 3
    assert (same.status_code, "前に提出した版と同じ内容です" in main_of(same)) == (422, True)
    db_session.expire_all()
    assert plan.status is PlanStatus.APPROVED
    changed = main_of(enter(app, "observer").get(address(plan, "/compare?old=1&new=2")))
    assert ("<del>" in changed, "年に二万件" in changed) == (True, True)
    assert enter(app, "coordinator").get(address(plan, "/sections/work")).status_code == 409
    kept = db_session.scalars(select(PlanVersion).order_by(PlanVersion.number))
    assert [row.content["texts"]["work"] for row in kept] == [
        "業務の実態（業務フロー等）の本文",
        "年に二万件",
    ]
    read = main_of(enter(app, "observer").get(address(plan, "/versions/1")))
    assert '<span class="badge badge-late">差戻し</span>' in read
    told = main_of(enter(app, "officer1").get(address(plan, "/versions")))
    assert told.count("<b>項目を保存しました</b>") == 11
    verbs = select(AuditEvent.verb).where(
        AuditEvent.subject_type == "plan", AuditEvent.verb != "plan.write"
    )
    assert db_session.scalars(verbs.order_by(AuditEvent.seq)).all() == [
        "plan.start",
        "plan.submit",
        "plan.return",
        "plan.submit",
        "plan.approve",
    ]


def test_costs_are_refused_cell_by_cell_and_computed_when_they_are_there(
    app: Flask, world: World, plan: Plan, db_session: Session
) -> None:
    browser = enter(app, "ministry")
    page = address(plan, "/costs")
    version = plan.section("costs").version
    wrong = {**COSTS, "version": version}

    bad = browser.post(
        page,
        data={
            **wrong,
            "option3_initial": "約百万",
            "option3_yearly": "-5",
            "option2_yearly": "7",
            "years": "21",
        },
    )
    twice = browser.post(page, data={**wrong, "option3_name": "現状のまま"})
    good = browser.post(page, data=wrong)

    assert (bad.status_code, twice.status_code, good.status_code) == (422, 422, 302)
    told = main_of(bad)
    assert "案3 国の初期費用：「約百万」は数字として読めません" in told
    assert "マイナスの金額は入力できません" in told
    assert "案2には数字があります。名前を入力するか" in told
    assert "1から20までの整数（年）" in told
    assert 'value="約百万"' in told
    assert 'id="option3_name-error"' in main_of(twice)
    shown = main_of(enter(app, "auditor").get(address(plan)))
    assert "2,000" in shown
    assert "算定できません（未入力：市の初期費用）" in shown
    db_session.expire_all()
    assert [row["name"] for row in plan.section("costs").data["options"]] == [
        "現状のまま",
        "共通化",
    ]


def test_p46_old_page_of_a_part_that_nobody_wrote_keeps_what_was_typed(
    app: Flask, plan: Plan, db_session: Session
) -> None:
    section = plan.section("schedule")
    section.written_at = section.written_by = None
    db_session.commit()
    sent = {"version": "x", "name": "窓口の設計", "study_start": "2024-1", "study_end": "2024-1"}

    answer = enter(app, "coordinator").post(address(plan, "/schedule/new"), data=sent)

    assert answer.status_code == 409
    assert "画面が古いため、まだ保存していません" in main_of(answer)
    assert 'value="窓口の設計"' in main_of(answer)


def test_who_saves_second_keeps_what_was_typed(
    app: Flask, world: World, plan: Plan, db_session: Session
) -> None:
    section = plan.section("work")
    costs = plan.section("costs")
    before = (section.version, costs.version)
    first = enter(app, "ministry")
    first.post(address(plan, "/sections/work"), data={"version": before[0], "text": "先の文"})
    first.post(address(plan, "/costs"), data={**COSTS, "version": before[1]})
    second = enter(app, "coordinator")

    text = second.post(
        address(plan, "/sections/work"), data={"version": before[0], "text": "後の文"}
    )
    figures = second.post(
        address(plan, "/costs"), data={**COSTS, "version": before[1], "option1_initial": "77"}
    )

    assert (text.status_code, figures.status_code) == (409, 409)
    assert "先の文" in main_of(text)
    assert "後の文" in main_of(text)
    assert 'value="77"' in main_of(figures)
    db_session.expire_all()
    assert plan.section("work").text == "先の文"
    assert f'name="version" type="hidden" value="{section.version}"' in main_of(text)


def test_impossible_task_is_refused_in_words_and_changes_nothing(
    app: Flask, world: World, plan: Plan, db_session: Session
) -> None:
    browser = enter(app, "ministry")
    section = plan.section("schedule")
    task = {
        "version": section.version,
        "name": "整備",
        "prepare_start": "2025-1",
        "prepare_end": "2025-4",
        "introduce_start": "2025-4",
        "introduce_end": "2025-2",
        "continue_start": "2099-1",
        "continue_end": "2099-2",
    }
    half = {"version": section.version, "name": "半分", "study_start": "2025-1", "study_end": ""}

    refused = browser.post(address(plan, "/schedule/new"), data=task)
    halved = browser.post(address(plan, "/schedule/new"), data=half)
    removed = browser.post(address(plan, "/schedule/1/remove"), data={"version": section.version})

    assert (refused.status_code, halved.status_code, removed.status_code) == (422, 422, 302)
    told = main_of(refused)
    assert "実施が、準備の終わる前に始まっています" in told
    assert "実施の終わりが始まりより前です" in told
    assert "継続は令和6年度から令和16年度までの間にしてください" in told
    assert "検討の終わりを選んでください" in main_of(halved)
    db_session.expire_all()
    assert plan.section("schedule").data == {"tasks": []}
    assert browser.get(address(plan, "/schedule/1")).status_code == 404


def test_plan_is_hidden_and_closed_to_those_it_is_not_for(
    app: Flask, world: World, plan: Plan, db_session: Session
) -> None:
    officer = enter(app, "officer1")
    row = plan.section("work")

    foreign = enter(app, "city-mgr").get(address(plan))
    written = officer.post(
        address(plan, "/sections/work"), data={"version": row.version, "text": "x"}
    )
    draft_file = enter(app, "observer").get(address(plan, "/file?format=pdf"))
    draft_now = enter(app, "observer").get(address(plan, "/compare?old=1&new=now"))

    assert (foreign.status_code, written.status_code) == (403, 403)
    assert (draft_file.status_code, draft_now.status_code) == (404, 404)
    assert officer.get(address(plan)).status_code == 200
    db_session.expire_all()
    assert plan.section("work").text == "業務の実態（業務フロー等）の本文"
    assert [found.id for found in plans_due(world["ministry"])] == [plan.id]
    assert plans_due(world["officer1"]) == []


def test_files_say_what_the_page_says(app: Flask, world: World, plan: Plan) -> None:
    browser = enter(app, "ministry")
    browser.post(address(plan, "/costs"), data={**COSTS, "version": plan.section("costs").version})

    files = {
        form: browser.get(address(plan, f"/file?format={form}")) for form in ("pdf", "docx", "xlsx")
    }

    assert {form: answer.status_code for form, answer in files.items()} == {
        "pdf": 200,
        "docx": 200,
        "xlsx": 200,
    }
    assert files["pdf"].data.startswith(b"%PDF")
    word = zipfile.ZipFile(io.BytesIO(files["docx"].data)).read("word/document.xml").decode()
    assert "算定できません（未入力：市の初期費用）" in word
    book = load_workbook(io.BytesIO(files["xlsx"].data))
    lines = {row[1]: list(row[3:]) for row in book["費用の比較"].values}
    assert lines["国の計（5年間）"] == [0, 1250]
    assert lines["市 1団体の初期費用"] == [100, "未入力"]
    assert browser.get(address(plan, "/file?format=csv")).status_code == 422
