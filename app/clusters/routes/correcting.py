"""Correcting clusters (まとまりの訂正): take out, put in, merge."""

from collections.abc import Callable

from flask import flash, redirect, request, url_for

from app.accounts.current import current_actor
from app.accounts.models import User
from app.clusters.forms import AddForm, CorrectionForm, MergeForm, RemoveForm
from app.clusters.models import Cluster, CorrectionKind
from app.clusters.pages import case_choices, cluster_choices, correction_page
from app.clusters.policy import CORRECTORS
from app.clusters.presentation import ClusterView, cluster_view
from app.clusters.queries import CLUSTER_NOT_FOUND, find_cluster
from app.clusters.routes.blueprint import Answer, blueprint
from app.clusters.services.correcting import add_case, merge_clusters, remove_case
from app.core.access import roles
from app.core.errors import InvalidInput, NotFound
from app.core.unit_of_work import unit_of_work

SAID: dict[CorrectionKind, str] = {
    CorrectionKind.REMOVE: "まとまりから外しました。",
    CorrectionKind.ADD: "まとまりに加えました。",
    CorrectionKind.MERGE: "2つのまとまりを1つにしました。",
}
KEPT = "この訂正は、次にまとめ直した後も残ります。"
ENDED = "案件が1件になったため、このまとまりは終わりました。"


@blueprint.route("/triage/clusters/<int:cluster_id>/remove", methods=["GET", "POST"])
@roles(*CORRECTORS)
def remove(cluster_id: int) -> Answer:
    """Take a case out of a cluster (このまとまりから外す)."""
    actor = current_actor()
    view = _view_of(actor, cluster_id)
    form = RemoveForm(version=view.cluster.version, proposal_id=request.args.get("proposal", ""))
    form.offer(case_choices(view))
    return _answer(
        view,
        form,
        CorrectionKind.REMOVE,
        lambda cluster: remove_case(cluster, form.to_command(), actor=actor),
    )


@blueprint.route("/triage/clusters/<int:cluster_id>/add", methods=["GET", "POST"])
@roles(*CORRECTORS)
def add(cluster_id: int) -> Answer:
    """Put a case into a cluster (加える)."""
    actor = current_actor()
    view = _view_of(actor, cluster_id)
    form = AddForm(version=view.cluster.version)
    return _answer(
        view,
        form,
        CorrectionKind.ADD,
        lambda cluster: add_case(cluster, form.to_command(), actor=actor),
    )


@blueprint.route("/triage/clusters/<int:cluster_id>/merge", methods=["GET", "POST"])
@roles(*CORRECTORS)
def merge(cluster_id: int) -> Answer:
    """Make two clusters one (2つをまとめる)."""
    actor = current_actor()
    view = _view_of(actor, cluster_id)
    form = MergeForm(version=view.cluster.version)
    form.offer(cluster_choices(actor, view))
    return _answer(
        view,
        form,
        CorrectionKind.MERGE,
        lambda cluster: merge_clusters(cluster, form.to_command(), actor=actor),
    )


def _answer(
    view: ClusterView,
    form: CorrectionForm,
    kind: CorrectionKind,
    correct: Callable[[Cluster], None],
) -> Answer:
    """Carry the correction out and go back to the cluster, or show the page (again)."""
    cluster_id = view.cluster.id
    if form.validate_on_submit():
        try:
            with unit_of_work():
                cluster = _cluster(cluster_id)
                correct(cluster)
                key = cluster.round.key
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            is_over = _is_over(current_actor(), cluster_id)
            flash(f"{SAID[kind]}{ENDED if is_over else KEPT}", "status")
            if is_over:
                return redirect(url_for("clusters.index", round=key))
            return redirect(url_for("clusters.show", cluster_id=cluster_id))
    return correction_page(view, form, kind), 422 if form.is_submitted() else 200


def _cluster(cluster_id: int) -> Cluster:
    cluster = find_cluster(cluster_id)
    if cluster is None:
        raise NotFound(CLUSTER_NOT_FOUND)
    return cluster


def _is_over(actor: User, cluster_id: int) -> bool:
    """Whether the actor sees the cluster no more: a case one must not know of changes no word."""
    try:
        _view_of(actor, cluster_id)
    except NotFound:
        return True
    return False


def _view_of(actor: User, cluster_id: int) -> ClusterView:
    return cluster_view(actor, _cluster(cluster_id))
