"""Pages of the check of the cases (案件の点検)."""

from collections.abc import Sequence

from flask import flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import User
from app.core import clock
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.discrepancies.cases.overview import CaseOverview, check_cases, get_case_standing
from app.discrepancies.cases.scope import CaseRow
from app.discrepancies.cases.table import FORMATS, NAME, case_table, check_format
from app.discrepancies.forms import ExplainForm
from app.discrepancies.policy import authorize_explain, can_explain
from app.discrepancies.routes.blueprint import Answer, blueprint
from app.discrepancies.services import explain_case
from app.extensions import db
from app.proposals.queries import SECRETARIAT_ROLES
from app.reports.files import table_file
from app.reports.policy import authorize_file
from app.rounds.choice import chosen_round
from app.rounds.models import Round
from app.rounds.queries import get_round, list_rounds
from app.watches.listing import real_rounds

# Findings of one check that its page shows; the file has them all.
MOST_SHOWN = 50


@blueprint.get("/discrepancies/cases")
@roles(*SECRETARIAT_ROLES)
def cases() -> Answer:
    """What is stuck or does not fit, case by case, or `?format=` as a file (案件の点検)."""
    reader = current_actor()
    offered, rounds = _asked_rounds()
    form = request.args.get("format", "")
    if form:
        check_format(form)
        for round_ in rounds:
            authorize_file(round_)
    overview = check_cases(reader, rounds)
    if form:
        return _file(overview, form, reader)
    return render_template(
        "discrepancies/cases.html",
        overview=overview,
        first=next((row for each in overview.results for row in each.waiting), None),
        reader=reader,
        round_options=[(row.key, row.label) for row in offered],
        rounds=rounds,
        formats=FORMATS,
        most_shown=MOST_SHOWN,
        can_explain=can_explain(reader),
    )


@blueprint.route("/discrepancies/cases/<kind>/<finding_key>", methods=["GET", "POST"])
@roles(*SECRETARIAT_ROLES)
def case_finding(kind: str, finding_key: str) -> Answer:
    """One finding about a case, its explanations, and a new one (案件の点検の説明)."""
    actor = current_actor()
    session: Session = db.session
    rounds = session.scalars(list_rounds()).all()
    standing, found = get_case_standing(kind, finding_key, actor, rounds)
    back = _list_with(found[0], rounds)
    form = ExplainForm()
    if form.is_submitted():
        authorize_explain(actor)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                explain_case(rounds, form.to_command(kind, finding_key), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("説明を残しました。案件の履歴にも残っています。", "status")
            return redirect(back)
    if not form.is_submitted():
        form.seen.data = standing.mark
    page = render_template(
        "discrepancies/case_finding.html",
        standing=standing,
        cases=found,
        back=back,
        reader=actor,
        form=form,
        can_explain=can_explain(actor),
    )
    return page, 422 if form.is_submitted() else 200


def _list_with(case: CaseRow, rounds: Sequence[Round]) -> str:
    """Address of the list that holds this case: a practice round is looked at alone."""
    is_practice = any(row.id == case.round_id and row.is_practice for row in rounds)
    return url_for("discrepancies.cases", round=case.round_key if is_practice else None)


def _asked_rounds() -> tuple[Sequence[Round], Sequence[Round]]:
    """Rounds one can choose from, and those that are looked through.

    All that are no practice; a practice round is looked through alone, once it is chosen.
    """
    here = chosen_round()
    offered = [here] if here is not None and here.is_practice else real_rounds()
    key = request.args.get("round", "")
    return offered, [get_round(key)] if key else offered


def _file(overview: CaseOverview, form: str, reader: User) -> Response:
    made = table_file(
        NAME,
        case_table(overview, reader),
        check_format(form),
        counted_at=clock.now(),
        produced_by=reader.label,
    )
    answer = make_response(made.content)
    answer.headers["Content-Type"] = made.content_type
    answer.headers["Content-Disposition"] = made.disposition
    return answer
