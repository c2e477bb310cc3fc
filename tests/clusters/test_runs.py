"""Runs over a round (まとめ直し): the example of the source, stable ids, power cuts."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.clusters import background
from app.clusters.background import FAILED, run_clusters
from app.clusters.models import ClusterRun, JoinedBy, RunStage, SystemReading
from app.clusters.presentation import cluster_views, names_in_round
from app.clusters.queries import LOST_AFTER
from app.clusters.services.runs import ask_nightly_runs, ask_run, rounds_to_run
from app.core import clock
from app.core.errors import NotAllowed
from app.jobs.runner import run_tick
from app.jobs.schedule import get_job
from tests.clusters.systems import NOW, A, B, D, E, F, cases_of, cluster_now, propose
from tests.factories import World, make_draft, make_withdrawn


def test_same_function_joins_other_names_and_not_other_functions(
    world: World, db_session: Session
) -> None:
    fees = [propose(world, A), propose(world, B)]
    tenants = propose(world, D)

    clusters = cluster_now(world, db_session)

    assert [cases_of(row) for row in clusters] == [{row.id for row in fees}]
    views = cluster_views(world["lead"], world.round)
    [same] = names_in_round(world["lead"], world.round, views)
    assert same.name == "公営住宅システム"
    assert {case.proposal.id for case in same.cases} == {fees[1].id, tenants.id}


def test_package_that_contains_the_function_joins_as_a_package(
    world: World, db_session: Session
) -> None:
    alone, package = propose(world, E), propose(world, F)

    [cluster] = cluster_now(world, db_session)

    joined = {member.proposal_id: member.joined_by for member in cluster.members}
    assert joined == {alone.id: JoinedBy.FUNCTION, package.id: JoinedBy.PACKAGE}


def test_every_membership_quotes_both_texts(world: World, db_session: Session) -> None:
    propose(world, A)
    propose(world, B)
    cluster_now(world, db_session)

    [view] = cluster_views(world["lead"], world.round)

    texts = [
        f"{row.proposal.title}{row.proposal.requested_measure}{row.proposal.detail}"
        for row in view.members
    ]
    quoted = [
        [reason.own in text for reason in row.reasons]
        for row, text in zip(view.members, texts, strict=True)
    ]
    assert [bool(row) and all(row) for row in quoted] == [True, True]


def test_second_run_gives_the_same_clusters_and_touches_nothing(
    world: World, db_session: Session
) -> None:
    propose(world, A)
    propose(world, B)
    [first] = cluster_now(world, db_session)
    known = (first.id, first.version, cases_of(first))

    [second] = cluster_now(world, db_session)

    assert (second.id, second.version, cases_of(second)) == known


def test_drafts_and_withdrawn_cases_stay_out(world: World, db_session: Session) -> None:
    propose(world, A)
    make_draft(world, **B)
    make_withdrawn(world)

    assert cluster_now(world, db_session) == []


def test_asking_twice_gives_one_run(world: World, db_session: Session) -> None:
    first = ask_run(world.round, actor=world["lead"])

    second = ask_run(world.round, actor=world["officer1"])

    assert second is first


def test_only_the_desk_asks_for_a_run(world: World) -> None:
    with pytest.raises(NotAllowed):
        ask_run(world.round, actor=world["auditor"])


def test_nightly_run_is_asked_for_when_a_text_has_changed(
    world: World, db_session: Session
) -> None:
    propose(world, A)
    proposal = propose(world, B)
    cluster_now(world, db_session)

    unchanged = ask_nightly_runs(rounds_to_run())
    proposal.detail = "水道の検針をする。"
    db_session.flush()
    changed = ask_nightly_runs(rounds_to_run())
    again = ask_nightly_runs(rounds_to_run())

    assert (unchanged, changed, again) == (0, 1, 0)


def test_run_whose_process_died_is_taken_over(
    world: World, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    propose(world, A)
    propose(world, B)
    run_id = ask_run(world.round, actor=world["lead"]).id
    db_session.commit()
    read = background._read

    def die(ids: list[int]) -> None:
        read(ids)
        raise KeyboardInterrupt

    monkeypatch.setattr(background, "BATCH", 1)
    monkeypatch.setattr(background, "_read", die)
    with pytest.raises(KeyboardInterrupt):
        run_clusters()
    monkeypatch.undo()

    at_once = run_clusters()()
    with clock.at(NOW + LOST_AFTER + timedelta(seconds=1)):
        later = run_clusters()()

    run = db_session.get_one(ClusterRun, run_id)
    assert (at_once, later) == (0, 1)
    assert (run.stage, run.cases_done, run.cases_total) == (RunStage.DONE, 2, 2)


def test_failure_is_told_and_leaves_the_clusters(
    world: World, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    propose(world, A)
    propose(world, B)
    [before] = cluster_now(world, db_session)
    run = ask_run(world.round, actor=world["lead"])
    db_session.commit()
    monkeypatch.setattr(background, "group_systems", lambda *_: 1 / 0)

    run_clusters()()

    db_session.refresh(run)
    assert (run.stage, run.failure, before.ended_at) == (RunStage.FAILED, FAILED, None)


def test_job_reads_once_and_leaves_a_trace(world: World, db_session: Session) -> None:
    propose(world, A)
    ask_run(world.round, actor=world["lead"])
    db_session.commit()

    result = run_tick(get_job("clusters"), NOW)

    verbs = db_session.scalars(
        select(AuditEvent.verb)
        .where(AuditEvent.verb.startswith("cluster_run"))
        .order_by(AuditEvent.seq)
    )
    assert (result.effects, result.error) == (1, "")
    assert list(verbs) == ["cluster_run.request", "cluster_run.finish"]
    assert len(db_session.scalars(select(SystemReading)).all()) == 1
