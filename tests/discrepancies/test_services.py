"""Explaining (食い違いの説明): kept with its figures, open again when they change."""

import pytest
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.core.errors import DomainError, InvalidInput, NotAllowed, NotFound, StaleVersion
from app.discrepancies.models import DiscrepancyExplanation
from app.discrepancies.services import ExplainDiscrepancy, explain_discrepancy
from app.discrepancies.standing import Standing, discrepancies_of, get_standing
from app.extensions import db
from tests.factories import World, declare_conflict, make_classified, make_in_review

ORIGIN = ("candidate-origin", "class-candidates")
REASON = "候補の一覧は、所管府省庁が同じ提案を1つのシステムにまとめて数えています。"


def standing(world: World) -> Standing:
    return get_standing(world.round, *ORIGIN, world["lead"])


def explain(world: World, text: str = REASON, *, by: str = "officer1", seen: str = "") -> None:
    command = ExplainDiscrepancy(
        kind=ORIGIN[0], key=ORIGIN[1], explanation=text, seen=seen or standing(world).mark
    )
    explain_discrepancy(world.round, command, actor=world[by])
    db.session.commit()


def test_explanation_settles_the_finding_and_leaves_a_trace(world: World) -> None:
    make_classified(world)
    before = discrepancies_of(world.round, world["lead"]).waiting

    explain(world)

    after = standing(world)
    assert (before, discrepancies_of(world.round, world["lead"]).waiting) == (2, 1)
    assert after.is_explained
    assert after.latest is not None
    assert (after.latest.explanation, after.latest.explained_by.login) == (REASON, "officer1")
    entry = db.session.scalars(
        select(AuditEvent).where(AuditEvent.verb == "round.explain_discrepancy")
    ).one()
    assert (entry.subject_id, entry.changes) == (
        world.round.id,
        {"kind": ORIGIN[0], "key": ORIGIN[1], "explanation_id": after.latest.id},
    )


def test_changed_figures_open_the_finding_again(world: World) -> None:
    make_classified(world)
    explain(world)

    make_classified(world)

    again = standing(world)
    assert again.is_waiting
    assert again.latest is not None
    assert again.latest.figures_in_words == "1件と3件（①⑨⑫）"
    explain(world, f"{REASON}2件になりました。", by="lead")
    assert [row.explained_by.login for row in standing(world).explanations] == ["lead", "officer1"]


def test_explanation_stays_readable_while_nothing_is_found(world: World) -> None:
    make_classified(world)
    explain(world)

    make_in_review(world)  # nothing is compared while a case is on the desk

    gone = standing(world)
    assert (gone.finding, gone.is_waiting) == (None, False)
    assert [row.explanation for row in gone.explanations] == [REASON]


@pytest.mark.parametrize(
    ("text", "by", "error"),
    [
        ("短すぎる説明です。", "officer1", InvalidInput),
        ("長" * 1001, "officer1", InvalidInput),
        (REASON, "auditor", NotAllowed),
    ],
)
def test_refused_explanation_leaves_nothing(
    world: World, text: str, by: str, error: type[DomainError]
) -> None:
    make_classified(world)

    with pytest.raises(error):
        explain(world, text, by=by)

    assert db.session.scalars(select(DiscrepancyExplanation)).all() == []


def test_explanation_of_figures_that_moved_is_stale(world: World) -> None:
    make_classified(world)
    seen = standing(world).mark
    make_classified(world)

    with pytest.raises(StaleVersion):
        explain(world, seen=seen)


def test_second_of_two_explanations_at_once_is_stale(world: World) -> None:
    make_classified(world)
    seen = standing(world).mark
    explain(world, seen=seen)

    with pytest.raises(StaleVersion):
        explain(world, by="lead", seen=seen)


def test_conflict_of_the_reader_hides_what_counts_cases(world: World) -> None:
    make_classified(world)
    explain(world)
    declare_conflict(world["officer2"], body=world["other"].organization)  # no case of theirs

    seen = discrepancies_of(world.round, world["officer2"])

    assert [row.key for row in seen.standings] == ["closing"]
    with pytest.raises(NotFound):
        get_standing(world.round, *ORIGIN, world["officer2"])
