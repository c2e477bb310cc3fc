"""Page of the form (提案内容の入力)."""

from flask import render_template

from app.accounts.models import User
from app.proposals.forms.writing import NewProposalForm, ProposalForm
from app.proposals.late_queries import late_submissions_of
from app.proposals.models import Proposal
from app.proposals.pages.addresses import autosave_url
from app.proposals.pages.attachments import section_values
from app.proposals.pages.fields import field_views, is_same_form
from app.proposals.pages.parts import case_frame, is_discardable, missed_round, side_of
from app.proposals.prefill import prefilled_labels
from app.rounds.models import Round


def form_page(
    form: ProposalForm,
    round_: Round,
    actor: User,
    proposal: Proposal | None = None,
    *,
    is_saved: bool = False,
) -> str:
    """Render the form (提案内容の入力); `is_saved`: its errors keep from submitting, not saving."""
    lates = late_submissions_of(proposal) if proposal else []
    return render_template(
        "proposals/form.html",
        form=form,
        round=round_,
        proposal=proposal,
        side=side_of(round_, actor, proposal),
        fields=field_views(form, round_),
        other_forms=_other_forms(form, round_),
        is_saved=is_saved,
        autosave_url=autosave_url(proposal),
        copied=prefilled_labels(actor, round_) if proposal is None and not form.errors else [],
        missed=missed_round(actor) if proposal is None and round_.is_practice else None,
        refused=lates[-1] if lates else None,
        is_discardable=proposal is not None and is_discardable(proposal),
        **section_values(round_, proposal),
        **case_frame(proposal, actor),
    )


def _other_forms(form: ProposalForm, round_: Round) -> list[Round]:
    """Offered rounds whose form asks otherwise than the one on the page (別の様式の募集回)."""
    if not isinstance(form, NewProposalForm):
        return []
    return [row for row in form.offered_rounds if not is_same_form(row, round_)]
