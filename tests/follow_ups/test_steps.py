"""What follows for a case by its class, and how far it is (後続対応)."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.candidates.services.link import exempt_case
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed, StaleVersion
from app.follow_ups.listing import follow_up_list
from app.follow_ups.models import OutcomeStatus
from app.follow_ups.panel import follow_up_panel
from app.follow_ups.queries import outcomes_of
from app.follow_ups.services import RecordOutcome, WriteNote, record_outcome, write_note
from app.follow_ups.steps import Progress, steps_of
from app.proposals.models import Proposal
from app.workflow.handoffs import HandoffState
from app.workflow.states import FollowUp, State
from tests.factories import World, declare_conflict, make_handoff, make_world
from tests.follow_ups.cases import add_bunken, cite, make_of


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def told(case: Proposal) -> list[tuple[str, Progress, str]]:
    [found] = steps_of([case])
    return [(step.label, step.progress, step.words) for step in found.steps]


def outcome(seen: int = 0, **changes: object) -> RecordOutcome:
    values: dict[str, object] = {
        "seen": seen,
        "status": OutcomeStatus.REALIZED,
        "text": "照会できるようになりました。",
        "decided_on": date(2024, 8, 1),
        "source": "対応方針の別紙 3頁",
    }
    return RecordOutcome(**{**values, **changes})  # type: ignore[arg-type]  # fields by name


def test_hand_off_class_follows_its_hand_off(world: World) -> None:
    case = make_of(world, FollowUp.INFORM)
    before = told(case)
    cite(case, world.entry)
    handoff = make_handoff(world, case, state=HandoffState.SENT)

    after = told(case)

    assert [row[1:] for row in before] == [
        (Progress.MISSING, "確定した意見に根拠の行がありません"),
        (Progress.MISSING, "送付なし"),
    ]
    assert after == [
        ("台帳の行", Progress.DONE, "TYPES 1　台帳の行"),
        ("送付", Progress.OPEN, "府省庁の受領待ち"),
    ]
    assert handoff.state is HandoffState.SENT


def test_refused_hand_off_that_was_not_sent_on_is_missing(world: World) -> None:
    case = make_of(world, FollowUp.HANDOFF)
    cite(case, world.entry)
    make_handoff(world, case, state=HandoffState.REFUSED)

    assert told(case)[-1] == ("送付", Progress.MISSING, "所管外で戻ったまま")


def test_outcome_of_the_other_process_is_copied_to_every_case(world: World) -> None:
    entry = add_bunken()
    cases = [make_of(world, FollowUp.OTHER_PROCESS) for _ in range(2)]
    for case in cases:
        cite(case, entry)
    before = told(cases[0])[-1]

    record_outcome(
        entry, outcome(status=OutcomeStatus.UNDER_REVIEW, decided_on=None), actor=world["officer1"]
    )
    running = told(cases[0])[-1]
    record_outcome(entry, outcome(seen=1), actor=world["officer1"])

    done = ("分権提案の結果", Progress.DONE, "実現（令和6年8月1日（木））")
    assert before == ("分権提案の結果", Progress.MISSING, "結果の記録なし")
    assert running == ("分権提案の結果", Progress.OPEN, "検討中")
    assert [told(case)[-1] for case in cases] == [done, done]
    assert [row.number for row in outcomes_of(entry)] == [2, 1]


def test_body_reads_the_outcome_from_the_end_of_its_case_on(world: World) -> None:
    case = make_of(world, FollowUp.OTHER_PROCESS)
    entry = add_bunken()
    cite(case, entry)
    record_outcome(entry, outcome(), actor=world["officer1"])

    before = follow_up_panel(case, world["city"])
    case.state = State.CLOSED
    after = follow_up_panel(case, world["city"])

    assert before is None
    assert after is not None
    assert [(row.status, row.outcome.text) for row in after.outcomes] == [
        ("実現", "照会できるようになりました。")
    ]
    assert after.found is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"decided_on": None}, "decided_on"),
        ({"decided_on": date(2999, 1, 1)}, "decided_on"),
        ({"status": OutcomeStatus.UNDER_REVIEW}, "decided_on"),
        ({"text": "　"}, "text"),
        ({"source": "あ" * 301}, "source"),
    ],
)
def test_incomplete_outcome_is_refused_at_its_field(
    world: World, changes: dict[str, object], field: str
) -> None:
    entry = add_bunken()

    with pytest.raises(InvalidInput) as refused:
        record_outcome(entry, outcome(**changes), actor=world["officer1"])

    assert list(refused.value.errors) == [field]
    assert outcomes_of(entry) == []


def test_p05_outcome_of_an_older_page_is_refused(world: World) -> None:
    entry = add_bunken()
    record_outcome(entry, outcome(), actor=world["officer1"])

    with pytest.raises(StaleVersion):
        record_outcome(entry, outcome(), actor=world["officer2"])
    with pytest.raises(NotAllowed):
        record_outcome(entry, outcome(seen=1), actor=world["auditor"])

    assert len(outcomes_of(entry)) == 1


def test_candidate_and_watch_are_owed_by_their_classes(world: World) -> None:
    for_candidates, watched = make_of(world, FollowUp.CANDIDATE), make_of(world, FollowUp.REVISIT)

    owed = [steps_of([case])[0].next for case in (for_candidates, watched)]
    exempt_case(for_candidates, reason="次の会議で扱うため。", actor=world["officer1"])

    assert [step and step.endpoint for step in owed] == [
        "candidates.link_from_case",
        "watches.new",
    ]
    assert told(for_candidates) == [("対象候補", Progress.DONE, "ない理由を記録済み")]


def test_note_is_for_the_reference_class_alone(world: World) -> None:
    case, other = make_of(world, FollowUp.REFERENCE), make_of(world, FollowUp.CANDIDATE)

    note = write_note(case, WriteNote(version=0, text="調査の結果を見る"), actor=world["officer1"])
    with pytest.raises(IllegalTransition):
        write_note(other, WriteNote(version=0, text="x"), actor=world["officer1"])
    with pytest.raises(StaleVersion):
        write_note(case, WriteNote(version=0, text="y"), actor=world["officer2"])

    assert (note.text, told(case)) == (
        "調査の結果を見る",
        [("参考リスト", Progress.DONE, "参考リストに掲載・メモあり")],
    )


def test_figures_leave_out_a_case_with_a_conflict(world: World) -> None:
    cases = [make_of(world, FollowUp.CANDIDATE) for _ in range(2)]
    declare_conflict(world["officer2"], proposal=cases[0])

    seen = {
        login: follow_up_list(world[login], world.round).count(Progress.MISSING)
        for login in ("officer1", "officer2")
    }

    assert seen == {"officer1": 2, "officer2": 1}
