"""Cases that say nearly the same (ほぼ同じ提案) and verdicts on pairs (重複の判定)."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.core import clock
from app.core.errors import InvalidInput, NotAllowed, NotFound, StaleVersion
from app.proposals.models import Proposal
from app.similar.desk_panel import desk_panel
from app.similar.models import PairVerdict
from app.similar.near_duplicates import near_duplicates, near_pairs
from app.similar.services.verdicts import NO_VERDICT, JudgePair, judge_pair, withdraw_verdict
from tests.factories import World, declare_conflict, make_submitted, make_world
from tests.similar.pairs import make_source_pair

NOW = clock.jst(2024, 8, 20, 10)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


def say(
    first: Proposal,
    second: Proposal,
    world: World,
    verdict: str = "not_duplicate",
    version: int = NO_VERDICT,
    by: str = "officer1",
) -> PairVerdict:
    command = JudgePair(verdict=verdict, note="対象の事業が違う。", version=version)
    return judge_pair(first, second, command, actor=world[by])


def numbers(world: World, proposal: Proposal, by: str = "officer1") -> list[str]:
    return [row.proposal.reference for row in near_duplicates(world[by], proposal)]


# --- Finding ----------------------------------------------------------------------------------


def test_228_and_229_are_shown_to_each_other_with_the_reason(world: World) -> None:
    first, second = make_source_pair(world)
    make_submitted(world, title="ごみの分別案内", detail="収集日を知らせる。")

    rows = [near_duplicates(world["officer1"], case) for case in (first, second)]

    assert [[row.proposal for row in found] for found in rows] == [[second], [first]]
    reason = rows[0][0].reason
    assert reason.startswith("同じ語 「障害者総合支援法」、「制度改正」、「障害福祉」")
    assert reason.endswith("・根拠法令が同じ・府省庁が同じ")


def test_law_and_ministry_are_named_only_where_they_agree(world: World) -> None:
    first, _ = make_source_pair(world, legal_basis="児童福祉法第21条", ministry_id=None)

    found = near_duplicates(world["officer1"], first)

    assert [(row.is_same_law, row.is_same_ministry) for row in found] == [(False, False)]
    assert "同じ・" not in found[0].reason


def test_panel_names_the_words_and_no_class_that_is_not_settled(world: World) -> None:
    first, second = make_source_pair(world)

    panel = desk_panel(first, world["officer1"])

    assert panel is not None
    assert [(case.number, case.outcome) for case in panel.cases] == [(second.receipt_number, None)]
    assert "「障害者総合支援法」" in panel.cases[0].words
    assert desk_panel(first, world["city"]) is None


def test_k04_person_with_a_conflict_sees_neither_the_pair_nor_a_count(world: World) -> None:
    first, second = make_source_pair(world)
    declare_conflict(world["officer1"], proposal=second)

    panel = desk_panel(first, world["officer1"])

    assert numbers(world, first) == []
    assert near_pairs(world["officer1"], world.round) == ([], 0)
    assert panel == ([], 0)
    assert numbers(world, first, by="officer2") == [second.reference]


def test_practice_round_stays_among_itself(world: World, db_session: Session) -> None:
    first, second = make_source_pair(world)
    world.round.is_practice = True
    db_session.flush()

    pairs, _ = near_pairs(world["officer1"], world.round)

    assert [(pair.first, pair.second.proposal) for pair in pairs] == [(first, second)]


# --- The verdict --------------------------------------------------------------------------------


def test_pair_called_no_duplicate_comes_up_no_more_until_undone(world: World) -> None:
    first, second = make_source_pair(world)

    given = say(second, first, world)
    judged = (numbers(world, first), near_pairs(world["officer2"], world.round))
    withdraw_verdict(first, second, version=given.version, actor=world["officer2"])

    assert judged == ([], ([], 0))
    assert numbers(world, first) == [second.reference]


def test_suspected_pair_stays_and_says_who_said_so(world: World) -> None:
    first, second = make_source_pair(world)

    say(first, second, world, "suspected")

    panel = desk_panel(second, world["officer2"])
    assert panel is not None
    verdict = panel.cases[0].verdict
    assert verdict is not None
    assert (panel.cases[0].verdict_label, verdict.given_by, verdict.note) == (
        "重複の疑い",
        world["officer1"],
        "対象の事業が違う。",
    )
    assert numbers(world, first) == [second.reference]


def test_second_officer_is_told_of_the_first(world: World) -> None:
    first, second = make_source_pair(world)
    given = say(first, second, world)

    with pytest.raises(StaleVersion):
        say(second, first, world, "suspected", by="officer2")

    say(second, first, world, "suspected", version=given.version, by="officer2")
    assert numbers(world, first) == [second.reference]


@pytest.mark.parametrize(
    ("verdict", "note", "fields"), [("x", "理由", ["verdict"]), ("suspected", " ", ["note"])]
)
def test_verdict_needs_one_of_two_words_and_a_reason(
    world: World, verdict: str, note: str, fields: list[str]
) -> None:
    first, second = make_source_pair(world)
    command = JudgePair(verdict=verdict, note=note, version=NO_VERDICT)

    with pytest.raises(InvalidInput) as refused:
        judge_pair(first, second, command, actor=world["officer1"])

    assert list(refused.value.errors) == fields


@pytest.mark.parametrize("login", ["city", "auditor", "admin", "ministry"])
def test_verdict_is_given_by_officers_alone(world: World, login: str) -> None:
    first, second = make_source_pair(world)

    with pytest.raises(NotAllowed):
        say(first, second, world, by=login)


def test_case_is_no_pair_with_itself(world: World) -> None:
    first, _ = make_source_pair(world)

    with pytest.raises(NotFound):
        say(first, first, world)


def test_verdict_and_its_undoing_leave_an_entry_each(world: World, db_session: Session) -> None:
    first, second = make_source_pair(world)

    given = say(first, second, world)
    withdraw_verdict(first, second, version=given.version, actor=world["officer1"])
    db_session.commit()

    found = select(AuditEvent.verb, AuditEvent.changes).where(AuditEvent.verb.like("%verdict%"))
    verbs = db_session.scalars(
        select(AuditEvent.verb).where(AuditEvent.verb.in_(VERBS)).order_by(AuditEvent.seq)
    )
    assert list(verbs) == list(VERBS)
    changes = {"other_id": second.id, "verdict": "not_duplicate"}
    assert db_session.execute(found).one().changes == changes


VERBS = ("proposal.judge_pair", "proposal.withdraw_verdict")
