"""Corrections by hand (まとまりの訂正): kept against the next run."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.clusters.models import Cluster, JoinedBy
from app.clusters.services.correcting import (
    ALREADY_MEMBER,
    NO_CASE,
    NO_OTHER,
    NO_REASON,
    AddCase,
    MergeClusters,
    RemoveCase,
    add_case,
    merge_clusters,
    remove_case,
)
from app.core.errors import InvalidInput, NotAllowed, StaleVersion
from app.proposals.models import Proposal
from tests.clusters.systems import A, B, D, E, F, cases_of, cluster_now, propose
from tests.factories import World, declare_conflict


@pytest.fixture
def fees(world: World) -> list[Proposal]:
    return [propose(world, A), propose(world, B), propose(world, A, title="住宅使用料の収納")]


@pytest.fixture
def cluster(world: World, fees: list[Proposal], db_session: Session) -> Cluster:
    [cluster] = cluster_now(world, db_session)
    return cluster


def removal(cluster: Cluster, case: Proposal, **changes: object) -> RemoveCase:
    values = {"version": cluster.version, "proposal_id": case.id, "reason": "別の機能のため"}
    return RemoveCase(**{**values, **changes})


def test_removed_case_stays_out_of_the_next_run(
    world: World, cluster: Cluster, fees: list[Proposal], db_session: Session
) -> None:
    remove_case(cluster, removal(cluster, fees[0]), actor=world["officer1"])

    [after] = cluster_now(world, db_session)

    assert (after.id, cases_of(after)) == (cluster.id, {fees[1].id, fees[2].id})
    event = db_session.scalars(select(AuditEvent).where(AuditEvent.verb == "cluster.remove")).one()
    assert (event.reason, event.changes) == ("別の機能のため", {"proposal_id": fees[0].id})


def test_added_case_stays_in(world: World, cluster: Cluster, db_session: Session) -> None:
    tenants = propose(world, D)
    command = AddCase(
        version=cluster.version, receipt_number=str(tenants.receipt_number), reason="使用料も扱う"
    )

    add_case(cluster, command, actor=world["officer1"])
    [after] = cluster_now(world, db_session)

    joined = {member.proposal_id: member.joined_by for member in after.members}
    assert (after.id, joined[tenants.id]) == (cluster.id, JoinedBy.OFFICER)


def test_merged_clusters_stay_one_and_the_other_leads_there(
    world: World, fees: list[Proposal], db_session: Session
) -> None:
    children = [propose(world, E), propose(world, F)]
    first, second = cluster_now(world, db_session)
    command = MergeClusters(version=first.version, other_id=second.id, reason="まとめて扱う")

    merge_clusters(first, command, actor=world["lead"])
    [after] = cluster_now(world, db_session)

    assert (after.id, cases_of(after)) == (first.id, {row.id for row in [*fees, *children]})
    assert second.merged_into_id == first.id


def test_corrections_of_a_cluster_that_was_merged_away_are_kept(
    world: World, fees: list[Proposal], db_session: Session
) -> None:
    children = [propose(world, E), propose(world, F), propose(world, E, title="保育料の収納")]
    first, second = cluster_now(world, db_session)
    remove_case(second, removal(second, children[2]), actor=world["officer1"])
    command = MergeClusters(version=first.version, other_id=second.id, reason="まとめて扱う")
    merge_clusters(first, command, actor=world["lead"])

    [after] = cluster_now(world, db_session)

    assert cases_of(after) == {row.id for row in [*fees, *children[:2]]}


def test_later_word_on_a_case_counts(
    world: World, cluster: Cluster, fees: list[Proposal], db_session: Session
) -> None:
    number = str(fees[0].receipt_number)
    remove_case(cluster, removal(cluster, fees[0]), actor=world["officer1"])
    command = AddCase(version=cluster.version, receipt_number=number, reason="やはり同じ")
    add_case(cluster, command, actor=world["officer1"])

    [after] = cluster_now(world, db_session)

    assert cases_of(after) == {row.id for row in fees}


def test_refusals_say_what_is_wrong(world: World, cluster: Cluster, fees: list[Proposal]) -> None:
    actor, version = world["officer1"], cluster.version
    number = str(fees[0].receipt_number)

    with pytest.raises(NotAllowed):
        remove_case(cluster, removal(cluster, fees[0]), actor=world["auditor"])
    with pytest.raises(StaleVersion):
        remove_case(cluster, removal(cluster, fees[0], version=version - 1), actor=actor)
    found = [
        refused(lambda: remove_case(cluster, removal(cluster, fees[0], reason=" "), actor=actor)),
        refused(
            lambda: add_case(
                cluster, AddCase(version=version, receipt_number=number, reason="理由"), actor=actor
            )
        ),
        refused(
            lambda: add_case(
                cluster,
                AddCase(version=version, receipt_number="R6-9999", reason="理由"),
                actor=actor,
            )
        ),
        refused(
            lambda: merge_clusters(
                cluster,
                MergeClusters(version=version, other_id=cluster.id, reason="理由"),
                actor=actor,
            )
        ),
    ]

    assert found == [
        {"reason": [NO_REASON]},
        {"receipt_number": [ALREADY_MEMBER]},
        {"receipt_number": [NO_CASE]},
        {"other_id": [NO_OTHER]},
    ]


def test_case_with_a_conflict_cannot_be_added_or_removed(
    world: World, cluster: Cluster, fees: list[Proposal]
) -> None:
    declare_conflict(world["officer1"], proposal=fees[0])
    number = str(fees[0].receipt_number)

    added = refused(
        lambda: add_case(
            cluster,
            AddCase(version=cluster.version, receipt_number=number, reason="理由"),
            actor=world["officer1"],
        )
    )
    with pytest.raises(InvalidInput):
        remove_case(cluster, removal(cluster, fees[0]), actor=world["officer1"])

    assert added == {"receipt_number": [NO_CASE]}


def refused(work: object) -> dict[str, list[str]]:
    with pytest.raises(InvalidInput) as raised:
        work()  # type: ignore[operator]
    return raised.value.errors
