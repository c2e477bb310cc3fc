"""Pages of a round: list, dates, extensions, scheme (募集回の画面)."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import OrganizationKind, Role
from app.accounts.queries import list_organizations
from app.accounts.services.sessions import choose_round
from app.core.access import roles, signed_in
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.rounds.forms import CategoryForm, ClosingForm, ExtensionForm
from app.rounds.policy import can_extend, can_manage
from app.rounds.queries import extensions_of, get_round, list_rounds
from app.rounds.round_form import limit_words
from app.rounds.routes.blueprint import Answer, blueprint
from app.rounds.services import add_category, change_closing, extend_for_body
from app.workflow.labels import FOLLOW_UP_LABELS, TERM_LABELS
from app.workflow.terms import Term

# Names of the service's fields where the form asks for them in parts.
CLOSING_FIELDS = {"closes_at": "day"}


@blueprint.get("/rounds")
@signed_in
def index() -> str:
    """List of the rounds, with the switch of the round one looks at (募集回の一覧)."""
    return render_template("rounds/index.html", rounds=list(db.session.scalars(list_rounds())))


@blueprint.get("/rounds/<key>")
@signed_in
def show(key: str) -> str:
    """One round: dates, limits, terms, scheme (募集回)."""
    actor = current_actor()
    round_ = get_round(key)
    return render_template(
        "rounds/show.html",
        round=round_,
        terms=sorted(round_.terms, key=lambda row: list(Term).index(row.term)),
        extensions=extensions_of(round_) if can_extend(actor) else [],
        can_extend=can_extend(actor),
        can_manage=can_manage(actor),
        limit_words=limit_words(round_),
        term_labels=TERM_LABELS,
        follow_up_labels=FOLLOW_UP_LABELS,
    )


@blueprint.post("/rounds/<key>/choose")
@signed_in
def choose(key: str) -> Response:
    """Look at this round for the rest of the session (募集回の切替え)."""
    token = current_actor().get_id()
    round_ = get_round(key)
    label = round_.label
    with unit_of_work():
        choose_round(token, round_.id)
    flash(f"募集回を「{label}」に切り替えました。", "status")
    return redirect(url_for("dashboard.home"))


@blueprint.route("/rounds/<key>/closing", methods=["GET", "POST"])
@roles(Role.ADMIN, Role.LEAD)
def closing(key: str) -> Answer:
    """Move the end of a round (募集期限の変更)."""
    actor = current_actor()
    round_ = get_round(key)
    form = ClosingForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                change_closing(round_, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(_at_form_fields(error))
        else:
            flash("募集期限を変えました。前の期限も残っています。", "status")
            return redirect(url_for("rounds.show", key=key))
    page = render_template("rounds/closing.html", round=round_, form=form)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/rounds/<key>/extensions/new", methods=["GET", "POST"])
@roles(Role.ADMIN, Role.LEAD)
def new_extension(key: str) -> Answer:
    """Give one body a later end of the round (期限延長)."""
    actor = current_actor()
    round_ = get_round(key)
    bodies = db.session.scalars(list_organizations(OrganizationKind.LOCAL_GOVERNMENT))
    form = ExtensionForm()
    form.organization_id.choices = {str(body.id): f"{body.code} {body.name}" for body in bodies}
    if form.validate_on_submit():
        try:
            with unit_of_work():
                extend_for_body(round_, form.organization_id.data, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(_at_form_fields(error))
        else:
            flash("この団体の期限を延ばしました。ほかの団体の期限は変わりません。", "status")
            return redirect(url_for("rounds.show", key=key))
    page = render_template("rounds/new_extension.html", round=round_, form=form)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/rounds/<key>/categories/new", methods=["GET", "POST"])
@roles(Role.ADMIN)
def new_category(key: str) -> Answer:
    """Add a category to the scheme of a round, also in mid-round (分類の追加)."""
    actor = current_actor()
    round_ = get_round(key)
    form = CategoryForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                category = add_category(round_.scheme, form.to_command(), actor=actor)
                code = category.code
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(
                f"分類{code}を加えました。今日から選べます。今までの提案は変わりません。", "status"
            )
            return redirect(url_for("rounds.show", key=key))
    page = render_template("rounds/new_category.html", round=round_, form=form)
    return page, 422 if form.is_submitted() else 200


def _at_form_fields(error: InvalidInput) -> dict[str, list[str]]:
    return {CLOSING_FIELDS.get(name, name): said for name, said in error.errors.items()}
