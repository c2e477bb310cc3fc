"""Pages of the stored backlogs and of the subscriptions (滞留の記録・購読の画面)."""

from datetime import date

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.core.access import roles
from app.core.errors import NotFound
from app.core.unit_of_work import unit_of_work
from app.reports.backlog.common_dates import STORED_AS, from_stored
from app.reports.backlog.comparison import compare, stored_handoffs, stored_rows
from app.reports.backlog.forms import ChooseReportsForm
from app.reports.backlog.keeping import keep_holders
from app.reports.backlog.models import BacklogSnapshot, SnapshotKind
from app.reports.backlog.queries import choices_of, find_snapshot, snapshots, subscribers
from app.reports.backlog.report import report_of
from app.reports.backlog.rows import BUCKETS
from app.reports.backlog.services import choose_reports
from app.reports.cases import has_any_conflict
from app.reports.files import FileFormat, file_format, report_file
from app.reports.links import CaseLinks
from app.reports.policy import CASE_READERS
from app.reports.report import Report
from app.rounds.choice import chosen_round
from app.rounds.models import Round
from app.rounds.queries import NOT_FOUND, get_round
from app.workflow.labels import STATE_LABELS

blueprint = Blueprint("backlog", __name__)
keep_holders()

KIND_LABELS = {SnapshotKind.DAILY: "日次", SnapshotKind.WEEKLY: "週次"}
NO_SNAPSHOT = "この日の滞留の記録はありません。記録の一覧で日を選んでください。"


@blueprint.get("/reports/backlog/snapshots")
@roles(*CASE_READERS)
def snapshot_list() -> str:
    """Stored backlogs of a round by day (滞留の記録の一覧)."""
    key = request.args.get("round", "")
    round_ = get_round(key) if key else chosen_round()
    if round_ is None:
        raise NotFound(NOT_FOUND)
    reader = current_actor()
    return render_template(
        "reports/backlog/snapshots.html",
        round=round_,
        snapshots=snapshots(round_),
        # Totals of all cases would tell of a hidden one (利益相反).
        is_whole=not has_any_conflict(reader),
        kind_labels=KIND_LABELS,
    )


@blueprint.get("/reports/backlog/snapshots/<key>/<kind>/<day>")
@roles(*CASE_READERS)
def snapshot(key: str, kind: str, day: str) -> str | Response:
    """One stored backlog, set against the replay of its moment; `?format=xlsx` as a file."""
    round_ = get_round(key)
    found = _found(round_, kind, day)
    reader = current_actor()
    report = _report(found, reader)
    form = request.args.get("format", "")
    if form:
        return _download(report, file_format(form), reader)
    in_list = {"as_of": report.counting.as_of_text}
    return render_template(
        "reports/backlog/snapshot.html",
        report=report,
        counted=report.content,
        round=round_,
        snapshot=found,
        kind_labels=KIND_LABELS,
        in_list=in_list,
        links=CaseLinks(round_, in_list),
        buckets=BUCKETS,
        state_labels=STATE_LABELS,
        differences=compare(found, reader),
    )


@blueprint.route("/reports/backlog/subscriptions", methods=["GET", "POST"])
@roles(*CASE_READERS)
def subscriptions() -> str | Response:
    """Which reports one is told of; a lead sees who else is (滞留の報告の購読)."""
    actor = current_actor()
    present = choices_of(actor)
    form = ChooseReportsForm(data={kind.value: wanted for kind, wanted in present.items()})
    if form.validate_on_submit():
        with unit_of_work():
            changed = choose_reports(form.to_command(), actor=current_actor())
        flash("購読を変更しました。" if changed else "購読は前と同じです。", "status")
        return redirect(url_for("backlog.subscriptions"))
    is_lead = actor.has_role(Role.LEAD)
    return render_template(
        "reports/backlog/subscriptions.html",
        form=form,
        kind_labels=KIND_LABELS,
        subscribers={kind: subscribers(kind) for kind in SnapshotKind} if is_lead else {},
    )


def _found(round_: Round, kind: str, day: str) -> BacklogSnapshot:
    try:
        found = find_snapshot(round_, SnapshotKind(kind), date.fromisoformat(day))
    except ValueError:
        found = None
    if found is None:
        raise NotFound(NO_SNAPSHOT)
    return found


def _report(found: BacklogSnapshot, reader: User) -> Report:
    is_whole = not has_any_conflict(reader)
    rows = stored_rows(found, reader)
    return report_of(
        rows,
        found.round,
        at=found.moment,
        counted_anew=found.figures["total"] if is_whole else len(rows),
        is_whole=is_whole,
        week_ago=found.figures.get("week_ago") if is_whole else None,
        handoffs=stored_handoffs(found, reader),
        common_dates=[from_stored(row) for row in found.figures.get(STORED_AS, [])],
    )


def _download(report: Report, form: FileFormat, reader: User) -> Response:
    made = report_file(report, form, produced_by=reader.label)
    answer = make_response(made.content)
    answer.headers["Content-Type"] = made.content_type
    answer.headers["Content-Disposition"] = made.disposition
    return answer
