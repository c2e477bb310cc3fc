"""How reports count (数え方・時点): as received or as merged, now or on a past day."""

import json
import os
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.accounts.models import OrgType
from app.core import clock
from app.core.errors import InvalidInput
from app.exchange.export_table import export_table
from app.exchange.export_view import view_of
from app.extensions import db
from app.lineage.services.merging import (
    MergeCases,
    SeenCase,
    UndoMerge,
    merge_cases,
    undo_merge,
)
from app.lineage.services.splitting import SplitCase, UndoSplit, split_case, undo_split
from app.proposals.models import Proposal
from app.reports.catalog import REPORTS
from app.reports.classification import Classification, build_classification
from app.reports.counting import Basis, Counting, read_counting
from app.reports.files import FileFormat, report_bytes, report_file
from app.reports.intake import Intake, build_intake
from app.reports.pending import build_pending
from app.reports.report import Report
from app.triage.services.settle import Reclassify, reclassify
from app.triage.services.withdraw import Withdraw, withdraw
from app.workflow.states import State
from tests.accounts.browser import enter
from tests.factories import (
    World,
    declare_conflict,
    make_accepted,
    make_classified,
    make_in_review,
    make_local_government,
    make_pending,
    make_submitted,
    make_world,
)

EXAMPLES = int(os.environ.get("REPORT_EXAMPLES", "25"))
RECEIVED, MERGED = Counting(), Counting(basis=Basis.MERGED)


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def merge(world: World, target: Proposal, *cases: Proposal) -> None:
    seen = tuple(SeenCase(case, case.version) for case in cases)
    command = MergeCases(version=target.version, absorbed=seen, reason="同じ内容のため")
    merge_cases(target, command, actor=world["lead"])


def unmerge(world: World, case: Proposal) -> None:
    command = UndoMerge(version=case.version, reason="別の内容のため")
    undo_merge(case, command, actor=world["lead"])


def split(world: World, case: Proposal, parts: int = 2) -> list[Proposal]:
    texts = tuple({"title": f"{n}件目", "detail": f"{n}件目の文"} for n in range(parts))
    command = SplitCase(version=case.version, texts=texts, reason="二つの業務のため")
    return [row.proposal for row in split_case(case, command, actor=world["lead"]).parts]


def figures(world: World, counting: Counting) -> tuple[dict[str, int], int, int, int]:
    """Counts by category key, pending, undecided, total; every identity has held."""
    report = build_classification(world.round, None, counting)
    counted = report.content
    assert isinstance(counted, Classification)
    assert report.is_sound, [check.words for check in report.checks]
    by_key = {line.key: line.count for line in counted.lines if line.count}
    return by_key, counted.pending, counted.undecided, report.total


# --- As received, as merged -----------------------------------------------------------------------


def test_absorbed_case_counts_in_the_class_of_the_one_it_went_into(world: World) -> None:
    target, absorbed = make_classified(world), make_submitted(world)

    merge(world, target, absorbed)

    assert figures(world, RECEIVED) == ({"f5": 2}, 0, 0, 2)
    assert figures(world, MERGED) == ({"f5": 1}, 0, 0, 1)


def test_parts_count_as_merged_alone(world: World) -> None:
    original = make_in_review(world)

    split(world, original, parts=3)

    assert figures(world, RECEIVED) == ({}, 0, 1, 1)
    assert figures(world, MERGED) == ({}, 0, 3, 3)


def test_pending_list_has_what_went_into_a_pending_case(world: World) -> None:
    target, absorbed = make_pending(world), make_submitted(world)
    merge(world, target, absorbed)

    received = build_pending(world.round, None, RECEIVED)
    merged = build_pending(world.round, None, MERGED)

    assert [row["number"] for row in received.table.rows] == [1, 2]
    assert [row["number"] for row in merged.table.rows] == [1]


def test_bodies_of_an_absorbed_case_stand_behind_the_other_one(world: World) -> None:
    target, absorbed = make_submitted(world), make_submitted(world)
    other = make_local_government("90203", "丙寅市", OrgType.CITY)
    absorbed.organization = other
    db.session.flush()
    merge(world, target, absorbed)

    report = build_intake(world.round, None, MERGED)

    assert isinstance(report.content, Intake)
    assert report.is_sound
    assert (report.total, report.content.totals.organizations) == (1, 2)
    assert report.content.sharing.all_bodies == 2


def test_rejoined_parts_of_a_withdrawn_case_count_nowhere_and_bring_no_body(world: World) -> None:
    original = make_accepted(world)
    split(world, original)
    undo_split(original, UndoSplit(version=original.version, reason="誤り"), actor=world["lead"])
    command = Withdraw(version=original.version, reason="取りやめ")
    withdraw(original, command, actor=world["city-mgr"])
    db.session.commit()

    for basis in Basis:
        now, today = Counting(basis=basis), Counting(basis=basis, as_of=clock.today())
        intakes = [build_intake(world.round, None, counting).content for counting in (now, today)]
        by_class = build_classification(world.round, None, now).content

        assert isinstance(by_class, Classification)
        assert (by_class.proposals, by_class.organizations) == (0, 0)
        for counted in intakes:
            assert isinstance(counted, Intake)
            assert (counted.totals.proposals, counted.totals.organizations) == (0, 0)


@pytest.mark.parametrize("name", ["intake", "classification", "pending"])
def test_files_say_how_was_counted(world: World, name: str) -> None:
    counting = Counting(basis=Basis.MERGED, as_of=date(2024, 9, 30))

    report = REPORTS[name].make(world.round, None, counting)
    data = json.loads(report_bytes(report, FileFormat.JSON, produced_by="試験"))
    made = report_file(report, FileFormat.CSV, produced_by="試験")

    assert (data["basis"], data["as_of"]) == ("merged", "2024-09-30")
    assert (
        data["notes"][:2]
        == list(report.table.notes[:2])
        == [
            "数え方は「整理後」です。統合した提案は数えず、分割した部分はそれぞれ1件と数えます。"
            "公表値とは照合していません。",
            "令和6年9月30日（月）の終わり（日本時間）の件数です。操作の記録から数えました。",
        ]
    )
    # A table for programs has no room for words: the name says it.
    assert made.ascii_name == f"R6_{name}_merged_20240930.csv"


@settings(
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    acts=st.lists(
        st.tuples(
            st.sampled_from(["merge", "unmerge", "split", "unsplit", "withdraw"]),
            st.integers(0, 5),
            st.integers(0, 5),
        ),
        max_size=8,
    )
)
def test_c4_identities_hold_after_any_merges_splits_and_undoings(
    world: World, one_of_each: list[Proposal], acts: list[tuple[str, int, int]]
) -> None:
    # The world is made once: what an example did is taken back before the next one.
    example = db.session.begin_nested()
    try:
        _check_identities(world, one_of_each, acts)
    finally:
        example.rollback()


@pytest.fixture
def one_of_each(world: World) -> list[Proposal]:
    """Cases in the states that can be merged, split and withdrawn, one of them twice."""
    makers = (make_submitted, make_accepted, make_in_review, make_pending, make_classified)
    return [maker(world) for maker in (*makers, make_accepted)]


def _check_identities(
    world: World, cases: list[Proposal], acts: list[tuple[str, int, int]]
) -> None:
    into: dict[int, int] = {}
    parts: dict[int, list[Proposal]] = {}
    for act, one, two in acts:
        _do(world, act, cases[one], cases[two], into, parts)

    withdrawn = sum(case.state is State.WITHDRAWN for case in cases)
    live = [row for rows in parts.values() for row in rows]
    *_, received = figures(world, RECEIVED)
    *_, merged = figures(world, MERGED)

    assert received == len(cases) - withdrawn
    assert merged == len(cases) - withdrawn - len(into) + len(live)
    assert build_intake(world.round, None, RECEIVED).is_sound
    assert build_intake(world.round, None, MERGED).is_sound


def test_today_as_a_past_day_counts_as_now(world: World) -> None:
    target, absorbed, original = make_classified(world), make_pending(world), make_accepted(world)
    merge(world, target, absorbed)
    split(world, original)
    withdrawn = make_submitted(world)
    command = Withdraw(version=withdrawn.version, reason="取りやめ")
    withdraw(withdrawn, command, actor=world["city-mgr"])
    db.session.commit()

    for counting in (RECEIVED, MERGED):
        today = Counting(basis=counting.basis, as_of=clock.today())
        intakes = [build_intake(world.round, None, each) for each in (counting, today)]

        assert figures(world, today) == figures(world, counting)
        assert [list(each.table.rows) for each in intakes[:1]] == [list(intakes[1].table.rows)]
        assert all(each.is_sound for each in intakes)


def _do(
    world: World,
    act: str,
    case: Proposal,
    other: Proposal,
    into: dict[int, int],
    parts: dict[int, list[Proposal]],
) -> None:
    """Do the act where it is possible, and note what a simple count must come to."""
    is_free = case.state is not State.WITHDRAWN and case.id not in into
    is_other_free = other.state is not State.WITHDRAWN and other.id not in into
    if act == "merge" and is_free and is_other_free and case is not other:
        if case.id not in into.values():
            merge(world, other, case)
            into[case.id] = other.id
    elif act == "unmerge" and case.id in into:
        unmerge(world, case)
        del into[case.id]
    elif act == "split" and is_free and case.id not in into.values():
        splittable = (State.ACCEPTED, State.IN_REVIEW, State.PENDING)
        if case.state in splittable and case.id not in parts:
            parts[case.id] = split(world, case)
    elif act == "unsplit" and case.id in parts and is_free:
        command = UndoSplit(version=case.version, reason="分けないため")
        undo_split(case, command, actor=world["lead"])
        del parts[case.id]
    elif act == "withdraw" and is_free and case.id not in (*into.values(), *parts):
        if case.state is State.CLASSIFIED:
            return
        command = Withdraw(version=case.version, reason="取りやめ")
        withdraw(case, command, actor=world["city-mgr"])


# --- As of a past day -----------------------------------------------------------------------------


def at_noon(days: int) -> datetime:
    return clock.now() + timedelta(days=days)


def test_c8_old_class_still_answers_after_the_reclassification(world: World) -> None:
    case = make_classified(world)
    with clock.at(at_noon(3)):
        command = Reclassify(version=case.version, reason="見直しのため")
        reclassify(case, command, actor=world["lead"])
        db.session.commit()
        first, later = clock.today() - timedelta(days=3), clock.today()

        assert figures(world, Counting(as_of=first)) == ({"f5": 1}, 0, 0, 1)
        assert figures(world, Counting(as_of=later)) == ({}, 0, 1, 1)


def test_past_day_knows_nothing_of_later_withdrawals_merges_and_splits(world: World) -> None:
    cases = [make_accepted(world) for _ in range(4)]
    db.session.commit()
    first = clock.today()
    with clock.at(at_noon(2)):
        command = Withdraw(version=cases[0].version, reason="取りやめ")
        withdraw(cases[0], command, actor=world["city-mgr"])
        merge(world, cases[1], cases[2])
        split(world, cases[3])
        db.session.commit()
        then, now = Counting(as_of=first), Counting(as_of=clock.today())
        then_merged = Counting(as_of=first, basis=Basis.MERGED)
        now_merged = Counting(as_of=clock.today(), basis=Basis.MERGED)

        totals = [figures(world, each)[3] for each in (then, then_merged, now, now_merged)]

        assert totals == [4, 4, 3, 3]
    with clock.at(at_noon(4)):
        unmerge(world, cases[2])
        db.session.commit()

        assert figures(world, now_merged)[3] == 3
        assert figures(world, MERGED)[3] == 4


def test_day_ends_at_midnight_in_japan(world: World) -> None:
    evening = clock.jst(2026, 9, 30, 23, 59, 59)
    midnight = clock.jst(2026, 10, 1)
    for instant in (evening, midnight):
        with clock.at(instant):
            make_submitted(make_later(world))
            db.session.commit()

    with clock.at(clock.jst(2026, 10, 2)):
        counted = build_intake(world.round, None, Counting(as_of=date(2026, 9, 30)))

    assert counted.total == 1


def make_later(world: World) -> World:
    """Keep the round open on the day of the act."""
    world.round.opens_at = clock.jst(2026, 9, 1)
    world.round.closes_at = clock.jst(2026, 10, 31)
    db.session.flush()
    return world


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"as_of": "2999-01-01"}, "時点に先の日は指定できません"),
        ({"as_of": "9月30日"}, "時点の日付を読み取れません"),
        ({"as_of": "2024-02-30"}, "時点の日付を読み取れません"),
        ({"as_of": "0001-01-01"}, "時点は2000年より後の日を指定してください"),
        ({"basis": "half"}, "この数え方はありません"),
    ],
)
def test_question_that_cannot_be_answered_is_refused_in_words(
    asked: dict[str, str], words: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_counting(asked)

    assert refused.value.message.startswith(words)
    assert refused.value.message.endswith("。")


def test_page_refuses_a_future_day_and_shows_a_past_one(app: Flask, world: World) -> None:
    make_classified(world)
    db.session.commit()
    browser = enter(app, "officer1")
    day = clock.today().isoformat()

    future = browser.get("/reports/classification?round=R6&as_of=2999-01-01")
    other = browser.get("/reports/types?round=R6&as_of=2024-01-01")
    page = browser.get(f"/reports/classification?round=R6&as_of={day}&basis=merged")

    assert (future.status_code, page.status_code) == (422, 200)
    assert other.status_code in (404, 422)
    assert "時点に先の日は指定できません" in future.text
    assert f"/proposals?round=R6&amp;as_of={day}&amp;category=f5" in page.text


def test_list_and_case_show_the_class_of_a_past_day(app: Flask, world: World) -> None:
    case = make_classified(world)
    db.session.commit()
    day = clock.today()
    with clock.at(at_noon(3)):
        command = Reclassify(version=case.version, reason="見直しのため")
        reclassify(case, command, actor=world["lead"])
        db.session.commit()
        browser = enter(app, "officer1")

        then = browser.get(f"/proposals?round=R6&category=f5&as_of={day}")
        now = browser.get("/proposals?round=R6&category=f5")
        page = browser.get(f"/proposals/R6-0001?as_of={day}")
        wrong = browser.get("/proposals/R6-0001?as_of=2999-01-01")

    assert "R6-0001" in then.text
    assert "条件に合う提案はありません" in now.text
    assert "には、「分類確定（分類F-5）」でした。" in page.text
    assert (wrong.status_code, "時点に先の日は指定できません" in wrong.text) == (200, True)


# --- The reader -----------------------------------------------------------------------------------


def outputs(world: World, login: str) -> list[bytes]:
    found = []
    view = view_of(world[login], world.round, with_contact=True)
    found.append(repr(list(export_table(world.round, view).rows)).encode())
    for kind in REPORTS.values():
        for counting in (RECEIVED, MERGED, Counting(as_of=clock.today())):
            if not kind.counts_cases and counting != RECEIVED:
                continue
            report = kind.make(world.round, world[login], counting)
            content = report_bytes(report, FileFormat.JSON, produced_by="試験").decode()
            data = json.loads(content)
            del data["counted_at"]
            found.append(json.dumps(data, ensure_ascii=False).encode())
    return found


@pytest.mark.parametrize("change", ["title", "class", "withdraw", "pending", "split"])
def test_k4_hidden_case_changes_no_byte_of_any_report_or_export(world: World, change: str) -> None:
    # A report tells the minute at which it was made.
    with clock.at(clock.now()):
        hidden, into, divided = (make_in_review(world) for _ in range(3))
        make_classified(world)
        for case in (hidden, divided):
            declare_conflict(world["officer2"], proposal=case)
        merge(world, hidden, into)
        db.session.commit()
        before = outputs(world, "officer2")
        other_before = outputs(world, "lead")

        _change(world, hidden, divided, change)
        db.session.commit()

        assert outputs(world, "officer2") == before
        assert outputs(world, "lead") != other_before


def _change(world: World, hidden: Proposal, divided: Proposal, change: str) -> None:
    states = {"class": State.CLASSIFIED, "withdraw": State.WITHDRAWN, "pending": State.PENDING}
    if change == "title":
        hidden.title = "まったく別の提案概要"
    elif change == "split":
        split(world, divided)
    else:
        hidden.state = states[change]
        if change == "class":
            hidden.category = world.round.scheme.categories[0]
    db.session.flush()


def test_note_stands_whenever_a_conflict_is_in_force(world: World) -> None:
    make_submitted(world)
    stranger = make_local_government("90204", "丁卯市", OrgType.CITY)
    declare_conflict(world["officer2"], body=stranger)

    conflicted: list[Report] = [
        kind.make(world.round, world["officer2"]) for kind in REPORTS.values() if kind.counts_cases
    ]
    free = build_intake(world.round, world["officer1"])

    note = "利益相反のある提案を除いた件数です。公表値とは照合していません。"
    assert [note in report.table.notes for report in conflicted] == [True] * len(conflicted)
    assert note not in free.table.notes
