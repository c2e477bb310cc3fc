"""Systems of the source (課題1–4): A市 … F市 by what they call them and what they do."""

from typing import Any

from sqlalchemy.orm import Session

from app.clusters.background import run_clusters
from app.clusters.models import Cluster
from app.clusters.queries import clusters_of_round
from app.clusters.services.runs import ask_run
from app.core import clock
from app.proposals.models import Proposal
from tests.factories import World, make_submitted

NOW = clock.jst(2024, 8, 20, 10)
A = {
    "title": "住宅使用料システムの共通化",
    "detail": "市営住宅の使用料の調定、納付書の発行、収納の消込を行っている。",
    "requested_measure": "住宅使用料の調定と収納の機能を共通にしてほしい。",
    "adoption_status": "住宅使用料システムを導入済み。",
}
B = {
    "title": "公営住宅システムの共同利用",
    "detail": (
        "公営住宅の使用料の調定と収納、滞納者への督促を扱う。使用料を管理する機能のみを備える。"
    ),
    "requested_measure": "使用料の収納と督促の機能を用意してほしい。",
    "adoption_status": "公営住宅システムを導入済み。",
}
D = {
    "title": "公営住宅システムの全国での共通化",
    "detail": (
        "入居者の募集と抽選、入居資格の審査、入居者管理、退去精算、"
        "修繕履歴の管理、使用料の収納を行う。"
    ),
    "requested_measure": "公営住宅の入居者の募集、資格の審査、修繕の機能を備えてほしい。",
    "adoption_status": "公営住宅システムを導入済み。",
}
E = {
    "title": "こども医療費システムの共通化",
    "detail": "こどもの医療費助成の資格認定、受給者証の発行、支給決定を単独で行っている。",
    "requested_measure": "こども医療費の資格認定と支給の機能を用意してほしい。",
    "adoption_status": "未導入。紙の台帳で管理。",
}
F = {
    "title": "児童総合システムに含まれる医療費助成の共通化",
    "detail": (
        "児童手当と保育所の入所、こども医療費助成を一つのパッケージで処理している。"
        "こども医療費の資格認定と支給は、その一機能として組み込まれている。"
    ),
    "requested_measure": "こども医療費の支給の機能を切り出せるようにしてほしい。",
    "adoption_status": "児童総合システム（パッケージ）を導入済み。",
}


def propose(world: World, system: dict[str, str], **changes: Any) -> Proposal:
    """Submit a proposal about a system."""
    return make_submitted(world, **{**system, **changes})


def cluster_now(world: World, session: Session) -> list[Cluster]:
    """Run over the round as the job does, and return its clusters."""
    ask_run(world.round, actor=world["lead"])
    session.commit()
    run_clusters()()
    return clusters_of_round(world.round.id)


def cases_of(cluster: Cluster) -> set[int]:
    return {member.proposal_id for member in cluster.members}
