"""The index of the texts (類似の索引): kept by the job, complete without it, never stale."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.core import clock
from app.proposals.models import Proposal
from app.proposals.services.drafts import discard_draft
from app.similar import index
from app.similar.models import ProposalVector
from app.similar.presentation import similar_cases
from app.similar.services.indexing import count_waiting, look_for_changed_texts
from app.similar.store import store
from tests.factories import World, make_draft, make_submitted, make_world

NOW = clock.jst(2024, 8, 20, 10)
EVERY_CASE = Proposal.id.is_not(None)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


def run_job() -> int:
    return look_for_changed_texts()()


def names_of_rows(session: Session) -> list[int]:
    return list(session.scalars(select(ProposalVector.fingerprint).order_by("proposal_id")))


def test_job_indexes_each_text_once(world: World, db_session: Session) -> None:
    for title in ("鍵の貸出", "ごみの分別"):
        make_submitted(world, title=title)

    runs = [run_job(), run_job()]

    assert runs == [2, 0]
    assert db_session.scalar(select(func.count()).select_from(ProposalVector)) == 2
    assert count_waiting() == 0


def test_case_that_only_moved_keeps_its_row(world: World, db_session: Session) -> None:
    proposal = make_submitted(world)
    run_job()
    before = names_of_rows(db_session)

    proposal.version += 1
    db_session.flush()

    assert (run_job(), names_of_rows(db_session), count_waiting()) == (1, before, 0)


def test_row_of_another_engine_is_made_anew(world: World, db_session: Session) -> None:
    make_submitted(world)
    run_job()
    before = names_of_rows(db_session)
    db_session.execute(update(ProposalVector).values(engine="old", fingerprint=1))

    assert (run_job(), names_of_rows(db_session)) == (1, before)


def test_changed_text_is_found_before_the_job_comes(world: World, db_session: Session) -> None:
    proposal = make_submitted(world, title="ごみの分別")
    run_job()

    proposal.title = "図書館の蔵書の予約"
    proposal.detail = "本を借りる。"
    db_session.flush()

    cases = similar_cases(world["city"], "図書館の蔵書を予約する")
    assert [case.number for case in cases] == [proposal.receipt_number]


def test_same_cases_come_with_and_without_rows(world: World) -> None:
    for title in ("鍵の貸出と体育館の予約", "体育館の予約", "ごみの分別"):
        make_submitted(world, title=title)
    before = similar_cases(world["city"], "体育館の予約と鍵")
    run_job()
    store.forget_unused(-10_000)

    assert similar_cases(world["city"], "体育館の予約と鍵") == before


def test_cases_beyond_the_bound_are_counted_not_forgotten(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        make_submitted(world, title=f"索引を待つ提案{number}", detail=f"本文{number}")
    monkeypatch.setattr(index, "MOST_ENCODED", 1)

    found = [index.indexed(EVERY_CASE) for _ in range(3)]

    assert [(len(row.ids), row.left_out) for row in found] == [(1, 2), (2, 1), (3, 0)]


def test_case_discarded_meanwhile_is_not_written(world: World, db_session: Session) -> None:
    draft: Any = make_draft(world)
    db_session.commit()
    write = look_for_changed_texts()

    discard_draft(draft, version=draft.version, actor=world["city"])

    assert write() == 0


def test_deleted_draft_takes_its_row_along(world: World, db_session: Session) -> None:
    draft = make_draft(world)
    run_job()
    db_session.commit()

    discard_draft(draft, version=draft.version, actor=world["city"])
    db_session.commit()

    assert names_of_rows(db_session) == []
