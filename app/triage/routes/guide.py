"""Guide, rubric and themes (手引き・評価の基準・テーマ): what leads keep for everybody's work."""

from flask import flash, redirect, render_template, request, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.core.access import roles
from app.core.errors import NotFound
from app.proposals.queries import SECRETARIAT_ROLES, get_visible
from app.rounds.choice import chosen_round
from app.rounds.models import GuideVersion, Round
from app.rounds.queries import (
    current_guide_version,
    current_rubric_version,
    get_round,
    guide_versions,
    rubric_versions,
)
from app.triage import rubric as rubrics
from app.triage.forms.guide import (
    CaseThemesForm,
    GuideEditForm,
    SwitchThemeForm,
    ThemeForm,
    guide_edit_form,
    rubric_form,
)
from app.triage.guide import FIRST_QUESTIONS, SECOND_QUESTIONS, guide_from, guide_of, is_guide_for
from app.triage.guide.content import content_errors
from app.triage.labels import themes
from app.triage.routes.blueprint import blueprint
from app.triage.routes.case import Answer, carried_out
from app.triage.services import guide as services
from app.triage.services import labels as label_services
from app.triage.what_if import WhatIf, what_if

NO_ROUND = "募集回がまだないため、手引きはありません。"
STEPS = {"up": -1, "down": 1}


@blueprint.route("/triage/guide", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD, Role.ADMIN, Role.AUDITOR)
def guide() -> Answer:
    """Read the guide and its versions; a lead changes it, after a look at what it comes to."""
    actor = current_actor()
    round_ = _asked_round()
    version = current_guide_version(round_.scheme)
    form = guide_edit_form(version)
    if request.method == "POST":
        services.authorize_guide(actor)
    if "move" in request.form:
        direction, _, key = request.form["move"].partition(":")
        form.move(key, STEPS.get(direction, 0))
        return _guide_page(round_, form, actor)
    if "what_if" in request.form:
        return _guide_page(round_, form, actor, _effect(round_, form, version, actor))
    if carried_out(
        form, lambda: services.adopt_guide(round_.scheme, form.to_command(version), actor=actor)
    ):
        flash("手引きを改定しました。これから書く意見に使います。", "status")
        return redirect(url_for("triage.guide", round=round_.key))
    return _guide_page(round_, form, actor)


def _effect(
    round_: Round, form: GuideEditForm, version: GuideVersion, actor: User
) -> WhatIf | None:
    """What the guide of the form comes to; its errors stand at their fields instead."""
    content = form.to_content(version)
    errors = content_errors(content, [row.key for row in round_.scheme.categories])
    form.add_errors(errors)
    return None if errors else what_if(actor, round_, guide_from(content, label=version.label))


def _guide_page(
    round_: Round, form: GuideEditForm, actor: User, effect: WhatIf | None = None
) -> Answer:
    versions = guide_versions(round_.scheme)
    questions = {question.key: question for question in FIRST_QUESTIONS}
    keys = {row.key for row in round_.scheme.categories}
    page = render_template(
        "triage/guide.html",
        round=round_,
        form=form,
        first=[questions[key] for key in form.ordered_keys()],
        second=SECOND_QUESTIONS,
        versions=[(row, guide_of(row)) for row in versions],
        can_change=actor.has_role(Role.LEAD, Role.ADMIN),
        sees_cases=actor.has_role(*SECRETARIAT_ROLES),
        is_used=is_guide_for(keys, guide_of(versions[0])),
        effect=effect,
    )
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.route("/triage/rubric", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD, Role.ADMIN, Role.AUDITOR)
def rubric() -> Answer:
    """Read the rubric of a round; a lead changes it (評価の基準)."""
    actor = current_actor()
    round_ = _asked_round()
    version = current_rubric_version(round_)
    form = rubric_form(version)
    if carried_out(form, lambda: services.change_rubric(round_, form.to_command(), actor=actor)):
        flash("評価の基準を変えました。これから付ける評価に使います。", "status")
        return redirect(url_for("triage.rubric", round=round_.key))
    page = render_template(
        "triage/rubric.html",
        round=round_,
        form=form,
        criteria=rubrics.rubric_of(version).criteria,
        is_rated=services.is_rated(version),
        versions=[(row, rubrics.rubric_of(row)) for row in rubric_versions(round_)],
        can_change=actor.has_role(Role.LEAD, Role.ADMIN),
    )
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.route("/triage/themes", methods=["GET", "POST"])
@roles(Role.LEAD)
def theme_list() -> Answer:
    """Keep the list of themes (テーマの一覧)."""
    actor = current_actor()
    form = ThemeForm()
    if carried_out(form, lambda: label_services.add_theme(form.to_command(), actor=actor)):
        flash("テーマを加えました。", "status")
        return redirect(url_for("triage.theme_list"))
    page = render_template("triage/themes.html", form=form, themes=themes())
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.post("/triage/themes/switch")
@roles(Role.LEAD)
def switch_theme() -> Answer:
    """Take a theme out of use, or into use again (テーマの使用)."""
    actor = current_actor()
    form = SwitchThemeForm()
    carried_out(form, lambda: label_services.switch_theme(form.to_command(), actor=actor))
    return redirect(url_for("triage.theme_list"))


@blueprint.post("/proposals/<receipt_number>/themes")
@roles(Role.OFFICER, Role.LEAD)
def set_themes(receipt_number: str) -> Answer:
    """Give a case its themes (提案のテーマ)."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    form = CaseThemesForm(version=proposal.version)
    if carried_out(
        form, lambda: label_services.set_themes(proposal, form.to_command(), actor=actor)
    ):
        flash(f"{receipt_number}のテーマを保存しました。分類の件数は変わりません。", "status")
    else:
        flash("テーマを一覧から選んでください。変更は保存していません。", "warning")
    return redirect(url_for("casework.triage_record", receipt_number=receipt_number))


def _asked_round() -> Round:
    key = request.args.get("round")
    round_ = get_round(key) if key else chosen_round()
    if round_ is None:
        raise NotFound(NO_ROUND)
    return round_
