"""Page of the last check (確認画面)."""

from flask import render_template

from app.accounts.models import User
from app.proposals.content import problems_of
from app.proposals.forms.base import VersionForm
from app.proposals.models import Proposal
from app.proposals.pages.addresses import edit_url
from app.proposals.pages.parts import case_frame, is_waiting, lines_of, side_of
from app.proposals.policy import can_submit
from app.proposals.queries import late_submissions_of


def check_page(proposal: Proposal, actor: User, form: VersionForm) -> str:
    """Render the last check before the submission (確認画面), or the wait after a late one."""
    lates = late_submissions_of(proposal)
    return render_template(
        "proposals/check.html",
        form=form,
        round=proposal.round,
        proposal=proposal,
        side=side_of(proposal.round, actor, proposal),
        lines=lines_of(proposal),
        tasks=problems_of(proposal),
        can_submit=can_submit(actor, proposal),
        edit_url=edit_url(proposal),
        late=lates[-1] if lates else None,
        is_waiting=is_waiting(lates),
        **case_frame(proposal, actor),
    )
