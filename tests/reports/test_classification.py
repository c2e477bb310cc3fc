"""The classification table (分類別の件数と対応方針)."""

import csv
import io
import json

from sqlalchemy.orm import Session

from app.core.tabular import to_csv
from app.reports.classification import build_classification, count_classification
from app.reports.files import report_json
from app.rounds.models import Round
from app.rounds.services import publish_figures
from app.triage.consistency import differences
from app.triage.services.confirm import Confirm, confirm_assessment
from app.workflow.states import State
from tests.factories import (
    World,
    give_opinion,
    make_classified,
    make_closed,
    make_in_confirmation,
    make_in_review,
    make_pending,
    make_withdrawn,
    make_world,
)
from tests.reports.bodies import add_f7


def classify(world: World, key: str) -> None:
    proposal = make_in_review(world)
    opinion = give_opinion(world, proposal, key)
    command = Confirm(
        version=proposal.version,
        assessment_id=opinion.id,
        compared_with=tuple(row.number for row in differences(world["officer2"], proposal)),
    )
    confirm_assessment(proposal, command, actor=world["officer2"])


def counts_of(round_: Round) -> list[tuple[object, object]]:
    return [(row["code"], row["count"]) for row in build_classification(round_).table.rows]


def test_table_has_every_category_and_pending_last(db_session: Session) -> None:
    world = make_world()
    make_classified(world)
    make_closed(world)
    classify(world, "types")
    make_pending(world)
    make_withdrawn(world)

    counts = counts_of(world.round)

    assert counts == [("A", 1), ("C", 0), ("F-2", 0), ("F-5", 2), ("PENDING", 1)]


def test_cases_on_the_desk_have_a_line_of_their_own(db_session: Session) -> None:
    world = make_world()
    make_classified(world)
    make_in_confirmation(world)
    make_in_review(world)

    report = build_classification(world.round)

    assert [row["label"] for row in report.table.rows][-2:] == [
        "仕分け中（分類未定）",
        "ペンディング",
    ]
    assert [check.words for check in report.checks] == [
        "分類済み 1 ＋ ペンディング 0 ＋ 仕分け中（分類未定） 2 ＝ 提案 3件"
    ]
    assert report.total == 3
    assert report.is_sound


def test_provisional_category_of_a_pending_case_does_not_count(db_session: Session) -> None:
    world = make_world()
    proposal = make_pending(world)
    proposal.provisional_category = world.round.scheme.categories[0]
    db_session.flush()

    counts = counts_of(world.round)

    assert counts == [("A", 0), ("C", 0), ("F-2", 0), ("F-5", 0), ("PENDING", 1)]


def test_lost_case_fails_the_check(db_session: Session) -> None:
    world = make_world()
    make_classified(world)
    lost = world.round.scheme.categories.pop()
    assert lost.key == "f5"

    with db_session.no_autoflush:
        report = build_classification(world.round)

    assert not report.is_sound
    assert report.checks[0].words == "分類済み 0 ＋ ペンディング 0 ≠ 提案 1件"


def test_category_added_in_mid_round_leaves_old_cases_alone(db_session: Session) -> None:
    world = make_world()
    old = make_classified(world)
    version = old.version

    add_f7(world)
    before = counts_of(world.round)
    classify(world, "f7")
    after = counts_of(world.round)

    assert before[-2:] == [("F-7", 0), ("PENDING", 0)]
    assert after == [("A", 0), ("C", 0), ("F-2", 0), ("F-5", 1), ("F-7", 1), ("PENDING", 0)]
    assert (old.state, old.version) == (State.CLASSIFIED, version)
    assert build_classification(world.round).is_sound


def test_group_is_summed_up_apart(db_session: Session) -> None:
    world = make_world()
    add_f7(world)
    classify(world, "f2")
    classify(world, "f7")

    sections = count_classification(world.round).sections

    assert [(section.title, section.count, section.share) for section in sections] == [
        ("A–F-5", 1, 0.5),
        ("F", 1, 0.5),
    ]


def test_csv_has_japanese_labels_and_no_total(db_session: Session) -> None:
    world = make_world()
    make_classified(world)

    rows = list(csv.reader(io.StringIO(to_csv(build_classification(world.round).table, bom=False))))

    assert rows == [
        ["記号", "分類", "件数", "対応方針"],
        ["A", "Aに当たるもの", "0", "Aの対応方針"],
        ["C", "Cに当たるもの", "0", "Cの対応方針"],
        ["F-2", "F-2に当たるもの", "0", "F-2の対応方針"],
        ["F-5", "F-5に当たるもの", "1", "F-5の対応方針"],
        ["PENDING", "ペンディング", "0", ""],
    ]


def test_json_has_rows_under_english_keys_and_the_total(db_session: Session) -> None:
    world = make_world()
    make_classified(world)

    data = json.loads(report_json(build_classification(world.round)))

    assert data["rows"][3] == {
        "code": "F-5",
        "key": "f5",
        "label": "F-5に当たるもの",
        "response_policy": "F-5の対応方針",
        "count": 1,
    }
    assert data["total"] == 1
    assert [check["is_ok"] for check in data["checks"]] == [True]


def test_published_figures_are_held_against_the_counts(db_session: Session) -> None:
    world = make_world()
    make_classified(world)
    figures = {"category:types": 0, "category:f5": 2, "pending": 0}
    publish_figures(world.round, figures, actor=world["admin"])

    comparison = build_classification(world.round).comparison

    assert comparison is not None
    assert comparison.words == "3行のうち1行が不一致"
    assert [(each.label, each.published, each.counted) for each in comparison.differing] == [
        ("F-5", 2, 1)
    ]


def test_empty_round_has_no_shares(db_session: Session) -> None:
    world = make_world()

    counted = count_classification(world.round)

    assert [line.share for line in counted.lines] == [None, None, None, None]
    assert (counted.largest, counted.share_of(0)) == (0, None)
