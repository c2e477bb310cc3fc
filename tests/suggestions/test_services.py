"""Judging suggestions and keeping what was shown (候補の判断・示した候補)."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.core import clock
from app.core.errors import IllegalTransition, NotAllowed, NotFound
from app.proposals.models import Proposal
from app.suggestions.engine import ENGINE_VERSION, suggest
from app.suggestions.models import ShownSuggestion, SuggestionVerdict, Verdict
from app.suggestions.queries import rejections_of
from app.suggestions.services import RejectSuggestion, reject_suggestion, restore_suggestion
from tests.factories import World, declare_conflict, give_opinion, make_in_review, make_submitted
from tests.suggestions.rows import HOUSING, add_housing


@pytest.fixture
def housing_id(world: World) -> int:
    return add_housing().id


@pytest.fixture
def proposal(world: World, housing_id: int, db_session: Session) -> Proposal:
    found = make_in_review(world)
    found.title, found.detail = "公営住宅の家賃の事務", HOUSING
    db_session.flush()
    return found


def verbs(db_session: Session) -> list[str]:
    statement = select(AuditEvent.verb).where(AuditEvent.verb.like("%suggestion"))
    return list(db_session.scalars(statement.order_by(AuditEvent.seq)))


def test_a_rejection_is_kept_once_with_the_suggestion(
    world: World, proposal: Proposal, housing_id: int, db_session: Session
) -> None:
    command = RejectSuggestion(register_entry_id=housing_id, reason="家賃の話ではない")

    reject_suggestion(proposal, command, actor=world["officer1"])
    reject_suggestion(proposal, command, actor=world["officer1"])
    db_session.commit()

    [kept] = db_session.scalars(select(SuggestionVerdict))
    assert (kept.register_entry_id, kept.category_key) == (housing_id, "core20")
    assert (kept.verdict, kept.reason) == (Verdict.REJECTED, "家賃の話ではない")
    assert HOUSING[kept.span_start : kept.span_end] == kept.quote
    assert rejections_of(proposal, world["officer1"]) == {housing_id: kept}
    assert verbs(db_session) == ["proposal.reject_suggestion"]


def test_a_rejection_is_taken_back_and_stays_kept(
    world: World, proposal: Proposal, housing_id: int, db_session: Session
) -> None:
    reject_suggestion(
        proposal, RejectSuggestion(register_entry_id=housing_id), actor=world["officer1"]
    )

    restore_suggestion(proposal, housing_id, actor=world["officer1"])
    db_session.commit()

    [kept] = db_session.scalars(select(SuggestionVerdict))
    assert kept.taken_back_at == clock.now()
    assert rejections_of(proposal, world["officer1"]) == {}
    assert verbs(db_session) == ["proposal.reject_suggestion", "proposal.restore_suggestion"]


def test_only_ones_own_rejection_is_taken_back(
    world: World, proposal: Proposal, housing_id: int
) -> None:
    reject_suggestion(
        proposal, RejectSuggestion(register_entry_id=housing_id), actor=world["officer1"]
    )

    with pytest.raises(NotFound):
        restore_suggestion(proposal, housing_id, actor=world["officer2"])


def test_a_row_that_is_not_suggested_is_not_judged(world: World, proposal: Proposal) -> None:
    with pytest.raises(NotFound):
        reject_suggestion(
            proposal, RejectSuggestion(register_entry_id=world.entry.id), actor=world["officer1"]
        )


def test_who_may_not_judge_is_refused(world: World, proposal: Proposal, housing_id: int) -> None:
    declare_conflict(world["officer2"], proposal=proposal)

    for login in ("auditor", "city", "officer2"):
        with pytest.raises(NotAllowed):
            reject_suggestion(
                proposal, RejectSuggestion(register_entry_id=housing_id), actor=world[login]
            )


def test_only_a_case_in_review_is_judged(world: World, housing_id: int) -> None:
    proposal = make_submitted(world, detail=HOUSING)

    with pytest.raises(IllegalTransition):
        reject_suggestion(
            proposal, RejectSuggestion(register_entry_id=housing_id), actor=world["officer1"]
        )


@pytest.mark.parametrize(("is_blind", "seen"), [(False, True), (True, False)])
def test_anothers_rejection_is_hidden_where_the_second_opinion_is_blind(
    world: World, proposal: Proposal, housing_id: int, is_blind: bool, seen: bool
) -> None:
    world.round.is_second_opinion_blind = is_blind
    reject_suggestion(
        proposal, RejectSuggestion(register_entry_id=housing_id), actor=world["officer1"]
    )

    assert (housing_id in rejections_of(proposal, world["officer2"])) is seen


def test_an_opinion_keeps_what_was_shown_and_what_it_took(
    world: World, proposal: Proposal, housing_id: int, db_session: Session
) -> None:
    proposal.title = "台帳の行と公営住宅管理システム"
    proposal.requested_measure = "台帳の行と公営住宅管理システムをつなぐこと。"
    proposal.detail = f"{HOUSING}\n台帳の行を転記している。"
    db_session.flush()
    reject_suggestion(
        proposal, RejectSuggestion(register_entry_id=housing_id), actor=world["officer1"]
    )

    give_opinion(world, proposal, key="types", suggested=tuple(suggest(proposal)))

    shown = db_session.scalars(select(ShownSuggestion).order_by(ShownSuggestion.position)).all()
    assert {row.register_entry_id: row.verdict for row in shown} == {
        housing_id: Verdict.REJECTED,
        world.entry.id: Verdict.ACCEPTED,
    }
    assert [row.position for row in shown] == [1, 2]
    assert {row.engine_version for row in shown} == {ENGINE_VERSION}
    accepted = select(SuggestionVerdict).where(SuggestionVerdict.verdict == Verdict.ACCEPTED)
    assert [row.register_entry_id for row in db_session.scalars(accepted)] == [world.entry.id]
