"""Page of the last check (確認画面)."""

from flask import render_template

from app.accounts.models import User
from app.proposals.content import problems_of
from app.proposals.forms.approval import AskApprovalForm
from app.proposals.forms.base import VersionForm
from app.proposals.late_queries import late_submissions_of
from app.proposals.models import Proposal
from app.proposals.pages.addresses import edit_url
from app.proposals.pages.attachments import section_values
from app.proposals.pages.parts import (
    case_frame,
    hidden_lines_of,
    is_waiting,
    lines_of,
    side_of,
)
from app.proposals.pages.sign_off import sign_off_of
from app.proposals.policy import can_submit
from app.proposals.sharing.partners import partners_of, waiting_partners_of


def check_page(
    proposal: Proposal, actor: User, form: VersionForm, ask_form: AskApprovalForm | None = None
) -> str:
    """Render the last check before the submission (確認画面), or the wait after a late one."""
    lates = late_submissions_of(proposal)
    ask_form = ask_form or AskApprovalForm(formdata=None)
    ask_form.version.data = str(proposal.version)
    return render_template(
        "proposals/check.html",
        form=form,
        round=proposal.round,
        proposal=proposal,
        side=side_of(proposal.round, actor, proposal),
        lines=lines_of(proposal),
        hidden_lines=hidden_lines_of(proposal),
        tasks=problems_of(proposal),
        can_submit=can_submit(actor, proposal),
        partners=partners_of(proposal),
        waits_for_partners=bool(waiting_partners_of(proposal)),
        sign_off=sign_off_of(proposal, actor),
        ask_form=ask_form,
        ask_errors=[(message, f"#{name}") for name, _, message in ask_form.error_list()]
        + [(str(message), None) for message in ask_form.form_errors],
        edit_url=edit_url(proposal),
        late=lates[-1] if lates else None,
        is_waiting=is_waiting(lates),
        **section_values(proposal.round, proposal),
        **case_frame(proposal, actor),
    )
