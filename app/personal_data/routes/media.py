"""Backups and media with personal data, until they are destroyed (媒体・写しの廃棄簿)."""

from flask import flash, redirect, render_template, url_for

from app.accounts.current import current_actor
from app.accounts.models import OrganizationKind, Role, User
from app.accounts.queries import users_with_role
from app.core import clock
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.personal_data.forms import DestroyForm, MediumForm
from app.personal_data.labels import MEDIUM_LABELS
from app.personal_data.models import StorageMedium
from app.personal_data.policy import can_keep_media
from app.personal_data.queries import all_media, get_medium
from app.personal_data.routes.blueprint import READERS, WRITERS, Answer, blueprint
from app.personal_data.services.media import destroy_medium, register_medium

KEEPERS = (*WRITERS, Role.ADMIN)


@blueprint.get("/personal-data/media")
@roles(*READERS)
def media() -> Answer:
    """The register of media (媒体・写しの廃棄簿)."""
    return _page(MediumForm(formdata=None))


@blueprint.post("/personal-data/media")
@roles(*KEEPERS)
def medium() -> Answer:
    """Write a medium down (媒体・写しの登録)."""
    form = MediumForm()
    if form.validate():
        try:
            with unit_of_work():
                register_medium(form.to_command(), actor=current_actor())
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("媒体・写しを登録しました。廃棄したら、日付と方法を記録してください。", "status")
            return redirect(url_for("personal_data.media"))
    return _page(form), 422


@blueprint.route("/personal-data/media/<int:medium_id>/destroy", methods=["GET", "POST"])
@roles(*KEEPERS)
def medium_destroy(medium_id: int) -> Answer:
    """Write down that a medium was destroyed (媒体・写しの廃棄)."""
    actor = current_actor()
    found = get_medium(medium_id)
    form = DestroyForm()
    form.offer(_witnesses(actor))
    if form.validate_on_submit():
        try:
            with unit_of_work():
                destroy_medium(found, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("廃棄を記録しました。", "status")
            return redirect(url_for("personal_data.media"))
    return _destroy_page(found, form), 422 if form.errors or form.form_errors else 200


def _witnesses(actor: User) -> dict[int, str]:
    people = db.session.scalars(users_with_role(*KEEPERS, Role.AUDITOR).order_by(User.id))
    return {
        person.id: person.label
        for person in people.unique()
        if person.id != actor.id and person.organization.kind is OrganizationKind.SECRETARIAT
    }


def _page(form: MediumForm) -> str:
    return render_template(
        "personal_data/media.html",
        media=all_media(),
        form=form,
        kinds=MEDIUM_LABELS,
        today=clock.today(),
        may_keep=can_keep_media(current_actor()),
    )


def _destroy_page(found: StorageMedium, form: DestroyForm) -> str:
    return render_template(
        "personal_data/destroy.html", medium=found, form=form, kinds=MEDIUM_LABELS
    )
