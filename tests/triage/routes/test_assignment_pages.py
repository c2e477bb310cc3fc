"""Pages about who does what (担当と割当の画面): conflicts, absence, rules, plans, load."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.proposals.models import ConflictOfInterest
from app.triage.models import (
    Absence,
    AssignmentPlan,
    AssignmentRuleSet,
    PlanStage,
    ReviewerProfile,
    SkillTag,
)
from app.triage.queries import current_assignments
from app.workflow.states import State
from tests.accounts.browser import enter
from tests.factories import World, declare_conflict, make_accepted, make_in_review
from tests.triage.pages import NOW, address, errors_of, messages_of, section_of, summary_of, typed

LEAD_PAGES = ("plans", "reviewers", "rules", "skills", "conflicts/seconded")


def figures_of(row: str) -> list[str]:
    return [cell.strip() for cell in re.findall(r'<td class="number">(.*?)</td>', row, re.DOTALL)]


def rows_of(part: str) -> dict[str, str]:
    return {
        re.sub("<.*?>", "", re.findall(r'<th scope="row"[^>]*>(.*?)</th>', row, re.DOTALL)[0]): row
        for row in part.split("<tr>")[2:]
    }


@pytest.mark.parametrize("page", LEAD_PAGES)
def test_pages_of_the_lead_are_closed_to_officers(app: Flask, world: World, page: str) -> None:
    assert enter(app, "officer1").get(f"/triage/{page}").status_code == 403
    assert enter(app, "lead").get(f"/triage/{page}").status_code == 200


def test_declared_conflict_is_told_listed_and_hides_the_case(app: Flask, world: World) -> None:
    proposal = make_in_review(world, "officer1")
    browser = enter(app, "officer1")

    page = browser.post(
        "/triage/conflicts",
        data={"receipt_number": proposal.receipt_number, "reason": "親族がいる"},
        follow_redirects=True,
    )

    assert messages_of(page) == [
        "利益相反を登録しました。あなたには、対象の提案が一覧にも件数にも出なくなります。"
        "あなたは、受け持っていた1件から外れました。"
    ]
    assert proposal.reference in section_of(page, "present")
    assert browser.get(f"/proposals/{proposal.receipt_number}").status_code == 404
    assert proposal.reference not in enter(app, "officer2").get("/triage/conflicts").text


def test_empty_declaration_is_refused_at_its_fields(app: Flask, world: World) -> None:
    page = enter(app, "officer1").post("/triage/conflicts", data={"until": "R6.13.1"})

    assert page.status_code == 422
    assert summary_of(page) == ["until"]


def test_secondment_is_registered_and_ended_by_another_person(
    app: Flask, world: World, db_session: Session
) -> None:
    lead = enter(app, "lead")
    lead.post(
        "/triage/conflicts/seconded",
        data={"user_id": world["officer1"].id, "body": "甲子市", "reason": "出向中"},
    )
    row = db_session.scalars(select(ConflictOfInterest)).one()
    end = f"/triage/conflicts/{row.id}/end"

    refused = enter(app, "officer1").get(end)
    foreign = enter(app, "officer2").get(end)
    page = lead.post(end, data={"reason": "出向が終わった"}, follow_redirects=True)

    assert (refused.status_code, foreign.status_code) == (403, 404)
    assert "出向が終わった" in section_of(page, "past")


def test_absence_is_registered_shown_and_cancelled(
    app: Flask, world: World, db_session: Session
) -> None:
    browser = enter(app, "officer1")

    page = browser.post(
        "/triage/absences",
        data={
            "user_id": world["officer1"].id,
            "starts_on": "R6.8.20",
            "ends_on": "R6.8.26",
            "deputy_id": world["officer2"].id,
        },
        follow_redirects=True,
    )
    absence = db_session.scalars(select(Absence)).one()
    foreign = enter(app, "officer2").post(f"/triage/absences/{absence.id}/cancel")
    browser.post(f"/triage/absences/{absence.id}/cancel")

    # From Tuesday to Monday: five office days.
    assert figures_of(section_of(page, "listed")) == ["5日"]
    assert foreign.status_code == 404
    db_session.refresh(absence)
    assert absence.cancelled_at == NOW


def test_work_of_an_absent_person_stands_in_the_deputys_queue(
    app: Flask, world: World, db_session: Session
) -> None:
    proposal = make_in_review(world, "officer1")
    db_session.add(
        Absence(
            user=world["officer1"],
            deputy=world["officer2"],
            starts_on=clock.today(),
            ends_on=clock.today(),
            created_by_id=world["lead"].id,
            created_at=clock.now(),
        )
    )
    db_session.commit()
    browser = enter(app, "officer2")

    queue = browser.get("/triage")

    assert "代理で仕分ける" in section_of(queue, "review")
    assert browser.get(address(proposal, "assess")).status_code == 200
    assert browser.get(address(proposal, "decline")).status_code == 403


def test_conditions_fields_and_rules_are_written(
    app: Flask, world: World, db_session: Session
) -> None:
    lead = enter(app, "lead")
    lead.post("/triage/skills", data={"rows-0-label": "福祉", "rows-1-label": "税"})
    tag = db_session.scalars(select(SkillTag).order_by(SkillTag.id)).first()
    assert tag is not None
    officer = world["officer1"].id

    lead.post(
        f"/triage/reviewers/{officer}",
        data={"version": 0, "cap": "4", "takes_work": "y", "tag_ids": [tag.id]},
    )
    rules = lead.post(
        "/triage/rules",
        data={
            "version": 0,
            "rules-0-position": 2,
            "rules-0-condition": "org_type:city",
            "rules-0-target": f"person:{officer}",
            "rules-1-position": 1,
            "rules-1-condition": "words",
            "rules-1-words": "給付",
            "rules-1-target": f"tag:{tag.id}",
        },
        follow_redirects=True,
    )
    nothing = {"rules-0-condition": "", "rules-0-target": "", "rules-0-words": "給付"}
    wrong = lead.post("/triage/rules", data={"version": 1, **nothing})

    assert db_session.get_one(ReviewerProfile, officer).cap == 4
    rule_set = db_session.scalars(select(AssignmentRuleSet)).one()
    assert [row.value for row in rule_set.rules] == ["給付", "city"]
    assert "規則1　提案の中の語句が「給付」 → 得意分野「福祉」の人" in section_of(rules, "history")
    assert wrong.status_code == 422
    assert summary_of(wrong) == ["rules-0-condition", "rules-0-target"]
    assert "福祉" in rows_of(lead.get("/triage/reviewers").text)["officer1"]


def test_plan_is_made_looked_at_published_and_taken_back(
    app: Flask, world: World, db_session: Session
) -> None:
    cases = [make_accepted(world) for _ in range(3)]
    db_session.commit()
    lead = enter(app, "lead")
    ids = [case.id for case in cases]

    made = lead.post(
        "/triage/plans",
        data={"proposal_ids": ids, "reviewers_per_case": 1, "seed": 7},
        follow_redirects=True,
    )
    plan = db_session.scalars(select(AssignmentPlan)).one()
    before = [case.state for case in cases]
    published = lead.post(
        f"/triage/plans/{plan.id}/publish", data={"version": plan.version}, follow_redirects=True
    )
    elsewhere = enter(app, "lead").post(f"/triage/plans/{plan.id}/take-back")
    db_session.expire_all()
    after = [case.state for case in cases]
    back = lead.post(f"/triage/plans/{plan.id}/take-back", follow_redirects=True)
    db_session.expire_all()

    assert before == [State.ACCEPTED] * 3
    shown = rows_of(section_of(made, "loads"))
    assert [figures_of(shown[login]) for login in ("officer1", "officer2", "officer3")] == [
        ["0", "+1", "<b>1</b>", "なし"]
    ] * 3
    assert messages_of(published) == ["3件を割り当てました。"]
    assert elsewhere.status_code == 409
    assert after == [State.IN_REVIEW] * 3
    assert messages_of(back) == ["3件の割当を取り消しました。提案は割当待ちに戻りました。"]
    assert plan.stage is PlanStage.UNDONE
    assert [case.state for case in cases] == [State.ACCEPTED] * 3


def test_plan_that_was_overtaken_says_what_changed(
    app: Flask, world: World, db_session: Session
) -> None:
    proposal = make_accepted(world)
    db_session.commit()
    lead = enter(app, "lead")
    lead.post(
        "/triage/plans", data={"proposal_ids": [proposal.id], "reviewers_per_case": 1, "seed": 7}
    )
    plan = db_session.scalars(select(AssignmentPlan)).one()
    [row] = plan.rows
    assert row.reviewer is not None
    declare_conflict(row.reviewer, proposal=proposal)
    db_session.commit()

    page = lead.post(f"/triage/plans/{plan.id}/publish", data={"version": plan.version})

    assert page.status_code == 409
    assert "利益相反があります" in page.text
    assert "今の状態で案を計算し直しました" in page.text
    assert current_assignments(proposal) == []


def test_row_of_a_plan_is_changed_and_the_plan_discarded(
    app: Flask, world: World, db_session: Session
) -> None:
    proposal = make_accepted(world)
    db_session.commit()
    lead = enter(app, "lead")
    lead.post(
        "/triage/plans", data={"proposal_ids": [proposal.id], "reviewers_per_case": 1, "seed": 7}
    )
    plan = db_session.scalars(select(AssignmentPlan)).one()
    row = {"proposal_id": proposal.id, "slot": 1, "reviewer_id": world["lead"].id}

    lead.post(f"/triage/plans/{plan.id}/row", data={"version": plan.version, **row})
    db_session.expire_all()
    chosen = [row.reviewer for row in plan.rows]
    stale = lead.post(f"/triage/plans/{plan.id}/discard", data={"version": plan.version - 1})
    lead.post(f"/triage/plans/{plan.id}/discard", data={"version": plan.version})
    db_session.expire_all()

    assert chosen == [world["lead"]]
    assert stale.status_code == 409
    assert plan.stage is PlanStage.DISCARDED


def test_load_shows_a_lead_everybody_and_an_officer_only_the_own_row(
    app: Flask, world: World, db_session: Session
) -> None:
    with clock.at(NOW - timedelta(days=28)):
        make_in_review(world, "officer1")
    make_in_review(world, "officer2")
    db_session.commit()

    lead = section_of(enter(app, "lead").get("/triage/load"), "people")
    officer = section_of(enter(app, "officer2").get("/triage/load"), "people")

    # In hand, cap, due within three office days, overdue, mean age in office days.
    assert figures_of(rows_of(lead)["officer1"]) == ["1", "なし", "0", "1", "19.0"]
    assert list(rows_of(officer)) == ["officer2"]
    assert figures_of(rows_of(officer)["officer2"]) == ["1", "なし", "0", "0", "0.0"]


def test_case_is_declined_with_a_reason(app: Flask, world: World, db_session: Session) -> None:
    proposal = make_in_review(world, "officer1")
    db_session.commit()
    browser = enter(app, "officer1")

    empty = browser.post(address(proposal, "decline"), data=typed(proposal, reason=" "))
    done = browser.post(
        address(proposal, "decline"),
        data=typed(proposal, reason="専門外のため"),
        follow_redirects=True,
    )

    assert errors_of(empty) == ["返上する理由を入力してください"]
    assert messages_of(done) == [
        f"{proposal.reference}の担当を返上しました。総括が割り当て直します。"
    ]
    assign = enter(app, "lead").get(address(proposal, "assign"))
    assert "この提案を返上しました" in rows_of(section_of(assign, "assign"))["officer1"]
