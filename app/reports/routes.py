"""Pages and files of the reports (報告・集計の画面)."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import User
from app.core import clock
from app.core.access import roles
from app.core.clock import to_jst
from app.core.errors import NotFound
from app.extensions import db
from app.reports import suggestion_quality as quality
from app.reports.backlog.rows import BUCKETS
from app.reports.catalog import REPORTS, ReportKind, get_report_kind
from app.reports.counting import BASIS_LABELS
from app.reports.cp932 import lost_letters
from app.reports.files import FileFormat, ReportFile, file_format, report_file, table_file
from app.reports.links import CaseLinks
from app.reports.policy import (
    CASE_READERS,
    READERS,
    authorize_file,
    authorize_read,
    can_read,
    sees_cases,
)
from app.reports.report import Report
from app.rounds.choice import chosen_round
from app.rounds.models import Round
from app.rounds.queries import NOT_FOUND, get_round, list_rounds
from app.workflow.labels import STATE_LABELS

blueprint = Blueprint("reports", __name__)

Answer = str | Response | tuple[str, int]

# Consent to 〓 in the place of what CP932 cannot carry (?replace=1).
REPLACE = "replace"


@blueprint.get("/reports")
@roles(*READERS)
def index() -> str:
    """List of the reports of a round (報告の一覧)."""
    reader = current_actor()
    rounds = [
        round_
        for round_ in db.session.scalars(list_rounds())
        if can_read(reader, round_, is_statistics=True)
    ]
    asked = _asked_round()
    chosen = asked if asked in rounds else None
    return render_template(
        "reports/index.html",
        rounds=rounds,
        round=chosen,
        kinds=_kinds_for(reader, chosen) if chosen else [],
        sees_cases=sees_cases(reader),
        quality=quality if sees_cases(reader) else None,
    )


@blueprint.get("/reports/suggestion-quality")
@roles(*CASE_READERS)
def suggestion_quality() -> Answer:
    """The report on the suggestions as a file, `?format=` (候補の品質); without, its page."""
    form = request.args.get("format", "")
    if not form:
        return redirect(url_for("triage.suggestion_quality"))
    reader = current_actor()
    made = table_file(
        quality.NAME,
        quality.build_suggestion_quality(reader),
        file_format(form),
        counted_at=clock.now(),
        produced_by=reader.label,
    )
    return _answer(made)


@blueprint.get("/reports/<name>")
@roles(*READERS)
def show(name: str) -> Answer:
    """One report as a page, or with `?format=` as a file (報告)."""
    kind = get_report_kind(name)
    round_ = _asked_round()
    if round_ is None:
        raise NotFound(NOT_FOUND)
    reader = current_actor()
    authorize_read(reader, round_, is_statistics=kind.is_statistics)
    form = request.args.get("format", "")
    chosen = file_format(form) if form else None
    if chosen is not None:
        authorize_file(round_)
    counting = kind.read(request.args)
    if chosen is None:
        return _page(kind, kind.make_page(round_, reader, counting), reader)
    report = kind.make(round_, reader, counting)
    if chosen is FileFormat.CSV_CP932 and not request.args.get(REPLACE):
        lost = lost_letters(report.table)
        if lost:
            return render_template("reports/lost_letters.html", report=report, lost=lost), 422
    return _download(report, chosen, reader)


def _asked_round() -> Round | None:
    """The round of the query, else the one chosen for this session, else the current one."""
    key = request.args.get("round", "")
    return get_round(key) if key else chosen_round()


def _kinds_for(reader: User, round_: Round) -> list[ReportKind]:
    return [
        kind
        for kind in REPORTS.values()
        if can_read(reader, round_, is_statistics=kind.is_statistics)
    ]


def _page(kind: ReportKind, report: Report, reader: User) -> str:
    return render_template(
        kind.template,
        report=report,
        round=report.round,
        counted=report.content,
        opens_on=to_jst(report.round.opens_at).date(),
        closes_on=to_jst(report.round.closes_at).date(),
        sees_cases=sees_cases(reader),
        state_labels=STATE_LABELS,
        in_list=_in_list(report),
        links=CaseLinks(report.round, _in_list(report)),
        buckets=BUCKETS,
        basis_labels=BASIS_LABELS,
        today=clock.today(),
    )


def _in_list(report: Report) -> dict[str, str]:
    """What the address of a list of cases takes over from a report: the day it is about (時点)."""
    as_of = report.counting.as_of_text
    return {"as_of": as_of} if as_of else {}


def _download(report: Report, form: FileFormat, reader: User) -> Response:
    return _answer(report_file(report, form, produced_by=reader.label))


def _answer(made: ReportFile) -> Response:
    answer = make_response(made.content)
    answer.headers["Content-Type"] = made.content_type
    answer.headers["Content-Disposition"] = made.disposition
    return answer
