"""What the pages of clusters show (まとまりの画面の内容)."""

from typing import NamedTuple

from flask import render_template

from app.accounts.models import User
from app.clusters.adoption_matrix import ADOPTION_LABELS
from app.clusters.forms import CorrectionForm, RoundForm
from app.clusters.models import ClusterCorrection, ClusterRun, CorrectionKind, RunStage
from app.clusters.policy import can_correct
from app.clusters.presentation import (
    JOINED_WORDS,
    ClusterView,
    cluster_views,
    names_in_round,
)
from app.clusters.queries import (
    MOVING,
    corrections_of,
    latest_done_run,
    latest_run,
    visible_references,
)
from app.rounds.models import Round

REFRESH_SECONDS = 3
STAGE_WORDS: dict[RunStage, tuple[str, str]] = {
    RunStage.WAITING: ("順番待ち", "wait"),
    RunStage.RUNNING: ("まとめています", "work"),
    RunStage.DONE: ("終わりました", "done"),
    RunStage.FAILED: ("終わりませんでした", "late"),
}
CORRECTION_WORDS: dict[CorrectionKind, str] = {
    CorrectionKind.REMOVE: "{case}を外しました",
    CorrectionKind.ADD: "{case}を加えました",
    CorrectionKind.MERGE: "まとまり{other}をここにまとめました",
}


class HistoryRow(NamedTuple):
    """A correction in words (訂正の履歴)."""

    correction: ClusterCorrection
    words: str


def clusters_page(actor: User, round_: Round | None) -> str:
    """Render the clusters of a round (機能のまとまりの一覧)."""
    if round_ is None:
        return render_template("clusters/index.html", round=None)
    views = cluster_views(actor, round_)
    run = latest_run(round_.id)
    return render_template(
        "clusters/index.html",
        round=round_,
        views=views,
        names=names_in_round(actor, round_, views),
        run=run,
        done=latest_done_run(round_.id),
        is_moving=run is not None and run.stage in MOVING,
        stage_words=STAGE_WORDS,
        can_correct=can_correct(actor),
        form=RoundForm(formdata=None),
    )


def run_page(run: ClusterRun) -> str:
    """Render how far a run has come (まとめ直しの進み具合)."""
    return render_template(
        "clusters/run.html",
        run=run,
        is_moving=run.stage in MOVING,
        stage_words=STAGE_WORDS,
        refresh_seconds=REFRESH_SECONDS,
        form=RoundForm(formdata=None),
    )


def cluster_page(actor: User, view: ClusterView) -> str:
    """Render one cluster (まとまり)."""
    round_ = view.cluster.round
    return render_template(
        "clusters/show.html",
        view=view,
        round=round_,
        joined_words=JOINED_WORDS,
        adoption_labels=ADOPTION_LABELS,
        other_names=[
            row
            for row in names_in_round(actor, round_, cluster_views(actor, round_))
            if row.name in view.names
        ],
        history=_history(actor, view),
        can_correct=can_correct(actor),
    )


def correction_page(view: ClusterView, form: CorrectionForm, kind: CorrectionKind) -> str:
    """Render the page of one correction (まとまりの訂正)."""
    return render_template(
        "clusters/correct.html", view=view, round=view.cluster.round, form=form, kind=kind.value
    )


def case_choices(view: ClusterView) -> dict[str, str]:
    """Cases of a cluster to choose from (外す案件の選択肢)."""
    return {
        str(row.proposal.id): f"{row.proposal.reference}　{row.proposal.title}"
        for row in view.members
    }


def cluster_choices(actor: User, view: ClusterView) -> dict[str, str]:
    """Other clusters of the round that the reader sees (まとめる相手の選択肢)."""
    return {
        str(row.cluster.id): f"{row.cluster.id}　{row.title}（{len(row.members)}件）"
        for row in cluster_views(actor, view.cluster.round)
        if row.cluster.id != view.cluster.id
    }


def _history(actor: User, view: ClusterView) -> list[HistoryRow]:
    """Corrections, newest first; none that is about a case the reader does not see."""
    rows = corrections_of([view.cluster.id])
    asked = [row.proposal_id for row in rows if row.proposal_id is not None]
    seen = visible_references(actor, asked)
    return [
        HistoryRow(
            row,
            CORRECTION_WORDS[row.kind].format(
                case=seen.get(row.proposal_id or 0, ""), other=row.other_cluster_id
            ),
        )
        for row in reversed(rows)
        if row.proposal_id is None or row.proposal_id in seen
    ]
