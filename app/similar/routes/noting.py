"""Noting how a proposal differs from similar ones (違いの記録)."""

from flask import flash, redirect, render_template, request, url_for

from app.accounts.current import current_actor
from app.accounts.models import User
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.proposals.models import Proposal
from app.proposals.pages.addresses import edit_url, place_of
from app.proposals.pages.parts import is_editable
from app.proposals.queries import BODY_ROLES, get_own_by_id
from app.similar.earlier import own_earlier
from app.similar.forms import DifferenceForm
from app.similar.presentation import SimilarCase, shown_cases, similar_cases
from app.similar.published import published_cases
from app.similar.queries import notes_of
from app.similar.routes.blueprint import Answer, blueprint
from app.similar.search import Hit
from app.similar.services.differences import NO_NOTE, note_difference


@blueprint.route("/similar/proposals/<int:proposal_id>", methods=["GET", "POST"])
@roles(*BODY_ROLES)
def of_proposal(proposal_id: int) -> Answer:
    """Similar cases of a saved proposal, each with its difference to write down (違いは…)."""
    actor = current_actor()
    proposal = get_own_by_id(actor, proposal_id)
    if request.method == "GET" and not is_editable(proposal):
        return redirect(place_of(proposal))
    form = DifferenceForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                note_difference(proposal, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("違いを保存しました。確認の画面と、提出後の事務局の画面に出ます。", "status")
            return redirect(url_for("similar.of_proposal", proposal_id=proposal_id))
    return _page(proposal, actor, form), 422 if form.is_submitted() else 200


def _page(proposal: Proposal, actor: User, sent: DifferenceForm) -> str:
    found = similar_cases(actor, proposal.title, proposal=proposal)
    # The last check leads here for the body's own earlier cases: near in the whole text.
    own = [row for row in own_earlier(proposal, actor) if row.id not in {case.id for case in found}]
    shown = [*found, *own]
    cases = [*shown, *_noted_besides(proposal, actor, shown)]
    return render_template(
        "similar/of_proposal.html",
        proposal=proposal,
        rows=[(case, _form_for(case, proposal, sent)) for case in cases],
        form=sent,
        published=published_cases(actor, proposal.title) if proposal.title else [],
        edit_url=edit_url(proposal),
    )


def _noted_besides(proposal: Proposal, actor: User, found: list[SimilarCase]) -> list[SimilarCase]:
    """Cases that have a note though the title was changed since and finds them no more."""
    shown = {case.id for case in found}
    missing = [note.similar_proposal_id for note in notes_of(proposal)]
    return shown_cases(actor, [Hit(row, []) for row in missing if row not in shown])


def _form_for(case: SimilarCase, proposal: Proposal, sent: DifferenceForm) -> DifferenceForm:
    if sent.is_submitted() and sent.similar_proposal_id.data == str(case.id):
        return sent
    note = next((row for row in notes_of(proposal) if row.similar_proposal_id == case.id), None)
    return DifferenceForm(
        formdata=None,
        data={
            "similar_proposal_id": str(case.id),
            "difference": note.difference if note else "",
            "version": str(note.version if note else NO_NOTE),
        },
    )
