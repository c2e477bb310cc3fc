"""Looking at clusters and taking them out (まとまりの一覧・詳細・出力)."""

from urllib.parse import quote

from flask import make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.clusters.export import clusters_table, note_export
from app.clusters.forms import ClusterFileForm, ClusterFileFormat
from app.clusters.pages import cluster_page, clusters_page
from app.clusters.policy import READERS, authorize_file
from app.clusters.presentation import cluster_view, cluster_views
from app.clusters.queries import CLUSTER_NOT_FOUND, find_cluster
from app.clusters.routes.blueprint import Answer, blueprint
from app.core import clock
from app.core.access import roles
from app.core.clock import to_jst
from app.core.errors import NotFound
from app.core.tabular import XLSX_TYPE, to_csv, to_xlsx
from app.core.unit_of_work import unit_of_work
from app.rounds.choice import chosen_round
from app.rounds.queries import get_round

CONTENT_TYPES = {
    ClusterFileFormat.XLSX: XLSX_TYPE,
    ClusterFileFormat.CSV: "text/csv; charset=utf-8; header=present",
}


@blueprint.get("/triage/clusters")
@roles(*READERS)
def index() -> Answer:
    """Clusters of a round (機能のまとまりの一覧): the one named, or the one looked at."""
    key = request.args.get("round")
    return clusters_page(current_actor(), get_round(key) if key else chosen_round())


@blueprint.get("/triage/clusters/<int:cluster_id>")
@roles(*READERS)
def show(cluster_id: int) -> Answer:
    """One cluster (まとまり); that of one merged into another leads there."""
    actor = current_actor()
    cluster = find_cluster(cluster_id)
    if cluster is None:
        raise NotFound(CLUSTER_NOT_FOUND)
    if cluster.merged_into_id is not None:
        return redirect(url_for("clusters.show", cluster_id=cluster.merged_into_id))
    return cluster_page(actor, cluster_view(actor, cluster))


@blueprint.post("/rounds/<key>/clusters/file")
@roles(*READERS)
def take_out(key: str) -> Answer:
    """Download the clusters of a round (まとまりの出力), a row a member."""
    actor, round_ = current_actor(), get_round(key)
    authorize_file(round_)
    form = ClusterFileForm()
    if not form.validate_on_submit():
        return clusters_page(actor, round_), 422
    chosen = ClusterFileFormat(form.format.data)
    table = clusters_table(round_, cluster_views(actor, round_))
    now = clock.now()
    content = (
        to_csv(table, bom=True)
        if chosen is ClusterFileFormat.CSV
        else to_xlsx(table, produced_at=now, produced_by=actor.label)
    )
    with unit_of_work():
        note_export(round_, table, chosen.value, actor=actor)
    name = f"機能のまとまり_{round_.label}_{to_jst(now):%Y%m%d}.{chosen.value}"
    return _download(content, chosen, name)


def _download(content: bytes, form: ClusterFileFormat, name: str) -> Response:
    answer = make_response(content)
    answer.headers["Content-Type"] = CONTENT_TYPES[form]
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"clusters.{form.value}\"; filename*=UTF-8''{quote(name)}"
    )
    return answer
