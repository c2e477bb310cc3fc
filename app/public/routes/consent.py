"""Page on which a body says what may be published of it (公表の同意)."""

from flask import flash, redirect, render_template, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core.access import roles
from app.core.unit_of_work import unit_of_work
from app.proposals.queries import get_own
from app.public.forms import ConsentForm
from app.public.policy import authorize_consent
from app.public.queries import consent_of, find_live
from app.public.routes.blueprint import Answer, blueprint
from app.public.services import agree


@blueprint.route("/proposals/<receipt_number>/publication-consent", methods=["GET", "POST"])
@roles(Role.PROPOSER_MANAGER)
def consent(receipt_number: str) -> Answer:
    """Whether the name and the view of the body may be published (公表の同意)."""
    actor = current_actor()
    proposal = get_own(actor, receipt_number)
    authorize_consent(actor, proposal)
    given = consent_of(proposal)
    form = ConsentForm(obj=given)
    if form.validate_on_submit():
        with unit_of_work():
            agree(proposal, form.to_command(), actor=actor)
        flash("公表の同意を登録しました。いつでも変えられます。", "status")
        return redirect(url_for("public.consent", receipt_number=receipt_number))
    page = render_template(
        "public/consent.html",
        proposal=proposal,
        form=form,
        given=given,
        is_live=find_live(receipt_number) is not None,
    )
    return page, 422 if form.is_submitted() else 200
