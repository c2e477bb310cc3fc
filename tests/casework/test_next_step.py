"""The next step (次にすること): one filled button for who can act, the holder for who cannot."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.casework.case_frame import CaseFrame, case_frame
from app.core import clock
from app.proposals.models import Proposal
from app.triage.queries import get_open_assessment, open_assessment
from app.triage.services.absences import RegisterAbsence, register_absence
from app.triage.services.confirm import Dispute, dispute_assessment
from app.triage.services.settle import Reclassify, reclassify
from app.workflow.states import State
from tests.factories import (
    World,
    give_opinion,
    make_classified,
    make_in_review,
    make_in_state,
    make_world,
)

# Primary button of each person in each state; "-" for none. officer1 is assigned and has spoken.
TABLE = """
state            city      city-mgr  officer1      officer2      lead          auditor
submitted        -         -         form-check    form-check    form-check    -
returned         edit      edit      -             -             -             -
accepted         -         -         -             -             assign        -
in_review        -         -         assess        -             -             -
in_confirmation  -         -         -             confirm       confirm       -
pending          -         -         resume        resume        resume        -
classified       -         -         -             -             close         -
closed           -         -         -             -             -             -
withdrawn        -         -         -             -             -             -
"""
HEADER, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
PAGES = {State(row[0]): dict(zip(HEADER[1:], row[1:], strict=True)) for row in ROWS}


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def frame(app: Flask, proposal: Proposal, world: World, login: str) -> CaseFrame:
    with app.test_request_context():
        return case_frame(proposal, world[login], tab="casework.show")


def pages(found: CaseFrame) -> list[str]:
    return [link.url.rpartition("/")[2] for link in found.step.others]


@pytest.mark.parametrize("state", PAGES)
def test_primary_action_of_each_person_in_each_state(
    app: Flask, world: World, state: State
) -> None:
    case = make_in_state(world, state)

    for login, page in PAGES[state].items():
        step = frame(app, case, world, login).step
        expected = None if page == "-" else f"/proposals/{case.reference}/{page}"
        heard = (step.heading.startswith("次にすること："), bool(step.why))
        assert (step.primary.url if step.primary else None) == expected, login
        assert heard == (page != "-", True), login


@pytest.mark.parametrize(
    ("state", "login", "expected"),
    [
        (State.SUBMITTED, "officer1", []),
        (State.SUBMITTED, "city-mgr", ["withdraw"]),
        (State.RETURNED, "city-mgr", ["withdraw"]),
        (State.IN_REVIEW, "officer1", ["form-check", "hold"]),
        (State.IN_REVIEW, "lead", ["form-check", "assign", "hold"]),
        (State.IN_CONFIRMATION, "officer1", ["hold"]),
        (State.IN_CONFIRMATION, "lead", ["assign", "hold"]),
        (State.CLASSIFIED, "lead", ["reclassify"]),
        (State.CLASSIFIED, "city-mgr", []),
        (State.CLOSED, "lead", ["reopen"]),
    ],
)
def test_other_actions_are_links(
    app: Flask, world: World, state: State, login: str, expected: list[str]
) -> None:
    case = make_in_state(world, state)

    assert pages(frame(app, case, world, login)) == expected


@pytest.mark.parametrize(
    ("state", "login", "heading", "holder"),
    [
        (State.ACCEPTED, "officer1", "今は、総括の番です", "総括"),
        (State.IN_REVIEW, "officer2", "今は、officer1の番です", "officer1"),
        (State.RETURNED, "lead", "今は、甲子市の番です", "甲子市"),
        (
            State.IN_CONFIRMATION,
            "officer1",
            "今は、確認者（officer1以外）の番です",
            "確認者（officer1以外）",
        ),
        (State.CLOSED, "lead", "この提案は終了しました", "なし（終了）"),
        (State.IN_CONFIRMATION, "city", "事務局が審査しています", "事務局"),
        (State.PENDING, "city-mgr", "事務局が審査しています", "事務局"),
        (State.CLASSIFIED, "city", "事務局が審査しています", "事務局"),
        (State.CLOSED, "city", "結果が出ました", "なし（終了）"),
    ],
)
def test_who_cannot_act_reads_whose_move_it_is(
    app: Flask, world: World, state: State, login: str, heading: str, holder: str
) -> None:
    case = make_in_state(world, state)

    found = frame(app, case, world, login)

    assert (found.step.heading, found.facts[-1]) == (heading, ("今の持ち主", holder))


def test_case_without_reviewer_goes_to_the_lead(app: Flask, world: World) -> None:
    case = make_classified(world)
    reclassify(case, Reclassify(version=case.version, reason="新しい資料"), actor=world["lead"])

    step, other = frame(app, case, world, "lead").step, frame(app, case, world, "officer1").step

    assert step.primary is not None
    assert step.primary.url == f"/proposals/{case.reference}/assign"
    assert (other.heading, other.why) == (
        "今は、総括の番です",
        "担当がいません。総括が担当を割り当てます。",
    )


def test_after_two_disputes_the_lead_decides(app: Flask, world: World) -> None:
    case = make_in_review(world)
    for _ in range(2):
        give_opinion(world, case)
        opinion = open_assessment(case)
        assert opinion is not None
        command = Dispute(
            version=case.version,
            assessment_id=get_open_assessment(case, opinion.id).id,
            category_key="f2",
            reason="見方が異なる",
        )
        dispute_assessment(case, command, actor=world["officer2"])

    step, waiting = frame(app, case, world, "lead").step, frame(app, case, world, "officer1")

    assert step.primary == ("両論を見て決める", f"/proposals/{case.reference}/assess")
    assert (waiting.step.primary, waiting.facts[-1]) == (None, ("今の持ち主", "総括"))


def test_resuming_says_when_the_review_would_be_due(app: Flask, world: World) -> None:
    case = make_in_state(world, State.PENDING)

    found = frame(app, case, world, "officer1")

    stopped = found.deadlines.stopped
    assert stopped is not None
    assert (stopped.label, stopped.days_left) == ("仕分け", 10)
    assert "officer1に戻り、仕分けの期限は" in found.step.after


def test_deputy_reads_for_whom_the_opinion_is_given(app: Flask, world: World) -> None:
    case = make_in_review(world)
    today = clock.today()
    command = RegisterAbsence(
        user_id=world["officer1"].id,
        starts_on=today,
        ends_on=today,
        deputy_id=world["officer2"].id,
    )
    register_absence(command, actor=world["lead"])
    name = world["officer1"].display_name

    step = frame(app, case, world, "officer2").step

    assert step.why == f"今日は{name}の代理です。分類と理由、根拠となる台帳の行を登録します。"
