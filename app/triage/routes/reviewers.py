"""What reviewers take on, fields of work, rules (担当者の条件・得意分野・割当の規則)."""

from flask import flash, redirect, render_template, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core.access import roles
from app.extensions import db
from app.triage.assignment_rules import current_rule_set, rule_sets, rule_words
from app.triage.forms.reviewers import ProfileForm, RulesForm, SkillsForm
from app.triage.loads import takes_work
from app.triage.queries import reviewers as list_reviewers
from app.triage.reviewers import profile_of, skill_tags, skills_of_all, tag_labels
from app.triage.routes.assignment_tabs import assignment_tabs
from app.triage.routes.blueprint import blueprint
from app.triage.routes.case import Answer, carried_out
from app.triage.services import profiles as services
from app.triage.services.assignment_rules import write_rules


@blueprint.get("/triage/reviewers")
@roles(Role.LEAD)
def reviewers() -> str:
    """Everybody who can be given a case, with cap and fields (担当者の条件の一覧)."""
    tags, skills = skill_tags(), skills_of_all()
    people = list(db.session.scalars(list_reviewers()))
    return render_template(
        "triage/reviewers.html",
        rows=[
            (user, profile_of(user), tag_labels(tags, skills.get(user.id, frozenset())))
            for user in people
        ],
        working={user.id for user in people if takes_work(user, profile_of(user))},
        tags=tags,
        tabs=assignment_tabs(current_actor(), "triage.reviewers"),
    )


@blueprint.route("/triage/reviewers/<int:user_id>", methods=["GET", "POST"])
@roles(Role.LEAD)
def reviewer(user_id: int) -> Answer:
    """Say what one reviewer takes on (担当者の条件)."""
    actor = current_actor()
    user = services.get_reviewer(actor, user_id)
    profile = profile_of(user)
    form = ProfileForm(
        tags=skill_tags(),
        version=profile.version if profile else 0,
        cap=profile.cap if profile else None,
        takes_work=takes_work(user, profile),
        tag_ids=sorted(skills_of_all().get(user.id, ())),
    )
    if carried_out(form, lambda: services.set_profile(user, form.to_command(), actor=actor)):
        flash(f"{user.display_name}の条件を保存しました。次の割当案から使います。", "status")
        return redirect(url_for("triage.reviewers"))
    page = render_template("triage/reviewer.html", form=form, user=user)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/triage/skills", methods=["GET", "POST"])
@roles(Role.LEAD)
def skills() -> Answer:
    """Change the list of fields of work (得意分野の一覧)."""
    actor = current_actor()
    form = SkillsForm(tags=skill_tags())
    if carried_out(form, lambda: services.name_skills(form.to_rows(), actor=actor)):
        flash("得意分野の一覧を保存しました。", "status")
        return redirect(url_for("triage.skills"))
    page = render_template("triage/skills.html", form=form)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/triage/rules", methods=["GET", "POST"])
@roles(Role.LEAD)
def rules() -> Answer:
    """Write the rules of assignment (割当の規則): each saving is a new version."""
    actor = current_actor()
    present = current_rule_set()
    form = RulesForm(
        rules=present.rules if present else [],
        tags=skill_tags(),
        people=list(db.session.scalars(list_reviewers())),
        version=present.number if present else 0,
    )
    if carried_out(form, lambda: write_rules(form.to_command(), actor=actor)):
        flash("割当の規則を保存しました。次の割当案から使います。", "status")
        return redirect(url_for("triage.rules"))
    page = render_template(
        "triage/rules.html",
        form=form,
        history=[(row, [rule_words(rule) for rule in row.rules]) for row in rule_sets()],
        tabs=assignment_tabs(actor, "triage.rules"),
    )
    return page, 422 if form.is_submitted() else 200
