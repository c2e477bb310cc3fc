"""Histories and day lines of cases whose days were counted by hand (経過・日ごとの件数)."""

from datetime import date

from app.reports.flow.histories import COUNTED_STATES, TAKE_BACK, History, histories
from app.reports.flow.queries import Move
from app.reports.flow.series import day_lines, last_movement, spans
from app.workflow.states import State as S


def august(day: int) -> date:
    return date(2024, 8, day)


def move(case: int, day: int, state: S, verb: str = "", category: str | None = None) -> Move:
    return Move(case, august(day), verb or "proposal.move", state, category)


def one(*moves: Move) -> History:
    found = histories(moves)
    assert len(found) == 1
    return found[0]


# Each row is the life of one case.
CLASSIFIED_AND_CLOSED = [
    move(1, 5, S.SUBMITTED),
    move(1, 6, S.ACCEPTED),
    move(1, 7, S.IN_REVIEW),
    move(1, 8, S.IN_CONFIRMATION),
    move(1, 9, S.CLASSIFIED, category="f5"),
    move(1, 13, S.CLOSED),
]
RETURNED = [move(2, 5, S.SUBMITTED), move(2, 6, S.RETURNED), move(2, 8, S.SUBMITTED)]
WITHDRAWN = [move(3, 6, S.SUBMITTED), move(3, 7, S.WITHDRAWN)]
MERGED = [move(4, 6, S.SUBMITTED), move(4, 7, S.ACCEPTED), move(4, 9, S.MERGED)]
REWORKED = [
    move(5, 5, S.SUBMITTED),
    move(5, 6, S.CLASSIFIED, category="f2"),
    move(5, 8, S.IN_REVIEW),
    move(5, 9, S.CLASSIFIED, category="f5"),
]
TAKEN_BACK = [
    move(6, 5, S.SUBMITTED),
    move(6, 6, S.IN_CONFIRMATION),
    move(6, 7, S.CLASSIFIED, category="f5"),
    move(6, 8, S.IN_CONFIRMATION, TAKE_BACK),
]
ALL = [*CLASSIFIED_AND_CLOSED, *RETURNED, *WITHDRAWN, *MERGED, *REWORKED, *TAKEN_BACK]


def test_closed_case_keeps_category_and_both_days() -> None:
    case = one(*CLASSIFIED_AND_CLOSED)

    assert (case.category, case.settled_on, case.closed_on) == ("f5", august(9), august(13))


def test_reworked_case_was_classified_twice_and_went_back_once() -> None:
    case = one(*REWORKED)

    assert case.classified_on == [august(6), august(9)]
    assert case.resumed_on == [august(8)]
    assert (case.category, case.settled_on) == ("f5", august(9))


def test_case_under_rework_is_settled_no_more() -> None:
    case = one(*REWORKED[:3])

    assert (case.state, case.category, case.settled_on) == (S.IN_REVIEW, None, None)


def test_classification_taken_back_was_none() -> None:
    case = one(*TAKEN_BACK)

    assert (case.classified_on, case.resumed_on, case.settled_on) == ([], [], None)


def test_rework_taken_back_was_none() -> None:
    case = one(*REWORKED[:3], move(5, 8, S.CLASSIFIED, TAKE_BACK, "f2"))

    assert (case.classified_on, case.resumed_on) == ([august(6)], [])
    assert (case.category, case.settled_on) == ("f2", august(6))


def test_merge_undone_after_classification_is_no_new_classification() -> None:
    case = one(*REWORKED[:2], move(5, 8, S.MERGED), move(5, 9, S.CLASSIFIED, category="f2"))

    assert (case.classified_on, case.resumed_on, case.settled_on) == ([august(6)], [], august(6))


def test_entry_that_moves_nothing_begins_no_stay() -> None:
    case = one(move(1, 5, S.IN_REVIEW), move(1, 6, S.IN_REVIEW), move(1, 7, S.PENDING))

    assert [(stay.state, stay.since, stay.until) for stay in case.stays] == [
        (S.IN_REVIEW, august(5), august(7)),
        (S.PENDING, august(7), None),
    ]


def test_draft_is_no_part_of_the_life() -> None:
    assert histories([move(1, 5, S.DRAFT)]) == []


def test_day_lines_are_those_counted_by_hand() -> None:
    lines = day_lines(histories(ALL), august(14))

    counted = [(line.day.day, line.total, line.settled, line.closed) for line in lines]
    assert counted == [
        (5, 4, 0, 0),
        (6, 6, 1, 0),
        (7, 5, 2, 0),
        # The classification of 6 is taken back, 5 is under rework.
        (8, 5, 0, 0),
        (9, 4, 2, 0),
        (10, 4, 2, 0),
        (11, 4, 2, 0),
        (12, 4, 2, 0),
        (13, 4, 2, 1),
        (14, 4, 2, 1),
    ]
    assert [(line.classified, line.resumed) for line in lines[:5]] == [
        (0, 0),
        (1, 0),
        (0, 0),
        (0, 1),
        (2, 0),
    ]


def test_bands_add_up_to_what_came_in_every_day() -> None:
    came_in = {1: 5, 2: 5, 3: 6, 4: 6, 5: 5, 6: 5}

    for line in day_lines(histories(ALL), august(14)):
        bands = sum(line.by_state[state] for state in COUNTED_STATES)
        received = sum(day <= line.day.day for day in came_in.values())
        assert bands + line.withdrawn + line.merged == received
        assert line.open + line.settled == line.total == bands


def test_nothing_has_no_day_lines() -> None:
    assert day_lines([], august(14)) == []


def test_throughput_is_counted_by_the_week_from_monday() -> None:
    found = spans(day_lines(histories(ALL), august(14)))

    assert [(span.first, span.last, span.classified, span.resumed) for span in found] == [
        (august(5), august(11), 3, 1),
        (august(12), august(14), 0, 0),
    ]


def test_throughput_of_more_than_a_year_is_counted_by_the_month() -> None:
    found = spans(day_lines(histories(ALL), date(2025, 9, 2)))

    assert len(found) == 14
    assert (found[0].first, found[0].last, found[0].classified) == (august(5), august(31), 3)
    assert (found[-1].first, found[-1].last) == (date(2025, 9, 1), date(2025, 9, 2))


def test_last_movement_is_the_day_after_which_nothing_changed() -> None:
    assert last_movement(day_lines(histories(ALL), august(31))) == august(13)
