"""Memory across rounds (回をまたぐ記憶): the desk, the opinion, the confirmer, the proposer."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import InvalidInput
from app.extensions import db
from app.meetings.services.preparing import MakeMeeting, make_meeting
from app.proposals.models import Proposal
from app.rounds.services import NewRound, create_round
from app.similar.earlier import own_earlier
from app.similar.services.differences import NO_NOTE, NoteDifference, note_difference
from app.similar.services.verdicts import NO_VERDICT, JudgePair, judge_pair
from app.triage.earlier import departure_of, earlier_treatments
from app.triage.models import Assessment
from app.triage.services.assess import Assess, assess
from app.triage.services.confirm import Confirm, confirm_assessment, give_second_opinion
from app.triage.services.settle import Close, Reclassify, close, reclassify
from tests.accounts.browser import enter
from tests.factories import (
    World,
    declare_conflict,
    give_opinion,
    make_draft,
    make_in_review,
    make_world,
)
from tests.similar.pairs import source_text

NOW = clock.jst(2025, 8, 19, 10)
WHY = "前の回の後に制度が改正されたため。"


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    """#228 settled as F-5 in R6; the round that is open now is R7."""
    with clock.at(NOW):
        world = make_world()
        first = make_in_review(world)
        write(first, 228)
        opinion = give_opinion(world, first)
        command = Confirm(version=first.version, assessment_id=opinion.id)
        confirm_assessment(first, command, actor=world["officer2"])
        world.round = create_round(
            world.round.scheme,
            NewRound(
                key="R7",
                label="令和7年",
                name="提案募集",
                opens_at=NOW - timedelta(days=1),
                closes_at=NOW + timedelta(days=30),
            ),
            actor=world["admin"],
        )
        db_session.commit()
        yield world


def write(case: Proposal, number: int) -> None:
    case.title, case.detail = source_text(number).values()
    db.session.flush()


def make_successor(world: World) -> tuple[Proposal, Proposal]:
    """The case of R6, and #229 in review in R7."""
    later = make_in_review(world)
    write(later, 229)
    earlier = db.session.query(Proposal).filter_by(receipt_number="R6-0001").one()
    return earlier, later


def say(world: World, case: Proposal, key: str, why: str = "") -> Assessment:
    command = Assess(version=case.version, category_key=key, reason="理由", why_different=why)
    return assess(case, command, actor=world["officer1"])


def test_near_duplicate_of_an_earlier_round_is_remembered_with_its_decision(world: World) -> None:
    earlier, later = make_successor(world)

    rows = earlier_treatments(world["officer1"], later)

    assert [(row.number, row.category.code, row.reason, row.decided_on) for row in rows] == [
        (earlier.reference, "F-5", "理由", NOW.astimezone(clock.JST).date())
    ]
    assert rows[0].why == "内容がほぼ同じ"
    assert earlier_treatments(world["officer1"], earlier) == []


def test_unlike_case_is_remembered_where_the_body_named_it_and_forgotten_once_told_apart(
    world: World,
) -> None:
    earlier, _ = make_successor(world)
    draft = make_draft(world)
    command = NoteDifference(similar_proposal_id=earlier.id, difference="対象", version=NO_NOTE)
    note_difference(draft, command, actor=world["city"])

    named = [row.number for row in earlier_treatments(world["officer1"], draft)]
    later = make_successor(world)[1]
    apart = JudgePair(verdict="not_duplicate", note="対象が違う。", version=NO_VERDICT)
    judge_pair(earlier, later, apart, actor=world["officer1"])

    assert named == [earlier.reference]
    assert earlier_treatments(world["officer1"], later) == []


@pytest.mark.parametrize("why", ["", "短い理由です。", "長" * 1001])
def test_other_class_than_before_is_refused_without_a_fitting_reason(
    world: World, why: str
) -> None:
    earlier, later = make_successor(world)

    with pytest.raises(InvalidInput) as refused:
        say(world, later, "f2", why)

    assert list(refused.value.errors) == ["why_different"]
    assert (earlier.reference in refused.value.errors["why_different"][0]) == (len(why) < 10)


def test_reason_is_kept_with_the_class_of_that_day(world: World) -> None:
    earlier, later = make_successor(world)

    opinion = say(world, later, "f2", WHY)

    assert opinion.why_different == WHY
    kept = [(row.proposal_id, row.category.code) for row in opinion.departures]
    assert kept == [(earlier.id, "F-5")]
    told = departure_of(opinion, world["officer2"])
    assert told == (WHY, f"{earlier.reference}は分類F-5")


def test_same_class_as_before_asks_for_nothing_and_keeps_nothing(world: World) -> None:
    _, later = make_successor(world)

    opinion = say(world, later, "f5", WHY)

    assert (opinion.why_different, opinion.departures) == (None, [])


def test_blind_second_opinion_is_asked_too(world: World) -> None:
    world.round.is_second_opinion_blind = True
    _, later = make_successor(world)
    first = say(world, later, "f5")
    values = {"version": later.version, "category_key": "f2", "reason": "理由"}

    with pytest.raises(InvalidInput) as refused:
        give_second_opinion(
            later, Assess(**values), assessment_id=first.id, actor=world["officer2"]
        )
    command = Assess(**values, why_different=WHY)
    is_agreed = give_second_opinion(later, command, assessment_id=first.id, actor=world["officer2"])

    assert list(refused.value.errors) == ["why_different"]
    assert is_agreed is False


def test_class_that_is_not_settled_is_no_memory(world: World) -> None:
    earlier, later = make_successor(world)
    reopen = Reclassify(version=earlier.version, reason="確かめ直すため")
    reclassify(earlier, reopen, actor=world["lead"])

    opinion = say(world, later, "f2")

    assert (earlier_treatments(world["officer1"], later), opinion.why_different) == ([], None)


def test_k04_who_may_not_know_of_the_earlier_case_is_neither_asked_nor_told(world: World) -> None:
    earlier, later = make_successor(world)
    opinion = say(world, later, "f2", WHY)
    declare_conflict(world["officer2"], proposal=earlier)

    assert departure_of(opinion, world["officer2"]) is None
    assert earlier_treatments(world["officer2"], later) == []


# --- Pages --------------------------------------------------------------------------------------


def test_desk_asks_and_confirmer_and_record_show_the_reason(app: Flask, world: World) -> None:
    earlier, later = make_successor(world)
    officer, path = enter(app, "officer1"), f"/proposals/{later.receipt_number}"
    typed = {"version": later.version, "category_key": "f2", "reason": "理由"}

    desk = officer.get(f"{path}/assess")
    refused = officer.post(f"{path}/assess", data={**typed, "then": "case"})
    done = officer.post(f"{path}/assess", data={**typed, "then": "case", "why_different": WHY})
    confirm = enter(app, "officer2").get(f"{path}/confirm")
    record = officer.get(f"{path}/triage-record")

    assert "前の回の扱い" in desk.text
    assert f"前の回と違う理由（前の回の{earlier.reference}は分類F-5）" in desk.text
    words = [unescape(row) for row in re.findall(r"＊(.*?)</p>", refused.text)]
    assert (refused.status_code, len(words)) == (422, 1)
    assert words[0].startswith(f"前の回（{earlier.reference}は分類F-5）と分類が違います")
    assert done.status_code == 302
    assert [WHY in page.text for page in (confirm, record)] == [True, True]
    declare_conflict(world["officer3"], proposal=earlier)
    db.session.commit()
    hidden = enter(app, "officer3").get(f"{path}/confirm").text
    assert (WHY in hidden, earlier.reference in hidden) == (False, False)


def test_body_is_shown_its_own_earlier_case_before_it_submits(app: Flask, world: World) -> None:
    earlier, _ = make_successor(world)
    draft = make_draft(world, **source_text(229))
    foreign = make_draft(world, **source_text(229))
    foreign.organization_id = world["other"].organization_id
    db.session.commit()

    before = own_earlier(draft, world["city"])
    opinion_of_end = Close(version=earlier.version, outcome_text="検討します。")
    close(earlier, opinion_of_end, actor=world["lead"])
    db.session.commit()
    page = enter(app, "city-mgr").get(f"/proposals/drafts/{draft.id}/check")
    note = enter(app, "city").get(f"/similar/proposals/{draft.id}")

    assert [(row.number, row.outcome) for row in before] == [(earlier.reference, None)]
    assert own_earlier(foreign, world["other"]) == []
    [section] = re.findall(r'aria-labelledby="own-earlier".*?</section>', page.text, re.DOTALL)
    assert [word in section for word in (earlier.reference, "F-5", "検討します。")] == [True] * 3
    assert ">提出する</button>" in page.text
    assert earlier.reference in note.text


def test_meeting_that_decides_otherwise_is_asked_on_its_page(app: Flask, world: World) -> None:
    earlier, later = make_successor(world)
    command = MakeMeeting(round=world.round, title="会議", held_on=NOW.date(), proposals=[later])
    meeting = make_meeting(command, actor=world["officer1"])
    db.session.commit()
    item = meeting.items[0]
    browser, path = enter(app, "officer1"), f"/meetings/{meeting.id}/items/{item.id}"
    typed = {
        "version": item.version,
        "case_version": later.version,
        "outcome": "proposed",
        "category_key": "f2",
        "minutes": "議事",
    }

    refused = browser.post(path, data=typed)
    done = browser.post(path, data={**typed, "why_different": WHY})

    words = [unescape(row) for row in re.findall(r"＊(.*?)</p>", refused.text)]
    assert (refused.status_code, done.status_code) == (422, 302)
    assert [word.startswith(f"前の回（{earlier.reference}") for word in words] == [True]
    opinion = db.session.query(Assessment).filter_by(proposal_id=later.id).one()
    assert opinion.why_different == WHY
