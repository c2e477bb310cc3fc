"""Page of the form (提案内容の入力)."""

from flask import render_template

from app.accounts.models import User
from app.proposals.content import REQUIRED_FIELDS
from app.proposals.forms.writing import ProposalForm
from app.proposals.models import Proposal
from app.proposals.pages.parts import case_frame, is_discardable, missed_round, side_of
from app.proposals.queries import late_submissions_of
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
        required_fields=REQUIRED_FIELDS,
        is_saved=is_saved,
        missed=missed_round(actor) if proposal is None and round_.is_practice else None,
        refused=lates[-1] if lates else None,
        is_discardable=proposal is not None and is_discardable(proposal),
        **case_frame(proposal, actor),
    )
